//! The answers and their headers.

use bytes::Bytes;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;

use super::body::ServedBody;

/// An answer.
pub(super) type ServedAnswer = Response<ServedBody>;

/// The headers of every answer: nobody keeps it, guesses its type, learns its address, or shows it within a page.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// The policy of answers that are no pages: they load and run nothing.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// Returns an answer with a body of a type and all headers.
pub(super) fn answer(status: StatusCode, kind: &'static str, body: ServedBody) -> ServedAnswer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(NOTHING));
    answer
}

/// Returns a text.
pub(super) fn text(status: StatusCode, text: impl Into<Bytes>) -> ServedAnswer {
    answer(status, "text/plain; charset=utf-8", ServedBody::Whole(text.into()))
}

/// Returns an answer for a program.
pub(super) fn json(value: &impl Serialize) -> ServedAnswer {
    let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    answer(StatusCode::OK, "application/json", ServedBody::Whole(json.into()))
}

/// Returns a page with the policy that it needs.
pub(super) fn page(html: Bytes, policy: &str) -> ServedAnswer {
    let mut answer = answer(StatusCode::OK, "text/html; charset=utf-8", ServedBody::Whole(html));
    if let Ok(policy) = HeaderValue::from_str(policy) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// Returns the answer to whoever asks for what there is not. It is the same for a wrong token.
pub(super) fn not_found() -> ServedAnswer {
    text(StatusCode::NOT_FOUND, "404: there is nothing here\n")
}

/// Returns an answer that refuses, and ends the connection.
pub(super) fn refused(status: StatusCode, why: &'static str) -> ServedAnswer {
    let mut answer = text(status, why);
    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    answer
}
