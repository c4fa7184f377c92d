//! What somebody wrote in a form that failed: the page that says so gives it back.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Request};
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::Response;
use maud::{Markup, html};

use super::Result;
use crate::model::InteractionId;

/// The fields in which people write sentences.
const WORDS: [&str; 2] = ["text", "note"];

/// A form as it was sent, of which something was written by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    action: String,
    fields: Vec<(String, String)>,
}

/// In front of every form: a failure that no handler has made a page of takes along what was written.
pub async fn keep(request: Request, next: Next) -> Result<Response> {
    let is_form = request
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().to_ascii_lowercase().starts_with(b"application/x-www-form-urlencoded"));
    if !is_form {
        return Ok(next.run(request).await);
    }
    let (parts, body) = request.into_parts();
    let body = Bytes::from_request(Request::new(body), &()).await?;
    let action = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let mut answer = next.run(Request::from_parts(parts, Body::from(body.clone()))).await;
    let status = answer.status();
    if (status.is_client_error() || status.is_server_error())
        && let Some(typed) = Typed::read(action, &body)
    {
        answer.extensions_mut().insert(typed);
    }
    Ok(answer)
}

impl Typed {
    fn read(action: String, form: &[u8]) -> Option<Self> {
        // A character that no text may hold is not given back: it would be refused again.
        let fields =
            url::form_urlencoded::parse(form).map(|(name, value)| (name.into_owned(), value.replace('\0', "")));
        let fields = fields.collect::<Vec<_>>();
        // A button may name a note that is there.
        let is_written = |value: &str| !value.trim().is_empty() && value.parse::<InteractionId>().is_err();
        fields.iter().any(|(name, value)| is_words(name) && is_written(value)).then_some(Self { action, fields })
    }

    /// To be sent again as it is, or changed.
    pub fn form(&self) -> Markup {
        html! {
            form.form method="post" action=(self.action) data-test="typed" {
                @for (index, (name, value)) in self.fields.iter().enumerate() {
                    @if is_words(name) {
                        div.field {
                            label for={ "typed-" (index) } { "What you wrote" }
                            // A parser drops the first line break of a textarea.
                            textarea id={ "typed-" (index) } name=(name) rows="6" dir="auto" { "\n" (value) }
                        }
                    } @else {
                        input type="hidden" name=(name) value=(value);
                    }
                }
                div.actions { button.button.primary type="submit" { "Send it again" } }
            }
        }
    }
}

fn is_words(name: &str) -> bool {
    WORDS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_with_words_is_given_back_whole_and_no_other_is() {
        let read = |form: &str| Typed::read("/inbox/1/reply?view=a".to_owned(), form.as_bytes());
        for nothing in
            ["", "text=+", "email=a%40b.example&password=two+words", "note=01890a5d-ac96-774b-bcce-b302099a8057"]
        {
            assert_eq!(read(nothing), None, "{nothing}");
        }
        let html = read("key=k%22&text=%3CHi%3E%0Athere").expect("words").form().into_string();
        assert!(html.contains("\n&lt;Hi&gt;\nthere</textarea>") && html.contains("value=\"k&quot;\""), "{html}");
        assert!(html.contains("action=\"/inbox/1/reply?view=a\""), "{html}");
        assert!(read("note=Change+this").is_some());
        let html = read("text=So%00rry").expect("words").form().into_string();
        assert!(html.contains("\nSorry</textarea>"), "{html}");
    }
}
