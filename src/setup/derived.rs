//! Parameters that are computed from others.

use indexmap::IndexMap;
use sweep_config::Value;
use sweep_config::expr::Expression;

use super::binding::BoundExpr;
use super::param_list::ParamList;
use super::sampler::MissingValue;

/// The derived parameters of a sweep, each after those that it needs.
#[derive(Debug)]
pub(crate) struct DerivedParams<'a> {
    exprs: Vec<BoundExpr<'a>>,
}

impl<'a> DerivedParams<'a> {
    /// Binds the expressions. `params` are the sampled parameters; the derived ones are put behind them.
    pub(crate) fn new(
        derived: &'a IndexMap<String, Expression>,
        params: &mut ParamList,
        base: &'a Value,
    ) -> Self {
        let mut exprs = Vec::with_capacity(derived.len());
        for (param, expr) in derived {
            exprs.push(BoundExpr::new(expr, params, base));
            params.place(param);
        }
        Self { exprs }
    }

    /// Appends the derived values to the sampled ones; a candidate that lacks a parameter which one needs
    /// lacks that one too.
    ///
    /// # Errors
    ///
    /// The first one that cannot be computed.
    pub(crate) fn extend(&self, values: &mut Vec<Option<Value>>) -> Result<(), MissingValue> {
        for expr in &self.exprs {
            let place = values.len();
            values.push(expr.value_if_there(values).map_err(|why| MissingValue { place, why })?);
        }
        Ok(())
    }

    /// Returns the text of the expression of a derived parameter, by its number among them.
    pub(crate) fn text(&self, number: usize) -> Option<&'a str> {
        self.exprs.get(number).map(BoundExpr::text)
    }
}
