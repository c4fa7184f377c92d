//! Who is in a workspace, and that somebody always owns it.

use kit::clock::Timestamp;
use kit::db;

use super::{Changed, Kind, Right, Role, UserId, WorkspaceId};
use crate::testing::{EMAIL, TestApp};

const BEN: &str = "ben@example.com";

/// A workspace that Ann and Ben own.
async fn of_two(app: &TestApp) -> (WorkspaceId, UserId, UserId) {
    let (ann, ben) = (app.user(EMAIL).await, app.user(BEN).await);
    let (now, random) = (app.app.now(), app.app.random.clone());
    let made = app.app.db.write(move |tx| {
        let id = super::create(tx, now, &random, ann, Kind::Live, "The shop")?;
        assert!(super::join(tx, now, id, ben, Role::Owner)?);
        Ok::<_, db::Error>(id)
    });
    (made.await.expect("the database answers"), ann, ben)
}

async fn owners(app: &TestApp, id: WorkspaceId) -> Vec<String> {
    let people = app.app.db.read(move |conn| super::people(conn, id)).await.expect("the database answers");
    people.into_iter().filter(|member| member.role == Role::Owner).map(|member| member.email).collect()
}

kit::both_databases! {
    async fn of_two_owners_who_leave_or_step_down_at_once_one_stays(app: TestApp) {
        let app = app.with_ann().await;
        app.invited(BEN).await;
        for demotes in [false, true] {
            let (id, ann, ben) = of_two(&app).await;
            let go = async |user| {
                let goes = move |tx: &mut db::Tx| match demotes {
                    true => super::set_role(tx, id, user, Role::Viewer),
                    false => super::remove(tx, id, user),
                };
                app.app.db.write(goes).await.expect("the database answers")
            };
            let (one, other) = tokio::join!(go(ann), go(ben));
            let mut both = [one, other];
            both.sort_by_key(|changed| *changed == Changed::LastOwner);
            assert_eq!(both, [Changed::From(Role::Owner), Changed::LastOwner]);
            assert_eq!(owners(&app, id).await.len(), 1);
        }
    }

    async fn who_joins_again_stays_what_they_are(app: TestApp) {
        let app = app.with_ann().await;
        app.invited(BEN).await;
        let (id, _, ben) = of_two(&app).await;
        let again = app.app.db.write(move |tx| super::join(tx, Timestamp::EPOCH, id, ben, Role::Viewer)).await;
        assert!(!again.expect("the database answers"));
        assert_eq!(owners(&app, id).await.len(), 2);
    }

    async fn a_closed_account_does_not_count_as_an_owner(app: TestApp) {
        let app = app.with_ann().await;
        app.invited(BEN).await;
        let (id, ann, ben) = of_two(&app).await;
        let user = ben.to_string();
        assert_eq!(app.post("/settings/people/disable", &[("user", &user)]).await.status, 303);
        let left = app.app.db.write(move |tx| super::remove(tx, id, ann)).await;
        assert_eq!(left.expect("the database answers"), Changed::LastOwner);
    }
}

#[test]
fn a_role_may_what_the_lesser_ones_may() {
    let all = [Right::Read, Right::Answer, Right::Connect, Right::Demo, Right::Approve, Right::Manage];
    for right in all {
        assert!(Role::Owner.may(right));
        assert!(Role::Editor.may(right) || !Role::Viewer.may(right), "{right:?}");
    }
    assert!(Role::Viewer.may(Right::Read) && !Role::Viewer.may(Right::Answer));
    assert!(Role::Editor.may(Right::Answer) && !Role::Editor.may(Right::Connect));
}
