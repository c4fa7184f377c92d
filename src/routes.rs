//! Every address, once.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{delete, get, patch, post, put};
use kit::web::csp_reports::{self, Reports};
use kit::web::{Edge, KnownHosts, Limits, Site, compression};

use crate::accounts::{self, api_keys, joining, people, settings};
use crate::activity;
use crate::app::App;
use crate::connections;
use crate::dashboard;
use crate::demo;
use crate::idempotency;
use crate::inbox;
use crate::live;
use crate::members;
use crate::moderating;
use crate::ops::health::pages as health;
use crate::ops::metrics;
use crate::palette;
use crate::replies;
use crate::web::errors;
use crate::web::extract;
use crate::web::openapi;
use crate::web::ui;
use crate::webhooks::incoming as webhooks;

/// All routes behind the edge.
///
/// # Panics
/// When the public address is not one, which the start checks.
pub fn router(app: App) -> Router {
    let site = Site::new(&app.config.public_url).expect("a public address");
    let watched = &[health::HEALTH, health::READY];
    let edge = Edge::new(
        site,
        app.random.clone(),
        errors::render,
        Limits::default(),
        app.part::<metrics::Metrics>().web.clone(),
        watched,
    );
    let reports = Arc::new(Reports::new(app.clock.clone()));
    let routes = pages()
        .nest("/api", api(&app))
        .nest("/api/v1", api(&app))
        .with_state(app)
        .route(csp_reports::PATH, post(async move |body: Bytes| reports.take(&body)))
        .layer(from_fn(extract::refuse_nul))
        .layer(from_fn(errors::extract::keep))
        .layer(compression());
    edge.around(routes)
}

/// What is served at the address for monitoring, without the edge: whoever reaches that may read it all.
pub fn metrics(app: App, names: &[String]) -> Router {
    let routes = Router::new().route("/metrics", get(metrics::pages::scrape)).with_state(app);
    KnownHosts::new(names.iter().cloned()).guard(routes)
}

fn pages() -> Router<App> {
    Router::new()
        .merge(settings())
        .merge(views())
        .route("/setup", get(accounts::pages::sign_up_form).post(accounts::pages::join))
        .route("/signup", get(accounts::pages::sign_up_form).post(accounts::pages::join))
        .route("/login", get(accounts::pages::login_form).post(accounts::pages::login))
        .route("/logout", post(accounts::pages::logout))
        .route("/join", get(joining::pages::show).post(joining::pages::accept))
        .route("/", get(dashboard::pages::home))
        .route("/dashboard", get(dashboard::pages::show))
        .route("/palette", get(palette::pages::show))
        .merge(demos())
        .merge(connected())
        .route("/simulator/{host}/{*path}", get(connections::pages::simulator).post(connections::pages::simulator))
        .route("/webhooks/demo", post(webhooks::api::demo))
        .route("/inbox", get(inbox::pages::index))
        .route("/inbox/moves", post(inbox::moves::pages::decide_many))
        .route("/inbox/moves/undo", post(inbox::moves::pages::undo_many))
        .route("/inbox/marks", post(inbox::marks::pages::mark_many))
        .route("/inbox/marks/undo", post(inbox::marks::pages::undo))
        .route("/inbox/{id}", get(inbox::pages::show))
        .route("/inbox/{id}/mark", post(inbox::marks::pages::mark_one))
        .route("/inbox/{id}/notes", post(inbox::notes::pages::write))
        .route("/inbox/{id}/notes/draft", post(inbox::notes::pages::save))
        .route("/inbox/{id}/notes/delete", post(inbox::notes::pages::delete))
        .route("/inbox/{id}/corrections", post(inbox::corrections::pages::correct))
        .route("/inbox/{id}/move", post(inbox::moves::pages::decide))
        .route("/inbox/{id}/undo", post(inbox::moves::pages::undo))
        .route("/inbox/{id}/reply", post(inbox::answering::pages::send))
        .route("/inbox/{id}/reply/act", post(inbox::answering::pages::act))
        .route("/inbox/{id}/reply/insert", post(inbox::answering::saved::pages::insert))
        .route("/inbox/{id}/saved-replies/{saved}", get(inbox::answering::saved::pages::preview))
        .route("/inbox/{id}/reply/review", post(inbox::answering::review::pages::review))
        .route("/inbox/approvals", get(inbox::answering::review::pages::index))
        .route("/inbox/{id}/draft", post(inbox::answering::pages::save))
        .route("/moderation", post(moderating::pages::order))
        .route("/moderation/{id}", get(moderating::pages::show).post(moderating::pages::answer))
        .route("/moderation/{id}/act", post(moderating::pages::act))
        .route("/activity", get(activity::pages::index))
        .route("/activity/installation", get(activity::installation::pages::index))
        .route("/activity/installation/{id}", get(activity::installation::pages::show))
        .route("/activity/installation/{id}/cancel", post(activity::installation::pages::cancel))
        .route("/activity/installation/{id}/retry", post(activity::installation::pages::retry))
        .route("/activity/{id}", get(activity::pages::show))
        .route("/activity/{id}/cancel", post(activity::pages::cancel))
        .route("/activity/{id}/retry", post(activity::pages::retry))
        .route("/assets/{file}", get(ui::pages::asset))
        .route(health::HEALTH, get(health::health))
        .route(health::READY, get(health::readiness))
}

/// Accounts of platforms, and what their providers have to know first.
fn connected() -> Router<App> {
    Router::new()
        .route("/connections", get(connections::pages::index))
        .route("/connections/callback/{provider}", get(connections::pages::callback))
        .route(
            "/connections/setup/{platform}",
            get(connections::clients::pages::page).post(connections::clients::pages::save),
        )
        .route("/connections/setup/{platform}/remove", post(connections::clients::pages::remove))
        .route("/connections/{id}/start", get(connections::app_password::page).post(connections::pages::start))
        .route(
            "/connections/{id}/choose",
            get(connections::choosing::pages::page).post(connections::choosing::pages::choose),
        )
        .route("/connections/{id}/sync", post(connections::pages::sync))
        .route("/connections/{id}/disconnect", post(connections::pages::disconnect))
}

/// Demo mode, and the way around in it.
fn demos() -> Router<App> {
    Router::new()
        .route("/demo/enable", post(demo::pages::enable))
        .route("/demo/disable", post(demo::pages::disable))
        .route("/demo/switches/{switch}", post(demo::pages::press))
        .route("/inbox/tour", get(inbox::tour::pages::show).post(inbox::tour::pages::end))
}

/// Filters of the inbox that have names.
fn views() -> Router<App> {
    Router::new()
        .route("/inbox/views", get(inbox::saved_views::pages::index).post(inbox::saved_views::pages::make))
        .route("/inbox/views/filter", post(inbox::saved_views::pages::refilter))
        .route("/inbox/views/default", post(inbox::saved_views::pages::set_default))
        .route("/inbox/views/{id}", post(inbox::saved_views::pages::rename))
        .route("/inbox/views/{id}/delete", post(inbox::saved_views::pages::delete))
        .route("/inbox/views/{id}/move", post(inbox::saved_views::pages::shift))
}

/// About oneself, and the workspace.
fn settings() -> Router<App> {
    Router::new()
        .route("/settings/account", get(settings::pages::account).post(settings::pages::save))
        .route("/settings/account/password", post(settings::pages::save_password))
        .route("/settings/account/shortcuts", post(settings::pages::save_shortcuts))
        .route("/settings/account/undo", post(settings::pages::save_undo))
        .route("/settings/invitations", post(settings::pages::invite_someone))
        .route("/settings/invitations/withdraw", post(people::pages::withdraw))
        .route("/settings/people", get(people::pages::index))
        .route("/settings/people/disable", post(people::pages::disable))
        .route("/settings/people/open", post(people::pages::open))
        .route("/settings/people/sign-out", post(people::pages::sign_out))
        .route("/settings/members", get(members::pages::index))
        .route("/settings/members/invite", post(members::pages::invite))
        .route("/settings/members/withdraw", post(members::pages::withdraw))
        .route("/settings/members/role", post(members::pages::set_role))
        .route("/settings/members/remove", post(members::pages::remove))
        .route("/settings/members/leave", post(members::pages::leave))
        .route("/settings/workspace", post(members::pages::save))
        .route("/settings/workspace/hours", post(members::pages::save_hours))
        .route("/workspaces/select", post(members::pages::select))
        .route("/settings/sessions", get(settings::pages::index))
        .route("/settings/sessions/end", post(settings::pages::end))
        .route("/settings/replies", get(replies::saved::pages::index).post(replies::saved::pages::make))
        .route("/settings/replies/{id}", post(replies::saved::pages::change))
        .route("/settings/replies/{id}/delete", post(replies::saved::pages::delete))
        .route("/settings/corrections", get(inbox::corrections::pages::index))
        .route("/settings/api-keys", get(api_keys::pages::index).post(api_keys::pages::make))
        .route("/settings/api-keys/revoke", post(api_keys::pages::revoke))
        .route("/settings/demo", get(demo::pages::settings))
}

/// Each operation's needs are listed in `accounts/api_keys/access.rs`.
fn api(app: &App) -> Router<App> {
    Router::new()
        .merge(api_of_interactions())
        .route("/auth/signup", post(accounts::api::signup))
        .route("/auth/login", post(accounts::api::login))
        .route("/auth/logout", post(accounts::api::logout))
        .route("/auth/session", get(accounts::api::session))
        .route("/auth/sessions", get(accounts::api::list))
        .route("/connections", get(connections::api::list))
        .route(
            "/connections/setup/{platform}",
            get(connections::clients::api::show)
                .put(connections::clients::api::save)
                .delete(connections::clients::api::remove),
        )
        .route("/connections/{id}", delete(connections::api::delete))
        .route("/connections/{id}/start", post(connections::api::start))
        .route("/connections/{id}/choose", post(connections::api::choose))
        .route("/connections/{id}/sync", post(connections::api::sync))
        .route("/auth/sessions/{id}", delete(accounts::api::end))
        .route("/workspaces", get(members::api::workspaces))
        .route("/workspaces/{id}/select", post(members::api::select))
        .route("/members", get(members::api::list))
        .route("/members/{id}", patch(members::api::set_role).delete(members::api::remove))
        .route("/members/leave", post(members::api::leave))
        .route("/invitations", get(members::api::invitations).post(members::api::invite))
        .route("/invitations/{id}", delete(members::api::withdraw))
        .route("/dashboard", get(dashboard::api::show))
        .merge(api_of_replies())
        .route("/demo/enable", post(demo::api::enable))
        .route("/demo/disable", post(demo::api::disable))
        .route("/demo/switches/{switch}", post(demo::api::press))
        .route("/demo/status", get(demo::api::status))
        .route("/events", get(live::api::events))
        .route("/openapi.json", get(openapi::api::document))
        .route("/jobs", get(activity::api::list))
        .route("/jobs/{id}/status", get(activity::api::status))
        .route("/jobs/{id}/cancel", post(activity::api::cancel))
        .route("/jobs/{id}/retry", post(activity::api::retry))
        .route_layer(from_fn(errors::api::name))
        .route_layer(from_fn(idempotency::api::recognise))
        .route_layer(from_fn_with_state(app.clone(), api_keys::api::guard))
}

/// Of the API: what is in the inbox, and what people say of it.
fn api_of_interactions() -> Router<App> {
    Router::new()
        .route("/interactions", get(inbox::api::list))
        .route("/interactions/{id}", get(inbox::api::one))
        .route("/interactions/{id}/state", post(inbox::moves::api::one))
        .route("/interactions/{id}/star", post(inbox::marks::api::star).delete(inbox::marks::api::unstar))
        .route("/interactions/{id}/tags", post(inbox::marks::api::tag))
        .route("/interactions/{id}/tags/{tag}", delete(inbox::marks::api::untag))
        .route("/interactions/{id}/assignee", post(inbox::marks::api::assign).delete(inbox::marks::api::unassign))
        .route("/interactions/{id}/notes", get(inbox::notes::api::list).post(inbox::notes::api::write))
        .route("/interactions/{id}/notes/{note}", delete(inbox::notes::api::delete))
        .route(
            "/interactions/{id}/corrections/{fact}",
            put(inbox::corrections::api::correct).delete(inbox::corrections::api::take_back),
        )
        .route("/corrections", get(inbox::corrections::api::list))
        .route("/moves", post(inbox::moves::api::many))
        .route("/moves/matching", post(inbox::moves::api::matching))
        .route("/moves/undo", post(inbox::moves::api::undo))
        .route("/tags", get(inbox::marks::api::tags))
        .route("/marks", post(inbox::marks::api::many))
        .route("/marks/matching", post(inbox::marks::api::matching))
        .route("/marks/{act}/undo", post(inbox::marks::api::undo))
        .route("/views", get(inbox::saved_views::api::list).post(inbox::saved_views::api::make))
        .route("/views/{id}", post(inbox::saved_views::api::change).delete(inbox::saved_views::api::delete))
}

/// What is answered, and what is done with comments that are there.
fn api_of_replies() -> Router<App> {
    Router::new()
        .route("/saved-replies", get(replies::saved::api::list).post(replies::saved::api::make))
        .route("/saved-replies/{id}", post(replies::saved::api::change).delete(replies::saved::api::delete))
        .route("/inbox/{id}/replies", get(replies::api::list).post(replies::api::send))
        .route(
            "/replies/{id}",
            get(replies::api::one).patch(moderating::api::edit_reply).delete(moderating::api::delete_reply),
        )
        .route("/moderation", post(moderating::api::order))
        .route("/moderation/{id}", get(moderating::api::show))
        .route("/moderation/{id}/cancel", post(moderating::api::cancel))
        .route("/moderation/{id}/retry", post(moderating::api::retry))
        .route("/replies/{id}/cancel", post(replies::api::cancel))
        .route("/replies/{id}/retry", post(replies::api::retry))
        .route("/replies/{id}/settle", post(replies::api::settle))
        .route("/replies/{id}/approve", post(replies::api::approve))
        .route("/replies/{id}/send-back", post(replies::api::send_back))
        .route("/approvals", get(replies::api::awaiting))
}
