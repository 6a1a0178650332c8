//! The value of a tree, with Python's meaning.
//!
//! Whole numbers have 64 bits; beyond that is an error and never a wrong number. Texts and lists are
//! compared as in Python. What Python refuses is refused here.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::Expression;
use super::parse::{Binary, Comparison, Node};
use crate::Value;

/// Items of a list that an expression makes, at most.
const MAX_ITEMS: usize = 100_000;

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EvalError(String);

type Result<T> = std::result::Result<T, EvalError>;

/// The functions that an expression may call.
pub const FUNCTIONS: [&str; 20] = [
    "abs",
    "all",
    "any",
    "ceil",
    "exp",
    "float",
    "floor",
    "increasing",
    "int",
    "len",
    "log",
    "log10",
    "log2",
    "max",
    "min",
    "monotone",
    "prod",
    "round",
    "sqrt",
    "sum",
];

/// A place in [`FUNCTIONS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Function(usize);

impl Function {
    pub(super) fn named(name: &str) -> Option<Self> {
        FUNCTIONS.iter().position(|known| *known == name).map(Self)
    }

    fn name(self) -> &'static str {
        FUNCTIONS[self.0]
    }

    /// What it takes instead, if it does not take so many arguments.
    pub(super) fn check(self, count: usize) -> std::result::Result<(), &'static str> {
        match self.name() {
            "max" | "min" if count >= 1 => Ok(()),
            "max" | "min" => Err("a list or several values"),
            "log" | "round" if count == 1 || count == 2 => Ok(()),
            "log" | "round" => Err("one or two values"),
            _ if count == 1 => Ok(()),
            _ => Err("one value"),
        }
    }
}

/// A name's value, by its place in the expression's names.
type Lookup<'l, 'a> = &'l dyn Fn(usize) -> Option<&'a Value>;

type Term<'a> = Cow<'a, Value>;

struct Evaluation<'e, 'l, 'a> {
    expr: &'e Expression,
    lookup: Lookup<'l, 'a>,
}

pub(super) fn eval(expr: &Expression, lookup: Lookup<'_, '_>) -> Result<Value> {
    Evaluation { expr, lookup }.node(&expr.root).map(Cow::into_owned)
}

pub(super) fn is_true(expr: &Expression, lookup: Lookup<'_, '_>) -> Result<bool> {
    Ok(truth(&*Evaluation { expr, lookup }.node(&expr.root)?))
}

impl<'e, 'a: 'e> Evaluation<'e, '_, 'a> {
    fn node(&self, node: &'e Node) -> Result<Term<'e>> {
        match node {
            Node::Constant(value) => Ok(Cow::Borrowed(value)),
            Node::Name(place) => match (self.lookup)(*place) {
                Some(value) => Ok(Cow::Borrowed(value)),
                None => Err(EvalError(format!("`{}` has no value", self.expr.names[*place]))),
            },
            Node::List(items) => Ok(owned(Value::List(self.owned(items)?))),
            Node::Index(both) => index(self.node(&both.0)?, &*self.node(&both.1)?),
            Node::Call(function, arguments) => self.call(*function, arguments).map(owned),
            Node::Negative(inner) => match &*self.node(inner)? {
                Value::Float(number) => Ok(owned(Value::Float(-number))),
                other => subtract(0, whole(other, "-")?).map(owned),
            },
            Node::Positive(inner) => match &*self.node(inner)? {
                Value::Float(number) => Ok(owned(Value::Float(*number))),
                other => Ok(owned(Value::Int(whole(other, "+")?))),
            },
            Node::Not(inner) => Ok(owned(Value::Bool(!truth(&*self.node(inner)?)))),
            Node::Binary(operator, both) => {
                binary(*operator, &*self.node(&both.0)?, &*self.node(&both.1)?).map(owned)
            }
            Node::Compare(first, rest) => self.compare(first, rest),
            Node::And(parts) => self.first(parts, false),
            Node::Or(parts) => self.first(parts, true),
            Node::If(all) => {
                let (condition, if_true, if_not) = &**all;
                self.node(if truth(&*self.node(condition)?) { if_true } else { if_not })
            }
        }
    }

    fn owned(&self, nodes: &'e [Node]) -> Result<Vec<Value>> {
        nodes.iter().map(|node| self.node(node).map(Cow::into_owned)).collect()
    }

    /// The first part whose truth is `wanted`, else the last: what Python's `or` and `and` are.
    fn first(&self, parts: &'e [Node], wanted: bool) -> Result<Term<'e>> {
        let mut last = owned(Value::Bool(!wanted));
        for part in parts {
            last = self.node(part)?;
            if truth(&last) == wanted {
                break;
            }
        }
        Ok(last)
    }

    fn compare(&self, first: &'e Node, rest: &'e [(Comparison, Node)]) -> Result<Term<'e>> {
        let mut left = self.node(first)?;
        for (comparison, node) in rest {
            let right = self.node(node)?;
            if !holds(*comparison, &left, &right)? {
                return Ok(owned(Value::Bool(false)));
            }
            left = right;
        }
        Ok(owned(Value::Bool(true)))
    }

    fn call(&self, function: Function, arguments: &'e [Node]) -> Result<Value> {
        let name = function.name();
        if matches!(name, "max" | "min") && arguments.len() > 1 {
            return extreme(name, &self.owned(arguments)?);
        }
        let first = self.node(&arguments[0])?;
        match (name, arguments.get(1)) {
            ("log", Some(base)) => {
                Ok(Value::Float(logarithm(&first)? / logarithm(&*self.node(base)?)?))
            }
            ("round", Some(digits)) => round(&first, whole(&*self.node(digits)?, name)?),
            _ => call(name, &first),
        }
    }
}

fn owned<'a>(value: Value) -> Term<'a> {
    Cow::Owned(value)
}

fn fail<T>(message: impl Into<String>) -> Result<T> {
    Err(EvalError(message.into()))
}

/// Python's truth of a value.
fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Int(number) => *number != 0,
        Value::Float(number) => *number != 0.0,
        Value::Str(text) | Value::Timestamp(text) => !text.is_empty(),
        Value::List(items) => !items.is_empty(),
        Value::Map(map) => !map.is_empty(),
    }
}

/// A whole number; true is 1 as in Python.
fn whole(value: &Value, operator: &str) -> Result<i64> {
    match value {
        Value::Int(number) => Ok(*number),
        Value::Bool(flag) => Ok(i64::from(*flag)),
        other => fail(format!("`{operator}` has no meaning for {}", other.kind())),
    }
}

/// A number; true is 1 as in Python.
fn float(value: &Value, operator: &str) -> Result<f64> {
    match value {
        Value::Float(number) => Ok(*number),
        #[expect(clippy::cast_precision_loss, reason = "as Python, which rounds to nearest, too")]
        other => whole(other, operator).map(|number| number as f64),
    }
}

fn is_whole(value: &Value) -> bool {
    matches!(value, Value::Int(_) | Value::Bool(_))
}

fn subtract(a: i64, b: i64) -> Result<Value> {
    a.checked_sub(b).map(Value::Int).ok_or_else(too_large)
}

fn too_large() -> EvalError {
    EvalError("a whole number beyond 64 bits".to_owned())
}

fn binary(operator: Binary, a: &Value, b: &Value) -> Result<Value> {
    if operator == Binary::Add
        && let Some(joined) = join(a, b)?
    {
        return Ok(joined);
    }
    let symbol = match operator {
        Binary::Add => "+",
        Binary::Subtract => "-",
        Binary::Multiply => "*",
        Binary::Divide => "/",
        Binary::FloorDivide => "//",
        Binary::Modulo => "%",
        Binary::Power => "**",
    };
    if is_whole(a) && is_whole(b) {
        wholes(operator, whole(a, symbol)?, whole(b, symbol)?)
    } else {
        floats(operator, float(a, symbol)?, float(b, symbol)?)
    }
}

/// Texts and lists are added by putting one after the other.
fn join(a: &Value, b: &Value) -> Result<Option<Value>> {
    Ok(match (a, b) {
        (Value::Str(a), Value::Str(b)) => {
            if a.len() + b.len() > MAX_ITEMS {
                return fail("a text that is too long");
            }
            Some(Value::Str(format!("{a}{b}")))
        }
        (Value::List(a), Value::List(b)) => {
            if a.len() + b.len() > MAX_ITEMS {
                return fail("a list that is too long");
            }
            Some(Value::List(a.iter().chain(b).cloned().collect()))
        }
        _ => None,
    })
}

fn wholes(operator: Binary, a: i64, b: i64) -> Result<Value> {
    if b == 0 && matches!(operator, Binary::FloorDivide | Binary::Modulo) {
        return fail("a division by zero");
    }
    let number = match operator {
        Binary::Add => a.checked_add(b),
        Binary::Subtract => a.checked_sub(b),
        Binary::Multiply => a.checked_mul(b),
        Binary::FloorDivide => {
            let rest = a.checked_rem(b).unwrap_or(0);
            let down = rest != 0 && (rest < 0) != (b < 0);
            a.checked_div(b).map(|quotient| quotient - i64::from(down))
        }
        Binary::Modulo => {
            let rest = a.checked_rem(b).unwrap_or(0);
            Some(if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
        }
        Binary::Power if b >= 0 => match u32::try_from(b) {
            Ok(exponent) => a.checked_pow(exponent),
            // So large an exponent leaves only these in 64 bits.
            Err(_) => match a {
                0 | 1 => Some(a),
                -1 => Some(if b % 2 == 0 { 1 } else { -1 }),
                _ => None,
            },
        },
        #[expect(clippy::cast_precision_loss, reason = "as Python")]
        Binary::Divide | Binary::Power => return floats(operator, a as f64, b as f64),
    };
    number.map(Value::Int).ok_or_else(too_large)
}

fn floats(operator: Binary, a: f64, b: f64) -> Result<Value> {
    let divides = matches!(operator, Binary::Divide | Binary::FloorDivide | Binary::Modulo);
    if divides && b == 0.0 {
        return fail("a division by zero");
    }
    let number = match operator {
        Binary::Add => a + b,
        Binary::Subtract => a - b,
        Binary::Multiply => a * b,
        Binary::Divide => a / b,
        Binary::FloorDivide => floor_divide(a, b).0,
        Binary::Modulo => floor_divide(a, b).1,
        Binary::Power => power(a, b)?,
    };
    Ok(Value::Float(number))
}

/// Quotient and rest as Python has them: the rest has the sign of the divisor (`float_divmod`
/// of Python's C sources).
fn floor_divide(a: f64, b: f64) -> (f64, f64) {
    let mut rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest == 0.0 {
        rest = 0.0_f64.copysign(b);
    } else if (b < 0.0) != (rest < 0.0) {
        rest += b;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0.0_f64.copysign(a / b), rest);
    }
    let floor = quotient.floor();
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, rest)
}

fn power(a: f64, b: f64) -> Result<f64> {
    if a == 0.0 && b < 0.0 {
        return fail("zero to a negative power");
    }
    if a < 0.0 && b.is_finite() && b.fract() != 0.0 {
        return fail("a fractional power of a negative number");
    }
    let power = libm::pow(a, b);
    if power.is_infinite() && a.is_finite() && b.is_finite() {
        return fail("a power that is too large");
    }
    Ok(power)
}

fn holds(comparison: Comparison, a: &Value, b: &Value) -> Result<bool> {
    Ok(match comparison {
        Comparison::Equal => equal(a, b),
        Comparison::NotEqual => !equal(a, b),
        Comparison::In => contains(b, a)?,
        Comparison::NotIn => !contains(b, a)?,
        Comparison::Less => order(a, b)? == Some(Ordering::Less),
        Comparison::Greater => order(a, b)? == Some(Ordering::Greater),
        Comparison::LessEqual => {
            matches!(order(a, b)?, Some(Ordering::Less | Ordering::Equal))
        }
        Comparison::GreaterEqual => {
            matches!(order(a, b)?, Some(Ordering::Greater | Ordering::Equal))
        }
    })
}

fn is_number(value: &Value) -> bool {
    is_whole(value) || matches!(value, Value::Float(_))
}

fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (a, b) if is_number(a) && is_number(b) => compare_numbers(a, b) == Some(Ordering::Equal),
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (a, b) => a == b,
    }
}

/// Exact, though one may be whole and the other a fraction.
#[expect(clippy::cast_possible_truncation, reason = "checked: within 64 bits")]
fn compare_numbers(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Float(_), _) => compare_numbers(b, a).map(Ordering::reverse),
        (a, Value::Float(b)) => {
            let a = whole(a, "<").ok()?;
            if b.is_nan() {
                return None;
            }
            // Beyond 64 bits the sign decides; within, the whole part, then the fraction.
            if b.abs() >= 9.3e18 {
                return Some(if *b > 0.0 { Ordering::Less } else { Ordering::Greater });
            }
            let below = b.floor();
            let whole_part = i128::from(a).cmp(&(below as i128));
            Some(whole_part.then(if below < *b { Ordering::Less } else { Ordering::Equal }))
        }
        (a, b) => Some(whole(a, "<").ok()?.cmp(&whole(b, "<").ok()?)),
    }
}

fn order(a: &Value, b: &Value) -> Result<Option<Ordering>> {
    match (a, b) {
        (a, b) if is_number(a) && is_number(b) => Ok(compare_numbers(a, b)),
        (Value::Str(a), Value::Str(b)) => Ok(Some(a.cmp(b))),
        (Value::List(a), Value::List(b)) => {
            let different = a.iter().zip(b).find(|(a, b)| !equal(a, b));
            different.map_or(Ok(Some(a.len().cmp(&b.len()))), |(a, b)| order(a, b))
        }
        _ => fail(format!("{} and {} have no order", a.kind(), b.kind())),
    }
}

fn contains(all: &Value, one: &Value) -> Result<bool> {
    match (all, one) {
        (Value::List(items), one) => Ok(items.iter().any(|item| equal(item, one))),
        (Value::Str(text), Value::Str(part)) => Ok(text.contains(part.as_str())),
        (Value::Map(map), Value::Str(key)) => Ok(map.contains_key(key)),
        (Value::Map(_), _) => Ok(false),
        (other, _) => fail(format!("{} has nothing in it", other.kind())),
    }
}

fn index<'a>(all: Term<'a>, place: &Value) -> Result<Term<'a>> {
    let missing = || EvalError(format!("there is no item {}", place.to_json()));
    let pick = |length: usize| -> Result<usize> {
        let index = i128::from(whole(place, "[]")?);
        let from_start = if index < 0 { index + length as i128 } else { index };
        usize::try_from(from_start).ok().filter(|&i| i < length).ok_or_else(missing)
    };
    match (all, place) {
        (Cow::Borrowed(Value::List(items)), _) => Ok(Cow::Borrowed(&items[pick(items.len())?])),
        (Cow::Owned(Value::List(mut items)), _) => {
            let i = pick(items.len())?;
            Ok(Cow::Owned(items.swap_remove(i)))
        }
        (Cow::Borrowed(Value::Map(map)), Value::Str(key)) => {
            map.get(key).map(Cow::Borrowed).ok_or_else(missing)
        }
        (all, _) => match &*all {
            Value::Str(text) => {
                let i = pick(text.chars().count())?;
                Ok(owned(Value::Str(text.chars().skip(i).take(1).collect())))
            }
            other => fail(format!("`[]` has no meaning for {}", other.kind())),
        },
    }
}

fn items<'a>(name: &str, value: &'a Value) -> Result<&'a [Value]> {
    match value {
        Value::List(items) => Ok(items),
        other => fail(format!("`{name}` is of a list, not of {}", other.kind())),
    }
}

fn extreme(name: &str, all: &[Value]) -> Result<Value> {
    let Some((first, rest)) = all.split_first() else {
        return fail(format!("`{name}` of nothing"));
    };
    let wanted = if name == "max" { Ordering::Greater } else { Ordering::Less };
    let mut best = first;
    for value in rest {
        if order(value, best)? == Some(wanted) {
            best = value;
        }
    }
    Ok(best.clone())
}

fn call(name: &str, value: &Value) -> Result<Value> {
    match name {
        "abs" => match value {
            Value::Float(number) => Ok(Value::Float(number.abs())),
            other => whole(other, name)?.checked_abs().map(Value::Int).ok_or_else(too_large),
        },
        "all" => Ok(Value::Bool(items(name, value)?.iter().all(truth))),
        "any" => Ok(Value::Bool(items(name, value)?.iter().any(truth))),
        "len" => match value {
            Value::Str(text) => Ok(count(text.chars().count())),
            Value::Map(map) => Ok(count(map.len())),
            other => Ok(count(items(name, other)?.len())),
        },
        "max" | "min" => extreme(name, items(name, value)?),
        "sum" => items(name, value)?.iter().try_fold(Value::Int(0), |sum, item| {
            if is_number(item) {
                binary(Binary::Add, &sum, item)
            } else {
                fail(format!("`sum` of {}", item.kind()))
            }
        }),
        "prod" => items(name, value)?
            .iter()
            .try_fold(Value::Int(1), |product, item| binary(Binary::Multiply, &product, item)),
        "monotone" => rises(items(name, value)?, |step| step != Ordering::Greater),
        "increasing" => rises(items(name, value)?, |step| step == Ordering::Less),
        "float" => match value {
            Value::Str(text) => match text.trim().parse() {
                Ok(number) => Ok(Value::Float(number)),
                Err(_) => fail(format!("`{text}` is no number")),
            },
            other => float(other, name).map(Value::Float),
        },
        "int" | "floor" | "ceil" | "round" if is_whole(value) => whole(value, name).map(Value::Int),
        "int" => to_whole(float(value, name)?.trunc()),
        "floor" => to_whole(float(value, name)?.floor()),
        "ceil" => to_whole(float(value, name)?.ceil()),
        "round" => to_whole(float(value, name)?.round_ties_even()),
        "log" => logarithm(value).map(Value::Float),
        "log2" => positive(value, name).map(libm::log2).map(Value::Float),
        "log10" => positive(value, name).map(libm::log10).map(Value::Float),
        "sqrt" => match float(value, name)? {
            number if number < 0.0 => fail("the root of a negative number"),
            number => Ok(Value::Float(number.sqrt())),
        },
        _ => match libm::exp(float(value, "exp")?) {
            number if number.is_infinite() => fail("an exponential that is too large"),
            number => Ok(Value::Float(number)),
        },
    }
}

fn count(number: usize) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// Whether each step from one item to the next is as it should be.
fn rises(items: &[Value], is_right: impl Fn(Ordering) -> bool) -> Result<Value> {
    for pair in items.windows(2) {
        if !order(&pair[0], &pair[1])?.is_some_and(&is_right) {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}

fn logarithm(value: &Value) -> Result<f64> {
    positive(value, "log").map(libm::log)
}

fn positive(value: &Value, name: &str) -> Result<f64> {
    match float(value, name)? {
        number if number <= 0.0 => fail(format!("`{name}` of a number that is not positive")),
        number => Ok(number),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "checked")]
fn to_whole(number: f64) -> Result<Value> {
    if number.is_finite() && number.abs() < 9.2e18 {
        Ok(Value::Int(number as i64))
    } else {
        Err(too_large())
    }
}

/// To so many digits behind the point, as Python: the decimal that is nearest to the float itself.
fn round(value: &Value, digits: i64) -> Result<Value> {
    let Value::Float(number) = value else { return call("round", value) };
    let Ok(digits) = usize::try_from(digits) else {
        return fail("`round` to a negative number of digits");
    };
    if !number.is_finite() || digits > 300 {
        return Ok(value.clone());
    }
    let text = format!("{number:.digits$}");
    text.parse().map(Value::Float).map_err(|_| EvalError(format!("`{text}` is no number")))
}
