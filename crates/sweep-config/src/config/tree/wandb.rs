//! A parameter of Weights & Biases: its values or its distribution, with the types that Weights & Biases gives them.

use crate::Value;
use crate::config::given::GivenValue;
use crate::config::notation::WANDB_LAWS;
use crate::config::samplers::{
    Distribution, LawQuantum, LawShape, QuantileLaw, Sampler, ScalarRange, WeightedValues,
};
use crate::config::section::ConfigSection;
use crate::config::suggest;
use crate::yaml::NodeKind;

/// The keys of a parameter of Weights & Biases.
pub(super) struct WandbParameter<'s, 'a> {
    section: &'s ConfigSection<'a>,
    law: Option<(String, GivenValue<'a>)>,
    values: Option<GivenValue<'a>>,
    value: Option<GivenValue<'a>>,
    probabilities: Option<GivenValue<'a>>,
}

impl<'s, 'a> WandbParameter<'s, 'a> {
    pub(super) fn read(section: &'s ConfigSection<'a>) -> Self {
        let law = section.get("distribution").and_then(|given| Some((given.text()?, given)));
        let values = section.get("values");
        let value = section.get("value");
        let probabilities = section.get("probabilities");
        Self { section, law, values, value, probabilities }
    }

    fn law_name(&self) -> Option<&str> {
        self.law.as_ref().map(|(name, _)| name.as_str())
    }

    /// Returns the values that it lists, if it does.
    pub(super) fn values(&self) -> Option<Vec<GivenValue<'a>>> {
        let lists = matches!(
            self.law_name(),
            None | Some("categorical" | "categorical_w_probabilities" | "constant")
        );
        if !lists {
            return None;
        }
        match (&self.values, &self.value) {
            (Some(values), _) => Some(values.list("a list of values").unwrap_or_default()),
            (None, value) => value.clone().map(|value| vec![value]),
        }
    }

    /// Returns the sampler of listed values, by their probabilities where they have any.
    pub(super) fn weighted(&self, values: Vec<Value>) -> Option<Sampler> {
        let Some(given) = &self.probabilities else { return Some(Sampler::Value(values)) };
        let items = given.list("a list with the probability of each value")?;
        let probabilities: Vec<f64> =
            items.iter().map(GivenValue::number).collect::<Option<_>>()?;
        let sum: f64 = probabilities.iter().sum();
        if probabilities.len() != values.len() {
            let (found, wanted) = (probabilities.len(), values.len());
            given.problem(format!("has {found} probabilities for {wanted} values"), None);
            return None;
        }
        if probabilities.iter().any(|probability| *probability < 0.0) || (sum - 1.0).abs() > 1e-5 {
            given.problem(
                format!("probabilities must be 0 or more and add up to 1, not {sum}"),
                None,
            );
            return None;
        }
        Some(Sampler::Weighted(WeightedValues::new(values, probabilities)))
    }

    /// Reports probabilities of values that set several parameters; false if there are none.
    pub(super) fn refuses_weights(&self) -> bool {
        let Some(given) = &self.probabilities else { return false };
        let hint = "to draw a value more often, repeat it in `values`";
        given.problem("values that are subtrees cannot have probabilities", Some(hint.to_owned()));
        true
    }

    /// Returns the sampler of a distribution over numbers; a grid takes one whose values can be counted.
    pub(super) fn law(&self, is_grid: bool) -> Option<Sampler> {
        let name = match &self.law {
            None => self.default_law()?,
            Some((name, given)) => {
                if !WANDB_LAWS.contains(&name.as_str()) {
                    let message =
                        format!("expected one of {}, found `{name}`", WANDB_LAWS.join(", "));
                    given.problem(message, suggest::word(name, &WANDB_LAWS));
                    return None;
                }
                name.as_str()
            }
        };
        if name == "int_uniform" {
            return self.int_uniform();
        }
        let (is_quantized, shape) = match name.strip_prefix("q_") {
            Some(shape) => (true, shape),
            None => (false, name),
        };
        let shape = self.shape(shape);
        let quantum = if is_quantized { Some(self.quantum()) } else { None };
        let law =
            QuantileLaw { shape: shape?, quantum: quantum.map_or(Some(None), |q| q.map(Some))? };
        if is_grid && law.counts().is_none() {
            let hint =
                "list its values, use a bounded `q_` distribution, or choose another STRATEGY";
            self.section.problem(
                "distribution",
                format!("a grid needs a finite number of values for `{name}`"),
                Some(hint.to_owned()),
            );
            return None;
        }
        Some(Sampler::Law(law))
    }

    /// Returns the distribution of `min` and `max` alone: of whole numbers if both are.
    fn default_law(&self) -> Option<&'static str> {
        let [min, max] = ["min", "max"].map(|key| self.section.peek(key));
        let Some((min, max)) = min.zip(max) else {
            let why = "give `values`, `min` and `max`, or a `distribution`";
            for key in ["min", "max"] {
                let _ = self.section.required(key, why);
            }
            return None;
        };
        if let Some(q) = self.section.get("q") {
            q.problem("`q` needs a distribution", Some("add `distribution: q_uniform`".to_owned()));
            return None;
        }
        let is_whole =
            |end: &GivenValue<'_>| matches!(end.node.kind, NodeKind::Scalar(Value::Int(_)));
        Some(if is_whole(&min) && is_whole(&max) { "int_uniform" } else { "uniform" })
    }

    fn int_uniform(&self) -> Option<Sampler> {
        const WHOLE: i64 = 1 << 53;
        let why = "the minimum and maximum";
        let ends = ["min", "max"].map(|key| self.section.required(key, why)?.whole(-WHOLE..=WHOLE));
        let (low, high) = (ends[0]?, ends[1]?);
        #[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
        self.check_ends(low as f64, high as f64)?;
        Some(Sampler::Scalar(Distribution::Uniform, ScalarRange::Int { low, high, quantum: 1 }))
    }

    fn shape(&self, name: &str) -> Option<LawShape> {
        match name {
            "uniform" => self.ends().map(|(low, high)| LawShape::Uniform { low, high }),
            "log_uniform" => {
                let (low, high) = self.exponents()?;
                Some(LawShape::LogUniform { low, high })
            }
            "inv_log_uniform" => {
                let (low, high) = self.exponents()?;
                Some(LawShape::LogUniform { low: -high, high: -low })
            }
            "log_uniform_values" | "inv_log_uniform_values" => {
                let (low, high) = self.ends()?;
                if low <= 0.0 {
                    let message = format!("`{name}` draws numbers above 0, but min is {low}");
                    self.section.problem("min", message, None);
                    return None;
                }
                Some(LawShape::LogUniform { low: libm::log(low), high: libm::log(high) })
            }
            "normal" => self.moments().map(|(mu, sigma)| LawShape::Normal { mu, sigma }),
            "log_normal" => self.moments().map(|(mu, sigma)| LawShape::LogNormal { mu, sigma }),
            "beta" => {
                let (a, b) = (self.above_zero("a"), self.above_zero("b"));
                Some(LawShape::Beta { a: a?, b: b? })
            }
            _ => {
                let message = format!("`{name}` needs `values` or `value`");
                self.section.problem("values", message, None);
                None
            }
        }
    }

    fn ends(&self) -> Option<(f64, f64)> {
        let why = "the minimum and maximum";
        let ends = ["min", "max"].map(|key| self.section.required(key, why)?.number());
        self.check_ends(ends[0]?, ends[1]?)
    }

    fn check_ends(&self, low: f64, high: f64) -> Option<(f64, f64)> {
        if low < high {
            return Some((low, high));
        }
        let message = format!("min {low} is not less than max {high}");
        self.section.problem("max", message, Some("for a constant, use `value`".to_owned()));
        None
    }

    /// Returns the ends as exponents of e.
    fn exponents(&self) -> Option<(f64, f64)> {
        let (low, high) = self.ends()?;
        if !libm::exp(high.abs().max(low.abs())).is_finite() {
            let message = format!("min {low} and max {high} are exponents of e and out of range");
            self.section.problem(
                "max",
                message,
                Some("to give the values themselves, use `log_uniform_values`".to_owned()),
            );
            return None;
        }
        if let (true, Some((name, given))) = (low > 0.0 && high <= 1.0, &self.law) {
            let message = format!(
                "min and max of `{name}` are exponents of e: it draws from {:.4} to {:.4}",
                libm::exp(low),
                libm::exp(high)
            );
            given.warn(
                message,
                Some("to give the values themselves, use `log_uniform_values`".to_owned()),
            );
        }
        Some((low, high))
    }

    fn moments(&self) -> Option<(f64, f64)> {
        let mu = self.section.get("mu").map_or(Some(0.0), |given| given.number());
        let sigma = self.above_zero("sigma");
        Some((mu?, sigma?))
    }

    fn above_zero(&self, key: &'static str) -> Option<f64> {
        let Some(given) = self.section.get(key) else { return Some(1.0) };
        let number = given.number()?;
        if number <= 0.0 {
            given.problem(format!("must be above 0, found `{number}`"), None);
            return None;
        }
        Some(number)
    }

    /// Returns `q`, by default 1.0: values are whole numbers where it is written as one.
    fn quantum(&self) -> Option<LawQuantum> {
        let Some(given) = self.section.get("q") else { return Some(LawQuantum::Float(1.0)) };
        if let NodeKind::Scalar(Value::Int(_)) = given.node.kind {
            return given.whole(1..=(1 << 53)).map(LawQuantum::Int);
        }
        self.above_zero("q").map(LawQuantum::Float)
    }
}
