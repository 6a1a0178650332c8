//! Binds names to values: where a name gets its value in each candidate, found once for all of them.

use std::cell::Cell;

use sweep_config::Value;
use sweep_config::expr::{EvalError, Expression};

use super::param_list::ParamList;
use crate::models::{ModelField, ModelFields};

/// The source of the value of a dotted name.
#[derive(Debug)]
pub(crate) struct ValueSource<'a> {
    /// The parameter that decides, with the path in its value; apart from the others since this is
    /// asked for every candidate, and there is seldom another.
    param: Option<(usize, String)>,
    /// The parameters that decide where that one is in a branch that was not chosen, in their order.
    others: Vec<(usize, String)>,
    /// The value in the base config, which holds where no parameter reaches the name.
    base: Option<&'a Value>,
}

impl<'a> ValueSource<'a> {
    /// Finds the source of a name. Of several parameters that reach it the last one decides, as it does
    /// in the job config.
    pub(crate) fn find(name: &str, params: &ParamList, base: &'a Value) -> Self {
        let mut reaching = params.names().iter().enumerate().rev().filter_map(|(i, param)| {
            let rest = name.strip_prefix(param.as_str())?;
            let path = rest.strip_prefix('.');
            // A parameter that only describes a job has nothing below it.
            let is_below = path.is_some() && !params.is_label(i);
            (rest.is_empty() || is_below).then(|| (i, path.unwrap_or("").to_owned()))
        });
        let param = reaching.next();
        Self { param, others: reaching.collect(), base: base.get_path(name) }
    }

    /// Returns true if a parameter reaches the name.
    pub(crate) fn is_sampled(&self) -> bool {
        self.param.is_some()
    }

    /// Returns true if a parameter reaches the name, or it is a single value of the base config.
    pub(crate) fn is_parameter(&self) -> bool {
        self.is_sampled() || self.base.is_some_and(|value| !matches!(value, Value::Map(_)))
    }

    /// Returns the value of the base config.
    pub(crate) fn base(&self) -> Option<&'a Value> {
        self.base
    }

    /// Returns the value in the candidate of these values.
    pub(crate) fn value<'v>(&'v self, values: &'v [Option<Value>]) -> Option<&'v Value> {
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
pub(crate) struct BoundExpr<'a> {
    expr: &'a Expression,
    sources: Vec<ValueSource<'a>>,
}

impl<'a> BoundExpr<'a> {
    /// Binds the names of an expression.
    pub(crate) fn new(expr: &'a Expression, params: &ParamList, base: &'a Value) -> Self {
        let sources =
            expr.names().iter().map(|name| ValueSource::find(name, params, base)).collect();
        Self { expr, sources }
    }

    /// Evaluates it for the candidate of these values.
    ///
    /// # Errors
    ///
    /// Why it has no value, in words.
    pub(crate) fn value(&self, values: &[Option<Value>]) -> Result<Value, String> {
        let value = self.expr.eval(&|name| self.sources[name].value(values));
        value.map_err(|error| error.to_string())
    }

    /// Evaluates it as [`BoundExpr::value`] does; `None` where it needs a parameter that is not in this
    /// candidate.
    ///
    /// # Errors
    ///
    /// Any other reason why it has no value, in words.
    pub(crate) fn value_if_there(&self, values: &[Option<Value>]) -> Result<Option<Value>, String> {
        self.if_there(values, |lookup| self.expr.eval(lookup))
    }

    /// Evaluates it as a condition, which does not hold where it needs a parameter that is not in this
    /// candidate.
    ///
    /// # Errors
    ///
    /// Any other reason why it has no value, in words.
    pub(crate) fn holds(&self, values: &[Option<Value>]) -> Result<bool, String> {
        Ok(self.if_there(values, |lookup| self.expr.is_true(lookup))?.unwrap_or(false))
    }

    fn if_there<'v, T>(
        &'v self,
        values: &'v [Option<Value>],
        evaluate: impl FnOnce(&dyn Fn(usize) -> Option<&'v Value>) -> Result<T, EvalError>,
    ) -> Result<Option<T>, String> {
        let is_absent = Cell::new(false);
        let found = evaluate(&|name| {
            let source = &self.sources[name];
            let value = source.value(values);
            // An evaluation ends with the first name that has no value.
            is_absent.set(source.is_sampled() && value.is_none());
            value
        });
        match found {
            Ok(value) => Ok(Some(value)),
            Err(_) if is_absent.get() => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Returns the text of the expression.
    pub(crate) fn text(&self) -> &'a str {
        self.expr.text()
    }
}

/// The sources of all keys that describe a network, by which a candidate's network is read without
/// making its job config.
#[derive(Debug)]
pub(crate) struct NetworkSources<'a>(Vec<ValueSource<'a>>);

impl<'a> NetworkSources<'a> {
    /// Finds the source of each key.
    pub(crate) fn new(params: &ParamList, base: &'a Value) -> Self {
        let source = |field: &ModelField| ValueSource::find(field.path(), params, base);
        Self(ModelField::ALL.iter().map(source).collect())
    }

    /// Returns the value that a key has in every candidate; `None` where it is sampled or nowhere.
    pub(crate) fn constant(&self, field: ModelField) -> Option<&'a Value> {
        let source = &self.0[field as usize];
        if source.is_sampled() { None } else { source.base() }
    }

    /// Returns true if the key is sampled.
    pub(crate) fn is_sampled(&self, field: ModelField) -> bool {
        self.0[field as usize].is_sampled()
    }

    /// Returns the keys of the candidate of these values.
    pub(crate) fn of_candidate(&'a self, values: &'a [Option<Value>]) -> NetworkFields<'a> {
        NetworkFields { sources: self, values }
    }
}

/// The keys that describe the network of one candidate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NetworkFields<'a> {
    sources: &'a NetworkSources<'a>,
    values: &'a [Option<Value>],
}

impl ModelFields for NetworkFields<'_> {
    fn given(&self, field: ModelField) -> Option<&Value> {
        self.sources.0[field as usize].value(self.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::WholeConfig;
    use crate::setup::candidate::Candidate;

    #[test]
    fn a_key_is_what_the_job_config_would_have() {
        let mut base = Value::Null;
        base.set_path("REGNET.W0", Value::Int(8));
        base.set_path("REGNET.DEPTH", Value::Int(9));
        let mut model = Value::Null;
        model.set_path("TYPE", Value::Str("regnet".into()));
        let names = ["REGNET.W0".to_owned(), "MODEL".to_owned()];
        let params = ParamList::new(names.to_vec());
        let values = vec![Some(Value::Int(24)), Some(model)];
        let sources = NetworkSources::new(&params, &base);
        let candidate = Candidate::new(&params, values.clone(), Vec::new());
        let config = candidate.job_config(&params, &base);
        for &field in ModelField::ALL {
            let found = sources.of_candidate(&values).given(field).cloned();
            assert_eq!(found, WholeConfig(&config).given(field).cloned(), "{field:?}");
        }
        assert!(sources.is_sampled(ModelField::RegW0));
        assert_eq!(sources.constant(ModelField::RegDepth), Some(&Value::Int(9)));
    }
}
