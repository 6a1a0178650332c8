//! The operators of comparison, as they are written.

use super::cursor::TokenCursor;
use super::error::ParseError;
use super::tree::ComparisonOperator;

/// Takes an operator of comparison or containment if one stands here.
pub(super) fn comparison(
    cursor: &mut TokenCursor,
) -> Result<Option<ComparisonOperator>, ParseError> {
    let symbols = [
        ("<=", ComparisonOperator::LessEqual),
        (">=", ComparisonOperator::GreaterEqual),
        ("==", ComparisonOperator::Equal),
        ("!=", ComparisonOperator::NotEqual),
        ("<", ComparisonOperator::Less),
        (">", ComparisonOperator::Greater),
    ];
    for (symbol, comparison) in symbols {
        if cursor.take_symbol(symbol) {
            return Ok(Some(comparison));
        }
    }
    if cursor.take_word("in") {
        return Ok(Some(ComparisonOperator::In));
    }
    if cursor.take_word("not") {
        return if cursor.take_word("in") {
            Ok(Some(ComparisonOperator::NotIn))
        } else {
            Err(cursor.unexpected("`in`"))
        };
    }
    Ok(None)
}
