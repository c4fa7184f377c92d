//! Acts on comments that are there, against a platform that a test has written, and against the simulator's YouTube.

mod acts;
mod api;
mod ends;
mod lists;
mod many;
mod matching;
mod offers;
mod pages;
mod questions;
mod rights;
mod simulation;
mod sums;
mod youtube;

use std::time::Duration;

use axum::body::Body;
use kit::args;

use crate::model::{InteractionId, ProviderState, UserId};
use crate::moderation::{self, Act, Asker, NewOrder, OrderId, Receipt, Refused, State};
use crate::platforms::{Error, Verb};
use crate::replies::tests::Stand;
use crate::replies::tests::platform::ActAnswer;
use crate::testing::{Answer, Browser};
use crate::work::Who;
use crate::workspaces::Role;

/// A question, at its address.
struct Asked {
    address: String,
    text: String,
}

async fn post(browser: &Browser, path: &str, fields: &str) -> Answer {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    browser.send("POST", path, &form, Body::from(fields.to_owned())).await
}

/// Pressed in a list, and led to its question.
async fn ask(browser: &Browser, list: &str, fields: &str) -> Asked {
    let asked = post(browser, &format!("/moderation?{list}"), fields).await;
    assert_eq!(asked.status, 303, "{}", asked.text);
    let (address, page) = (asked.location().to_owned(), browser.get(asked.location()).await);
    assert_eq!(page.status, 200, "{}", page.text);
    Asked { address, text: page.text }
}

/// The button of a question.
async fn yes(browser: &Browser, asked: &Asked) -> Answer {
    post(browser, &asked.address, "").await
}

const OWNER: Asker = Asker { role: Role::Owner, waits_for_approval: false };

/// Verbs of other people's comments, and of own ones.
const OTHERS: [Verb; 5] = [Verb::Hide, Verb::Publish, Verb::Reject, Verb::Ban, Verb::ReportSpam];

impl Stand {
    /// Somebody who answers beside Ann, and owns nothing.
    async fn editor(&self) -> Browser {
        self.app.member("eve@example.com", "editor").await
    }

    async fn order(&self, verb: Verb, ids: &[InteractionId]) -> Result<OrderId, Refused> {
        self.order_as(self.ann, verb, ids, (verb == Verb::Edit).then_some("At ten.")).await
    }

    async fn order_as(
        &self,
        who: UserId,
        verb: Verb,
        ids: &[InteractionId],
        text: Option<&'static str>,
    ) -> Result<OrderId, Refused> {
        let (workspace, platforms, ids) = (self.workspace, self.app.app.platforms.clone(), ids.to_vec());
        let ordered = self.app.app.write(Who::user(who, ""), move |work| {
            let new = NewOrder { interactions: &ids, verb, text, replaces: None };
            moderation::order(work, &platforms, workspace, &new)
        });
        ordered.await
    }

    /// Ordered, and its job run as far as it goes now.
    async fn ordered(&self, verb: Verb, ids: &[InteractionId]) -> OrderId {
        let order = self.order(verb, ids).await.expect("it is taken over");
        self.app.run_jobs().await;
        order
    }

    async fn count(&self, order: OrderId, state: State) -> usize {
        self.receipt(order).await.acts.iter().filter(|act| act.state == state).count()
    }

    async fn receipt(&self, order: OrderId) -> Receipt {
        let workspace = self.workspace;
        let found = self.app.app.db.read(move |conn| moderation::receipt(conn, workspace, order)).await;
        found.expect("the database answers").expect("nothing is lost")
    }

    /// The one act of an order.
    async fn act(&self, order: OrderId) -> Act {
        let mut acts = self.receipt(order).await.acts;
        assert_eq!(acts.len(), 1);
        acts.remove(0)
    }

    async fn again(&self, order: OrderId) {
        let workspace = self.workspace;
        let retried = move |work: &mut crate::work::Work<'_>| moderation::retry(work, workspace, order);
        self.app.app.write(Who::user(self.ann, ""), retried).await.expect("it failed");
        self.app.run_jobs().await;
    }

    async fn called_back(&self, order: OrderId) -> Result<(), Refused> {
        let workspace = self.workspace;
        let called_back = move |work: &mut crate::work::Work<'_>| moderation::cancel(work, workspace, order, None);
        self.app.app.write(Who::user(self.ann, ""), called_back).await
    }

    /// What a verb is for: somebody's comment that is not so yet, or an own answer to one.
    async fn subject(&self, verb: Verb, id: &str) -> InteractionId {
        let item = self.asked(id).await;
        if verb.is_about_own() {
            let external_id =
                self.reply(self.delivered(item, "At nine.").await).await.external_id.expect("it is there");
            self.far.asked();
            return self.known(&external_id).await;
        }
        if verb == Verb::Publish {
            self.ordered(Verb::Hide, &[item]).await;
            self.far.asked();
        }
        item
    }

    async fn known(&self, external_id: &str) -> InteractionId {
        let external_id = external_id.to_owned();
        let found = self
            .app
            .app
            .db
            .read(move |conn| conn.one("SELECT id FROM interactions WHERE external_id = $1", args![external_id]));
        found.await.expect("it is in the inbox")
    }

    async fn stands(&self, id: InteractionId) -> ProviderState {
        let found = self
            .app
            .app
            .db
            .read(move |conn| conn.one("SELECT provider_state FROM interactions WHERE id = $1", args![id]));
        found.await.expect("it is in the inbox")
    }

    fn act_answers(&self, answers: impl IntoIterator<Item = ActAnswer>) {
        self.far.script().act_answers.extend(answers);
    }

    /// Time passes until nothing is under way any more; a day at most.
    async fn settled(&self, order: OrderId) -> Receipt {
        for _ in 0..40 {
            if self.receipt(order).await.tally().under_way == 0 {
                break;
            }
            self.later(60).await;
        }
        self.receipt(order).await
    }

    /// How the inbox has a comment that a verb was done with, and that the platform has it so.
    async fn is_done(&self, verb: Verb, id: InteractionId) {
        let rules = self.far.script().acts;
        let stands = self.stands(id).await;
        assert_eq!(rules.becomes(verb).unwrap_or(ProviderState::Published), stands, "{verb}");
    }
}

/// As a platform that allows nobody to do this.
fn refused() -> ActAnswer {
    ActAnswer::Refuses(Error::Permission { reason: "forbidden".into() })
}

/// The calls for the act itself.
fn calls(asked: &[String], verb: Verb) -> usize {
    asked.iter().filter(|asked| asked.starts_with(verb.as_str())).count()
}

const MINUTE: Duration = Duration::from_secs(60);
