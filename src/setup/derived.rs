//! Parameters that follow from others.

use indexmap::IndexMap;
use sweep_config::Value;
use sweep_config::expr::Expr;

use super::sampler::Drawn;

/// The derived parameters of a sweep, each after those that it needs.
#[derive(Debug)]
pub(crate) struct Derived<'a> {
    exprs: Vec<(&'a Expr, Vec<Source<'a>>)>,
}

/// Where a name of an expression gets its value.
#[derive(Debug)]
enum Source<'a> {
    /// A parameter's value, or what lies in it under a path; the base config where the parameter
    /// is in a branch that was not chosen.
    Param(usize, String, Option<&'a Value>),
    /// The base config.
    Base(Option<&'a Value>),
}

impl<'a> Derived<'a> {
    /// `params` are the sampled ones; the derived ones are put behind them.
    pub(crate) fn new(
        derived: &'a IndexMap<String, Expr>,
        params: &mut Vec<String>,
        base: &'a Value,
    ) -> Self {
        let mut exprs = Vec::with_capacity(derived.len());
        for (param, expr) in derived {
            let sources = expr.names().iter().map(|name| source(name, params, base)).collect();
            exprs.push((expr, sources));
            params.push(param.clone());
        }
        Self { exprs }
    }

    /// Puts the derived values behind the sampled ones.
    ///
    /// # Errors
    ///
    /// The number of the first one that has no value, and why.
    pub(crate) fn extend(&self, values: &mut Vec<Drawn>) -> Result<(), (usize, String)> {
        for (i, (expr, sources)) in self.exprs.iter().enumerate() {
            let lookup = |name: usize| match &sources[name] {
                Source::Param(param, rest, base) => match &values[*param] {
                    Some(value) if rest.is_empty() => Some(value),
                    Some(value) => value.get_path(rest),
                    None => *base,
                },
                Source::Base(value) => *value,
            };
            let value = expr.eval(&lookup).map_err(|error| (i, error.to_string()))?;
            values.push(Some(value));
        }
        Ok(())
    }
}

fn source<'a>(name: &str, params: &[String], base: &'a Value) -> Source<'a> {
    let base = base.get_path(name);
    for (i, param) in params.iter().enumerate().rev() {
        match name.strip_prefix(param.as_str()) {
            Some("") => return Source::Param(i, String::new(), base),
            Some(rest) if rest.starts_with('.') => {
                return Source::Param(i, rest[1..].to_owned(), base);
            }
            _ => {}
        }
    }
    Source::Base(base)
}
