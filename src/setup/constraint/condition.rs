//! `WHERE`: an expression over a job's parameters and complexity.

use sweep_config::Value;
use sweep_config::expr::Expr;

use super::view::View;
use crate::app::Failure;
use crate::models::{Complexity, Field, Fields};
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
    Field(Field),
    /// A parameter's value, or what lies in it under a path; the base config where the parameter is
    /// in a branch that was not chosen.
    Param(usize, String, Option<&'a Value>),
    /// The base config.
    Base(&'a Value),
}

impl<'a> Condition<'a> {
    /// # Errors
    ///
    /// Names a parameter that there is not.
    pub(super) fn new(expr: &'a Expr, params: &[String], base: &'a Value) -> Result<Self, Failure> {
        let names = expr.names().iter().map(|name| {
            resolve(name, params, base).ok_or_else(|| {
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

    /// Whether it is true of a candidate, whose network has these `changes`.
    ///
    /// # Errors
    ///
    /// Why it has no value.
    pub(super) fn is_met(
        &self,
        view: &View<'_>,
        values: &[Drawn],
        changes: &[(Field, Value)],
        complexity: Option<Complexity>,
    ) -> Result<bool, String> {
        let numbers = complexity.map(|cx| [cx.flops, cx.params, cx.acts].map(Value::Int));
        let lookup = |name: usize| match &self.names[name] {
            Name::Complexity(i) => numbers.as_ref().map(|numbers| &numbers[*i]),
            Name::Field(field) => {
                let own = changes.iter().find(|(key, _)| key == field);
                let value = own.map(|(_, value)| value).or_else(|| view.given(*field));
                Some(value.unwrap_or(field.default_value()))
            }
            Name::Param(i, rest, base) => match &values[*i] {
                Some(value) if rest.is_empty() => Some(value),
                Some(value) => value.get_path(rest),
                None => *base,
            },
            Name::Base(value) => Some(*value),
        };
        self.expr.is_true(&lookup).map_err(|error| error.to_string())
    }
}

fn resolve<'a>(name: &str, params: &[String], base: &'a Value) -> Option<Name<'a>> {
    if let Some(number) = ["flops", "params", "acts"].iter().position(|known| *known == name) {
        return Some(Name::Complexity(number));
    }
    if let Some(field) = Field::ALL.iter().find(|field| field.path() == name) {
        return Some(Name::Field(*field));
    }
    let param = params.iter().enumerate().rev().find_map(|(i, param)| {
        let rest = name.strip_prefix(param.as_str())?;
        let path = rest.strip_prefix('.');
        let param = || Name::Param(i, path.unwrap_or("").to_owned(), base.get_path(name));
        (rest.is_empty() || path.is_some()).then(param)
    });
    param.or_else(|| base.get_path(name).map(Name::Base))
}
