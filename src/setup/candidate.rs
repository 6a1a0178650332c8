//! A candidate: its values, and the job config that they make.

use sweep_config::{Map, Value, python, summary};

use super::param_list::ParamList;
use crate::models::ModelField;

/// The key of a job config in which programs of pycls's kind find the description.
pub(crate) const DESCRIPTION: &str = "DESC";

/// The keys that tell the networks of a sweep apart.
const SHAPE: [ModelField; 8] = [
    ModelField::AnyDepths,
    ModelField::AnyWidths,
    ModelField::AnyBotMuls,
    ModelField::AnyGroupWs,
    ModelField::EnDepths,
    ModelField::EnWidths,
    ModelField::EnStemW,
    ModelField::EnHeadW,
];

/// A candidate for a job: what was drawn, and what follows from it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Candidate {
    /// A value for each parameter that it has, in the order of the parameters.
    pub(crate) values: Vec<Option<Value>>,
    /// Each parameter and its value, as pycls prints them.
    pub(crate) description: String,
    /// The keys that pycls's setup changes in the config of a network.
    pub(crate) changes: Vec<(ModelField, Value)>,
}

impl Candidate {
    pub(crate) fn new(
        params: &ParamList,
        values: Vec<Option<Value>>,
        changes: Vec<(ModelField, Value)>,
    ) -> Self {
        let description = python::describe(params.given(&values));
        Self { values, description, changes }
    }

    /// Returns its line of the summary: what was sampled, and the network that it makes where other keys
    /// describe that.
    pub(crate) fn summary(&self) -> String {
        let shape = self.changes.iter().filter(|(field, _)| SHAPE.contains(field));
        let network = python::describe(shape.map(|(field, value)| (field.path(), value)));
        summary::line(&self.description, &network)
    }

    /// Returns the job config: the base config with the values at their paths and the changes that follow.
    /// Where the base config has a text as [`DESCRIPTION`], the description takes its place, unless a parameter
    /// is called so; a program that knows no such key would stop at it.
    pub(crate) fn job_config(&self, params: &ParamList, base: &Value) -> Value {
        let mut config = match base {
            Value::Map(_) => base.clone(),
            _ => Value::Map(Map::new()),
        };
        if let Some(Value::Str(_) | Value::Null) = base.get_path(DESCRIPTION) {
            config.set_path(DESCRIPTION, Value::Str(self.description.clone()));
        }
        for (param, value) in params.in_config(&self.values) {
            config.set_path(param, value.clone());
        }
        for (field, value) in &self.changes {
            config.set_path(field.path(), value.clone());
        }
        config
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, Value)]) -> Value {
        Value::Map(entries.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect())
    }

    #[test]
    fn the_job_config_keeps_the_order_of_the_base_config_and_adds_new_keys_after_it() {
        let desc = ("DESC", Value::Str(String::new()));
        let base = map(&[("B", map(&[("X", Value::Int(1))])), desc, ("A", Value::Int(2))]);
        let names = ["NEW.KEY", "LABEL", "B.X"].map(str::to_owned);
        let mut params = ParamList::new(names.to_vec());
        params.label(1);
        let values = vec![Some(Value::Int(7)), Some(Value::Int(0)), Some(Value::Int(8))];
        let changes =
            vec![(ModelField::TrainImSize, Value::Int(32)), (ModelField::EnHeadW, Value::Int(8))];
        let candidate = Candidate::new(&params, values, changes);
        let Value::Map(config) = candidate.job_config(&params, &base) else { panic!() };
        assert_eq!(config.keys().collect::<Vec<_>>(), ["B", "DESC", "A", "NEW", "TRAIN", "EN"]);
        assert_eq!(config["B"].get_path("X"), Some(&Value::Int(8)));
        assert_eq!(config["TRAIN"].get_path("IM_SIZE"), Some(&Value::Int(32)));
        assert_eq!(config["DESC"], Value::Str("NEW.KEY 7 LABEL 0 B.X 8".into()));
        assert_eq!(candidate.job_config(&params, &Value::Null).get_path("DESC"), None);
        assert_eq!(candidate.summary(), "NEW.KEY 7 LABEL 0 B.X 8 -> EN.HEAD_W 8");
    }
}
