//! Bringing over what people had in the system that Repruv replaces, from its PostgreSQL database.
//!
//! ```text
//! reader: one read-only snapshot of the former database, row by row, in parts
//!    │ batches, two of them under way at most
//!    ▼
//! writer: each batch with the position after it and the report so far in one commit
//! ```
//! So a run that is interrupted goes on where it was, and what was counted was written. Who was brought over is remembered
//! by their former id; interactions are known by the platform's own id. Hence a second run changes nothing.

mod connections;
mod interactions;
mod read;
mod record;
mod report;
mod store;
#[cfg(test)]
mod tests;
mod users;

use std::time::Duration;

use kit::clock::{Clock, Timestamp};
use kit::db::{self, Db, Tx};
use kit::random::Random;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use url::Url;

use crate::accounts::imported;
use read::Message;
pub use read::Part;
pub use report::{Report, Tally};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the former system's address must look like postgres://USER@HOST/DATABASE")]
    Address,
    #[error("the former system's database cannot be read: {0}")]
    Source(#[source] db::Error),
    #[error("this is no database of the former system: {0}")]
    NotLegacy(String),
    #[error(transparent)]
    Database(#[from] db::Error),
    #[error("the former system's rows could not be understood: {0}")]
    Row(#[from] serde_json::Error),
}

/// Where a run goes on: after this row of this part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub part: Part,
    pub after: Option<Key>,
}

/// A row's place in the order in which its part is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    pub user: Option<String>,
    pub id: String,
}

/// Into what, and with whose clock and chance.
#[derive(Clone, Debug)]
pub struct Target {
    pub db: Db,
    pub clock: Clock,
    pub random: Random,
}

/// Brings everything over, or what an earlier run has left; `tell` hears the report after every batch.
pub async fn import(target: &Target, url: &str, mut tell: impl FnMut(&Report)) -> Result<Report, Error> {
    let source = name_of(url)?;
    let former = open(url, &target.clock).await?;
    let (mut report, position) = begin(target, &source).await?;
    let (sender, mut messages) = mpsc::channel(2);
    let reading = tokio::spawn(async move {
        let mut first = Some((sender, position));
        former
            .read_within(Duration::MAX, move |conn| match first.take() {
                Some((sender, position)) => read::everything(conn, &sender, position.as_ref()),
                // Another run of the same closure would tell everything twice.
                None => Err(Error::Source(db::Error::Aborted)),
            })
            .await
    });
    let written = write_all(target, &source, &mut messages, &mut report, &mut tell).await;
    drop(messages);
    let read = reading.await.map_err(|_| Error::Source(db::Error::Panicked))?;
    written?;
    read?;
    finish(target, &source, report).await
}

async fn write_all(
    target: &Target,
    source: &str,
    messages: &mut mpsc::Receiver<Message>,
    report: &mut Report,
    tell: &mut impl FnMut(&Report),
) -> Result<(), Error> {
    while let Some(message) = messages.recv().await {
        match message {
            Message::Shape(part, shape) => report.note_shape(part, shape),
            Message::Rows { part, rows, after } => {
                let mut so_far = report.clone();
                let (now, random, source) = (target.clock.now(), target.random.clone(), source.to_owned());
                *report = target
                    .db
                    .write(move |tx| {
                        so_far = write_batch(tx, now, &random, &source, part, &rows, so_far.clone())?;
                        let position = Position { part, after: Some(after.clone()) };
                        store::save(tx, now, &source, Some(&position), &so_far)?;
                        Ok::<_, Error>(so_far.clone())
                    })
                    .await?;
                tell(report);
            }
        }
    }
    Ok(())
}

fn write_batch(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    source: &str,
    part: Part,
    rows: &[String],
    mut report: Report,
) -> Result<Report, Error> {
    let desk = Desk { now, random, source };
    match part {
        Part::OpenUsers | Part::ClosedUsers => users::write(tx, &desk, &parse(rows)?, &mut report.users)?,
        Part::Connections => connections::write(tx, &desk, &parse(rows)?, &mut report.connections)?,
        Part::Interactions => interactions::write(tx, &desk, &parse(rows)?, &mut report.interactions)?,
    }
    Ok(report)
}

fn parse<T: for<'a> Deserialize<'a>>(rows: &[String]) -> Result<Vec<T>, serde_json::Error> {
    rows.iter().map(|row| serde_json::from_str(row)).collect()
}

/// What writing a batch needs beside the batch.
struct Desk<'a> {
    now: Timestamp,
    random: &'a Random,
    source: &'a str,
}

async fn begin(target: &Target, source: &str) -> Result<(Report, Option<Position>), Error> {
    let (now, source) = (target.clock.now(), source.to_owned());
    target
        .db
        .write(move |tx| {
            if let Some((position, mut report)) = store::interrupted(tx, &source)? {
                report.resumed = true;
                return Ok((report, Some(position)));
            }
            store::begin(tx, now, &source, &Report::default())?;
            Ok((Report::default(), None))
        })
        .await
}

async fn finish(target: &Target, source: &str, mut report: Report) -> Result<Report, Error> {
    let (now, source) = (target.clock.now(), source.to_owned());
    target
        .db
        .write(move |tx| {
            report.new_owner = imported::appoint_owner(tx, now)?;
            store::save(tx, now, &source, None, &report)?;
            Ok(report.clone())
        })
        .await
}

async fn open(url: &str, clock: &Clock) -> Result<Db, Error> {
    let mut options = db::Options::new(url, clock.clone());
    options.connections = 1;
    let opened = tokio::task::spawn_blocking(move || Db::open(options)).await;
    opened.map_err(|_| Error::Source(db::Error::Panicked))?.map_err(Error::Source)
}

/// The same for every spelling of user and password, and nothing that is secret.
fn name_of(url: &str) -> Result<String, Error> {
    let parsed = Url::parse(url).map_err(|_| Error::Address)?;
    if !matches!(parsed.scheme(), "postgres" | "postgresql") {
        return Err(Error::Address);
    }
    let host = parsed.host_str().filter(|host| !host.is_empty()).unwrap_or("localhost");
    let asked = parsed.query_pairs().find(|(name, _)| name == "host").map(|(_, host)| host.into_owned());
    let host = asked.unwrap_or_else(|| host.to_owned());
    Ok(format!("{host}:{}{}", parsed.port().unwrap_or(5432), parsed.path()))
}
