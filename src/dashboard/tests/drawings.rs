//! What is shown again is what is true: nothing that the dashboard shows changes without an event.

use std::time::Duration;

use kit::args;
use kit::db;
use kit::random::Random;

use super::super::Dashboard;
use crate::connections;
use crate::events::{self, Event};
use crate::inbox::content::{self, AccountCounters};
use crate::inbox::ingest::pass_completed;
use crate::inbox::testing::{Desk, MORNING, comment, own_reply, reply};
use crate::model::{ContentKind, ObservedContent, ObservedInteraction};
use crate::testing::TestApp;
use crate::web::ui::Local;
use crate::workspaces::Role;

kit::both_databases! {
    async fn nothing_that_the_dashboard_shows_changes_without_an_event(desk: Desk) {
        let random = Random::seeded(7);
        let mut changes = 0;
        for step in 0..120_u64 {
            let local = Local::new(MORNING + Duration::from_secs(600 * step), "Europe/Berlin");
            let before = seen(&desk, &local).await;
            let act = something_happens(&desk, &random, &local).await;
            let after = seen(&desk, &local).await;
            assert!(after.0 > before.0 || after.1 == before.1, "step {step}, {act}: no event\n{}\n{}", before.1, after.1);
            changes += u32::from(after.1 != before.1);
        }
        assert!(changes > 40, "{changes} of the steps changed something");
    }

    async fn a_page_is_drawn_again_when_something_happened_and_only_then(app: TestApp) {
        let app = app.with_ann().await;
        let (who, now, random) = (app.who().await, app.app.now(), app.app.random.clone());
        let workspace = who.workspace.id;
        let connection = crate::model::ConnectionId::new(now, &random);
        app.db.write(move |tx| crate::inbox::testing::add_connection(tx, workspace, connection)).await.expect("an account");
        let first = app.get("/dashboard").await;
        assert!(first.text.contains(">Lab<"), "{}", first.text);
        rename(&app, "Attic").await;
        assert!(app.get("/dashboard").await.text.contains(">Lab<"), "what nobody tells of is not looked for");
        app.hand.advance(Duration::from_secs(60));
        assert!(app.get("/dashboard").await.text.contains(">Attic<"), "for a minute at most");
        rename(&app, "Cellar").await;
        app.db.write(move |tx| events::record(tx, now, workspace, Event::ConnectionChanged(connection))).await.expect("an event");
        for path in ["/dashboard", "/dashboard?panel=all", "/dashboard?panel=connections"] {
            assert!(app.get(path).await.text.contains(">Cellar<"), "{path}");
        }
        let moved = app.post("/settings/account", &[("name", "Bea Byte"), ("time_zone", "Asia/Tokyo")]).await;
        assert!(moved.status.is_redirection() || moved.status.is_success(), "{}", moved.text);
        let page = app.get("/dashboard").await;
        assert!(page.text.contains(", Bea") && page.text.contains("Asia/Tokyo"), "{}", page.text);
    }
}

async fn rename(app: &TestApp, name: &'static str) {
    let renamed = app.db.write(move |tx| tx.exec("UPDATE platform_connections SET display_name = $1", args![name]));
    renamed.await.expect("a name");
}

/// The number of the last event, and all that is shown.
async fn seen(desk: &Desk, local: &Local) -> (i64, String) {
    let (workspace, local) = (desk.workspace, local.clone());
    let seen = desk.read(move |conn| {
        let head: Option<i64> = conn.opt("SELECT seq FROM event_heads WHERE workspace_id = $1", args![workspace])?;
        let dashboard = Dashboard::load(conn, (workspace, Role::Owner), &local, None)?;
        Ok::<_, db::Error>((head.unwrap_or_default(), format!("{dashboard:?}")))
    });
    seen.await.expect("a dashboard")
}

async fn something_happens(desk: &Desk, random: &Random, local: &Local) -> &'static str {
    let (now, number) = (local.now, random.u64());
    match number % 8 {
        0..3 => {
            let page = vec![any_comment(random, local)];
            desk.ingest(now, &page).await;
            "comments arrive"
        }
        3 => {
            let asked = any_comment(random, local);
            desk.ingest(now, &[asked.clone(), reply("r", "cy", &asked, 1), own_reply("o", &asked, 2)]).await;
            "a thread arrives"
        }
        4 => {
            desk.unit(now, move |tx, context| {
                pass_completed(tx, context, now)?;
                content::pass_completed(tx, context, now)
            })
            .await;
            "a pass ends"
        }
        5 => {
            let video = video(number, local);
            desk.unit(now, move |tx, context| content::ingest(tx, context, std::slice::from_ref(&video))).await;
            "a video's counters are read"
        }
        6 => {
            let counters =
                AccountCounters { followers: Some((number >> 8) as i64 % 90_000), ..AccountCounters::default() };
            desk.unit(now, move |tx, context| content::account(tx, context, counters)).await;
            "the account's counters are read"
        }
        _ => {
            desk.unit(now, move |tx, context| connections::changed(tx, now, context.workspace, context.connection))
                .await;
            "the connection moves"
        }
    }
}

fn any_comment(random: &Random, local: &Local) -> ObservedInteraction {
    let number = random.u64();
    let said = [
        "When does it ship?",
        "Lovely",
        "This is broken and I want my money back",
        "buy followers at https://x.example",
    ];
    let id = format!("c{}", number % 25);
    ObservedInteraction {
        created_at: local.now - Duration::from_secs(number % 90_000),
        ..comment(&id, &format!("author{}", number % 7), said[(number >> 32) as usize % said.len()])
    }
}

fn video(number: u64, local: &Local) -> ObservedContent {
    ObservedContent {
        kind: ContentKind::Video,
        external_id: format!("v{}", (number >> 8) % 4),
        title: Some("A video".to_owned()),
        permalink: None,
        thumbnail_url: None,
        published_at: Some(local.now - Duration::from_secs(3_600)),
        duration_seconds: None,
        comments_enabled: true,
        views: Some((number >> 16) as i64 % 10_000),
        likes: Some((number >> 24) as i64 % 100),
        comments: Some(1),
    }
}
