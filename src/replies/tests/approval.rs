//! Editors answer, and owners let it go out, or not.

use kit::both_databases;

use super::*;
use crate::outbound::TransportError;
use crate::platforms::Error;
use crate::workspaces::{self, Role};

const FIVE_SECONDS: Duration = Duration::from_secs(5);

/// Ben edits, Ann owns; what Ben answers waits for her.
async fn asked_for_approval(app: TestApp) -> Stand {
    let stand = Stand::new(app).await;
    let (workspace, ben, now) = (stand.workspace, stand.ben, stand.app.app.now());
    let set = stand.app.app.db.write(move |tx| {
        workspaces::join(tx, now, workspace, ben, Role::Editor)?;
        workspaces::set_approves_replies(tx, workspace, true)
    });
    set.await.expect("the database answers");
    stand
}

impl Stand {
    async fn bens(&self, to: InteractionId, text: &str) -> Reply {
        self.send_as(self.ben, to, text, None, Duration::ZERO).await.expect("it is taken over")
    }

    async fn approve_as(&self, who: UserId, id: ReplyId, text: Option<&'static str>) -> Result<Reply, Refused> {
        let (workspace, platforms) = (self.workspace, self.app.app.platforms.clone());
        let approved = self.app.app.write(Who::user(who, ""), move |work| {
            replies::approve(work, &platforms, (workspace, id), text, FIVE_SECONDS)
        });
        approved.await
    }

    async fn send_back(&self, id: ReplyId, note: &'static str) -> Result<Reply, Refused> {
        let workspace = self.workspace;
        self.app.app.write(Who::user(self.ann, ""), move |work| replies::send_back(work, workspace, id, note)).await
    }
}

both_databases! {
    async fn what_an_editor_answers_waits_and_nothing_is_sent_before(app: TestApp) {
        let stand = asked_for_approval(app).await;
        let (item, other) = (stand.asked("c1").await, stand.asked("c2").await);
        let reply = stand.bens(item, "At nine.").await;
        assert_eq!(reply.state, State::AwaitingApproval);
        stand.later(3_600).await;
        assert!(stand.far.texts().is_empty());
        assert!(matches!(stand.send(item, "At ten.").await, Err(Refused::OnItsWay { .. })), "the item is taken");
        stand.delivered(other, "Owners just answer.").await;
        assert_eq!(stand.far.texts(), ["Owners just answer."]);
    }

    async fn seconds_for_second_thoughts_begin_with_the_approval(app: TestApp) {
        let stand = asked_for_approval(app).await;
        let reply = stand.bens(stand.asked("c1").await, "At nine.").await;
        stand.later(3_600).await;
        let approved = stand.approve_as(stand.ann, reply.id, None).await.unwrap();
        assert_eq!((approved.state, approved.reviewed_by), (State::Queued, Some(stand.ann)));
        stand.later(4).await;
        assert!(stand.far.texts().is_empty());
        stand.later(1).await;
        assert_eq!(stand.far.texts(), ["At nine."]);
        assert_eq!(stand.state(reply.id).await, State::Published);
    }

    async fn an_owner_finds_other_words(app: TestApp) {
        let stand = asked_for_approval(app).await;
        let reply = stand.bens(stand.asked("c1").await, "At nine.").await;
        assert!(matches!(stand.approve_as(stand.ann, reply.id, Some(" ")).await, Err(Refused::Empty)));
        stand.approve_as(stand.ann, reply.id, Some("At nine, gladly.")).await.unwrap();
        stand.later(5).await;
        assert_eq!(stand.far.texts(), ["At nine, gladly."]);
        assert_eq!(stand.reply(reply.id).await.author_id, stand.ben, "it stays Ben's");
    }

    async fn what_is_sent_back_is_a_draft_again_with_a_word_and_can_be_sent_anew(app: TestApp) {
        let stand = asked_for_approval(app).await;
        let item = stand.asked("c1").await;
        let reply = stand.bens(item, "No.").await;
        assert!(matches!(stand.send_back(reply.id, " ").await, Err(Refused::NoNote)));
        let back = stand.send_back(reply.id, "A little kinder, please.").await.unwrap();
        assert_eq!((back.state, back.review_note.as_deref()), (State::SentBack, Some("A little kinder, please.")));
        let (workspace, ben) = (stand.workspace, stand.ben);
        let draft = stand.app.app.db.read(move |conn| replies::draft_of(conn, workspace, item, ben)).await.unwrap();
        assert_eq!(draft.expect("his text").text, "No.");
        assert!(matches!(stand.approve_as(stand.ann, reply.id, None).await, Err(Refused::NotNow { .. })));
        let second = stand.bens(item, "Sorry, not on Sundays.").await;
        stand.approve_as(stand.ann, second.id, None).await.unwrap();
        stand.later(5).await;
        assert_eq!(stand.far.texts(), ["Sorry, not on Sundays."]);
    }

    async fn two_owners_who_approve_at_once_send_once(app: TestApp) {
        let stand = asked_for_approval(app).await;
        let (workspace, ben) = (stand.workspace, stand.ben);
        let reply = stand.bens(stand.asked("c1").await, "At nine.").await;
        let set = stand.app.app.db.write(move |tx| workspaces::set_role(tx, workspace, ben, Role::Owner));
        set.await.expect("the database answers");
        let (one, two) = tokio::join!(stand.approve_as(stand.ann, reply.id, None), stand.approve_as(ben, reply.id, None));
        assert_eq!((one.unwrap().id, two.unwrap().id), (reply.id, reply.id));
        stand.later(5).await;
        stand.later(5).await;
        assert_eq!(stand.far.texts(), ["At nine."]);
        let jobs: i64 = stand.one("SELECT count(*) FROM background_jobs WHERE job_type = 'send_reply'").await;
        assert_eq!(jobs, 1);
        let rows = stand.app.app.db.read(|conn| crate::audit::list(conn, None, 50)).await.unwrap();
        assert_eq!(rows.iter().filter(|row| row.event == "reply_approved").count(), 1);
    }

    async fn its_author_calls_back_what_waits(app: TestApp) {
        let stand = asked_for_approval(app).await;
        let reply = stand.bens(stand.asked("c1").await, "At nine.").await;
        assert_eq!(stand.cancel(reply.id).await.unwrap().state, State::Cancelled);
        assert!(matches!(stand.approve_as(stand.ann, reply.id, None).await, Err(Refused::NotNow { .. })));
    }

    async fn what_no_owner_has_seen_goes_out_again_by_an_owners_hand_alone(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let unreachable = || Answer::Refuses(Error::Transport(TransportError::Unreachable));
        stand.far.script().answers.extend((0..5).map(|_| unreachable()));
        let reply = stand.bens(item, "At nine.").await;
        for _ in 0..10 {
            stand.later(60).await;
        }
        assert_eq!(stand.state(reply.id).await, State::Failed);
        let workspace = stand.workspace;
        let set = stand.app.app.db.write(move |tx| workspaces::set_approves_replies(tx, workspace, true));
        set.await.expect("the database answers");
        let id = reply.id;
        let by_hand = stand.app.app.write(Who::user(stand.ben, ""), move |work| replies::retry(work, workspace, id));
        assert!(matches!(by_hand.await, Err(Refused::NeedsOwner)));
        let ben = stand.app.browser();
        assert_eq!(ben.sign_in("ben@example.com", "copper window seven tides").await.status, 303);
        let job = ben.get("/api/jobs?job_type=send_reply").await.json()["items"][0].clone();
        assert_eq!(job["can_retry"], false, "{job}");
        let job = job["id"].as_str().expect("its job").to_owned();
        assert_eq!(ben.json("POST", &format!("/api/jobs/{job}/retry"), serde_json::json!({})).await.status, 409);
        assert!(stand.far.texts().is_empty());
        let again = stand.app.json("POST", &format!("/api/jobs/{job}/retry"), serde_json::json!({})).await;
        assert_eq!(again.status, 202, "{}", again.text);
        stand.app.run_jobs().await;
        assert_eq!(stand.far.texts(), ["At nine."]);
    }
}
