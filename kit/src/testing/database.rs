//! A database for one test, removed at its end.

use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;

use super::cluster::Cluster;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// An empty database that nobody has opened yet.
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

    fn postgres(template: &str) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let cluster = Cluster::shared();
        cluster.administer(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
        Self { url: cluster.url(&name), kept: Kept::Postgres { name } }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Kept::Postgres { name } = &self.kept {
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
