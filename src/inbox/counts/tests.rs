//! Counts against their rows: what drifted is seen, mended and told.

use kit::args;
use kit::db::Result;
use kit::jobs::{Enqueue, enqueue};

use super::{Drift, drift, mend};
use crate::inbox::jobs::RecountInboxes;
use crate::inbox::seed;
use crate::inbox::testing::{Desk, MORNING, comment};
use crate::testing::TestApp;
use crate::workspaces;

kit::both_databases! {
    async fn what_is_not_a_recount_is_seen_and_mended(desk: Desk) {
        desk.unit(MORNING, |tx, context| seed(tx, context, 0..300)).await;
        assert_eq!(desk.drift().await, Drift::default(), "nothing drifted yet");
        desk.write(|tx| {
            tx.exec("UPDATE interaction_totals SET total = total - 14 WHERE priority = 'low'", args![])?;
            tx.exec("UPDATE interaction_quarters SET comments = comments + 1 WHERE quarter =
                     (SELECT MIN(quarter) FROM interaction_quarters)", args![])?;
            tx.exec("DELETE FROM interaction_days WHERE day = (SELECT MIN(day) FROM interaction_days)", args![])?;
            tx.exec("UPDATE authors SET interactions = 99 WHERE id = (SELECT id FROM authors ORDER BY id LIMIT 1)", args![])
        })
        .await
        .expect("damage can be done");
        let found = desk.drift().await;
        assert!(found.totals > 0, "{found:?}");
        assert_eq!((found.quarters, found.days, found.authors), (1, 1, 1));
        let workspace = desk.workspace;
        assert_eq!(desk.write(move |tx| mend(tx, workspace)).await.unwrap(), found);
        assert_eq!(desk.drift().await, Drift::default());
    }

    async fn the_nightly_recount_mends_and_tells(app: TestApp) {
        let app = app.with_ann().await;
        app.app.db.write(|tx| {
            tx.exec("INSERT INTO interaction_quarters (workspace_id, quarter, comments, replies, reviews, mentions, positive,
                     neutral, negative, mixed, unknown) SELECT id, 1, 7, 0, 0, 0, 0, 0, 0, 0, 7 FROM workspaces", args![])
        }).await.expect("damage can be done");
        let (now, random) = (app.app.now(), app.app.random.clone());
        let recount = app.app.db.write(move |tx| enqueue(tx, now, &random, &RecountInboxes::default(), Enqueue::default()));
        recount.await.expect("it is enqueued");
        assert_eq!(app.run_jobs().await, 1);
        let left = app.app.db.read(|conn| conn.one::<i64>("SELECT count(*) FROM interaction_quarters", args![]));
        assert_eq!(left.await.unwrap(), 0);
        let told = crate::ops::metrics::text(&app.app).await;
        assert!(told.contains("repruv_counts_mended_total 1"), "{told}");
    }

    async fn a_workspace_that_moved_is_counted_by_its_new_days(desk: Desk) {
        desk.unit(MORNING, |tx, context| seed(tx, context, 0..300)).await;
        let days = async || {
            let sql = "SELECT day, comments FROM interaction_days ORDER BY day";
            desk.read(move |conn| conn.all::<(String, i64)>(sql, args![])).await.unwrap()
        };
        let before = days().await;
        let user = desk.user;
        desk.write(move |tx| workspaces::owner_moved(tx, user, "Asia/Tokyo")).await.unwrap();
        assert_eq!((days().await, desk.drift().await), (before.clone(), Drift::default()), "they still are the old zone's");
        desk.ingest(MORNING, &[comment("c1", "ann", "What camera is that?")]).await;
        assert_ne!(days().await, before);
        assert_eq!(desk.drift().await, Drift::default());
    }

    async fn an_author_who_is_known_by_a_name_first_is_counted_once(desk: Desk) {
        let mut named = comment("c1", "ann", "What camera is that?");
        named.author.external_id = None;
        desk.ingest(MORNING, &[named]).await;
        let known = crate::model::ObservedInteraction { likes: Some(3), ..comment("c1", "ann", "What camera is that?") };
        desk.ingest(MORNING, &[known]).await;
        assert_eq!(desk.drift().await, Drift::default());
    }
}

impl Desk {
    pub async fn drift(&self) -> Drift {
        let workspace = self.workspace;
        let found: Result<Drift> = self.read(move |conn| drift(conn, workspace)).await;
        found.expect("counts can be compared")
    }
}
