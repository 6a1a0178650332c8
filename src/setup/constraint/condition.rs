//! `WHERE`: an expression over a job's parameters and complexity.

use sweep_config::expr::Expr;
use sweep_config::{Map, Value};

use super::view::View;
use crate::app::Failure;
use crate::models::{Complexity, ModelField, ModelFields};
use crate::setup::lookup::Source;
use crate::setup::params::Params;
use crate::setup::sampler::Drawn;

/// An expression with where its names come from.
#[derive(Debug)]
pub(super) struct Condition<'a> {
    expr: &'a Expr,
    names: Vec<Name<'a>>,
}

#[derive(Debug)]
enum Name<'a> {
    /// A number of the complexity, in the order of [`Complexity`].
    Complexity(usize),
    /// A key that describes a network: as the job config has it, else pycls's default.
    ModelField(ModelField),
    /// A parameter, or a key of the base config.
    Value(Source<'a>),
    /// What the program of `COMMAND` reports under this name.
    Reported(&'a str),
}

/// All that is known of a candidate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) values: &'a [Drawn],
    /// What pycls's setup changes in its config.
    pub(super) changes: &'a [(ModelField, Value)],
    pub(super) complexity: Option<Complexity>,
    pub(super) reported: &'a Map,
}

impl<'a> Condition<'a> {
    /// # Errors
    ///
    /// Names a parameter that there is not; with `reports`, an unknown name without a dot is what a
    /// program reports.
    pub(super) fn new(
        expr: &'a Expr,
        params: &Params,
        base: &'a Value,
        reports: bool,
    ) -> Result<Self, Failure> {
        let names = expr.names().iter().map(|name| {
            let reported =
                || (reports && !name.contains('.')).then_some(Name::Reported(name.as_str()));
            resolve(name, params, base).or_else(reported).ok_or_else(|| {
                Failure::usage(
                    format!(
                        "SETUP.CONSTRAINTS.WHERE: there is no parameter `{name}`, in `{}`",
                        expr.text()
                    ),
                    "names are parameters of SAMPLERS and BASE_CFG, by path",
                )
            })
        });
        Ok(Self { expr, names: names.collect::<Result<_, _>>()? })
    }

    /// Whether it asks for the complexity.
    pub(super) fn counts(&self) -> bool {
        self.names.iter().any(|name| matches!(name, Name::Complexity(_)))
    }

    pub(super) fn text(&self) -> &str {
        self.expr.text()
    }

    /// Whether it names what a program reports.
    pub(super) fn needs_report(&self) -> bool {
        self.names.iter().any(|name| matches!(name, Name::Reported(_)))
    }

    /// Whether it is true of a candidate.
    ///
    /// # Errors
    ///
    /// Why it has no value.
    pub(super) fn is_met(&self, facts: &Facts<'_>) -> Result<bool, String> {
        let Facts { view, values, changes, complexity, reported } = *facts;
        let numbers = complexity.map(|cx| [cx.flops, cx.params, cx.acts].map(Value::Int));
        let lookup = |name: usize| match &self.names[name] {
            Name::Complexity(i) => numbers.as_ref().map(|numbers| &numbers[*i]),
            Name::ModelField(field) => {
                let own = changes.iter().find(|(key, _)| key == field);
                let value = own.map(|(_, value)| value).or_else(|| view.given(*field));
                Some(value.unwrap_or(field.default_value()))
            }
            Name::Value(source) => source.value(values),
            Name::Reported(name) => reported.get(*name),
        };
        self.expr.is_true(&lookup).map_err(|error| error.to_string())
    }
}

fn resolve<'a>(name: &str, params: &Params, base: &'a Value) -> Option<Name<'a>> {
    if let Some(number) = ["flops", "params", "acts"].iter().position(|known| *known == name) {
        return Some(Name::Complexity(number));
    }
    if let Some(field) = ModelField::ALL.iter().find(|field| field.path() == name) {
        return Some(Name::ModelField(*field));
    }
    let source = Source::find(name, params, base);
    (source.is_sampled() || source.base().is_some()).then_some(Name::Value(source))
}
