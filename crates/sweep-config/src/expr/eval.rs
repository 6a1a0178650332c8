//! The value of a tree, with Python's meaning.
//!
//! Whole numbers have 64 bits; beyond that is an error and never a wrong number. Texts and lists are
//! compared as in Python. What Python refuses is refused here.

use std::borrow::Cow;

use super::arithmetic::{binary, subtract, whole};
use super::call::call;
use super::comparison::{holds, index, truth};
use super::error::{EvalError, EvalResult};
use super::function::ExprFunction;
use super::number::PlainNumber;
use super::tree::{ComparisonOperator, ExprNode};
use crate::Value;

/// Gives the value of a name by its index in the expression's names.
type NameLookup<'l, 'a> = &'l dyn Fn(usize) -> Option<&'a Value>;

/// A value that is borrowed from the expression or its names, or was calculated.
type EvalTerm<'a> = Cow<'a, Value>;

/// An evaluation under way.
struct TreeEvaluation<'e, 'l, 'a> {
    names: &'e [String],
    lookup: NameLookup<'l, 'a>,
}

/// Returns the value of the tree of an expression with these names.
pub(super) fn eval(
    root: &ExprNode,
    names: &[String],
    lookup: NameLookup<'_, '_>,
) -> EvalResult<Value> {
    let evaluation = TreeEvaluation { names, lookup };
    if let Some(number) = evaluation.number(root) {
        return Ok(number.value());
    }
    evaluation.node(root).map(Cow::into_owned)
}

/// Returns whether the value of the tree is true.
pub(super) fn is_true(
    root: &ExprNode,
    names: &[String],
    lookup: NameLookup<'_, '_>,
) -> EvalResult<bool> {
    TreeEvaluation { names, lookup }.is_true(root)
}

impl<'e, 'a: 'e> TreeEvaluation<'e, '_, 'a> {
    fn node(&self, node: &'e ExprNode) -> EvalResult<EvalTerm<'e>> {
        match node {
            ExprNode::Constant(value) => Ok(Cow::Borrowed(value)),
            ExprNode::Name(place) => match (self.lookup)(*place) {
                Some(value) => Ok(Cow::Borrowed(value)),
                None => Err(EvalError(format!("`{}` has no value", self.names[*place]))),
            },
            ExprNode::List(items) => Ok(owned(Value::List(self.owned(items)?))),
            ExprNode::Index(both) => index(self.node(&both.0)?, &*self.node(&both.1)?),
            ExprNode::Call(function, arguments) => self.call(*function, arguments).map(owned),
            ExprNode::Negative(inner) => match &*self.node(inner)? {
                Value::Float(number) => Ok(owned(Value::Float(-number))),
                other => subtract(0, whole(other, "-")?).map(owned),
            },
            ExprNode::Positive(inner) => match &*self.node(inner)? {
                Value::Float(number) => Ok(owned(Value::Float(*number))),
                other => Ok(owned(Value::Int(whole(other, "+")?))),
            },
            ExprNode::Not(inner) => Ok(owned(Value::Bool(!self.is_true(inner)?))),
            ExprNode::Binary(operator, both) => {
                binary(*operator, &*self.node(&both.0)?, &*self.node(&both.1)?).map(owned)
            }
            ExprNode::Compare(first, rest) => Ok(owned(Value::Bool(self.compare(first, rest)?))),
            ExprNode::And(parts) => self.first(parts, false),
            ExprNode::Or(parts) => self.first(parts, true),
            ExprNode::If(all) => {
                let (condition, if_true, if_not) = &**all;
                self.node(if self.is_true(condition)? { if_true } else { if_not })
            }
        }
    }

    /// Returns whether the value of a part is true.
    fn is_true(&self, node: &'e ExprNode) -> EvalResult<bool> {
        match node {
            ExprNode::Compare(first, rest) => self.compare(first, rest),
            ExprNode::Not(inner) => Ok(!self.is_true(inner)?),
            ExprNode::And(parts) => self.any_is(parts, false).map(|found| !found),
            ExprNode::Or(parts) => self.any_is(parts, true),
            _ => match self.number(node) {
                Some(number) => Ok(number.is_true()),
                None => Ok(truth(&*self.node(node)?)),
            },
        }
    }

    /// Returns true if the truth of a part is `wanted`; those behind it are not asked.
    fn any_is(&self, parts: &'e [ExprNode], wanted: bool) -> EvalResult<bool> {
        for part in parts {
            if self.is_true(part)? == wanted {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the number that arithmetic alone makes of a part; `None` leaves it to [`TreeEvaluation::node`], also
    /// to say what is wrong.
    fn number(&self, node: &'e ExprNode) -> Option<PlainNumber> {
        match node {
            ExprNode::Constant(value) => PlainNumber::of(value),
            ExprNode::Name(place) => PlainNumber::of((self.lookup)(*place)?),
            ExprNode::Negative(inner) => self.number(inner)?.negative(),
            ExprNode::Binary(operator, both) => {
                self.number(&both.0)?.apply(*operator, self.number(&both.1)?)
            }
            _ => None,
        }
    }

    fn owned(&self, nodes: &'e [ExprNode]) -> EvalResult<Vec<Value>> {
        nodes.iter().map(|node| self.node(node).map(Cow::into_owned)).collect()
    }

    /// Returns the first part whose truth is `wanted`, else the last one, as Python's `or` and `and` do.
    fn first(&self, parts: &'e [ExprNode], wanted: bool) -> EvalResult<EvalTerm<'e>> {
        let mut last = owned(Value::Bool(!wanted));
        for part in parts {
            last = self.node(part)?;
            if truth(&last) == wanted {
                break;
            }
        }
        Ok(last)
    }

    fn compare(
        &self,
        first: &'e ExprNode,
        rest: &'e [(ComparisonOperator, ExprNode)],
    ) -> EvalResult<bool> {
        if let [(comparison, second)] = rest
            && let Some(a) = self.number(first)
            && let Some(b) = self.number(second)
            && let Some(is_met) = a.holds(*comparison, b)
        {
            return Ok(is_met);
        }
        let mut left = self.node(first)?;
        for (comparison, node) in rest {
            let right = self.node(node)?;
            if !holds(*comparison, &left, &right)? {
                return Ok(false);
            }
            left = right;
        }
        Ok(true)
    }

    fn call(&self, function: ExprFunction, arguments: &'e [ExprNode]) -> EvalResult<Value> {
        if let [argument] = arguments {
            return call(function, &[&*self.node(argument)?]);
        }
        let values: Vec<EvalTerm<'_>> =
            arguments.iter().map(|node| self.node(node)).collect::<EvalResult<_>>()?;
        call(function, &values.iter().map(|value| &**value).collect::<Vec<_>>())
    }
}

fn owned<'a>(value: Value) -> EvalTerm<'a> {
    Cow::Owned(value)
}
