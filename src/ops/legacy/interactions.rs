//! The former system's inbox: comments, replies and mentions of all platforms, which name no connection.

use std::collections::{BTreeMap, BTreeSet};

use kit::clock::Timestamp;
use kit::db::{self, Tx};
use serde_json::json;

use super::arrivals::{Arrivals, FUTURE, Home, Sighting, Work, author, state};
use super::comments::said_text;
use super::record::{Interaction, boolean, count, identifier, instant, link, name, text};
use super::{Batch, Error, connections, content, store};
use crate::connections::imported::{self, Account};
use crate::inbox;
use crate::inbox::ingest;
use crate::model::{ContentKind, Kind, ObservedContent, ObservedInteraction, Platform, ProviderState};
use crate::workspaces::WorkspaceId;

/// Rows of one person on one platform.
type Owned<'a> = BTreeMap<(&'a str, Platform), Vec<(&'a Interaction, Sighting)>>;

pub fn write(tx: &mut Tx, interactions: &[Interaction], batch: &mut Batch<'_>) -> Result<(), Error> {
    let mut owned = Owned::new();
    for interaction in interactions {
        let id = text(&interaction.id).unwrap_or_default().to_owned();
        match observe(interaction, &id, batch.now) {
            Ok((user, platform, observed)) => {
                let Interaction { status, assigned_to_user_id, tags, internal_notes, archived_at, .. } = interaction;
                let mut work = Work::of(status, assigned_to_user_id, tags, internal_notes);
                work.is_done |= text(archived_at).is_some();
                owned.entry((user, platform)).or_default().push((interaction, Sighting { id, observed, work }));
            }
            Err(reason) => batch.tally.skip(reason, &id),
        }
    }
    let mut arrivals = Arrivals::default();
    for ((user, platform), seen) in owned {
        match store::home_of(tx, batch.source, user)? {
            Some(workspace) => settle(tx, batch, workspace, platform, seen, &mut arrivals)?,
            None => seen.iter().for_each(|(_, row)| batch.tally.skip("its user was not brought over", &row.id)),
        }
    }
    arrivals.write(tx, batch)?;
    Ok(())
}

/// To each row its account: the one that has it already, or its video; else the only one there is.
fn settle(
    tx: &mut Tx,
    batch: &mut Batch<'_>,
    workspace: WorkspaceId,
    platform: Platform,
    seen: Vec<(&Interaction, Sighting)>,
    arrivals: &mut Arrivals,
) -> db::Result<()> {
    let accounts = imported::accounts(tx, workspace, platform)?;
    let mut candidates = Vec::new();
    for account in accounts {
        candidates.push(Candidate::look(tx, batch, account, &seen)?);
    }
    let mut nameless = None;
    for (row, sighting) in seen {
        let observed = &sighting.observed;
        let place = candidates.iter().find(|candidate| candidate.has(observed));
        let home = match (place, candidates.as_slice()) {
            (Some(candidate), _) => &candidate.home,
            (None, [only]) => &only.home,
            (None, all) => {
                if !all.is_empty() {
                    batch.tally.note("it does not say which of several accounts it belongs to", &sighting.id);
                }
                if nameless.is_none() {
                    let put = imported::nameless(tx, batch.now, batch.random, workspace, platform)?;
                    batch.made.accounts += i64::from(put.is_new);
                    nameless = imported::account(tx, put.id)?.map(Home::new);
                }
                match &nameless {
                    Some(home) => home,
                    None => continue,
                }
            }
        };
        if !place.is_some_and(|candidate| candidate.has_content(observed)) {
            bring_content(tx, batch, home, row, observed)?;
        }
        arrivals.add(home, sighting);
    }
    Ok(())
}

/// An account to which rows may belong, and what of them it has.
struct Candidate {
    home: Home,
    rows: BTreeSet<(&'static str, String)>,
    content: BTreeSet<String>,
}

impl Candidate {
    fn look(tx: &mut Tx, batch: &Batch<'_>, account: Account, seen: &[(&Interaction, Sighting)]) -> db::Result<Self> {
        let home = Home::new(account);
        let observed = seen.iter().map(|(_, row)| &row.observed).collect::<Vec<_>>();
        let rows = ingest::known(tx, &home.source(batch.now, batch.random), &observed)?.into_iter().collect();
        let named = observed.iter().filter_map(|row| row.content_external_id.as_deref()).collect::<Vec<_>>();
        let content = inbox::imported::known_content(tx, home.account.id, &named)?.into_iter().collect();
        Ok(Self { home, rows, content })
    }

    fn has(&self, observed: &ObservedInteraction) -> bool {
        self.rows.contains(&(observed.kind.family(), observed.external_id.clone())) || self.has_content(observed)
    }

    fn has_content(&self, observed: &ObservedInteraction) -> bool {
        observed.content_external_id.as_ref().is_some_and(|id| self.content.contains(id))
    }
}

/// What the comment says of its video, where nothing else does: no counters, for nobody knows of when they are.
fn bring_content(
    tx: &mut Tx,
    batch: &mut Batch<'_>,
    home: &Home,
    row: &Interaction,
    observed: &ObservedInteraction,
) -> db::Result<()> {
    let Some(external_id) = &observed.content_external_id else { return Ok(()) };
    if !inbox::imported::known_content(tx, home.account.id, &[external_id])?.is_empty() {
        return Ok(());
    }
    let is_youtube = home.account.platform == Platform::YouTube;
    let described = ObservedContent {
        kind: match home.account.platform {
            Platform::YouTube | Platform::TikTok => ContentKind::Video,
            _ => ContentKind::Post,
        },
        external_id: external_id.clone(),
        title: name(&row.parent_content_title),
        permalink: link(&row.parent_content_url)
            .or_else(|| is_youtube.then(|| content::watch_page(external_id)).flatten()),
        thumbnail_url: link(&row.parent_content_thumbnail_url),
        published_at: None,
        duration_seconds: None,
        comments_enabled: true,
        views: None,
        likes: None,
        comments: None,
    };
    inbox::content::ingest(tx, &home.source(batch.now, batch.random), &[described])?;
    batch.tally.note("its video or post is known from it alone", text(&row.id).unwrap_or_default());
    batch.made.content += 1;
    Ok(())
}

/// Whose it is, on which platform, and what was seen there; or why it is not brought over.
fn observe<'a>(
    row: &'a Interaction,
    id: &str,
    now: Timestamp,
) -> Result<(&'a str, Platform, ObservedInteraction), &'static str> {
    if boolean(&row.is_demo) == Some(true) {
        return Err("demo data stays behind");
    }
    let user = text(&row.user_id).ok_or("of no user")?;
    let platform = connections::platform(&row.platform).ok_or("of a platform that Repruv does not know")?;
    let created_at = instant(&row.platform_created_at).or_else(|| instant(&row.created_at)).ok_or("without a date")?;
    if created_at > now + FUTURE {
        return Err("from the future");
    }
    let external_id = identifier(&row.platform_id)?.unwrap_or_else(|| format!("imported:{id}"));
    let parent = identifier(&row.parent_platform_id)?.filter(|parent| *parent != external_id);
    let kind = kind(row)?;
    let (provider_state, can_reply) = match state(&row.status) {
        (ProviderState::Published, _) if text(&row.archived_at).is_some() => (ProviderState::Published, false),
        said => said,
    };
    let shown = if text(&row.author_name).is_some() { &row.author_name } else { &row.author_username };
    let mut author = author(None, shown, id);
    (author.avatar_url, author.profile_url) = (link(&row.author_avatar_url), link(&row.author_profile_url));
    let observed = ObservedInteraction {
        kind,
        thread_external_id: parent.clone().unwrap_or_else(|| external_id.clone()),
        parent_external_id: parent,
        content_external_id: identifier(&row.parent_content_id)?,
        author,
        text: said_text(row.content.as_ref())?,
        rating: None,
        likes: count(&row.like_count),
        reply_count: count(&row.reply_count),
        created_at,
        edited_at: None,
        provider_state,
        can_reply,
        permalink: None,
        translation: None,
        state_reason: None,
        raw: json!({ "former": { "id": id, "sentiment": &row.sentiment, "status": &row.status } }),
        external_id,
    };
    Ok((user, platform, observed))
}

fn kind(row: &Interaction) -> Result<Kind, &'static str> {
    let is_reply = boolean(&row.is_reply) == Some(true) || text(&row.parent_platform_id).is_some();
    match text(&row.r#type).map(str::to_ascii_lowercase).as_deref() {
        None | Some("comment") if is_reply => Ok(Kind::Reply),
        None | Some("comment") => Ok(Kind::Comment),
        Some("reply") => Ok(Kind::Reply),
        Some("review") => Ok(Kind::Review),
        Some("mention") => Ok(Kind::Mention),
        Some("dm") => Err("a direct message, for which there is no place here"),
        Some(_) => Err("neither comment, reply, review nor mention"),
    }
}
