//! A candidate's network, read without making its job config.

use sweep_config::Value;

use crate::models::{Field, Fields};
use crate::setup::sampler::Drawn;

/// Where each key of a network comes from, for all candidates of a sweep.
#[derive(Debug)]
pub(super) struct Sources<'a>(Vec<Source<'a>>);

#[derive(Debug, Clone, Copy)]
enum Source<'a> {
    /// The default.
    Nowhere,
    /// The base config.
    Base(&'a Value),
    /// A parameter's value, or what lies in it under a path; the base config where the parameter is
    /// in a branch that was not chosen.
    Param(usize, Option<&'static str>, Option<&'a Value>),
}

impl<'a> Sources<'a> {
    /// Finds them: the last parameter that reaches the key decides, as in the job config.
    pub(super) fn new(params: &[String], base: &'a Value) -> Self {
        let source = |field: &Field| {
            let path = field.path();
            for (i, param) in params.iter().enumerate().rev() {
                match path.strip_prefix(param.as_str()) {
                    Some("") => return Source::Param(i, None, base.get_path(path)),
                    Some(rest) if rest.starts_with('.') => {
                        return Source::Param(i, Some(&rest[1..]), base.get_path(path));
                    }
                    _ => {}
                }
            }
            base.get_path(path).map_or(Source::Nowhere, Source::Base)
        };
        Self(Field::ALL.iter().map(source).collect())
    }

    /// The value that a key has in every candidate; `None` where it is sampled or nowhere.
    pub(super) fn constant(&self, field: Field) -> Option<&'a Value> {
        match self.0[field as usize] {
            Source::Base(value) => Some(value),
            Source::Nowhere | Source::Param(..) => None,
        }
    }

    /// True if and only if the key is sampled.
    pub(super) fn is_sampled(&self, field: Field) -> bool {
        matches!(self.0[field as usize], Source::Param(..))
    }

    /// One candidate, given the values of its parameters.
    pub(super) fn view(&'a self, values: &'a [Drawn]) -> View<'a> {
        View { sources: self, values }
    }
}

/// One candidate.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    sources: &'a Sources<'a>,
    values: &'a [Drawn],
}

impl Fields for View<'_> {
    fn given(&self, field: Field) -> Option<&Value> {
        match self.sources.0[field as usize] {
            Source::Nowhere => None,
            Source::Base(value) => Some(value),
            Source::Param(i, rest, base) => match (&self.values[i], rest) {
                (Some(value), None) => Some(value),
                (Some(value), Some(rest)) => value.get_path(rest),
                (None, _) => base,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Whole;
    use crate::setup::candidate::Candidate;

    #[test]
    fn a_key_is_what_the_job_config_would_have() {
        let mut base = Value::Null;
        base.set_path("REGNET.W0", Value::Int(8));
        base.set_path("REGNET.DEPTH", Value::Int(9));
        let mut model = Value::Null;
        model.set_path("TYPE", Value::Str("regnet".into()));
        let params = ["REGNET.W0".to_owned(), "MODEL".to_owned()];
        let values = vec![Some(Value::Int(24)), Some(model)];
        let sources = Sources::new(&params, &base);
        let candidate = Candidate::new(&params, values.clone(), Vec::new());
        let config = candidate.job_config(&params, &base);
        for &field in Field::ALL {
            let found = sources.view(&values).given(field).cloned();
            assert_eq!(found, Whole(&config).given(field).cloned(), "{field:?}");
        }
        assert!(sources.is_sampled(Field::RegW0));
        assert_eq!(sources.constant(Field::RegDepth), Some(&Value::Int(9)));
    }
}
