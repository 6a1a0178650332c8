//! Parameters that follow from others.

use indexmap::IndexMap;
use sweep_config::Value;
use sweep_config::expr::Expression;

use super::lookup::Bound;
use super::params::Params;
use super::sampler::{Drawn, Undrawn};

/// The derived parameters of a sweep, each after those that it needs.
#[derive(Debug)]
pub(crate) struct Derived<'a> {
    exprs: Vec<Bound<'a>>,
}

impl<'a> Derived<'a> {
    /// `params` are the sampled ones; the derived ones are put behind them.
    pub(crate) fn new(
        derived: &'a IndexMap<String, Expression>,
        params: &mut Params,
        base: &'a Value,
    ) -> Self {
        let mut exprs = Vec::with_capacity(derived.len());
        for (param, expr) in derived {
            exprs.push(Bound::new(expr, params, base));
            params.place(param);
        }
        Self { exprs }
    }

    /// Puts the derived values behind the sampled ones.
    ///
    /// # Errors
    ///
    /// The first one that has no value.
    pub(crate) fn extend(&self, values: &mut Vec<Drawn>) -> Result<(), Undrawn> {
        for expr in &self.exprs {
            let place = values.len();
            let value = expr.value(values).map_err(|why| Undrawn { place, why })?;
            values.push(Some(value));
        }
        Ok(())
    }

    /// The text of the expression of a derived parameter, by its number among them.
    pub(crate) fn text(&self, number: usize) -> Option<&'a str> {
        self.exprs.get(number).map(Bound::text)
    }
}
