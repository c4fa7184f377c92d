//! Enqueue, cancel while pending, repeat, lists.

use super::*;

both_databases! {
    /// As by one enqueue after the other.
    async fn jobs_enqueued_together_are_each_its_own(desk: Desk) {
        let before = desk.enqueue_keyed(Plan::Finish, Some("held")).await.id;
        let (now, random, user_id) = (desk.clock.now(), desk.random.clone(), desk.user_id);
        let errand = move |key: Option<&str>, user_id| {
            let how = Enqueue { user_id, operation_key: key.map(str::to_owned), ..Enqueue::default() };
            (Errand { plan: Plan::Finish }, how)
        };
        let jobs = [
            errand(Some("new"), Some(user_id)),
            errand(Some("held"), None),
            errand(None, Some(user_id)),
            errand(Some("new"), None),
            errand(Some(""), None),
            errand(Some(""), None),
        ];
        let enqueued = desk.db.write(move |tx| enqueue_all(tx, now, &random, &jobs)).await.unwrap();
        let is_live: Vec<_> = enqueued.iter().map(|answer| answer.already_live).collect();
        assert_eq!(is_live, [false, true, false, true, false, true]);
        assert_eq!((enqueued[1].id, enqueued[3].id, enqueued[5].id), (before, enqueued[0].id, enqueued[4].id));
        let rows = desk.db.read(|conn| {
            let sql = "SELECT id, operation_key, queue_position, deadline_at, max_attempts, payload, user_id FROM background_jobs ORDER BY seq";
            conn.all::<(JobId, Option<String>, Timestamp, Timestamp, i64, crate::db::Json, Option<Uuid>)>(sql, &[])
        }).await.unwrap();
        let written: Vec<_> = rows.iter().map(|row| (row.0, row.1.as_deref())).collect();
        let wanted = [(before, Some("held")), (enqueued[0].id, Some("new")), (enqueued[2].id, None), (enqueued[4].id, Some(""))];
        assert_eq!(written, wanted);
        let places: Vec<_> = rows.iter().map(|row| row.2.since(now).as_secs()).collect();
        assert_eq!(places, [0, 1, 2, 0], "each of one user stands behind the last");
        assert!(rows.iter().all(|row| (&row.5, row.4, row.3) == (&rows[0].5, 3, rows[0].3)));
        assert_eq!(rows.iter().filter(|row| row.6 == Some(user_id)).count(), 3);
        assert_eq!(desk.run_due().await, 4);
        for (id, _) in written {
            let is_seen = id != wanted[3].0;
            if is_seen {
                assert_eq!(desk.history(id).await, ["enqueued", "started", "completed"]);
            }
        }
    }

    async fn fifty_clicks_at_once_make_one_job(desk: Desk) {
        let answers = all((0..50).map(|_| desk.enqueue_keyed(Plan::Finish, Some("demo")))).await;
        assert!(answers.iter().all(|answer| answer.id == answers[0].id));
        assert_eq!(answers.iter().filter(|answer| !answer.already_live).count(), 1);
        assert_eq!(desk.run_due().await, 1);
        assert!(!desk.enqueue_keyed(Plan::Finish, Some("demo")).await.already_live, "a finished job frees its key");
    }

    async fn a_click_that_is_rolled_back_takes_no_other_with_it(desk: Desk) {
        let clicks = (0..40).map(|number| {
            let (now, random, user_id) = (desk.clock.now(), desk.random.clone(), desk.user_id);
            desk.db.write(move |tx| -> db::Result<JobId> {
                let how = Enqueue { user_id: Some(user_id), operation_key: Some("demo".into()), ..Enqueue::default() };
                let enqueued = enqueue(tx, now, &random, &Errand { plan: Plan::Finish }, how)?;
                if number % 2 == 0 { Err(db::Error::NotFound) } else { Ok(enqueued.id) }
            })
        });
        let kept: Vec<JobId> = all(clicks).await.into_iter().flatten().collect();
        assert_eq!(kept.len(), 20);
        for id in &kept {
            assert_eq!(desk.view(*id).await.status, JobStatus::Pending, "who was told of a job finds it");
        }
        assert_eq!(desk.run_due().await, 1);
    }

    async fn a_pending_job_is_cancelled_at_once_with_its_hook(desk: Desk) {
        let id = desk.enqueue_keyed(Plan::Finish, Some("demo")).await.id;
        let view = desk.cancel(id).await.expect("it is the user's");
        assert_eq!((view.status, view.can_cancel, view.can_retry), (JobStatus::Cancelled, false, true));
        assert_eq!(desk.effects(id).await, ["cancelled"]);
        assert_eq!(desk.history(id).await, ["enqueued", "cancel_requested", "cancelled"]);
        assert_eq!(desk.run_due().await, 0);
        desk.cancel(id).await.expect("a second cancel changes nothing");
        assert_eq!(desk.effects(id).await, ["cancelled"]);
        assert!(!desk.enqueue_keyed(Plan::Finish, Some("demo")).await.already_live);
    }

    async fn a_job_that_waits_is_hastened_and_a_pause_after_a_failure_is_not(desk: Desk) {
        let (now, random) = (desk.clock.now(), desk.random.clone());
        let later = now + Duration::from_secs(600);
        let waiting = desk.db.write(move |tx| -> db::Result<JobId> {
            let how = Enqueue { run_at: Some(later), ..Enqueue::default() };
            Ok(enqueue(tx, now, &random, &Errand { plan: Plan::Finish }, how)?.id)
        });
        let waiting = waiting.await.unwrap();
        assert_eq!(desk.run_due().await, 0);
        let user_id = desk.user_id;
        let run_sooner = async |id, at| desk.db.write(move |tx| run_sooner(tx, now, id, at, Some(user_id))).await.unwrap();
        assert!(!run_sooner(waiting, later).await, "it is not later than it was");
        assert!(run_sooner(waiting, now).await);
        assert_eq!(desk.view(waiting).await.status, JobStatus::Pending, "and it is its person's now");
        assert_eq!(desk.run_due().await, 1);
        let failing = desk.enqueue(Plan::FinishAtAttempt(2)).await;
        desk.run_due().await;
        assert!(!run_sooner(failing, now).await);
    }

    async fn nobody_sees_or_cancels_the_job_of_another(desk: Desk) {
        let now = desk.clock.now();
        let id = desk.enqueue(Plan::Finish).await;
        let stranger = Desk { user_id: Uuid::from_u128(1), ..desk.clone() };
        assert!(stranger.cancel(id).await.is_none());
        assert_eq!(stranger.retry(id).await, Repeat::NotFound);
        assert!(stranger.history(id).await.is_empty());
        let user_id = stranger.user_id;
        assert!(desk.db.read(move |conn| status(conn, id, user_id, now)).await.unwrap().is_none());
        assert_eq!(desk.view(id).await.status, JobStatus::Pending);
    }

    async fn a_failed_job_is_repeated_as_a_new_one(desk: Desk) {
        let id = desk.enqueue_keyed(Plan::Fail, Some("demo")).await.id;
        assert_eq!(desk.retry(id).await, Repeat::Refused, "it is still live");
        desk.run_due().await;
        let Repeat::Enqueued(Enqueued { id: again, already_live: false }) = desk.retry(id).await else {
            panic!("a failed job can be repeated")
        };
        assert_eq!(desk.retry(id).await, Repeat::Enqueued(Enqueued { id: again, already_live: true }));
        let view = desk.view(again).await;
        assert_eq!((view.status, view.repeats_job_id, view.attempt), (JobStatus::Pending, Some(id), 0));
        assert_eq!(desk.effects(again).await, ["repeated"], "its domain came along in the same commit");
        assert_eq!(desk.view(id).await.status, JobStatus::Failed);
    }

    async fn a_job_that_another_one_has_overtaken_is_not_repeated(desk: Desk) {
        let failed = desk.enqueue_keyed(Plan::Fail, Some("demo")).await.id;
        desk.run_due().await;
        let other = desk.enqueue_keyed(Plan::Finish, Some("demo")).await.id;
        assert_eq!(desk.retry(failed).await, Repeat::Refused, "what is live does something else");
        desk.cancel(other).await;
        let same = desk.enqueue_keyed(Plan::Fail, Some("demo")).await.id;
        assert_eq!(desk.retry(failed).await, Repeat::Enqueued(Enqueued { id: same, already_live: true }));
    }

    async fn a_repeat_that_its_domain_refuses_leaves_nothing(desk: Desk) {
        let now = desk.clock.now();
        let id = desk.enqueue(Plan::FailForEver).await;
        desk.run_due().await;
        assert_eq!(desk.retry(id).await, Repeat::Refused);
        let done = desk.enqueue(Plan::Finish).await;
        desk.run_due().await;
        assert_eq!(desk.retry(done).await, Repeat::Refused, "what is done is not repeated");
        let user_id = desk.user_id;
        let page = desk.db.read(move |conn| list(conn, &Filter { scope: user_id.into(), limit: 9, ..Filter::default() }, now)).await.unwrap();
        assert_eq!(page.items.len(), 2);
    }

    async fn a_list_is_filtered_and_read_page_by_page(desk: Desk) {
        for _ in 0..5 {
            desk.enqueue(Plan::Finish).await;
        }
        let failing = desk.enqueue(Plan::Fail).await;
        desk.run_due().await;
        let (user_id, now) = (desk.user_id, desk.clock.now());
        let page = async |filter: Filter| desk.db.read(move |conn| list(conn, &filter, now)).await.unwrap();
        let completed = Filter { scope: user_id.into(), status: Some(JobStatus::Completed), limit: 3, ..Filter::default() };
        let first = page(completed.clone()).await;
        let second = page(Filter { cursor: first.next_cursor, ..completed.clone() }).await;
        assert_eq!((first.items.len(), second.items.len(), second.next_cursor), (3, 2, None));
        assert!(first.items.last().unwrap().id != second.items[0].id);
        let failed = page(Filter { status: Some(JobStatus::Failed), ..completed.clone() }).await;
        assert_eq!(failed.items.iter().map(|view| view.id).collect::<Vec<_>>(), [failing]);
        assert!(page(Filter { job_type: Some("novelty".into()), ..completed }).await.items.is_empty());
    }

    async fn a_job_of_an_unknown_type_waits_for_a_release_that_knows_it(desk: Desk) {
        let (now, random, user_id) = (desk.clock.now(), desk.random.clone(), desk.user_id);
        let how = Enqueue { user_id: Some(user_id), ..Enqueue::default() };
        let ids: Vec<JobId> = all((0..2).map(|_| {
            let (random, how) = (random.clone(), how.clone());
            desk.db.write(move |tx| Ok::<_, db::Error>(enqueue(tx, now, &random, &Novelty, how.clone())?.id))
        }))
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
        assert_eq!(desk.run_due().await, 0);
        let view = desk.cancel(ids[1]).await.expect("it is the user's");
        assert_eq!((view.status, view.cancel_requested), (JobStatus::Pending, true), "no hook here could tell its domain");
        desk.hand.advance(NEVER);
        assert_eq!(desk.run_due().await, 0, "not even its deadline is judged here");
        assert_eq!(desk.view(ids[0]).await.status, JobStatus::Pending);

        desk.hand.set(now);
        run_due(desk.db.clone(), desk.clock.clone(), desk.random.clone(), NextRelease).await.unwrap();
        assert_eq!(desk.effects(ids[0]).await, ["finished"]);
        assert_eq!(desk.effects(ids[1]).await, ["cancelled"]);
    }

    async fn a_job_that_a_newer_release_has_ordered_waits_for_it(desk: Desk) {
        let start = desk.clock.now();
        let order = async || {
            let (now, random) = (start, desk.random.clone());
            let how = Enqueue { user_id: Some(desk.user_id), ..Enqueue::default() };
            let dance = NextErrand { plan: "dance".into() };
            desk.db.write(move |tx| Ok::<_, db::Error>(enqueue(tx, now, &random, &dance, how.clone())?.id)).await.unwrap()
        };
        let newer = async || {
            run_due(desk.db.clone(), desk.clock.clone(), desk.random.clone(), NextRelease).await.unwrap();
        };
        let (danced, called_off, late) = (order().await, order().await, order().await);
        for minute in 1..=10 {
            desk.run_due().await;
            desk.hand.set(start + Duration::from_secs(60 * minute));
        }
        for id in [danced, called_off, late] {
            let view = desk.view(id).await;
            assert_eq!((view.status, view.attempt, view.interruptions), (JobStatus::Pending, 0, 0), "{view:?}");
            assert_eq!(desk.effects(id).await, [""; 0]);
        }
        let view = desk.cancel(called_off).await.expect("it is the user's");
        assert_eq!((view.status, view.cancel_requested), (JobStatus::Pending, true), "its domain would not hear of it");
        assert!(matches!(desk.retry(late).await, Repeat::Refused));
        desk.db.write(move |tx| {
            tx.exec("UPDATE background_jobs SET deadline_at = $2 WHERE id = $1", args![late, start])
        }).await.unwrap();
        desk.run_due().await;
        assert_eq!(desk.view(late).await.status, JobStatus::Pending, "not even its deadline is judged here");

        desk.hand.advance(Duration::from_secs(61));
        newer().await;
        assert_eq!(desk.effects(danced).await, ["dance"]);
        assert_eq!(desk.effects(called_off).await, ["cancelled"]);
        assert_eq!(desk.effects(late).await, ["gave up: deadline"]);
    }
}
