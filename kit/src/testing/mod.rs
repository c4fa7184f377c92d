//! For tests: temporary databases on both engines, one text run on each of them, waiting for a state, simulation.

mod cluster;
mod database;
mod halt;
pub mod mutants;
mod port;
mod proxy;
pub mod simulation;
mod test_db;

use std::future::Future;
use std::time::Duration;

pub use self::cluster::Cluster;
pub use self::database::{Database, Engine};
pub use self::halt::{Halt, until_held_up};
pub use self::port::free_port;
pub use self::proxy::{Cut, Proxy};
pub use self::test_db::TestDb;

/// How long a state may take to come before the test fails. Generous: a test machine may be very busy.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Runs a test on SQLite and on PostgreSQL, each in a database of its own:
///
/// ```ignore
/// both_databases! {
///     async fn a_note_is_read_back(db: TestDb) { … }
/// }
/// ```
///
/// makes the tests `a_note_is_read_back::sqlite` and `a_note_is_read_back::postgres`. The parameter's type has a
/// function `async fn fresh(engine: Engine) -> Self`: [`TestDb`], [`Database`] or the product's own.
#[macro_export]
macro_rules! both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($database:ident: $type:ty) $body:block)+) => {$(
        async fn $name($database: $type) $body

        mod $name {
            use super::*;

            $(#[$meta])*
            #[test]
            fn sqlite() {
                $crate::testing::run(async { super::$name(<$type>::fresh($crate::testing::Engine::Sqlite).await).await });
            }

            $(#[$meta])*
            #[test]
            fn postgres() {
                $crate::testing::run(async { super::$name(<$type>::fresh($crate::testing::Engine::Postgres).await).await });
            }
        }
    )+};
}

/// How long a test may take in all. What hangs is named then, and the others go on.
const LONGEST: Duration = Duration::from_secs(1_200);

/// Runs a test's future on a runtime like the product's.
pub fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime starts")
        .block_on(async { tokio::time::timeout(LONGEST, test).await.expect("the test ends within twenty minutes") });
}

/// Asks until the answer is yes.
pub async fn wait_until<F: Future<Output = bool>>(what: &str, mut question: impl FnMut() -> F) {
    wait_for(what, || {
        let answer = question();
        async { answer.await.then_some(()) }
    })
    .await;
}

/// Asks until there is an answer.
pub async fn wait_for<T, F: Future<Output = Option<T>>>(what: &str, mut question: impl FnMut() -> F) -> T {
    let asking = async {
        loop {
            if let Some(answer) = question().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or_else(|_| panic!("waited {PATIENCE:?} in vain: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    both_databases! {
        async fn every_test_has_a_database_of_its_own(database: Database) {
            let other = Database::fresh(database.engine()).await;
            assert_ne!(database.url(), other.url());
        }
    }
}
