//! Jobs that begin where they are enqueued.

use std::sync::Mutex;
use std::sync::atomic::Ordering;

use super::*;
use crate::db::attachment::Attachment;
use crate::jobs::engine::Engine;
use crate::jobs::intake::Intake;

/// A worker that is idle, and what was begun by it.
struct Idle {
    desk: Desk,
    engine: Engine<Desk>,
    begun: Arc<Mutex<Vec<JobRow>>>,
    _attachment: Attachment,
}

impl Idle {
    fn beside(desk: Desk, concurrency: usize) -> Self {
        let settings = Settings { concurrency, ..PATIENT };
        let engine = Engine::new(desk.db.clone(), desk.clock.clone(), desk.random.clone(), desk.clone(), settings);
        let begun: Arc<Mutex<Vec<JobRow>>> = Arc::default();
        let book = begun.clone();
        let intake = Intake::of(&engine, move |job| book.lock().unwrap().push(job));
        let attachment = desk.db.attach(Arc::new(intake));
        engine.suspects.are_expected.store(false, Ordering::SeqCst);
        engine.slots.set_idle(true);
        engine.pulse.was_at(desk.clock.now(), engine.settings.lease);
        Self { desk, engine, begun, _attachment: attachment }
    }

    fn begun(&self) -> Vec<JobRow> {
        self.begun.lock().unwrap().clone()
    }

    /// The status in which an enqueue leaves its job.
    async fn enqueued(&self) -> JobStatus {
        let id = self.desk.enqueue(Plan::Finish).await;
        self.desk.view(id).await.status
    }
}

both_databases! {
    async fn what_begins_is_the_row_that_was_written(desk: Desk) {
        let idle = Idle::beside(desk.clone(), 8);
        let id = desk.enqueue_keyed(Plan::Finish, Some("one")).await.id;
        let row = desk.db.read(move |conn| store::find(conn, id, JobScope::All)).await.unwrap().unwrap();
        let begun = idle.begun();
        assert_eq!(begun.len(), 1);
        assert_eq!(format!("{:?}", begun[0]), format!("{row:?}"));
        assert_eq!(desk.history(id).await, ["enqueued", "started"]);
        let again = desk.enqueue_keyed(Plan::Finish, Some("one")).await;
        assert_eq!((again.id, again.already_live, idle.begun().len()), (id, true, 1));
        assert_eq!(idle.engine.slots.taken(), 0, "no slot is kept for long");
    }

    async fn nothing_is_begun_by_a_worker_that_is_gone(desk: Desk) {
        let gone = desk.worker(PATIENT);
        let before = desk.enqueue(Plan::Finish).await;
        desk.until_status(before, JobStatus::Completed).await;
        drop(gone);
        wait_for("its loop is over", || async { desk.db.attached_is_none().then_some(()) }).await;
        let id = desk.enqueue(Plan::Finish).await;
        assert_eq!(desk.view(id).await.status, JobStatus::Pending, "for whoever comes next");
        let next = desk.worker(PATIENT);
        desk.until_status(id, JobStatus::Completed).await;
        next.stop().await;
    }

    async fn what_is_not_committed_begins_nowhere(desk: Desk) {
        let idle = Idle::beside(desk.clone(), 8);
        let (now, random) = (desk.clock.now(), desk.random.clone());
        let taken_back: db::Result<()> = desk.db.write(move |tx| {
            enqueue(tx, now, &random, &Errand { plan: Plan::Finish }, Enqueue::default())?;
            Err(db::Error::NotFound)
        }).await;
        assert!(taken_back.is_err());
        assert_eq!((idle.begun().len(), idle.engine.slots.taken()), (0, 0));
    }

    async fn a_job_waits_for_its_turn_wherever_a_claim_would_let_it_wait(desk: Desk) {
        let idle = Idle::beside(desk.clone(), 1);
        let slots = &idle.engine.slots;
        idle.engine.suspects.expect();
        assert_eq!(idle.enqueued().await, JobStatus::Pending, "a suspect goes first");
        idle.engine.suspects.are_expected.store(false, Ordering::SeqCst);
        assert_eq!(idle.enqueued().await, JobStatus::Pending, "that one goes first");
        slots.set_idle(true);
        assert!(slots.promise(JobId::new(desk.clock.now(), &desk.random), "errand", 1, 1));
        assert_eq!(idle.enqueued().await, JobStatus::Pending, "the only slot is taken");
        let later = Idle::beside(desk.clone(), 1);
        later.engine.slots.stopping.cancel();
        assert_eq!(later.enqueued().await, JobStatus::Pending, "a worker that stops begins nothing");
        assert_eq!((idle.begun().len(), later.begun().len()), (0, 0));
    }

    async fn a_worker_begins_what_is_enqueued_beside_it_in_the_same_commit(desk: Desk) {
        let worker = desk.worker(PATIENT);
        // The first may come before the worker has looked at what waits.
        wait_for("a job begins in its own commit", || async {
            let id = desk.enqueue(Plan::Finish).await;
            let status = desk.view(id).await.status;
            desk.until_status(id, JobStatus::Completed).await;
            (status != JobStatus::Pending).then_some(())
        }).await;
        worker.stop().await;
        let id = desk.enqueue(Plan::Finish).await;
        assert_eq!(desk.view(id).await.status, JobStatus::Pending, "nobody is there to begin it");
    }
}
