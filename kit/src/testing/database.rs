//! A database for one test, removed at its end.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};

use tempfile::TempDir;

use super::cluster::Cluster;
use crate::clock::Clock;
use crate::db::{Db, Migration, Options};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A database that nobody has opened yet.
#[derive(Debug)]
pub struct Database {
    url: String,
    kept: Kept,
}

#[derive(Debug)]
enum Kept {
    Sqlite { _directory: TempDir },
    Postgres { name: String },
}

impl Database {
    pub async fn fresh(engine: Engine) -> Self {
        Self::fresh_blocking(engine)
    }

    pub fn fresh_blocking(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::sqlite(),
            Engine::Postgres => Self::postgres("template0"),
        }
    }

    /// A database of PostgreSQL that takes any bytes for text.
    pub fn sql_ascii_blocking() -> Self {
        Self::postgres("template0 ENCODING 'SQL_ASCII'")
    }

    /// One with the schema of `migrations`, copied from a template that each process migrates once. Blocks.
    pub fn with_schema(engine: Engine, migrations: &'static [Migration]) -> Self {
        match (engine, &template(engine, migrations)) {
            (Engine::Sqlite, Template::Sqlite(file)) => {
                let database = Self::sqlite();
                std::fs::write(database.path(), file).expect("a temporary file can be written");
                database
            }
            (_, Template::Postgres(name)) => Self::postgres(name),
            (Engine::Postgres, Template::Sqlite(_)) => unreachable!("a template is of the engine that was asked for"),
        }
    }

    /// What the product's `DATABASE_URL` would say.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn engine(&self) -> Engine {
        match self.kept {
            Kept::Sqlite { .. } => Engine::Sqlite,
            Kept::Postgres { .. } => Engine::Postgres,
        }
    }

    fn sqlite() -> Self {
        let directory =
            tempfile::Builder::new().prefix("repruv-sqlite-").tempdir().expect("a temporary directory can be made");
        let url = format!("sqlite:{}", directory.path().join("repruv.db").display());
        Self { url, kept: Kept::Sqlite { _directory: directory } }
    }

    fn path(&self) -> &Path {
        Path::new(self.url.strip_prefix("sqlite:").expect("a database in a file"))
    }

    fn postgres(template: &str) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let cluster = Cluster::shared();
        cluster.administer(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
        Self { url: cluster.url(&name), kept: Kept::Postgres { name } }
    }
}

#[derive(Clone)]
enum Template {
    /// The file's bytes.
    Sqlite(Vec<u8>),
    /// A database of the shared cluster, which nobody is connected to.
    Postgres(String),
}

/// Migrations are constants: their address names them.
type Templates = HashMap<(Engine, usize), Template>;

fn template(engine: Engine, migrations: &'static [Migration]) -> Template {
    static TEMPLATES: LazyLock<Mutex<Templates>> = LazyLock::new(Mutex::default);
    let mut templates = TEMPLATES.lock().expect("no template fails to be made");
    templates.entry((engine, migrations.as_ptr().addr())).or_insert_with(|| make_template(engine, migrations)).clone()
}

fn make_template(engine: Engine, migrations: &'static [Migration]) -> Template {
    let mut database = Database::fresh_blocking(engine);
    let db = Db::open(Options::new(database.url(), Clock::system())).expect("an empty database opens");
    db.migrate(migrations).expect("the migrations run");
    db.close();
    match &mut database.kept {
        Kept::Sqlite { .. } => Template::Sqlite(std::fs::read(database.path()).expect("a closed database is one file")),
        Kept::Postgres { name } => Template::Postgres(std::mem::take(name)),
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A template's name was taken: it lives as long as its cluster.
        if let Kept::Postgres { name } = &self.kept
            && !name.is_empty()
        {
            Cluster::shared().administer(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

impl Engine {
    /// For tests that need no more than to know where they run.
    pub async fn fresh(engine: Engine) -> Self {
        engine
    }
}
