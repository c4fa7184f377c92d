//! Whoever is told of a live job, and its end at the same moment.

use super::*;
use crate::testing::{Halt, until_held_up};

both_databases! {
    async fn a_job_that_somebody_was_told_of_ends_after_what_they_have_written(desk: Desk) {
        let id = desk.enqueue_keyed(Plan::Finish, Some("demo")).await.id;
        let halt = Halt::default();
        let told = tokio::spawn({
            let (desk, halt) = (desk.clone(), halt.clone());
            async move {
                let (now, random) = (desk.clock.now(), desk.random.clone());
                let unit = move |tx: &mut Tx| {
                    let how = Enqueue { operation_key: Some("demo".into()), ..Enqueue::default() };
                    let told = enqueue(tx, now, &random, &Errand { plan: Plan::Finish }, how)?;
                    halt.here();
                    leave(tx, id, "asked for").map(|()| told)
                };
                desk.db.write(unit).await.expect("it is taken")
            }
        });
        halt.reached().await;
        let end = tokio::spawn({
            let desk = desk.clone();
            async move {
                let (now, random, user_id) = (desk.clock.now(), desk.random.clone(), desk.user_id);
                let unit = move |tx: &mut Tx| {
                    cancel::<Desk>(tx, now, &random, id, user_id)?;
                    tx.all::<String>("SELECT what FROM effects ORDER BY what", &[])
                };
                desk.db.write(unit).await.expect("it ends")
            }
        });
        until_held_up(&desk.db, || end.is_finished()).await;
        halt.go();
        assert_eq!(told.await.unwrap(), Enqueued { id, already_live: true });
        assert_eq!(end.await.unwrap(), ["asked for", "cancelled"], "its end sees what was asked for");
    }

    async fn whoever_comes_while_a_job_ends_gets_a_new_one(desk: Desk) {
        for together in [false, true] {
            let id = desk.enqueue_keyed(Plan::Finish, Some("demo")).await.id;
            let halt = Halt::default();
            let end = tokio::spawn({
                let (desk, halt) = (desk.clone(), halt.clone());
                async move {
                    let (now, random, user_id) = (desk.clock.now(), desk.random.clone(), desk.user_id);
                    let unit = move |tx: &mut Tx| {
                        cancel::<Desk>(tx, now, &random, id, user_id)?;
                        halt.here();
                        Ok::<_, db::Error>(())
                    };
                    desk.db.write(unit).await.expect("it ends");
                }
            });
            halt.reached().await;
            let new = tokio::spawn({
                let desk = desk.clone();
                async move {
                    let (now, random) = (desk.clock.now(), desk.random.clone());
                    let how = Enqueue { operation_key: Some("demo".into()), ..Enqueue::default() };
                    let jobs = vec![(Errand { plan: Plan::Finish }, how); if together { 2 } else { 1 }];
                    desk.db.write(move |tx| enqueue_all(tx, now, &random, &jobs)).await.expect("it is taken")
                }
            });
            until_held_up(&desk.db, || new.is_finished()).await;
            halt.go();
            end.await.unwrap();
            let new = new.await.unwrap();
            assert!(!new[0].already_live && new[0].id != id, "{new:?}");
            assert_eq!(desk.run_due().await, 1);
        }
    }
}
