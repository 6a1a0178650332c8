//! One draw: its values, the job config that they make, and what constraints ask about it.

use sweep_config::{Map, Value};

use super::sampler::{Dice, Space};
use super::text;

/// What was drawn for one candidate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Candidate {
    /// A value for each parameter of the space, in its order.
    pub(crate) values: Vec<Value>,
    /// What tells it apart: each parameter and its value, as pycls prints them.
    pub(crate) description: String,
}

impl Candidate {
    /// Draws candidate number `number`.
    pub(crate) fn draw(space: &Space, seed: u64, number: u64) -> Self {
        let values = space.draw(&mut Dice::new(seed, number));
        let description = text::describe(space.params(), &values);
        Self { values, description }
    }

    /// The job config: the base config with the values at their paths, and the description as
    /// `DESC`.
    pub(crate) fn job_config(&self, params: &[String], base: &Value) -> Value {
        let mut config = match base {
            Value::Map(_) => base.clone(),
            _ => Value::Map(Map::new()),
        };
        for (param, value) in params.iter().zip(&self.values) {
            config.set_path(param, value.clone());
        }
        config.set_path("DESC", Value::Str(self.description.clone()));
        config
    }

    /// The value that is no mapping at a path of the job config, without making the config.
    ///
    /// The last parameter that reaches the path decides, as it does in [`Self::job_config`].
    pub(crate) fn lookup<'a>(
        &'a self,
        params: &[String],
        base: &'a Value,
        path: &str,
    ) -> Option<&'a Value> {
        for (param, value) in params.iter().zip(&self.values).rev() {
            match path.strip_prefix(param.as_str()) {
                Some("") => return Some(value),
                Some(rest) if rest.starts_with('.') => return value.get_path(&rest[1..]),
                _ => {}
            }
        }
        base.get_path(path)
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
        let base = map(&[("B", map(&[("X", Value::Int(1))])), ("A", Value::Int(2))]);
        let params = ["NEW.KEY", "B.X"].map(str::to_owned);
        let values = vec![Value::Int(7), Value::Int(8)];
        let candidate = Candidate { description: text::describe(&params, &values), values };
        let Value::Map(config) = candidate.job_config(&params, &base) else { panic!() };
        assert_eq!(config.keys().collect::<Vec<_>>(), ["B", "A", "NEW", "DESC"]);
        assert_eq!(config["B"].get_path("X"), Some(&Value::Int(8)));
        assert_eq!(config["DESC"], Value::Str("NEW.KEY 7 B.X 8".into()));
    }

    #[test]
    fn a_path_is_looked_up_as_the_job_config_would_have_it() {
        let base = map(&[("R", map(&[("W", Value::Int(1)), ("D", Value::Int(2))]))]);
        let params = ["R.W".to_owned(), "M".to_owned()];
        let values = vec![Value::Int(5), map(&[("TYPE", Value::Str("regnet".into()))])];
        let candidate = Candidate { values, description: String::new() };
        let config = candidate.job_config(&params, &base);
        for path in ["R.W", "R.D", "M.TYPE", "M.NONE", "NONE"] {
            let found = candidate.lookup(&params, &base, path);
            assert_eq!(found, config.get_path(path), "{path}");
        }
    }
}
