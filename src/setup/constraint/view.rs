//! A candidate's network, read without making its job config.

use sweep_config::Value;

use crate::models::{ModelField, ModelFields};
use crate::setup::lookup::Source;
use crate::setup::params::Params;
use crate::setup::sampler::Drawn;

/// Where each key of a network comes from, for all candidates of a sweep.
#[derive(Debug)]
pub(super) struct Sources<'a>(Vec<Source<'a>>);

impl<'a> Sources<'a> {
    pub(super) fn new(params: &Params, base: &'a Value) -> Self {
        let source = |field: &ModelField| Source::find(field.path(), params, base);
        Self(ModelField::ALL.iter().map(source).collect())
    }

    /// The value that a key has in every candidate; `None` where it is sampled or nowhere.
    pub(super) fn constant(&self, field: ModelField) -> Option<&'a Value> {
        let source = &self.0[field as usize];
        if source.is_sampled() { None } else { source.base() }
    }

    /// True if and only if the key is sampled.
    pub(super) fn is_sampled(&self, field: ModelField) -> bool {
        self.0[field as usize].is_sampled()
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

impl ModelFields for View<'_> {
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
        let params = Params::new(names.to_vec());
        let values = vec![Some(Value::Int(24)), Some(model)];
        let sources = Sources::new(&params, &base);
        let candidate = Candidate::new(&params, values.clone(), Vec::new());
        let config = candidate.job_config(&params, &base);
        for &field in ModelField::ALL {
            let found = sources.view(&values).given(field).cloned();
            assert_eq!(found, WholeConfig(&config).given(field).cloned(), "{field:?}");
        }
        assert!(sources.is_sampled(ModelField::RegW0));
        assert_eq!(sources.constant(ModelField::RegDepth), Some(&Value::Int(9)));
    }
}
