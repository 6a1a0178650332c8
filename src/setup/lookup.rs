//! Where a name gets its value in each candidate, found once for all of them.

use sweep_config::Value;
use sweep_config::expr::Expression;

use super::params::Params;
use super::sampler::Drawn;

/// Where a dotted name gets its value.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    /// The parameter that decides, with the path in its value; apart from the others since this is
    /// asked for every candidate, and there is seldom another.
    param: Option<(usize, String)>,
    /// Parameters that decide where that one is in a branch that was not chosen, in their order.
    others: Vec<(usize, String)>,
    /// What it is where no parameter reaches it.
    base: Option<&'a Value>,
}

impl<'a> Source<'a> {
    /// The source of a name: of several parameters that reach it the last one decides, as it does in
    /// the job config.
    pub(crate) fn find(name: &str, params: &Params, base: &'a Value) -> Self {
        let mut reaching = params.names().iter().enumerate().rev().filter_map(|(i, param)| {
            let rest = name.strip_prefix(param.as_str())?;
            let path = rest.strip_prefix('.');
            // What only describes a job has nothing below it.
            let is_below = path.is_some() && !params.is_label(i);
            (rest.is_empty() || is_below).then(|| (i, path.unwrap_or("").to_owned()))
        });
        let param = reaching.next();
        Self { param, others: reaching.collect(), base: base.get_path(name) }
    }

    /// True if and only if a parameter reaches it.
    pub(crate) fn is_sampled(&self) -> bool {
        self.param.is_some()
    }

    /// The value of the base config.
    pub(crate) fn base(&self) -> Option<&'a Value> {
        self.base
    }

    /// The value in the candidate of these values.
    pub(crate) fn value<'v>(&'v self, values: &'v [Drawn]) -> Option<&'v Value> {
        let Some(first) = &self.param else { return self.base };
        let mut reaching = std::iter::once(first).chain(&self.others);
        match reaching.find_map(|(i, path)| Some((values[*i].as_ref()?, path))) {
            Some((value, path)) if path.is_empty() => Some(value),
            Some((value, path)) => value.get_path(path),
            None => self.base,
        }
    }
}

/// An expression with the sources of its names.
#[derive(Debug)]
pub(crate) struct Bound<'a> {
    expr: &'a Expression,
    sources: Vec<Source<'a>>,
}

impl<'a> Bound<'a> {
    pub(crate) fn new(expr: &'a Expression, params: &Params, base: &'a Value) -> Self {
        let sources = expr.names().iter().map(|name| Source::find(name, params, base)).collect();
        Self { expr, sources }
    }

    /// Its value in the candidate of these values.
    ///
    /// # Errors
    ///
    /// Why it has none.
    pub(crate) fn value(&self, values: &[Drawn]) -> Result<Value, String> {
        let value = self.expr.eval(&|name| self.sources[name].value(values));
        value.map_err(|error| error.to_string())
    }

    /// The text of the expression.
    pub(crate) fn text(&self) -> &'a str {
        self.expr.text()
    }
}
