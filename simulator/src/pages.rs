//! The frame of the pages on which visitors see what is written: plain HTML that works relayed under any path, without scripts.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use kit::clock::Timestamp;
use maud::{DOCTYPE, Markup, html};

use crate::profiles::store as profiles;
use crate::state::{Simulated, Slot};

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

/// What every such page looks like, and what one has besides.
pub fn style(own: &str) -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], format!("{}{own}", include_str!("pages.css"))).into_response()
}

/// What a user's profile shows, as of `now`; nothing where they have none.
pub async fn slot_of(state: &Simulated, user: String, now: Timestamp) -> kit::db::Result<Option<Arc<Slot>>> {
    match state.db.read(move |conn| profiles::active_of(conn, &user)).await? {
        Some(profile) => state.slot(profile.id, now).await,
        None => Ok(None),
    }
}

pub fn gone(words: &str) -> Markup {
    html! { h1 { (words) } }
}

pub fn day(at: Timestamp) -> String {
    at.to_jiff().strftime("%-d %b %Y, %H:%M UTC").to_string()
}
