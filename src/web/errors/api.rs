//! What of a JSON body could not be read, by the name of its field.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::{Error, FieldErrors};

/// Of what the library says: it repeats what it could not read.
const LONGEST: usize = 300;
const LIST: &str = "body can't be read: a list stands where an object is expected.";
const ANSWER_BYTES: usize = 1 << 20;

/// In front of every operation: the library that reads bodies refuses them in a line of text, which programs cannot tell apart.
pub async fn name(request: Request, next: Next) -> Response {
    let Some(request) = without_a_list(request).await else {
        return Error::Invalid(FieldErrors::one("body", "bad_value", LIST)).into_response();
    };
    let answer = next.run(request).await;
    let kind = answer.headers().get(CONTENT_TYPE);
    let is_line = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if answer.status() != StatusCode::UNPROCESSABLE_ENTITY || !is_line {
        return answer;
    }
    let said = to_bytes(answer.into_body(), ANSWER_BYTES).await.unwrap_or_default();
    match errors(&String::from_utf8_lossy(&said)) {
        Some(errors) => Error::Invalid(errors).into_response(),
        None => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
    }
}

/// The library takes a list for an object whose fields it names in their order, and any of them may then be missing.
async fn without_a_list(request: Request) -> Option<Request> {
    let (parts, body) = request.into_parts();
    // It was read whole before, and bounded then.
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    (!whole.trim_ascii_start().starts_with(b"[")).then(|| Request::from_parts(parts, Body::from(whole)))
}

/// What the library calls by the names of its own language.
const WORDS: [(&str, &str); 8] = [
    ("expected a map", "expected an object"),
    ("invalid type: sequence", "invalid type: a list"),
    ("invalid type: map", "invalid type: an object"),
    ("floating point `", "`"),
    ("integer `", "`"),
    ("expected u64", "expected a whole number from 0 on"),
    ("expected i64", "expected a whole number"),
    ("expected f64", "expected a number"),
];

/// `…: ids[0]: invalid type: integer `1`, expected a string at line 1 column 10`
pub(super) fn errors(said: &str) -> Option<FieldErrors> {
    let (_, said) = said.split_once("target type: ")?;
    let said = said.rsplit_once(" at line ").map_or(said, |(said, _)| said);
    if let Some((_, field)) = named(said, "missing field ") {
        return Some(FieldErrors::one(field.to_owned(), "required", format!("{field} is missing.")));
    }
    if let Some((rest, field)) = named(said, "unknown field ") {
        let known = rest.trim_start_matches(", ");
        let known = if known.starts_with("expected") { known } else { "none is expected" };
        return Some(FieldErrors::one(field.to_owned(), "unknown_field", format!("Unknown field {field}: {known}.")));
    }
    let is_path = |path: &&str| !path.contains(' ');
    let (field, why) = said.split_once(": ").filter(|(path, _)| is_path(path)).unwrap_or(("body", said));
    let why = why.split_once("expected struct ").map_or(why.to_owned(), |(why, _)| format!("{why}expected an object"));
    let why: String = why.chars().take(LONGEST).collect();
    let why = WORDS.iter().fold(why, |why, (theirs, ours)| why.replace(theirs, ours));
    Some(FieldErrors::one(field.to_owned(), "bad_value", format!("{field} can't be read: {why}.")))
}

/// A name between backticks, and what stands behind it.
fn named<'a>(said: &'a str, before: &str) -> Option<(&'a str, &'a str)> {
    let (path, rest) = said.split_once(before)?;
    let (field, rest) = rest.strip_prefix('`')?.split_once('`')?;
    // Else it stands in what could not be read.
    (!path.contains('`') && !path.contains('"')).then_some((rest, field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_named_and_said_what_is_wrong_with_it() {
        let told = |said: &str| {
            let errors =
                errors(&format!("Failed to deserialize the JSON body into the target type: {said}")).expect("a field");
            let known = ["text", "colour", "ids[0]", "verb", "body"];
            known.iter().find_map(|field| Some(format!("{field}: {}", errors.of(field)?))).expect("one of them")
        };
        for (said, expected) in [
            ("missing field `text` at line 1 column 2", "text: text is missing."),
            (
                "colour: unknown field `colour`, expected `size` or `seed` at line 1 column 9",
                "colour: Unknown field colour: expected `size` or `seed`.",
            ),
            (
                "colour: unknown field `colour`, there are no fields at line 1 column 9",
                "colour: Unknown field colour: none is expected.",
            ),
            (
                "ids[0]: invalid type: integer `1`, expected a string at line 1 column 10",
                "ids[0]: ids[0] can't be read: invalid type: `1`, expected a string.",
            ),
            (
                "verb: unknown variant `unknown field `x``, expected `hide` at line 1 column 10",
                "verb: verb can't be read: unknown variant `unknown field `x``, expected `hide`.",
            ),
            (
                "invalid type: string \"x\", expected struct Asked at line 1 column 3",
                "body: body can't be read: invalid type: string \"x\", expected an object.",
            ),
            (
                "invalid type: sequence, expected a map at line 1 column 0",
                "body: body can't be read: invalid type: a list, expected an object.",
            ),
        ] {
            assert_eq!(told(said), expected);
        }
        assert_eq!(errors("Expected request with `Content-Type: application/json`"), None);
    }
}
