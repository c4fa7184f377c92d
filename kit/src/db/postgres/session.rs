//! One connection, and the runtime that drives it on its thread.

use std::collections::HashMap;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::future::{Either, join, select, try_join_all};
use tokio::runtime::Runtime;
use tokio_postgres::error::Severity;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, SimpleQueryMessage, Statement};

use super::super::access::Access;
use super::super::error::head;
use super::super::stats;
use super::super::{Error, Result, Val};
use super::address::Address;
use super::line::{CONNECT_TIMEOUT, Failed, Line, in_full, no_answer, wait};

/// A statement that runs for longer is ended by the server.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);
/// A statement that waits longer for somebody else's lock is ended by the server. As long as SQLite waits.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
/// A session that holds a transaction open and says nothing is ended by the server: its client is gone.
const IDLE_IN_TRANSACTION_TIMEOUT: Duration = Duration::from_secs(30);
/// A write without an answer by then has a server that is frozen, or cut off without a word.
pub(super) const WRITE_DEADLINE: Duration = Duration::from_secs(35);
/// A migration may take its time once it runs. While it waits for a lock, everybody waits behind it.
const MIGRATION_LOCK_TIMEOUT: Duration = Duration::from_secs(60);
/// What ends a transaction does no work but an fsync.
const END_TIMEOUT: Duration = Duration::from_secs(10);
/// To tell the server that it need not go on with a read.
const CANCEL_TIMEOUT: Duration = Duration::from_millis(500);

/// As many statements travel together at most, beside the one that takes them along.
const UNSENT: usize = 16;

/// Statements are few and fixed; only filters make new texts.
const CACHED_STATEMENTS: usize = 512;

const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
const BEGIN_LONG_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = 0";
const NEXT_READ: &str = "COMMIT; BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
const BEGIN_WRITE: &str = "BEGIN; SELECT pg_current_xact_id()";

pub(in crate::db) struct Session {
    runtime: Runtime,
    client: Client,
    address: Address,
    statements: HashMap<String, Statement>,
    transaction: Transaction,
    /// What is sent before the next statement, or with the COMMIT.
    unsent: Vec<(String, Statement, Vec<Val<'static>>)>,
    /// Until then the running unit has its answers; `None` where it may take its time.
    until: Option<Instant>,
    /// Nothing more can be asked here, or what is answered is not known to belong to the question.
    lost: bool,
    /// The open write's number, by which another session can ask what became of it.
    id: Option<String>,
    /// When the last COMMIT was sent.
    committed_at: Instant,
}

/// A commit that was sent, and whose answer did not come.
pub(super) struct InDoubt {
    /// Of its transaction.
    pub id: String,
    /// When it was sent.
    pub since: Instant,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Transaction {
    None,
    WriteWanted,
    /// To be begun, in these words, by the first statement.
    ReadWanted(&'static str),
    Open,
    /// A read that was answered. Its end is told together with the next beginning, or when nothing else waits.
    Over,
}

impl Session {
    pub fn connect(address: &Address) -> Result<Self> {
        let Line { runtime, client } = Line::connect(address)?;
        let settings = settings();
        let setting = client.batch_execute(&settings);
        wait(&runtime, Some(stats::now() + CONNECT_TIMEOUT), setting).map_err(no_answer)?;
        Ok(Self {
            runtime,
            client,
            address: address.clone(),
            statements: HashMap::new(),
            transaction: Transaction::None,
            unsent: Vec::new(),
            until: None,
            lost: false,
            id: None,
            committed_at: stats::now(),
        })
    }

    pub fn is_lost(&self) -> bool {
        self.lost || self.client.is_closed()
    }

    /// A transaction from the next statement on. It may take `deadline` in all.
    pub fn begin(&mut self, access: Access, deadline: Duration) {
        (self.until, self.id) = (stats::now().checked_add(deadline), None);
        self.unsent.clear();
        let is_next_read = access == Access::Read && deadline < STATEMENT_TIMEOUT;
        if self.transaction == Transaction::Over && !is_next_read {
            self.finish_read();
        }
        self.transaction = match access {
            Access::Write => Transaction::WriteWanted,
            Access::Read if self.transaction == Transaction::Over => Transaction::ReadWanted(NEXT_READ),
            Access::Read if is_next_read => Transaction::ReadWanted(BEGIN_READ),
            Access::Read => Transaction::ReadWanted(BEGIN_LONG_READ),
        };
    }

    /// The running unit's statements may take as long as they need.
    pub fn take_time(&mut self) -> Result<()> {
        self.until = None;
        let lock = MIGRATION_LOCK_TIMEOUT.as_millis();
        self.batch(&format!(
            "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; \
             SET LOCAL lock_timeout = {lock}"
        ))
    }

    /// The rows of the last of these statements. They are sent together: one round trip for all.
    pub fn query_last(&mut self, first: &[(&str, &[Val<'_>])], sql: &str, args: &[Val<'_>]) -> Result<Vec<Row>> {
        self.open()?;
        let mut ahead = Vec::new();
        for (sql, args) in first {
            ahead.push((self.statement(sql)?, params(args)));
        }
        let (statement, params) = (self.statement(sql)?, params(args));
        let client = &self.client;
        let answer = wait(&self.runtime, self.until, async {
            // The server takes none that follows one that failed.
            let ahead = try_join_all(ahead.iter().map(|(statement, params)| client.execute(statement, params)));
            let (ahead, rows) = join(ahead, client.query(&statement, &params)).await;
            ahead.and(rows)
        });
        answer.map_err(|failed| self.failed(failed, sql))
    }

    /// The rows of each of these, which are sent together.
    pub fn query_each(&mut self, questions: &[(String, Vec<Val<'_>>)]) -> Result<Vec<Vec<Row>>> {
        self.open()?;
        let mut asked = Vec::new();
        for (sql, args) in questions {
            asked.push((self.statement(sql)?, params(args)));
        }
        let client = &self.client;
        // The server takes none that follows one that failed.
        let answers = try_join_all(asked.iter().map(|(statement, params)| client.query(statement, params)));
        let answers = wait(&self.runtime, self.until, answers);
        answers.map_err(|failed| self.failed(failed, questions.first().map_or("", |(sql, _)| sql)))
    }

    pub fn query(&mut self, sql: &str, args: &[Val<'_>]) -> Result<Vec<Row>> {
        if self.transaction == Transaction::WriteWanted {
            self.begin_write()?;
        }
        self.send()?;
        let statement = self.statement(sql)?;
        let (client, params) = (&self.client, params(args));
        let question = client.query(&statement, &params);
        let answer = match self.transaction {
            Transaction::ReadWanted(begin) => {
                self.transaction = Transaction::Open;
                // Sent together: one round trip for both. Should the first fail, the second's answer is not used.
                wait(&self.runtime, self.until, async {
                    let (begun, rows) = join(client.batch_execute(begin), question).await;
                    begun.and(rows)
                })
            }
            _ => wait(&self.runtime, self.until, question),
        };
        answer.map_err(|failed| self.failed(failed, sql))
    }

    pub fn execute(&mut self, sql: &str, args: &[Val<'_>]) -> Result<u64> {
        self.open()?;
        let statement = self.statement(sql)?;
        let answer = wait(&self.runtime, self.until, self.client.execute(&statement, &params(args)));
        answer.map_err(|failed| self.failed(failed, sql))
    }

    /// The answer comes with the next statement's, or the COMMIT's: it only says whether this failed.
    pub fn execute_later(&mut self, sql: &str, args: &[Val<'_>]) -> Result<()> {
        if self.unsent.len() >= UNSENT {
            self.send()?;
        }
        if self.transaction == Transaction::WriteWanted {
            self.begin_write()?;
        }
        let statement = self.statement(sql)?;
        self.unsent.push((head(sql), statement, args.iter().map(Val::to_owned).collect()));
        Ok(())
    }

    fn send(&mut self) -> Result<()> {
        let unsent = std::mem::take(&mut self.unsent);
        let Some((sql, ..)) = unsent.first() else { return Ok(()) };
        let answers = wait(&self.runtime, self.until, sending(&self.client, &unsent));
        answers.map_err(|failed| self.failed(failed, sql))
    }

    pub fn batch(&mut self, sql: &str) -> Result<()> {
        self.open()?;
        let answer = wait(&self.runtime, self.until, self.client.batch_execute(sql));
        answer.map_err(|failed| self.failed(failed, sql))
    }

    /// Whether there is anything to commit: a unit without a statement has begun nothing.
    pub fn is_open(&self) -> bool {
        self.transaction == Transaction::Open
    }

    /// A read keeps its transaction until there is another reason to speak to the server.
    pub fn end_read(&mut self) {
        self.transaction = match self.transaction {
            Transaction::Open | Transaction::ReadWanted(NEXT_READ) => Transaction::Over,
            _ => Transaction::None,
        };
    }

    /// Ends what [`Session::end_read`] has left open.
    pub fn finish_read(&mut self) {
        if self.transaction == Transaction::Over {
            self.end("COMMIT");
        }
    }

    pub fn roll_back(&mut self) {
        self.transaction = match self.transaction {
            Transaction::Open => return self.end("ROLLBACK"),
            Transaction::ReadWanted(NEXT_READ) | Transaction::Over => Transaction::Over,
            _ => Transaction::None,
        };
    }

    /// Commits, and notifies in the same flight. `Err(Error::OutcomeUnknown)` where no answer came: ask by
    /// [`Session::in_doubt`] on another session.
    ///
    /// The notification follows the commit. Inside it, it would take the one lock of the database's queue of notifications
    /// over the fsync, so that no two commits that tell something could share one. What is sent is told whatever becomes
    /// of this process; its answer is not waited for.
    pub fn commit(&mut self, channel: &str, payloads: &[String]) -> Result<()> {
        self.committed_at = stats::now();
        self.until = self.committed_at.checked_add(END_TIMEOUT);
        let notify = (!payloads.is_empty()).then(|| self.statement(NOTIFY)).transpose()?;
        self.transaction = Transaction::None;
        let unsent = std::mem::take(&mut self.unsent);
        let client = &self.client;
        let params: [&(dyn ToSql + Sync); 2] = [&channel, &payloads];
        let committing = async {
            // The server rolls back where one of the others failed, and says so to that one alone.
            let committing = async {
                let (sent, committed) = join(sending(client, &unsent), client.batch_execute("COMMIT")).await;
                sent.and(committed)
            };
            let committing = pin!(committing);
            let Some(notify) = notify else { return committing.await };
            match select(committing, pin!(client.execute(&notify, &params))).await {
                Either::Left((committed, _)) => committed,
                Either::Right((_, committing)) => committing.await,
            }
        };
        match wait(&self.runtime, self.until, committing) {
            Ok(()) => Ok(()),
            Err(failed) => match self.failed(failed, "COMMIT") {
                // The server's own refusal: it has rolled back.
                error @ Error::Postgres { .. } => Err(error),
                _ => Err(Error::OutcomeUnknown),
            },
        }
    }

    pub(super) fn in_doubt(&mut self) -> Option<InDoubt> {
        self.id.take().map(|id| InDoubt { id, since: self.committed_at })
    }

    fn open(&mut self) -> Result<()> {
        match self.transaction {
            Transaction::WriteWanted => self.begin_write(),
            Transaction::Open => self.send(),
            Transaction::ReadWanted(begin) => {
                self.transaction = Transaction::Open;
                let answer = wait(&self.runtime, self.until, self.client.batch_execute(begin));
                answer.map_err(|failed| self.failed(failed, begin))
            }
            _ => Ok(()),
        }
    }

    /// Not sent together with the first statement: were the beginning refused, that statement would stand alone.
    fn begin_write(&mut self) -> Result<()> {
        self.transaction = Transaction::Open;
        let answer = wait(&self.runtime, self.until, self.client.simple_query(BEGIN_WRITE));
        let messages = answer.map_err(|failed| self.failed(failed, BEGIN_WRITE))?;
        self.id = messages.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        Ok(())
    }

    fn end(&mut self, sql: &str) {
        self.transaction = Transaction::None;
        let until = stats::now().checked_add(END_TIMEOUT);
        if wait(&self.runtime, until, self.client.batch_execute(sql)).is_err() {
            self.lost = true;
        }
    }

    fn statement(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let answer = wait(&self.runtime, self.until, self.client.prepare(sql));
        let statement = answer.map_err(|failed| self.failed(failed, sql))?;
        if self.statements.len() >= CACHED_STATEMENTS {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn failed(&mut self, failed: Failed, sql: &str) -> Error {
        let error = match failed {
            Failed::Asking(error) => error,
            Failed::Late => {
                self.lost = true;
                self.cancel();
                return Error::Deadline;
            }
        };
        if is_fatal(&error) {
            self.lost = true;
            return Error::Unavailable(format!("the connection to PostgreSQL broke: {}", in_full(&error)));
        }
        if error.code() == Some(&tokio_postgres::error::SqlState::QUERY_CANCELED) {
            return Error::Deadline;
        }
        Error::Postgres { error, sql: head(sql) }
    }

    /// As good as it goes: a server that does not hear it ends the statement at its own time-out.
    fn cancel(&self) {
        let cancelling = self.client.cancel_token();
        let asking = cancelling.cancel_query(self.address.tls.clone());
        if let Err(Failed::Asking(error)) = wait(&self.runtime, stats::now().checked_add(CANCEL_TIMEOUT), asking) {
            tracing::debug!(%error, "a statement was not cancelled");
        }
    }
}

/// The server takes none that follows one that failed.
async fn sending(
    client: &Client,
    unsent: &[(String, Statement, Vec<Val<'static>>)],
) -> Result<(), tokio_postgres::Error> {
    let params: Vec<_> = unsent.iter().map(|(_, _, args)| params(args)).collect();
    let sending = unsent.iter().zip(&params).map(|((_, statement, _), params)| client.execute(statement, params));
    try_join_all(sending).await.map(drop)
}

pub(super) const NOTIFY: &str = "SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload";

/// What every session starts with.
fn settings() -> String {
    format!(
        "SET synchronous_commit = on; SET client_min_messages = warning; SET statement_timeout = {}; SET lock_timeout = {}; \
         SET idle_in_transaction_session_timeout = {}",
        STATEMENT_TIMEOUT.as_millis(),
        LOCK_TIMEOUT.as_millis(),
        IDLE_IN_TRANSACTION_TIMEOUT.as_millis()
    )
}

/// The connection went with it.
fn is_fatal(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(db) => matches!(db.parsed_severity(), Some(Severity::Fatal | Severity::Panic)),
        None => error.is_closed() || std::error::Error::source(error).is_some_and(|cause| cause.is::<std::io::Error>()),
    }
}

fn params<'a>(args: &'a [Val<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    args.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}
