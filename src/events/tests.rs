//! Events and the commits that they belong to.

use std::time::Duration;

use kit::args;
use kit::clock::Timestamp;
use kit::db::Error;

use super::{Event, EventKind, TOPIC, heard, purge, record};
use crate::inbox::testing::{Desk, MORNING, comment};
use crate::workspaces::WorkspaceId;

kit::both_databases! {
    async fn events_are_numbered_in_their_workspace_and_go_with_their_commit(desk: Desk) {
        let (neighbour, theirs) = desk.neighbour().await;
        let (workspace, connection) = (desk.workspace, desk.connection);
        let write = async |fails: bool| {
            desk.write(move |tx| {
                record(tx, MORNING, workspace, Event::ConnectionChanged(connection))?;
                record(tx, MORNING, neighbour, Event::ConnectionChanged(theirs))?;
                if fails { Err(Error::NotFound) } else { Ok(()) }
            })
            .await
        };
        write(false).await.unwrap();
        write(true).await.unwrap_err();
        write(false).await.unwrap();
        assert_eq!(rows(&desk, workspace).await, [1, 2]);
        assert_eq!(rows(&desk, neighbour).await, [1, 2]);
    }

    async fn what_changes_the_inbox_is_an_event_and_what_does_not_is_none(desk: Desk) {
        let mut signals = desk.subscribe();
        let page = [comment("c1", "ann", "What camera is that?")];
        desk.ingest(MORNING, &page).await;
        desk.ingest(MORNING, &page).await;
        assert_eq!(rows(&desk, desk.workspace).await, [1]);
        let mut told = Vec::new();
        while told.is_empty() {
            let signal = signals.recv().await.expect("the database is open");
            told.extend(heard(&signal.key).filter(|_| signal.topic == TOPIC));
        }
        assert_eq!(told, [(desk.user, EventKind::InboxChanged)]);
    }

    async fn old_events_go_and_their_numbers_never_come_back(desk: Desk) {
        let (workspace, connection) = (desk.workspace, desk.connection);
        let record_at = async |now: Timestamp| {
            desk.write(move |tx| record(tx, now, workspace, Event::ConnectionChanged(connection))).await.unwrap();
        };
        record_at(MORNING).await;
        let later = MORNING + Duration::from_secs(8 * 86_400);
        assert_eq!(desk.write(move |tx| purge(tx, later, 100)).await.unwrap(), 1);
        record_at(later).await;
        assert_eq!(rows(&desk, workspace).await, [2]);
    }
}

async fn rows(desk: &Desk, workspace: WorkspaceId) -> Vec<i64> {
    let sql = "SELECT seq FROM events WHERE workspace_id = $1 ORDER BY seq";
    desk.read(move |conn| conn.all(sql, args![workspace])).await.unwrap()
}
