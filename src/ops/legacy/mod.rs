//! Bringing over what people had in the system that Repruv replaces, from its PostgreSQL database.
//!
//! ```text
//! reader: one read-only snapshot of the former database: its whole schema, then row by row, in parts
//!    │ batches, two of them under way at most
//!    ▼
//! writer: each batch with the position after it and the report so far in one commit
//! ```
//! So a run that is interrupted goes on where it was, and what was counted was written. Who was brought over is remembered
//! by their former id; interactions are known by the platform's own id. Hence a second run changes nothing.

mod answers;
mod arrivals;
mod comments;
mod connections;
mod content;
mod interactions;
mod parts;
mod read;
mod record;
mod report;
mod schema;
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
use crate::model::Platform;
pub use parts::Part;
use read::{Message, Row};
pub use report::{Made, Report, Tally};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the former system's address must look like postgres://USER@HOST/DATABASE")]
    Address,
    #[error("the former system's database cannot be read: {0}")]
    Source(#[source] db::Error),
    #[error("this is no database of the former system: {0}")]
    NotLegacy(String),
    #[error("nobody has the address {0}, neither here nor there: the owner must be somebody who has an account")]
    NoSuchOwner(String),
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
    pub group: Option<String>,
    pub id: String,
}

/// Into what, and with whose clock and chance.
#[derive(Clone, Debug)]
pub struct Target {
    pub db: Db,
    pub clock: Clock,
    pub random: Random,
}

/// What somebody who starts a run may say.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The address of who shall be the installation's owner.
    pub owner: Option<String>,
    /// Rows in one commit.
    pub batch: usize,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { owner: None, batch: 500 }
    }
}

/// Brings everything over, or what an earlier run has left; `tell` hears the report after every batch.
pub async fn import(
    target: &Target,
    url: &str,
    wanted: &Wanted,
    mut tell: impl FnMut(&Report),
) -> Result<Report, Error> {
    let source = name_of(url)?;
    let former = open(url, &target.clock).await?;
    let interrupted = {
        let source = source.clone();
        target.db.read(move |conn| store::interrupted(conn, &source)).await?
    };
    let (position, report) = interrupted.unzip();
    let (sender, mut messages) = mpsc::channel(2);
    let reading = tokio::spawn({
        let wanted = wanted.clone();
        async move {
            let mut first = Some((sender, position));
            former
                .read_within(Duration::MAX, move |conn| match first.take() {
                    Some((sender, position)) => read::everything(conn, &sender, &wanted, position.as_ref()),
                    // Another run of the same closure would tell everything twice.
                    None => Err(Error::Source(db::Error::Aborted)),
                })
                .await
        }
    });
    let mut run = Run { target, source, report: report.unwrap_or_default(), started_at: target.clock.now() };
    let written = run.write_all(&mut messages, wanted, &mut tell).await;
    drop(messages);
    let read = reading.await.map_err(|_| Error::Source(db::Error::Panicked))?;
    written?;
    read?;
    run.finish(wanted).await
}

/// The writing side of a run.
struct Run<'a> {
    target: &'a Target,
    source: String,
    report: Report,
    started_at: Timestamp,
}

impl Run<'_> {
    async fn write_all(
        &mut self,
        messages: &mut mpsc::Receiver<Message>,
        wanted: &Wanted,
        tell: &mut impl FnMut(&Report),
    ) -> Result<(), Error> {
        while let Some(message) = messages.recv().await {
            match message {
                Message::Schema { schema, has_owner } => {
                    self.report.note_schema(&schema);
                    self.begin(wanted, has_owner).await?;
                }
                Message::Rows { part, rows, after } => {
                    self.write_batch(part, rows, after).await?;
                    tell(&self.report);
                }
            }
        }
        Ok(())
    }

    /// The first write of all, when it is known that this is the former system, and that the owner can be found.
    async fn begin(&mut self, wanted: &Wanted, has_owner: bool) -> Result<(), Error> {
        let (now, source, mut report) = (self.target.clock.now(), self.source.clone(), self.report.clone());
        let owner = wanted.owner.clone().filter(|_| !has_owner);
        (self.report, self.started_at) = self
            .target
            .db
            .write(move |tx| {
                if let Some(email) = &owner
                    && !imported::has_account(tx, email)?
                {
                    return Err(Error::NoSuchOwner(email.clone()));
                }
                report.resumed = store::interrupted(tx, &source)?.is_some();
                if !report.resumed {
                    store::begin(tx, now, &source, &report)?;
                }
                Ok((report.clone(), store::started_at(tx, &source)?))
            })
            .await?;
        Ok(())
    }

    async fn write_batch(&mut self, part: Part, rows: Vec<Row>, after: Key) -> Result<(), Error> {
        let (now, random, source) = (self.target.clock.now(), self.target.random.clone(), self.source.clone());
        let (before, started_at) = (self.report.clone(), self.started_at);
        self.report = self
            .target
            .db
            .write(move |tx| {
                let mut report = before.clone();
                let Report { tallies, made, .. } = &mut report;
                let tally = tallies.entry(part.counted_as().to_owned()).or_default();
                let (random, source) = (&random, source.as_str());
                write_rows(tx, &mut Batch { now, started_at, random, source, tally, made }, part, &rows)?;
                let position = Position { part, after: Some(after.clone()) };
                store::save(tx, now, source, Some(&position), &report)?;
                Ok::<_, Error>(report)
            })
            .await?;
        Ok(())
    }

    async fn finish(self, wanted: &Wanted) -> Result<Report, Error> {
        let (now, source, before) = (self.target.clock.now(), self.source, self.report);
        let owner = wanted.owner.clone();
        self.target
            .db
            .write(move |tx| {
                let mut report = before.clone();
                if let Some(email) = &owner {
                    report.new_owner = imported::make_owner(tx, now, email)?;
                    report.refused_owner = report.new_owner.is_none().then(|| email.clone());
                }
                report.has_owner = imported::has_owner(tx)?;
                store::save(tx, now, &source, None, &report)?;
                Ok(report)
            })
            .await
    }
}

/// A batch that is being written: its circumstances, and what is counted of it.
struct Batch<'a> {
    now: Timestamp,
    /// When this run began, which may have been interrupted since.
    started_at: Timestamp,
    random: &'a Random,
    source: &'a str,
    tally: &'a mut Tally,
    made: &'a mut Made,
}

fn write_rows(tx: &mut Tx, batch: &mut Batch<'_>, part: Part, rows: &[Row]) -> Result<(), Error> {
    match part {
        Part::OpenUsers => users::write(tx, &readable(rows, batch.tally), batch, true),
        Part::ClosedUsers => users::write(tx, &readable(rows, batch.tally), batch, false),
        Part::YoutubeConnections => connections::write_channels(tx, &readable(rows, batch.tally), batch),
        Part::InstagramConnections => connections::write_instagram(tx, &readable(rows, batch.tally), batch),
        Part::PlatformConnections => connections::write(tx, &readable(rows, batch.tally), batch),
        Part::YoutubeVideos => content::write_videos(tx, &readable(rows, batch.tally), batch),
        Part::InstagramMedia => content::write_media(tx, &readable(rows, batch.tally), batch),
        Part::YoutubeComments => comments::write(tx, &readable(rows, batch.tally), batch, Platform::YouTube),
        Part::InstagramComments => comments::write(tx, &readable(rows, batch.tally), batch, Platform::Instagram),
        Part::Interactions => interactions::write(tx, &readable(rows, batch.tally), batch),
        Part::SentResponses => answers::write_sent(tx, &readable(rows, batch.tally), batch),
        Part::YoutubeAnswers => answers::write(tx, &readable(rows, batch.tally), batch, Platform::YouTube),
        Part::InstagramAnswers => answers::write(tx, &readable(rows, batch.tally), batch, Platform::Instagram),
    }
}

/// Counts what was read; what cannot be understood is skipped with its id.
fn readable<T: for<'a> Deserialize<'a>>(rows: &[Row], tally: &mut Tally) -> Vec<T> {
    let mut readable = Vec::with_capacity(rows.len());
    for row in rows {
        tally.read += 1;
        match &row.fields {
            Ok(fields) => match T::deserialize(fields) {
                Ok(fields) => readable.push(fields),
                Err(_) => tally.skip("in a shape that is not understood", &row.id),
            },
            Err(reason) => tally.skip(reason, &row.id),
        }
    }
    readable
}

async fn open(url: &str, clock: &Clock) -> Result<Db, Error> {
    let mut options = db::Options::new(url, clock.clone());
    options.connections = 1;
    options.any_encoding = true;
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
