//! Parameters that follow from others.

use indexmap::IndexMap;
use sweep_config::Value;
use sweep_config::expr::Expr;

/// The derived parameters of a sweep, each after those that it needs.
#[derive(Debug)]
pub(crate) struct Derived<'a> {
    exprs: Vec<(&'a Expr, Vec<Source<'a>>)>,
}

/// Where a name of an expression gets its value.
#[derive(Debug)]
enum Source<'a> {
    /// A parameter's value, or what lies in it under a path.
    Param(usize, String),
    /// The base config.
    Base(&'a Value),
    /// Nowhere.
    Nowhere,
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
    pub(crate) fn extend(&self, values: &mut Vec<Value>) -> Result<(), (usize, String)> {
        for (i, (expr, sources)) in self.exprs.iter().enumerate() {
            let lookup = |name: usize| match &sources[name] {
                Source::Param(param, rest) if rest.is_empty() => Some(&values[*param]),
                Source::Param(param, rest) => values[*param].get_path(rest),
                Source::Base(value) => Some(*value),
                Source::Nowhere => None,
            };
            let value = expr.eval(&lookup).map_err(|error| (i, error.to_string()))?;
            values.push(value);
        }
        Ok(())
    }
}

fn source<'a>(name: &str, params: &[String], base: &'a Value) -> Source<'a> {
    for (i, param) in params.iter().enumerate().rev() {
        match name.strip_prefix(param.as_str()) {
            Some("") => return Source::Param(i, String::new()),
            Some(rest) if rest.starts_with('.') => return Source::Param(i, rest[1..].to_owned()),
            _ => {}
        }
    }
    base.get_path(name).map_or(Source::Nowhere, Source::Base)
}
