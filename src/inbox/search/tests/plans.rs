//! No search reads all interactions.

use kit::args;
use kit::db::{Conn, Dialect};

use super::filter;
use crate::inbox::listing::{self, Reader};
use crate::inbox::seed;
use crate::inbox::testing::{Desk, MORNING};

kit::both_databases! {
    async fn no_search_reads_interactions_whole(desk: Desk) {
        desk.unit(MORNING, |tx, context| seed(tx, context, 0..3_000)).await;
        if desk.dialect() == Dialect::Postgres {
            desk.write(|tx| tx.exec("ANALYZE", args![]).map(drop)).await.unwrap();
        }
        let (workspace, user, zone) = (desk.workspace, desk.user, desk.time_zone.clone());
        for address in ["q=camera", "q=camera&order=oldest", "q=camera&state=needs_reply&order=priority", "q=cam*",
            "q=%22the+part%22+-loved", "q=-camera", "q=camera&language=de&since=2026-11-01", "q=author:author", "q=camera&visibility=any"]
        {
            let (filter, zone) = (filter(address), zone.clone());
            let read = move |conn: &mut Conn| listing::plans(conn, Reader { workspace, user, zone: &zone, now: MORNING }, &filter);
            let plans = desk.read(read).await.unwrap();
            for plan in plans {
                // SQLite's window of a list's first rows goes by the same name as what it is taken from.
                let is_whole = |table: &str| {
                    let scans = plan.lines().filter(|line| *line == format!("SCAN {table}")).count();
                    scans > plan.lines().filter(|line| *line == format!("CO-ROUTINE {table}")).count()
                };
                let whole = ["i", "d", "a", "c"].into_iter().find(|table| is_whole(table));
                assert_eq!(whole, None, "{address}: {plan}");
                assert!(!plan.contains("Seq Scan"), "{address}: {plan}");
            }
        }
    }
}
