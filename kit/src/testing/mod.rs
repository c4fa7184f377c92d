//! A private PostgreSQL cluster, temporary databases on both engines, a clock that is moved by hand.
