//! An open database for one test.

use std::ops::Deref;

use super::{Database, Engine};
use crate::clock::Clock;
use crate::db::{Db, Migration, Options};

/// An open database: derefs to [`Db`], closed and removed when it is dropped.
#[derive(Debug)]
pub struct TestDb {
    db: Db,
    database: Database,
}

impl TestDb {
    pub async fn fresh(engine: Engine) -> Self {
        Self::open(|| Database::fresh_blocking(engine), false)
    }

    /// One with the schema of `migrations` in it from the start, which is a good deal quicker than to migrate it.
    pub fn with_schema(engine: Engine, migrations: &'static [Migration]) -> Self {
        Self::open(|| Database::with_schema(engine, migrations), false)
    }

    /// Of PostgreSQL, where any bytes are text.
    pub async fn sql_ascii() -> Self {
        Self::open(Database::sql_ascii_blocking, true)
    }

    fn open(make: impl FnOnce() -> Database + Send, any_encoding: bool) -> Self {
        let (db, database) = off_the_runtime(|| {
            let database = make();
            let mut options = Options::new(database.url(), Clock::system());
            (options.connections, options.any_encoding) = (4, any_encoding);
            // A test machine may be very busy.
            (options.read_deadline, options.patience) = (super::PATIENCE, super::PATIENCE);
            (Db::open(options).expect("a database of its own opens"), database)
        });
        Self { db, database }
    }

    /// The same database with the schema of `migrations`.
    pub fn migrated(self, migrations: &'static [Migration]) -> Self {
        off_the_runtime(|| self.db.migrate(migrations).expect("the migrations run"));
        self
    }

    pub fn url(&self) -> &str {
        self.database.url()
    }

    pub fn engine(&self) -> Engine {
        self.database.engine()
    }
}

impl Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.db
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        self.db.close();
    }
}

/// The blocking calls of a database are refused on a runtime's thread.
fn off_the_runtime<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join().expect("the work does not panic"))
}
