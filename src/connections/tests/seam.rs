//! Whatever the product does with an account, it does by the seam: shown with a platform that is none of the built-in ones.

use std::time::Duration;

use kit::args;
use kit::both_databases;

use super::scripted::{PLATFORM, Script, Scripted, aside, comment};
use super::*;
use crate::connections::jobs::enqueue_sync;
use crate::model::UnreadKind;
use crate::platforms::{Error, Platforms};

/// Ann in her live workspace, with a platform that a test has written.
pub(super) struct Stand {
    pub(super) app: TestApp,
    pub(super) platform: Scripted,
}

impl Stand {
    pub(super) async fn new(app: TestApp, change: impl FnOnce(&mut Script)) -> Self {
        let platform = Scripted::default();
        change(&mut platform.0.lock().unwrap());
        let platforms = Platforms::of(vec![std::sync::Arc::new(platform.clone())]);
        let app = app.with_parts(|parts| parts.platforms = platforms).with_ann().await;
        Self { app, platform }
    }

    pub(super) async fn connected(app: TestApp, change: impl FnOnce(&mut Script)) -> Self {
        let stand = Self::new(app, change).await;
        stand.consent("c1").await;
        stand.app.run_jobs().await;
        stand
    }

    pub(super) async fn consent(&self, code: &str) {
        let page = self.app.post(&format!("/connections/{PLATFORM}/start"), &[]).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let link =
            page.text.split("href=\"").find(|part| part.starts_with("https://scripted.example/")).expect("a link");
        let state = link.split("state=").nth(1).and_then(|rest| rest.split('&').next()).expect("a state");
        let answer = self.app.get(&format!("/connections/callback/scripted?code={code}&state={state}")).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
    }

    pub(super) async fn connection(&self) -> Connection {
        let columns = Connection::COLUMNS;
        let sql = format!("SELECT {columns} FROM platform_connections");
        self.app.app.db.read(move |conn| conn.one(&sql, args![])).await.unwrap()
    }

    pub(super) async fn count(&self, sql: &'static str) -> i64 {
        self.app.app.db.read(move |conn| conn.one(sql, args![])).await.unwrap()
    }

    pub(super) async fn turn(&self, later: u64) {
        self.app.hand.advance(Duration::from_secs(later));
        self.app.run_jobs().await;
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.platform.0.lock().unwrap());
    }

    /// What was asked since this was asked last.
    pub(super) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.platform.0.lock().unwrap().asked)
    }
}

/// So many, an hour apart, newest first.
pub(super) fn comments(count: usize) -> Vec<crate::model::ObservedInteraction> {
    let at = |n: usize| format!("2026-11-{:02}T{:02}:00:00Z", 21 - n / 24, 23 - n % 24);
    (0..count).map(|n| comment(&format!("i{n}"), &at(n))).collect()
}

pub(super) const DAY: u64 = 86_400;

both_databases! {
    async fn an_account_is_connected_read_and_left(app: TestApp) {
        let stand = Stand::connected(app, |script| script.interactions = comments(5)).await;
        let connection = stand.connection().await;
        assert_eq!((connection.connection_status, connection.connection_error), (Status::Connected, None));
        assert_eq!(stand.count("SELECT count(*) FROM interactions").await, 5);
        assert!(connection.complete_to.is_some());
        assert_eq!(stand.asked(), ["exchange c1", "account", "account", "whole 0", "whole 1", "whole 2"]);
        stand.turn(600).await;
        assert_eq!(stand.asked(), ["account", "new 0"], "what is new is in front");
        let page = stand.app.get("/connections").await.text;
        assert!(page.contains("7") && page.contains("followers") && !page.contains("subscribers"), "{page}");
        stand.app.post(&format!("/connections/{}/disconnect", connection.id), &[]).await;
        stand.app.run_jobs().await;
        assert_eq!(stand.asked(), ["revoke refresh-1"]);
    }

    async fn a_grant_that_is_replaced_is_given_back(app: TestApp) {
        let stand = Stand::connected(app, |_| {}).await;
        for (code, replaced) in [("c2", "refresh-1"), ("c3", "refresh-2")] {
            stand.asked();
            stand.consent(code).await;
            stand.app.run_jobs().await;
            assert!(stand.asked().contains(&format!("revoke {replaced}")), "{code}");
        }
        assert_eq!(stand.connection().await.connection_status, Status::Connected);
    }

    async fn a_failure_in_the_middle_costs_no_page_twice(app: TestApp) {
        let stand = Stand::connected(app, |script| {
            script.interactions = comments(8);
            script.failures = [Error::Unavailable { status: 503 }].into();
        })
        .await;
        stand.turn(30).await;
        let asked = stand.asked();
        let pages: Vec<_> = asked.iter().filter(|what| what.starts_with("whole")).collect();
        assert_eq!(pages, ["whole 0", "whole 0", "whole 1", "whole 2", "whole 3"], "{asked:?}");
        assert!(stand.connection().await.complete_to.is_some());
    }

    async fn an_account_that_is_refused_asks_for_its_person(app: TestApp) {
        let troubles = [
            (Error::Reauth { reason: "x".into() }, Status::NeedsReauth, Cause::AuthorisationLost),
            (Error::Permission { reason: "x".into() }, Status::NeedsReauth, Cause::PermissionLost),
            (Error::NoAccount, Status::NeedsReauth, Cause::NoAccount),
            (Error::NotEnabled { reason: "x".into() }, Status::Connected, Cause::NotEnabled),
        ];
        let stand = Stand::connected(app, |_| {}).await;
        for (error, status, cause) in troubles {
            stand.change(|script| script.account = Some(error));
            stand.turn(600).await;
            let found = stand.connection().await;
            assert_eq!((found.connection_status, found.connection_error), (status, Some(cause)));
            let (id, now, random) = (found.id, stand.app.app.now(), stand.app.app.random.clone());
            let again = stand.app.app.db.write(move |tx| {
                store::set_status(tx, now, id, Status::Connected, None)?;
                enqueue_sync(tx, now, &random, None, id, now + Duration::from_secs(600)).map(drop)
            });
            again.await.unwrap();
        }
    }

    async fn what_could_not_be_read_is_shown_and_not_taken_for_gone(app: TestApp) {
        let stand = Stand::connected(app, |script| script.interactions = comments(4)).await;
        // One cannot be read any more, and one is gone.
        stand.change(|script| {
            script.interactions.retain(|item| item.external_id == "i0" || item.external_id == "i3");
            script.set_aside = vec![aside(UnreadKind::Interaction, "i1")];
        });
        for _ in 0..3 {
            stand.turn(DAY).await;
        }
        let removed = "SELECT count(*) FROM interactions WHERE provider_state = 'removed'";
        assert_eq!(stand.count(removed).await, 1, "the one that is gone, and it alone");
        let gone = "SELECT count(*) FROM interactions WHERE provider_state = 'removed' AND external_id = 'i2'";
        assert_eq!(stand.count(gone).await, 1);
        let page = stand.app.get("/connections").await.text;
        assert!(page.contains("1 item could not be read") && page.contains("it is odd"), "{page}");
        assert!(page.contains("Raw form"), "for the owner");
        assert!(stand.connection().await.complete_to.is_some());
        // Readable again: nothing is left of it.
        stand.change(|script| {
            script.interactions = comments(4);
            script.set_aside.clear();
        });
        stand.turn(DAY).await;
        assert!(!stand.app.get("/connections").await.text.contains("could not be read"));
    }

    async fn a_list_that_is_refused_is_not_taken_for_empty(app: TestApp) {
        let stand = Stand::connected(app, |script| script.interactions = comments(4)).await;
        let complete_to = stand.connection().await.complete_to;
        stand.change(|script| {
            script.interactions.clear();
            script.set_aside = vec![aside(UnreadKind::InteractionList, "published")];
        });
        for _ in 0..3 {
            stand.turn(DAY).await;
        }
        assert_eq!(stand.count("SELECT count(*) FROM interactions WHERE provider_state = 'removed'").await, 0);
        assert_eq!(stand.connection().await.complete_to, complete_to, "nothing since then is known");
    }

    async fn a_comment_of_the_future_hides_none_of_the_present(app: TestApp) {
        let stand = Stand::connected(app, |script| {
            script.interactions = comments(2);
            script.interactions.insert(0, comment("future", "2030-01-01T00:00:00Z"));
        })
        .await;
        let at = (stand.app.app.now() + Duration::from_secs(300)).to_string();
        stand.change(|script| script.interactions.insert(1, comment("now", &at)));
        stand.turn(600).await;
        assert_eq!(stand.count("SELECT count(*) FROM interactions WHERE external_id = 'now'").await, 1);
        assert!(stand.connection().await.complete_to.unwrap() <= stand.app.app.now());
    }
}
