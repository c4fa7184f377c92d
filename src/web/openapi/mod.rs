//! The JSON API's description, OpenAPI 3.1, made from the handlers themselves.

pub mod api;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, Content, HeaderBuilder, Ref, RefOr, Required, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi, ToSchema};

use crate::accounts::api_keys::access::{Needs, needs};
use crate::config::SESSION_COOKIE;

/// The document, as text. Nobody pays for it until somebody asks.
pub fn text() -> &'static str {
    static TEXT: LazyLock<String> =
        LazyLock::new(|| Document::openapi().to_pretty_json().expect("the document is plain data"));
    &TEXT
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Repruv",
        description = "A self-hosted inbox for comments and reviews. Lists return `{items, next_cursor}`. Objects that \
                       aren't yours return 404, unknown filters 400. Anything slow returns 202 with a job: poll its \
                       status, or listen for events."
    ),
    servers((url = "/api/v1", description = "Stable"), (url = "/api", description = "Latest version")),
    components(schemas(Problem)),
    modifiers(&Common),
    paths(
        crate::accounts::api::signup,
        crate::accounts::api::login,
        crate::accounts::api::logout,
        crate::accounts::api::session,
        crate::accounts::api::list,
        crate::accounts::api::end,
        crate::activity::api::list,
        crate::activity::api::status,
        crate::activity::api::cancel,
        crate::activity::api::retry,
        crate::connections::api::list,
        crate::connections::clients::api::show,
        crate::connections::clients::api::save,
        crate::connections::clients::api::remove,
        crate::connections::api::start,
        crate::connections::api::choose,
        crate::connections::api::sync,
        crate::connections::api::delete,
        crate::dashboard::api::show,
        crate::demo::api::enable,
        crate::demo::api::disable,
        crate::demo::api::press,
        crate::demo::api::status,
        crate::inbox::api::list,
        crate::inbox::corrections::api::correct,
        crate::inbox::corrections::api::take_back,
        crate::inbox::corrections::api::list,
        crate::inbox::api::one,
        crate::inbox::marks::api::star,
        crate::inbox::marks::api::unstar,
        crate::inbox::marks::api::tags,
        crate::inbox::marks::api::tag,
        crate::inbox::marks::api::untag,
        crate::inbox::marks::api::assign,
        crate::inbox::marks::api::unassign,
        crate::inbox::marks::api::many,
        crate::inbox::marks::api::matching,
        crate::inbox::marks::api::undo,
        crate::inbox::moves::api::one,
        crate::inbox::moves::api::many,
        crate::inbox::moves::api::matching,
        crate::inbox::moves::api::undo,
        crate::inbox::notes::api::list,
        crate::inbox::notes::api::write,
        crate::inbox::notes::api::delete,
        crate::inbox::saved_views::api::list,
        crate::inbox::saved_views::api::make,
        crate::inbox::saved_views::api::change,
        crate::inbox::saved_views::api::delete,
        crate::live::api::events,
        crate::members::api::workspaces,
        crate::members::api::select,
        crate::members::api::list,
        crate::members::api::set_role,
        crate::members::api::remove,
        crate::members::api::leave,
        crate::members::api::invitations,
        crate::members::api::invite,
        crate::members::api::withdraw,
        crate::replies::api::list,
        crate::replies::api::one,
        crate::replies::api::send,
        crate::replies::api::cancel,
        crate::replies::api::retry,
        crate::replies::api::settle,
        crate::moderating::api::edit_reply,
        crate::moderating::api::delete_reply,
        crate::moderating::api::order,
        crate::moderating::api::show,
        crate::moderating::api::cancel,
        crate::moderating::api::retry,
        crate::replies::saved::api::list,
        crate::replies::saved::api::make,
        crate::replies::saved::api::change,
        crate::replies::saved::api::delete,
        crate::replies::api::awaiting,
        crate::replies::api::approve,
        crate::replies::api::send_back,
        api::document,
    )
)]
struct Document;

/// Why a request failed (RFC 9457), as `application/problem+json`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "error.rs writes it, this describes it")]
struct Problem {
    r#type: String,
    /// The status in words.
    title: String,
    status: u16,
    /// Stable: for programs.
    #[schema(example = "not_found")]
    code: String,
    /// For people, in a sentence.
    detail: String,
    /// What the server's log knows it by.
    request_id: String,
    /// What is wrong with which field, where it is a matter of fields.
    errors: Option<Vec<FieldProblem>>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "error.rs writes it, this describes it")]
struct FieldProblem {
    field: String,
    code: String,
    message: String,
}

/// What holds for every operation.
struct Common;

impl Modify for Common {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let cookie = ApiKeyValue::with_description(SESSION_COOKIE, "Set by `/auth/login` and `/auth/signup`.");
        let components = document.components.get_or_insert_with(Components::new);
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(KEYS)).build();
        components.add_security_scheme("api_key", SecurityScheme::Http(key));
        for (path, item) in &mut document.paths.paths {
            let operations = [
                ("GET", &mut item.get),
                ("POST", &mut item.post),
                ("PUT", &mut item.put),
                ("PATCH", &mut item.patch),
                ("DELETE", &mut item.delete),
            ];
            for (method, operation) in operations {
                let Some(operation) = operation else { continue };
                name(operation);
                operation.security = Some(entrances(method, path));
                if method != "GET" && needs(method, path) != Some(Needs::Nothing) {
                    operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
                    operation.responses.responses.insert("429".to_owned(), RefOr::T(too_many()));
                }
                explain_answers(operation);
            }
        }
    }
}

const KEYS: &str = "Created at /settings/api-keys. Each operation lists the scope it needs. Cookies sent along with a key are \
                    ignored.";

/// Who comes in to an operation, and with which scope.
fn entrances(method: &str, path: &str) -> Vec<SecurityRequirement> {
    let session = || SecurityRequirement::new("session", [""; 0]);
    match needs(method, path) {
        Some(Needs::Nothing) => vec![SecurityRequirement::default()],
        Some(Needs::Scope(scope)) => vec![session(), SecurityRequirement::new("api_key", [scope.as_str()])],
        Some(Needs::Session) | None => vec![session()],
    }
}

fn idempotency_key() -> Parameter {
    let text = "Chosen by the caller; your own in each workspace. Repeating a call with the same key within 24 hours has no \
                further effect and returns the first response; for another address or with a different body the key is \
                refused with 422. Failed calls can be retried.";
    let schema = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(text))
        .schema(Some(schema.pattern(Some("^[!-~]([ -~]*[!-~])?$"))))
        .build()
}

/// Of every change.
fn too_many() -> Response {
    let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
    ResponseBuilder::new()
        .description("Too many changes: a person makes 600 at once and then 5 a second, with all their keys together.")
        .header("Retry-After", HeaderBuilder::new().schema(Some(seconds)).description(Some("Seconds to wait.")).build())
        .build()
}

/// Handlers of different features share their names.
fn name(operation: &mut Operation) {
    if let (Some([tag, ..]), Some(id)) = (operation.tags.as_deref(), &mut operation.operation_id) {
        *id = format!("{tag}_{id}");
    }
}

/// Each status in words, and every failure as a problem.
fn explain_answers(operation: &mut Operation) {
    let answers = &mut operation.responses.responses;
    answers.entry("default".to_owned()).or_insert_with(|| RefOr::T(Response::new("")));
    for (status, answer) in answers.iter_mut() {
        let RefOr::T(answer) = answer else { continue };
        let (means, is_failure) = meaning(status);
        if answer.description.is_empty() {
            answer.description = means.to_owned();
        }
        if is_failure {
            let problem = Content::new(Some(Ref::from_schema_name("Problem")));
            answer.content.insert("application/problem+json".to_owned(), problem.into());
        }
    }
}

fn meaning(status: &str) -> (&'static str, bool) {
    match status {
        "200" => ("OK.", false),
        "201" => ("Made.", false),
        "202" => ("Accepted: a background job will do it.", false),
        "204" => ("Done.", false),
        "400" => ("The request can't be read, or uses an unknown filter.", true),
        "401" => ("Sign in first.", true),
        "403" => ("Not allowed.", true),
        "404" => ("Not found, or not yours.", true),
        "409" => ("Not possible in the current state.", true),
        "410" => ("Expired.", true),
        "422" => ("A field isn't valid.", true),
        "429" => ("Too many requests: wait as Retry-After says.", true),
        "503" => ("Busy: try again in a moment.", true),
        _ => ("Any other error.", true),
    }
}
