//! The value of a scalar, or what is wrong with it.

use granit_parser::{ScalarStyle, Tag};

use super::resolve::{self, InvalidScalar};
use crate::Value;

/// The fault of a scalar, and a hint.
pub(super) type ScalarFault = (String, Option<&'static str>);

/// Returns the value of a scalar by its style and tag.
pub(super) fn value(
    text: &str,
    style: ScalarStyle,
    tag: Option<&Tag>,
) -> Result<Value, ScalarFault> {
    match tag {
        Some(tag) => tagged(text, tag),
        None if style == ScalarStyle::Plain => plain(text),
        None => Ok(Value::Str(text.to_owned())),
    }
}

fn plain(text: &str) -> Result<Value, ScalarFault> {
    let why = |meaningless| match meaningless {
        InvalidScalar::TooLarge => "does not fit into 64 bits",
        InvalidScalar::NoDate => "looks like a date, but that date does not exist",
    };
    let hint = "quote it if it is text";
    resolve::plain(text).map_err(|e| (format!("`{text}` {}", why(e)), Some(hint)))
}

fn tagged(text: &str, tag: &Tag) -> Result<Value, ScalarFault> {
    let value = match tag.core_suffix() {
        Some("str") => Some(Value::Str(text.to_owned())),
        Some("null") => Some(Value::Null),
        Some("bool") => resolve::boolean(text).map(Value::Bool),
        Some("int") => resolve::int(text).and_then(Result::ok).map(Value::Int),
        Some("float") => resolve::float(text)
            .or_else(|| text.parse().ok().filter(|f: &f64| f.is_finite()))
            .map(Value::Float),
        _ => {
            let hint = "use !!str, !!int, !!float, !!bool or !!null";
            return Err((format!("the tag `{}` is not supported", tag.original()), Some(hint)));
        }
    };
    value.ok_or_else(|| (format!("`{text}` does not match its tag `{}`", tag.original()), None))
}
