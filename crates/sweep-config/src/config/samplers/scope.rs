//! The names that a sampler may use, and the limits of its size.

use crate::config::given::GivenValue;
use crate::config::names::ExpressionNames;
use crate::expr::Expression;

/// The greatest length of a sampled list, and of all lists of a sampler that nests them.
pub(super) const LONGEST_LIST: usize = 100_000;

/// The deepest nesting of choices.
pub(super) const MOST_NESTED: usize = 16;

/// The surroundings of a sampler.
#[derive(Clone)]
pub(in crate::config) struct SamplerScope<'a> {
    /// The names for its expressions: the base config and what is drawn before.
    pub(super) names: ExpressionNames<'a>,
    /// The greatest length of its lists.
    pub(super) longest: usize,
    /// The deepest nesting of choices within it.
    pub(super) nested: usize,
    /// True if the jobs are pycls's: a `float_sampler` without QUANTIZE has its quantum then.
    pub(super) is_pycls: bool,
}

impl<'a> SamplerScope<'a> {
    pub(in crate::config) fn new(names: ExpressionNames<'a>, is_pycls: bool) -> Self {
        Self { names, longest: LONGEST_LIST, nested: MOST_NESTED, is_pycls }
    }

    /// Returns the scope of what is drawn after some parameters.
    pub(super) fn after(&self, params: &[String]) -> Self {
        let mut scope = self.clone();
        scope.names.params.extend_from_slice(params);
        scope
    }

    /// Returns the scope of an item of a list with this greatest length.
    pub(super) fn item(&self, length: usize) -> Self {
        Self { longest: self.longest / length.max(1), ..self.clone() }
    }

    /// Returns the scope of what an item of a list sets in itself: it sees nothing else.
    pub(super) fn within_item(&self) -> Self {
        Self { names: ExpressionNames::of_item(), ..self.clone() }
    }

    /// Returns true outside of all branches and lists.
    pub(super) fn is_outermost(&self) -> bool {
        self.nested == MOST_NESTED && !self.names.is_item
    }

    /// Returns the dotted path that a key stands for.
    pub(super) fn path(&self, given: &GivenValue<'_>, key: &str) -> Option<String> {
        self.names.path(given, key)
    }

    /// Parses a value of the config as an expression.
    pub(super) fn expression(&self, given: &GivenValue<'_>) -> Option<Expression> {
        let expr = self.names.expression(given)?;
        if let Some(name) = expr.names().iter().find(|name| self.names.is_complexity(name)) {
            let message =
                format!("`{name}` is computed from the parameters, so it cannot define them");
            given.problem(message, None);
            return None;
        }
        Some(expr)
    }
}
