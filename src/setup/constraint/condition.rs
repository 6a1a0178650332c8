//! `WHERE`: an expression over a job's parameters and complexity.

use sweep_config::expr::Expression;
use sweep_config::{Map, Value};

use crate::app::Failure;
use crate::models::{Complexity, ModelField, ModelFields};
use crate::setup::binding::{NetworkFields, ValueSource};
use crate::setup::param_list::ParamList;

/// An expression with the bindings of its names.
#[derive(Debug)]
pub(super) struct WhereCondition<'a> {
    expr: &'a Expression,
    names: Vec<NameBinding<'a>>,
}

#[derive(Debug)]
enum NameBinding<'a> {
    /// A figure of the complexity, in the order of [`Complexity`].
    Complexity(usize),
    /// A key that describes a network: its value in the job config, else pycls's default.
    ModelField(ModelField),
    /// A parameter, or a key of the base config.
    Value(ValueSource<'a>),
    /// A number that the program of `COMMAND` reports under this name.
    Reported(&'a str),
}

/// All that is known about a candidate.
#[derive(Debug, Clone, Copy)]
pub(super) struct CandidateFacts<'a> {
    pub(super) view: &'a NetworkFields<'a>,
    pub(super) values: &'a [Option<Value>],
    /// The keys that pycls's setup changes in its config.
    pub(super) changes: &'a [(ModelField, Value)],
    pub(super) complexity: Option<Complexity>,
    /// The numbers that the user's program reports, once it was asked.
    pub(super) reported: Option<&'a Map>,
}

impl<'a> WhereCondition<'a> {
    /// Binds the names of an expression; with `reports`, an unknown name without a dot is a number that a
    /// program reports.
    ///
    /// # Errors
    ///
    /// Names a parameter that does not exist.
    pub(super) fn new(
        expr: &'a Expression,
        params: &ParamList,
        base: &'a Value,
        reports: bool,
    ) -> Result<Self, Failure> {
        let names = expr.names().iter().map(|name| {
            let reported =
                || (reports && !name.contains('.')).then_some(NameBinding::Reported(name.as_str()));
            resolve(name, params, base).or_else(reported).ok_or_else(|| {
                Failure::usage(
                    format!(
                        "SETUP.CONSTRAINTS.WHERE: no parameter is called `{name}`, in `{}`",
                        expr.text()
                    ),
                    "use the path of a parameter of SAMPLERS or BASE_CFG",
                )
            })
        });
        Ok(Self { expr, names: names.collect::<Result<_, _>>()? })
    }

    /// Returns true if it asks for the complexity.
    pub(super) fn counts(&self) -> bool {
        self.names.iter().any(|name| matches!(name, NameBinding::Complexity(_)))
    }

    pub(super) fn text(&self) -> &str {
        self.expr.text()
    }

    /// Returns true if it names a number that a program reports.
    pub(super) fn needs_report(&self) -> bool {
        self.names.iter().any(|name| matches!(name, NameBinding::Reported(_)))
    }

    /// Returns true if it is met by a candidate.
    ///
    /// # Errors
    ///
    /// Why it has no value, in words.
    pub(super) fn is_met(&self, facts: &CandidateFacts<'_>) -> Result<bool, String> {
        let CandidateFacts { view, values, changes, complexity, reported } = *facts;
        let numbers = complexity.map(|cx| [cx.flops, cx.params, cx.acts].map(Value::Int));
        let lookup = |name: usize| match &self.names[name] {
            NameBinding::Complexity(i) => numbers.as_ref().map(|numbers| &numbers[*i]),
            NameBinding::ModelField(field) => {
                let own = changes.iter().find(|(key, _)| key == field);
                let value = own.map(|(_, value)| value).or_else(|| view.given(*field));
                Some(value.unwrap_or(field.default_value()))
            }
            NameBinding::Value(source) => source.value(values),
            NameBinding::Reported(name) => reported?.get(*name),
        };
        self.expr.is_true(&lookup).map_err(|error| error.to_string())
    }
}

fn resolve<'a>(name: &str, params: &ParamList, base: &'a Value) -> Option<NameBinding<'a>> {
    let source = ValueSource::find(name, params, base);
    let complexity = ["flops", "params", "acts"].iter().position(|known| *known == name);
    if let Some(number) = complexity.filter(|_| !source.is_parameter()) {
        return Some(NameBinding::Complexity(number));
    }
    if let Some(field) = ModelField::ALL.iter().find(|field| field.path() == name) {
        return Some(NameBinding::ModelField(*field));
    }
    (source.is_sampled() || source.base().is_some()).then_some(NameBinding::Value(source))
}
