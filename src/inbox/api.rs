//! `/api/interactions`: the inbox as JSON.

use axum::Json;
use axum::extract::{Path, Query, State};
use jiff::tz::TimeZone;
use kit::clock::Timestamp;
use kit::db::Conn;
use serde::Serialize;
use utoipa::ToSchema;

use super::corrections;
use super::corrections::api::Body as CorrectionBody;
use super::derive::{Intent, Language, PriorityBand, Reason, Sentiment};
use super::listing::{
    self, BadFilter, ContentItem, Cursor, Filter, Interaction, MAX_LIMIT, Opened, Reader, Reply, Version,
};
use super::marks::{self, Marks, TagName};
use super::pages::{Parameters, refused};
use super::place::take;
use super::saved_views;
use super::triage::TriageState;
use crate::accounts::sessions::Caller;
use crate::app::App;
use crate::model::{AuthorId, ConnectionId, ContentId, ContentKind, InteractionId, Kind, Platform, ProviderState};
use crate::replies::State as ReplyState;
use crate::web::errors::{Error, Result};
use crate::workspaces::UserId;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Interactions)]
pub struct ListAnswer {
    items: Vec<Item>,
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Interaction)]
struct Item {
    id: InteractionId,
    #[schema(inline)]
    kind: Kind,
    platform: Platform,
    connection_id: ConnectionId,
    content_id: Option<ContentId>,
    content_title: Option<String>,
    text: Option<String>,
    /// What the platform's machine made of the text.
    translation: Option<String>,
    language: Option<Language>,
    rating: Option<i64>,
    /// How it stands with the newest reply from here.
    #[schema(inline)]
    reply_state: Option<ReplyState>,
    /// The stars that it had when you answered, where they were changed after that.
    rating_at_reply: Option<i64>,
    likes: Option<i64>,
    reply_count: Option<i64>,
    author: Author,
    created_at: Timestamp,
    edited_at: Option<Timestamp>,
    #[schema(inline)]
    state: TriageState,
    provider_state: ProviderState,
    /// Why it is not published, where the platform says so.
    provider_state_reason: Option<String>,
    sentiment: Sentiment,
    sentiment_score: Option<f64>,
    intents: Vec<Intent>,
    priority: PriorityBand,
    priority_score: i64,
    reasons: Vec<Reason>,
    can_reply: bool,
    permalink: Option<String>,
    replies: Vec<ReplyBody>,
    /// By whoever asks.
    is_starred: bool,
    tags: Vec<TagName>,
    assignee_id: Option<UserId>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Author {
    id: AuthorId,
    name: String,
    avatar_url: Option<String>,
    profile_url: Option<String>,
    interactions: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reply)]
struct ReplyBody {
    id: InteractionId,
    text: Option<String>,
    state: &'static str,
    created_at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenedInteraction)]
pub struct OneAnswer {
    #[serde(flatten)]
    item: Item,
    content: Option<ContentBody>,
    thread: Vec<Item>,
    versions: Vec<VersionBody>,
    /// What people set right of what the rules derived.
    corrections: Vec<CorrectionBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Content)]
struct ContentBody {
    id: ContentId,
    kind: ContentKind,
    title: Option<String>,
    permalink: Option<String>,
    published_at: Option<Timestamp>,
    views: Option<i64>,
    likes: Option<i64>,
    comments: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InteractionVersion)]
struct VersionBody {
    replaced_at: Timestamp,
    text: Option<String>,
    rating: Option<i64>,
}

/// The inbox: what other people wrote, filtered, page by page.
#[utoipa::path(get, path = "/interactions", tag = "interactions",
    params(
        Filter,
        ("view" = Option<String>, Query, description = "A saved view's id, in place of a filter"),
        ("cursor" = Option<String>, Query, pattern = r"^-?[0-9]{1,9}\.[0-9]{1,16}\.[0-9a-f]{32}$", description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
    ),
    responses((status = 200, body = ListAnswer), (status = 400), (status = 401), (status = 404)))]
pub async fn list(
    State(app): State<App>,
    who: Caller,
    Query(parameters): Query<Parameters>,
) -> Result<Json<ListAnswer>> {
    let mut parameters = parameters;
    if let Some((name, _)) = parameters.iter().find(|(_, value)| value.is_empty()) {
        return Err(refused(BadFilter::value(name, "omitted rather than empty")));
    }
    let cursor: Option<Cursor> =
        take(&mut parameters, "cursor").map(|text| text.parse()).transpose().map_err(refused)?;
    let limit = take(&mut parameters, "limit").map(|text| limit(&text)).transpose().map_err(refused)?;
    let view = take(&mut parameters, "view");
    if let Some((name, _)) = parameters.first().filter(|_| view.is_some()) {
        return Err(refused(BadFilter::value(name, "left out beside a view, which has a filter of its own")));
    }
    let filter = Filter::parse(pairs(&parameters)).map_err(refused)?;
    let (workspace, user, now) = (who.workspace.id, who.user.id, app.now());
    let zone = TimeZone::get(&who.user.time_zone).unwrap_or(TimeZone::UTC);
    let limit = limit.unwrap_or(listing::DEFAULT_LIMIT);
    app.db
        .read(move |conn| {
            let reader = Reader { workspace, user, zone: &zone, now };
            let view = view.as_deref().map(|id| saved_views::api::filter_of(conn, workspace, user, id)).transpose()?;
            let filter = view.unwrap_or_else(|| filter.clone());
            let listed = listing::list(conn, reader, &filter, cursor, limit)?;
            let items = Item::all(conn, reader, listed.items)?;
            Ok(Json(ListAnswer { items, next_cursor: listed.next.map(|cursor| cursor.to_string()) }))
        })
        .await
}

/// One interaction with its thread, and what its edits replaced.
#[utoipa::path(get, path = "/interactions/{id}", tag = "interactions", params(("id" = inline(InteractionId), Path)),
    responses((status = 200, body = OneAnswer), (status = 401), (status = 404)))]
pub async fn one(State(app): State<App>, who: Caller, Path(id): Path<String>) -> Result<Json<OneAnswer>> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let (workspace, user, now) = (who.workspace.id, who.user.id, app.now());
    app.db
        .read(move |conn| {
            let Opened { interaction, content, thread, versions, .. } =
                listing::open(conn, workspace, id)?.ok_or(Error::NotFound)?;
            let reader = Reader { workspace, user, zone: &TimeZone::UTC, now };
            let item = Item::all(conn, reader, vec![interaction])?.pop().ok_or(Error::NotFound)?;
            Ok(Json(OneAnswer {
                item,
                content: content.map(ContentBody::of),
                thread: Item::all(conn, reader, thread)?,
                versions: versions.into_iter().map(VersionBody::of).collect(),
                corrections: corrections::of_item(conn, workspace, id)?.into_iter().map(CorrectionBody::of).collect(),
            }))
        })
        .await
}

fn pairs(parameters: &Parameters) -> impl Iterator<Item = (&str, &str)> {
    parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

fn limit(text: &str) -> Result<usize, BadFilter> {
    let limit = text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
    limit.ok_or_else(|| BadFilter::value("limit", &format!("a number from 1 to {MAX_LIMIT}")))
}

impl Item {
    fn all(conn: &mut Conn, reader: Reader<'_>, items: Vec<Interaction>) -> Result<Vec<Self>> {
        let replies = listing::replies(conn, reader.workspace, &items)?;
        let marks = marks::of_items(conn, reader, &items)?;
        Ok(items
            .into_iter()
            .zip(replies)
            .zip(marks)
            .map(|((item, replies), marks)| Self::of(item, replies, marks))
            .collect())
    }

    fn of(item: Interaction, replies: Vec<Reply>, marks: Marks) -> Self {
        Self {
            intents: item.intents(),
            reasons: item.reasons(),
            id: item.id,
            kind: item.kind,
            platform: item.platform,
            connection_id: item.connection_id,
            content_id: item.content_id,
            content_title: item.content_title,
            text: item.text,
            translation: item.translation,
            language: item.language,
            rating: item.rating,
            reply_state: item.reply,
            rating_at_reply: item.rating_at_reply,
            likes: item.likes,
            reply_count: item.reply_count,
            author: Author {
                id: item.author_id,
                name: item.author_name,
                avatar_url: item.author_avatar_url,
                profile_url: item.author_profile_url,
                interactions: item.author_interactions,
            },
            created_at: item.created_at,
            edited_at: item.edited_at,
            state: item.state,
            provider_state: item.provider_state,
            provider_state_reason: item.state_reason,
            sentiment: item.sentiment,
            sentiment_score: item.sentiment_score,
            priority: item.priority,
            priority_score: item.priority_score,
            can_reply: item.can_reply,
            permalink: item.permalink,
            replies: replies.into_iter().filter_map(ReplyBody::of).collect(),
            is_starred: marks.is_starred,
            tags: marks.tags,
            assignee_id: marks.assignee,
        }
    }
}

impl ReplyBody {
    /// None of a reply that is gone.
    fn of(reply: Reply) -> Option<Self> {
        let state = match reply.provider_state {
            ProviderState::Published | ProviderState::Hidden => "published",
            ProviderState::Held | ProviderState::Spam => "pending_moderation",
            ProviderState::Rejected => "rejected",
            ProviderState::Removed => return None,
        };
        Some(Self { id: reply.id, text: reply.text, state, created_at: reply.created_at })
    }
}

impl ContentBody {
    fn of(content: ContentItem) -> Self {
        Self {
            id: content.id,
            kind: content.kind,
            title: content.title,
            permalink: content.permalink,
            published_at: content.published_at,
            views: content.views,
            likes: content.likes,
            comments: content.comments,
        }
    }
}

impl VersionBody {
    fn of(version: Version) -> Self {
        Self { replaced_at: version.replaced_at, text: version.text, rating: version.rating }
    }
}
