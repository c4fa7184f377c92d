//! What was observed there, into an account that is here: by the same ingest as everything that arrives.

use std::collections::BTreeMap;

use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::random::Random;

use super::record::{LONGEST_TEXT, list, name, text};
use super::{Batch, store};
use crate::connections::imported::{self, Account};
use crate::inbox::imported as inbox;
use crate::inbox::ingest::{self, IngestContext};
use crate::model::{ConnectionId, ObservedAuthor, ObservedInteraction, ProviderState};
use crate::workspaces;

/// Clocks differ; a day does not.
pub const FUTURE: std::time::Duration = std::time::Duration::from_secs(86_400);

/// A row, and what it says was seen on the platform.
pub struct Sighting {
    pub id: String,
    pub observed: ObservedInteraction,
    pub work: Work,
}

/// What people had done with a row, as it was read.
#[derive(Clone, Debug, Default)]
pub struct Work {
    pub is_done: bool,
    pub assigned_to: Option<String>,
    pub tags: Vec<String>,
    pub note: Option<String>,
}

impl Work {
    pub fn of(
        status: &Option<String>,
        assigned_to: &Option<String>,
        tags: &Option<String>,
        notes: &Option<String>,
    ) -> Self {
        let tags = list(tags).into_iter().filter_map(|tag| name(&Some(tag)));
        Self {
            is_done: text(status).is_some_and(|status| status.eq_ignore_ascii_case("ignored")),
            assigned_to: text(assigned_to).map(str::to_owned),
            tags: tags.collect(),
            note: text(notes).map(|notes| notes.chars().take(LONGEST_TEXT).collect()),
        }
    }
}

/// An account that is here.
#[derive(Clone, Debug)]
pub struct Home {
    pub account: Account,
}

impl Home {
    pub fn new(account: Account) -> Self {
        Self { account }
    }

    /// The account that a connection of the former system has become.
    pub fn of(tx: &mut Tx, source: &str, legacy_id: &str) -> db::Result<Option<Self>> {
        let Some(id) = store::known(tx, source, "connection", legacy_id)? else { return Ok(None) };
        let account = imported::account(tx, id)?;
        Ok(account.map(Self::new))
    }

    pub fn source<'a>(&'a self, now: Timestamp, random: &'a Random) -> IngestContext<'a> {
        IngestContext {
            workspace: self.account.workspace_id,
            connection: self.account.id,
            platform: self.account.platform,
            language: None,
            now,
            random,
        }
    }

    /// The account itself, as the author of its own answers.
    pub fn author(&self) -> ObservedAuthor {
        let Account { external_id, display_name, .. } = &self.account;
        ObservedAuthor {
            external_id: external_id.clone(),
            display_name: display_name.clone().unwrap_or_else(|| self.account.platform.label().to_owned()),
            avatar_url: None,
            profile_url: None,
            is_self: true,
        }
    }
}

/// The homes of a batch, each looked up once.
#[derive(Default)]
pub struct Homes(BTreeMap<String, Option<Home>>);

impl Homes {
    /// Connections of different kinds may have one number, so they are known by the name of their table too.
    pub fn of(
        &mut self,
        tx: &mut Tx,
        source: &str,
        table: &str,
        legacy_id: &Option<String>,
    ) -> db::Result<Option<Home>> {
        let Some(legacy_id) = text(legacy_id) else { return Ok(None) };
        let legacy_id = format!("{table}:{legacy_id}");
        if let Some(home) = self.0.get(&legacy_id) {
            return Ok(home.clone());
        }
        let home = Home::of(tx, source, &legacy_id)?;
        self.0.insert(legacy_id, home.clone());
        Ok(home)
    }
}

/// Sightings of a batch, by account.
#[derive(Default)]
pub struct Arrivals(BTreeMap<ConnectionId, (Option<Home>, Vec<Sighting>)>);

impl Arrivals {
    pub fn add(&mut self, home: &Home, sighting: Sighting) {
        let (known, sightings) = self.0.entry(home.account.id).or_default();
        known.get_or_insert_with(|| home.clone());
        sightings.push(sighting);
    }

    /// What is here already may be newer than what was there.
    pub fn write(self, tx: &mut Tx, batch: &mut Batch<'_>) -> db::Result<()> {
        for (home, sightings) in self.0.into_values() {
            let Some(home) = home else { continue };
            let source = home.source(batch.now, batch.random);
            let rows = sightings.iter().map(|sighting| &sighting.observed).collect::<Vec<_>>();
            let mut known = ingest::known(tx, &source, &rows)?;
            let mut new = Vec::with_capacity(sightings.len());
            let mut works = Vec::new();
            for Sighting { id, observed, work } in sightings {
                let named = (observed.kind.family(), observed.external_id.clone());
                works.extend(place_for(tx, batch, &home, &id, work)?.map(|work| (named, work)));
                if known.insert((observed.kind.family(), observed.external_id.clone())) {
                    new.push(observed);
                } else {
                    batch.tally.already += 1;
                }
            }
            let written = ingest::interactions(tx, &source, &new)?.new;
            let written = i64::try_from(written).unwrap_or(i64::MAX);
            batch.tally.written += written;
            batch.made.interactions += written;
            put_work(tx, batch, &home, &works)?;
        }
        Ok(())
    }
}

type Named = (&'static str, String);

/// The work for which there is a place here: nobody else is in somebody's workspace.
fn place_for(tx: &mut Tx, batch: &mut Batch<'_>, home: &Home, id: &str, work: Work) -> db::Result<Option<inbox::Work>> {
    let assignee = match &work.assigned_to {
        Some(person) => store::home_of(tx, batch.source, person)?,
        None => None,
    };
    let is_assigned = assignee == Some(home.account.workspace_id);
    if work.assigned_to.is_some() && !is_assigned {
        batch.tally.note("assigned to somebody who is not in this workspace: to nobody here", id);
    }
    let placed = inbox::Work { is_done: work.is_done, is_assigned, tags: work.tags, note: work.note };
    if placed == inbox::Work::default() {
        return Ok(None);
    }
    batch.tally.note("with what people had done: status, tags, notes or assignment", id);
    Ok(Some(placed))
}

fn put_work(tx: &mut Tx, batch: &Batch<'_>, home: &Home, works: &[(Named, inbox::Work)]) -> db::Result<()> {
    let (workspace, account) = (home.account.workspace_id, home.account.id);
    let Some(by) = workspaces::members(tx, workspace)?.into_iter().next() else { return Ok(()) };
    let worker = inbox::Worker { by, workspace, account, now: batch.now, random: batch.random };
    for ((family, external_id), work) in works {
        inbox::put_work(tx, worker, (family, external_id), batch.started_at, work)?;
    }
    Ok(())
}

/// Who wrote it: where the platform's id is unknown their name is it, and two people without either are not one.
pub fn author(id: Option<String>, shown: &Option<String>, row: &str) -> ObservedAuthor {
    let whole = text(shown);
    let shown = name(shown);
    let is_whole = whole.is_some() && whole == shown.as_deref();
    ObservedAuthor {
        external_id: id.or_else(|| (!is_whole).then(|| format!("imported:{row}"))),
        display_name: shown.unwrap_or_else(|| "Somebody".to_owned()),
        avatar_url: None,
        profile_url: None,
        is_self: false,
    }
}

/// What the platform showed, and whether anybody still waits: what was settled there is not brought up again, until the
/// account is connected and the platform itself says how its threads stand.
pub fn state(status: &Option<String>) -> (ProviderState, bool) {
    match text(status).map(str::to_ascii_lowercase).as_deref() {
        Some("hidden") => (ProviderState::Hidden, false),
        Some("spam") => (ProviderState::Spam, false),
        Some("held" | "held_for_review") => (ProviderState::Held, false),
        Some("rejected") => (ProviderState::Rejected, false),
        Some("deleted" | "removed") => (ProviderState::Removed, false),
        Some(
            "answered" | "replied" | "responded" | "sent" | "resolved" | "closed" | "done" | "archived" | "ignored"
            | "dismissed",
        ) => (ProviderState::Published, false),
        _ => (ProviderState::Published, true),
    }
}
