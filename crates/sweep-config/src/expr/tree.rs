//! The tree of a parsed expression.

use super::function::ExprFunction;
use crate::Value;

/// A part of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ExprNode {
    Constant(Value),
    /// A name, by its index in the expression's names.
    Name(usize),
    List(Vec<ExprNode>),
    /// A list, text or mapping, and the index into it.
    Index(Box<(ExprNode, ExprNode)>),
    Call(ExprFunction, Vec<ExprNode>),
    Negative(Box<ExprNode>),
    Positive(Box<ExprNode>),
    Not(Box<ExprNode>),
    Binary(BinaryOperator, Box<(ExprNode, ExprNode)>),
    /// A chain such as `a < b <= c`: true if each comparison is.
    Compare(Box<ExprNode>, Vec<(ComparisonOperator, ExprNode)>),
    And(Vec<ExprNode>),
    Or(Vec<ExprNode>),
    /// The condition, the value if it is true, and the value if it is not.
    If(Box<(ExprNode, ExprNode, ExprNode)>),
}

/// An operator of arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Power,
}

/// An operator of comparison or containment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ComparisonOperator {
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    In,
    NotIn,
}
