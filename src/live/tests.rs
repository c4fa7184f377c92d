//! Who hears what.

use std::time::Duration;

use axum::body::to_bytes;
use kit::both_databases;
use kit::clock::Timestamp;
use kit::db::Signal;
use kit::jobs::{self, Enqueue, JobId};
use kit::random::Random;
use kit::testing::wait_until;

use super::streams::{Said, Streams};
use super::{Heard, Hint, TOPIC, hear, hint};
use crate::accounts::sessions::{self, SessionId};
use crate::demo::forgetting::ForgetDemoProfile;
use crate::events;
use crate::testing::{EMAIL, PASSWORD, TestApp};
use crate::workspaces::{UserId, WorkspaceId};

const HERE: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn place() -> WorkspaceId {
    HERE.parse().expect("an id")
}

fn ids() -> ([UserId; 2], [SessionId; 2]) {
    let random = Random::seeded(1);
    (
        [(); 2].map(|()| UserId::new(Timestamp::EPOCH, &random)),
        [(); 2].map(|()| SessionId::new(Timestamp::EPOCH, &random)),
    )
}

#[test]
fn a_signal_concerns_a_user_a_session_or_everybody() {
    let ([ann, _], [here, _]) = ids();
    let heard = |topic: &str, key: String| hear(&Signal { topic: topic.into(), key });
    assert_eq!(heard(TOPIC, format!("{ann}:demo")), Heard::Changed(ann, Hint::Demo));
    assert_eq!(heard(TOPIC, format!("{ann}:gossip")), Heard::Nothing);
    assert_eq!(heard(events::TOPIC, format!("{ann}:inbox.changed")), Heard::Changed(ann, Hint::Inbox));
    assert_eq!(heard(events::TOPIC, format!("{ann}:connection.changed")), Heard::Changed(ann, Hint::Connection));
    assert_eq!(heard(events::TOPIC, format!("{ann}:gossip")), Heard::Nothing);
    assert_eq!(heard(TOPIC, "nobody:demo".into()), Heard::Nothing);
    assert_eq!(heard(kit::jobs::JOB_TOPIC, ann.to_string()), Heard::Job(ann, None));
    assert_eq!(heard(kit::jobs::JOB_TOPIC, format!("{ann}:{HERE}")), Heard::Job(ann, HERE.parse().ok()));
    assert_eq!(heard(sessions::ENDED, here.to_string()), Heard::Ended(here));
    assert_eq!(heard(Signal::RESYNC, String::new()), Heard::Gap);
    assert_eq!(heard("weather", ann.to_string()), Heard::Nothing);
}

both_databases! {
    async fn a_stream_hears_its_own_user_and_session_and_nobody_else(app: TestApp) {
        let ([ann, ben], [here, there]) = ids();
        let (streams, db) = (Streams::default(), app.db.clone());
        let anns = streams.open(&db, (ann, place()), here).expect("there is room");
        let bens = streams.open(&db, (ben, place()), there).expect("there is room");
        db.write(move |tx| {
            hint(tx, ann, Hint::Inbox);
            tx.signal(sessions::ENDED, there);
            Ok::<_, kit::db::Error>(())
        }).await.expect("signals are sent");
        assert_eq!(anns.next().await, Some(Said::Hints(vec![Hint::Inbox])));
        assert_eq!(bens.next().await, None, "the session is over, and there was no hint before");
        drop((anns, bens));
        assert_eq!(streams.count(), 0);
    }

    async fn who_is_in_a_workspace_hears_of_its_jobs_whoever_ordered_them(app: TestApp) {
        let app = app.with_ann().await;
        let ([ann, ben], [here, there]) = ids();
        let (streams, db, shared) = (Streams::default(), app.db.clone(), app.who().await.workspace.id);
        let open = |user, workspace, session| streams.open(&db, (user, workspace), session).expect("there is room");
        let (anns, bens, elsewhere) = (open(ann, shared, here), open(ben, shared, there), open(ben, place(), here));
        let order = async |workspace_id: Option<WorkspaceId>| {
            let how = Enqueue { user_id: Some(ann.uuid()), workspace_id: workspace_id.map(WorkspaceId::uuid), ..Enqueue::default() };
            let (now, random) = (app.app.now(), app.app.random.clone());
            let job = ForgetDemoProfile { user_id: ann, operation: JobId::new(now, &random) };
            db.write(move |tx| jobs::enqueue(tx, now, &random, &job, how.clone())).await.expect("it is enqueued");
        };
        order(Some(shared)).await;
        for stream in [&anns, &bens] {
            assert_eq!(stream.next().await, Some(Said::Hints(vec![Hint::Job])));
        }
        let drawn = open(ben, shared, there).start.clone();
        assert_eq!(drawn.changed, drawn.now, "a page of the workspace that was drawn before looks again");
        order(None).await;
        assert_eq!(anns.next().await, Some(Said::Hints(vec![Hint::Job])), "her own");
        db.write(move |tx| { hint(tx, ben, Hint::Demo); Ok::<_, kit::db::Error>(()) }).await.expect("it is sent");
        for stream in [&bens, &elsewhere] {
            assert_eq!(stream.next().await, Some(Said::Hints(vec![Hint::Demo])), "nothing of hers before");
        }
    }

    async fn what_was_not_read_yet_is_said_once(app: TestApp) {
        let ([ann, _], [here, _]) = ids();
        let (streams, db) = (Streams::default(), app.db.clone());
        let stream = streams.open(&db, (ann, place()), here).expect("there is room");
        let last = streams.open(&db, (ann, place()), here).expect("there is room");
        for _ in 0..100 {
            db.write(move |tx| {
                hint(tx, ann, Hint::Inbox);
                hint(tx, ann, Hint::Demo);
                Ok::<_, kit::db::Error>(())
            }).await.expect("signals are sent");
        }
        db.write(move |tx| { hint(tx, ann, Hint::Connection); Ok::<_, kit::db::Error>(()) }).await.expect("it is sent");
        let mut heard = Vec::new();
        while !heard.contains(&Hint::Connection) {
            if let Some(Said::Hints(hints)) = last.next().await {
                heard.extend(hints);
            }
        }
        let Some(Said::Hints(hints)) = stream.next().await else { panic!("the stream is open") };
        assert_eq!(hints, [Hint::Demo, Hint::Connection, Hint::Inbox], "two hundred hints are three");
    }

    async fn a_stream_begins_with_what_its_page_may_have_missed(app: TestApp) {
        let ([ann, _], [here, _]) = ids();
        let (streams, db) = (Streams::default(), app.db.clone());
        let drawn = streams.version(&db);
        let before = streams.open(&db, (ann, place()), here).expect("there is room");
        let (process, at) = drawn.split_once('.').expect("a process, and how far it had heard");
        assert_eq!((before.start.process.as_str(), before.start.changed <= at.parse().unwrap()), (process, true), "nothing was missed");
        db.write(move |tx| { hint(tx, ann, Hint::Inbox); Ok::<_, kit::db::Error>(()) }).await.expect("it is sent");
        before.next().await;
        let after = streams.open(&db, (ann, place()), here).expect("there is room");
        assert!(after.start.changed > at.parse().unwrap(), "the page is older than the change");
    }

    async fn of_five_streams_of_a_session_the_oldest_makes_room(app: TestApp) {
        let ([ann, _], [here, there]) = ids();
        let (streams, db) = (Streams::default(), app.db.clone());
        let open = |session| streams.open(&db, (ann, place()), session).expect("there is room");
        let elsewhere = open(there);
        let mut four = vec![open(here), open(here), open(here), open(here)];
        let fifth = open(here);
        assert_eq!(four[0].next().await, Some(Said::Crowded));
        four.remove(0);
        db.write(move |tx| { hint(tx, ann, Hint::Job); Ok::<_, kit::db::Error>(()) }).await.expect("it is sent");
        for stream in four.iter().chain([&fifth, &elsewhere]) {
            assert_eq!(stream.next().await, Some(Said::Hints(vec![Hint::Job])));
        }
        assert_eq!(streams.count(), 5);
    }

    async fn a_process_has_room_for_two_thousand(app: TestApp) {
        let random = Random::seeded(2);
        let (streams, db) = (Streams::default(), app.db.clone());
        let open = || {
            let (user, session) = (UserId::new(Timestamp::EPOCH, &random), SessionId::new(Timestamp::EPOCH, &random));
            streams.open(&db, (user, place()), session)
        };
        let mut all: Vec<_> = (0..2_000).map(|_| open().expect("there is room")).collect();
        assert!(open().is_err());
        all.pop();
        assert!(open().is_ok());
    }

    async fn one_person_does_not_take_everybodys_places(app: TestApp) {
        let random = Random::seeded(3);
        let (streams, db) = (Streams::default(), app.db.clone());
        let person = || UserId::new(Timestamp::EPOCH, &random);
        let open = |user| streams.open(&db, (user, place()), SessionId::new(Timestamp::EPOCH, &random));
        let (ann, ben) = (person(), person());
        let mut anns: Vec<_> = (0..40).map(|_| open(ann).expect("there is room")).collect();
        let Err(refused) = open(ann) else { panic!("so many are one person's at most") };
        assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"60".parse().expect("a value")));
        let _bens = open(ben).expect("another has room");
        anns.pop();
        anns.push(open(ann).expect("a place is free again"));
    }

    async fn a_session_that_made_room_for_newer_ones_ends_its_streams(app: TestApp) {
        let app = app.with_ann().await;
        let stream = app.stream("/api/events", &[]).await;
        assert_eq!(stream.status(), 200);
        app.hand.advance(Duration::from_secs(1));
        for _ in 0..20 {
            assert_eq!(app.browser().sign_in(EMAIL, PASSWORD).await.status, 303);
            app.hand.advance(Duration::from_secs(60));
        }
        to_bytes(stream.into_body(), usize::MAX).await.expect("it ends");
        assert_eq!(app.get("/dashboard").await.location(), "/login?return_to=%2Fdashboard");
    }

    async fn a_crowded_out_stream_says_so_and_ends(app: TestApp) {
        let app = app.with_ann().await;
        let mut bodies = Vec::new();
        for _ in 0..5 {
            let answer = app.stream("/api/events", &[]).await;
            assert_eq!(answer.status(), 200);
            bodies.push(answer.into_body());
        }
        let oldest = to_bytes(bodies.remove(0), usize::MAX).await.expect("it ends");
        assert!(oldest.ends_with(b"event: crowded\ndata: crowded\n\n"), "{oldest:?}");
        assert_eq!(app.app.part::<Streams>().count(), 4);
        app.app.stopping.cancel();
        for body in bodies {
            to_bytes(body, usize::MAX).await.expect("the end of the process ends it");
        }
        wait_until("their places are free", || async { app.app.part::<Streams>().count() == 0 }).await;
    }
}
