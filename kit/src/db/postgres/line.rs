//! A connection on which nothing is set yet, and how its answers are waited for.

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio_postgres::{Client, SimpleQueryMessage};

use super::super::stats;
use super::super::{Error, Result};
use super::address::Address;

/// Name, TCP, TLS and sign-in together. With what a pause adds, a request is refused within two seconds.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_millis(1_500);
/// A connection, and the runtime that drives it.
pub(super) struct Line {
    pub runtime: Runtime,
    pub client: Client,
}

impl Line {
    pub fn connect(address: &Address) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::Unavailable(format!("no runtime for PostgreSQL: {error}")))?;
        let connecting = async {
            let (client, connection) = address.config.connect(address.tls.clone()).await?;
            // Ends with the connection; whoever waits for an answer hears of it from the client.
            tokio::spawn(connection);
            Ok(client)
        };
        let client = wait(&runtime, Some(stats::now() + CONNECT_TIMEOUT), connecting).map_err(no_answer)?;
        Ok(Self { runtime, client })
    }

    /// The one value of a question.
    pub fn ask(&self, sql: &str) -> Result<String> {
        let answer = wait(&self.runtime, Some(stats::now() + CONNECT_TIMEOUT), self.client.simple_query(sql));
        let messages = answer.map_err(no_answer)?;
        let value = messages.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        value.ok_or(Error::NotFound)
    }
}

pub(super) fn no_answer(failed: Failed) -> Error {
    match failed {
        Failed::Asking(error) => Error::Unavailable(format!("PostgreSQL does not answer: {}", in_full(&error))),
        Failed::Late => Error::Unavailable(format!("PostgreSQL does not answer within {CONNECT_TIMEOUT:?}")),
    }
}

/// Why there is no answer.
pub(super) enum Failed {
    Asking(tokio_postgres::Error),
    Late,
}

pub(super) fn wait<T>(
    runtime: &Runtime,
    until: Option<Instant>,
    answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, Failed> {
    runtime.block_on(async {
        match until {
            None => answer.await.map_err(Failed::Asking),
            Some(until) => match tokio::time::timeout_at(until.into(), answer).await {
                Ok(answer) => answer.map_err(Failed::Asking),
                Err(_) => Err(Failed::Late),
            },
        }
    })
}

/// The driver's Display leaves the cause out.
pub(super) fn in_full(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
