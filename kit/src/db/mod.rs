//! Storage: units of work on the thread that owns the connection, on SQLite and PostgreSQL.
