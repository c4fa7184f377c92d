//! Drafts, and who is writing.

use kit::both_databases;

use super::*;
use crate::replies::{Draft, Typed};

impl Stand {
    async fn write(&self, who: UserId, item: InteractionId, text: &str) -> Result<(), Refused> {
        self.write_for(who, item, text, None).await
    }

    /// For the reply that is going to have the key.
    async fn write_for(
        &self,
        who: UserId,
        item: InteractionId,
        text: &str,
        key: Option<&'static str>,
    ) -> Result<(), Refused> {
        self.keep(who, item, text, Typed { key, ..Typed::default() }).await.map(drop)
    }

    /// In a tab that was opened when `was` stood in the box; answers what Ann wrote elsewhere.
    async fn write_in(&self, tab: &'static str, was: &'static str, item: InteractionId, text: &str) -> Option<String> {
        let typed = Typed { was: Some(was), form: Some(tab), ..Typed::default() };
        self.keep(self.ann, item, text, typed).await.expect("it is kept")
    }

    async fn keep(
        &self,
        who: UserId,
        item: InteractionId,
        text: &str,
        typed: Typed<'static>,
    ) -> Result<Option<String>, Refused> {
        let (workspace, text) = (self.workspace, text.to_owned());
        let saved = move |work: &mut crate::work::Work<'_>| {
            replies::save_draft(work, workspace, item, &Typed { text: &text, ..typed })
        };
        self.app.app.write(Who::user(who, ""), saved).await
    }

    async fn draft(&self, who: UserId, item: InteractionId) -> Option<String> {
        let workspace = self.workspace;
        let found = self.app.app.db.read(move |conn| replies::draft_of(conn, workspace, item, who)).await;
        found.expect("the database answers").map(|draft: Draft| draft.text)
    }

    /// Who is writing, as somebody else sees it.
    async fn writers(&self, seen_by: UserId, item: InteractionId) -> Vec<String> {
        let (workspace, now) = (self.workspace, self.app.app.now());
        let found = self.app.app.db.read(move |conn| replies::who_writes(conn, workspace, item, seen_by, now)).await;
        found.expect("the database answers").into_iter().filter_map(|writer| writer.name).collect()
    }
}

both_databases! {
    async fn each_member_has_a_draft_of_their_own(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        stand.write(stand.ann, item, "At").await.unwrap();
        stand.write(stand.ann, item, "At nine \n").await.unwrap();
        stand.write(stand.ben, item, "We").await.unwrap();
        assert_eq!(stand.draft(stand.ann, item).await.as_deref(), Some("At nine \n"), "as it was typed");
        assert_eq!(stand.draft(stand.ben, item).await.as_deref(), Some("We"));
        stand.write(stand.ben, item, "").await.unwrap();
        assert_eq!(stand.draft(stand.ben, item).await, None);
        assert!(matches!(stand.write(stand.ann, item, "a\0").await, Err(Refused::Nul)));
        assert!(matches!(stand.write(stand.ann, item, &"a".repeat(100_001)).await, Err(Refused::TooLong { .. })));
        let strangers = InteractionId::new(stand.app.app.now(), &stand.app.app.random);
        assert!(matches!(stand.write(stand.ann, strangers, "Hi").await, Err(Refused::NotFound)));
    }

    async fn words_of_two_tabs_are_kept_both(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        assert_eq!(stand.write_in("one", "", item, "At nine").await, None);
        assert_eq!(stand.write_in("one", "", item, "At half past nine").await, None, "the same tab goes on");
        let told = stand.write_in("two", "", item, "At ten").await;
        assert_eq!(told.as_deref(), Some("At half past nine"), "the other had an empty box");
        assert_eq!(stand.draft(stand.ann, item).await.as_deref(), Some("At ten\n\nAt half past nine"));
        assert_eq!(stand.write_in("two", "", item, "At ten").await, None, "whoever was told takes it out");
        let both = "Well.\r\n\r\nAt ten";
        assert_eq!(stand.write_in("one", "", item, both).await, None, "it has both, so nothing is lost");
        assert_eq!(stand.write_in("three", both, item, "At eleven").await, None, "it was drawn with what is there");
        stand.write(stand.ann, item, "Anything").await.unwrap();
        assert_eq!(stand.draft(stand.ann, item).await.as_deref(), Some("Anything"), "nothing is compared where nobody asks");
    }

    async fn what_is_sent_is_no_draft_and_what_is_called_back_is_one_again(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        stand.write(stand.ann, item, "At nine.").await.unwrap();
        stand.write(stand.ben, item, "At ten.").await.unwrap();
        let reply = stand.send_as(stand.ann, item, "At nine.", None, Duration::from_secs(5)).await.unwrap();
        assert_eq!(stand.draft(stand.ann, item).await, None);
        assert_eq!(stand.draft(stand.ben, item).await.as_deref(), Some("At ten."), "nothing that was typed is lost");
        stand.cancel(reply.id).await.unwrap();
        assert_eq!(stand.draft(stand.ann, item).await.as_deref(), Some("At nine."));
        let again = stand.send_as(stand.ann, item, "At nine.", None, Duration::from_secs(5)).await.unwrap();
        stand.write(stand.ann, item, "Another").await.unwrap();
        stand.cancel(again.id).await.unwrap();
        assert_eq!(stand.draft(stand.ann, item).await.as_deref(), Some("Another"));
    }

    async fn words_that_come_after_the_reply_they_became_are_no_draft(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        stand.write_for(stand.ann, item, "At ni", Some("k")).await.unwrap();
        let reply = stand.send_as(stand.ann, item, "At nine.", Some("k"), Duration::from_secs(5)).await.unwrap();
        assert!(matches!(stand.write_for(stand.ann, item, "At nine", Some("k")).await, Err(Refused::KeyReused)));
        assert_eq!(stand.draft(stand.ann, item).await, None);
        stand.write_for(stand.ben, item, "At ten", Some("k")).await.expect("another's form has another reply");
        stand.cancel(reply.id).await.unwrap();
        stand.write_for(stand.ann, item, "At nine, or ten", Some("k")).await.expect("it is written again");
        assert_eq!(stand.draft(stand.ann, item).await.as_deref(), Some("At nine, or ten"));
    }

    async fn others_see_who_is_writing_for_a_minute(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let events = "SELECT COALESCE(max(seq), 0) FROM events";
        let before: i64 = stand.one(events).await;
        stand.write(stand.ben, item, "W").await.unwrap();
        stand.write(stand.ben, item, "We").await.unwrap();
        assert_eq!(stand.one::<i64>(events).await, before + 1, "told once, not for each letter");
        assert_eq!(stand.writers(stand.ann, item).await, ["Ben"]);
        assert_eq!(stand.writers(stand.ben, item).await, Vec::<String>::new(), "nobody is told of themselves");
        stand.app.hand.advance(Duration::from_secs(61));
        assert_eq!(stand.writers(stand.ann, item).await, Vec::<String>::new());
        stand.write(stand.ben, item, "We o").await.unwrap();
        assert_eq!(stand.writers(stand.ann, item).await, ["Ben"]);
        stand.write(stand.ben, item, " ").await.unwrap();
        assert_eq!(stand.writers(stand.ann, item).await, Vec::<String>::new());
        assert_eq!(stand.one::<i64>(events).await, before + 3);
    }
}
