//! What a sampler may refer to, and how large it may grow.

use crate::config::given::GivenValue;
use crate::config::names::ExpressionNames;
use crate::expr::Expression;

/// How long a sampled list may be, and all lists of a sampler that nests them together.
pub(super) const LONGEST_LIST: usize = 100_000;

/// How many choices may lie within each other.
pub(super) const MOST_NESTED: usize = 16;

/// Where a sampler stands.
#[derive(Clone)]
pub(in crate::config) struct SamplerScope<'a> {
    /// What its expressions may name: the base config and what is drawn before.
    pub(super) names: ExpressionNames<'a>,
    /// How many items its lists may have.
    pub(super) longest: usize,
    /// How many choices may lie within it.
    pub(super) nested: usize,
}

impl<'a> SamplerScope<'a> {
    pub(in crate::config) fn new(names: ExpressionNames<'a>) -> Self {
        Self { names, longest: LONGEST_LIST, nested: MOST_NESTED }
    }

    /// The scope of what is drawn after some parameters.
    pub(super) fn after(&self, params: &[String]) -> Self {
        let mut scope = self.clone();
        scope.names.params.extend_from_slice(params);
        scope
    }

    /// The scope of an item of a list of at most so many.
    pub(super) fn item(&self, length: usize) -> Self {
        Self { longest: self.longest / length.max(1), nested: MOST_NESTED, ..self.clone() }
    }

    /// The expression that a value of the config is.
    pub(super) fn expression(&self, given: &GivenValue<'_>) -> Option<Expression> {
        let expr = self.names.expression(given)?;
        if let Some(name) = expr.names().iter().find(|name| ExpressionNames::is_complexity(name)) {
            let message = format!("`{name}` follows from the parameters, not they from it");
            given.problem(message, None);
            return None;
        }
        Some(expr)
    }
}
