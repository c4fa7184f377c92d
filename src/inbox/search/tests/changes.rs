//! What is changed, renamed or gone is found by what it says now.

use std::time::Duration;

use kit::args;
use kit::db::Dialect;

use super::super::{VERSION, jobs, store};
use super::found;
use crate::inbox::testing::{Desk, MORNING, comment};

const HOUR: Duration = Duration::from_secs(3600);

/// Words that belong to nothing.
async fn ghosts(desk: &Desk) -> i64 {
    let sql = match desk.dialect() {
        Dialect::Sqlite => "SELECT (SELECT count(*) FROM search_words_docsize) - (SELECT count(*) FROM interactions)",
        Dialect::Postgres => "SELECT (SELECT count(*) FROM search_documents) - (SELECT count(*) FROM interactions)",
    };
    desk.read(move |conn| conn.one(sql, args![])).await.expect("it can be counted")
}

kit::both_databases! {
    async fn an_edit_is_found_by_what_it_says_now(desk: Desk) {
        desk.ingest(MORNING, &[comment("c1", "ann", "too quiet"), comment("c2", "bob", "too loud")]).await;
        desk.ingest(MORNING + HOUR, &[comment("c1", "ann", "fine now")]).await;
        assert!(found(&desk, desk.workspace, "quiet", 5).await.is_empty());
        assert_eq!(found(&desk, desk.workspace, "fine", 5).await, ["c1"]);
        assert_eq!(found(&desk, desk.workspace, "too", 5).await, ["c2"]);
        assert_eq!(ghosts(&desk).await, 0);
    }

    async fn whoever_goes_by_another_name_is_found_by_it_in_all_that_they_wrote(desk: Desk) {
        desk.ingest(MORNING, &[comment("c1", "ann", "one"), comment("c2", "ann", "two"), comment("c3", "bob", "ann")]).await;
        let mut renamed = comment("c4", "ann", "three");
        renamed.author.display_name = "Maria Curie".to_owned();
        renamed.created_at = MORNING + HOUR;
        desk.ingest(MORNING + HOUR, &[renamed]).await;
        assert!(found(&desk, desk.workspace, "author:ann", 5).await.is_empty());
        let mut hers = found(&desk, desk.workspace, "author:\"maria curie\"", 5).await;
        hers.sort();
        assert_eq!(hers, ["c1", "c2", "c4"]);
        assert_eq!(found(&desk, desk.workspace, "author:maria two", 5).await, ["c2"]);
    }

    async fn what_goes_away_leaves_no_words_behind(desk: Desk) {
        desk.ingest(MORNING, &[comment("c1", "ann", "the sound"), comment("c2", "bob", "the picture")]).await;
        desk.write(|tx| tx.exec("DELETE FROM interactions WHERE external_id = 'c1'", args![]).map(drop)).await.unwrap();
        assert_eq!(found(&desk, desk.workspace, "the", 5).await, ["c2"]);
        assert_eq!(ghosts(&desk).await, 0);
        let workspace = desk.workspace;
        desk.write(move |tx| tx.exec("DELETE FROM workspaces WHERE id = $1", args![workspace]).map(drop)).await.unwrap();
        assert_eq!(ghosts(&desk).await, 0);
    }

    async fn a_neighbours_words_are_never_found(desk: Desk) {
        let (neighbour, theirs) = desk.neighbour().await;
        desk.ingest(MORNING, &[comment("c1", "ann", "the sound")]).await;
        let observed = [comment("c2", "ann", "the sound"), comment("c3", "bob", "the sound of it")];
        desk.unit_in(neighbour, theirs, MORNING, move |tx, context| {
            crate::inbox::ingest::interactions(tx, context, &observed)
        })
        .await;
        for typed in ["sound", "\"the sound\"", "sou*", "author:ann", "-loud"] {
            assert_eq!(found(&desk, desk.workspace, typed, 1).await, ["c1"], "{typed}");
        }
        assert_eq!(found(&desk, neighbour, "sound", 1).await.len(), 2);
    }

    async fn an_index_that_is_made_anew_is_the_same(desk: Desk) {
        let random = kit::random::Random::seeded(5);
        let all = super::written(&random, 60);
        desk.ingest(MORNING, &all).await;
        let before = found(&desk, desk.workspace, "the", 100).await;
        assert!(!before.is_empty());
        desk.write(|tx| tx.exec("DELETE FROM search_documents", args![]).map(drop)).await.unwrap();
        assert!(found(&desk, desk.workspace, "the", 100).await.is_empty());
        let workspace = desk.workspace;
        for _ in 0..2 {
            desk.write(move |tx| {
                let mut reached = Some(jobs::Reached::start(workspace));
                while let Some(next) = reached {
                    reached = jobs::portion(tx, next, 7)?;
                }
                Ok::<_, kit::db::Error>(())
            })
            .await
            .unwrap();
            assert_eq!(found(&desk, desk.workspace, "the", 100).await, before);
            assert_eq!(ghosts(&desk).await, 0);
        }
    }

    async fn an_index_of_another_tokenizer_is_made_anew_by_one_job(desk: Desk) {
        let keep = |tx: &mut kit::db::Tx| jobs::keep_current(tx, MORNING, &kit::random::Random::seeded(1));
        desk.write(keep).await.unwrap();
        assert_eq!(desk.read(store::version).await.unwrap(), Some(VERSION), "there is nothing to read");
        desk.ingest(MORNING, &[comment("c1", "ann", "the sound")]).await;
        desk.write(|tx| store::set_version(tx, VERSION - 1)).await.unwrap();
        desk.write(keep).await.unwrap();
        desk.write(keep).await.unwrap();
        let jobs = "SELECT count(*) FROM background_jobs WHERE job_type = 'rebuild_search'";
        assert_eq!(desk.read(move |conn| conn.one::<i64>(jobs, args![])).await.unwrap(), 1);
    }
}
