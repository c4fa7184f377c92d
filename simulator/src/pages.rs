//! The frame of the pages on which visitors see what is written: plain HTML that works relayed under any path, without scripts.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use kit::clock::Timestamp;
use maud::{DOCTYPE, Markup, html};

pub fn page(status: StatusCode, title: &str, style: &str, banner: &str, body: &Markup) -> Response {
    let text = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="stylesheet" href=(style);
            }
            body {
                main {
                    p.banner { (banner) }
                    (body)
                }
            }
        }
    };
    (status, Html(text.into_string())).into_response()
}

pub fn gone(words: &str) -> Markup {
    html! { h1 { (words) } }
}

pub fn day(at: Timestamp) -> String {
    at.to_jiff().strftime("%-d %b %Y, %H:%M UTC").to_string()
}
