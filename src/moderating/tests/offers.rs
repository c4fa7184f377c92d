//! What is offered would be taken, and what would be refused is not offered: whoever looks, and however things stand.

use kit::both_databases;

use super::*;
use crate::testing::{Browser, EMAIL, PASSWORD, TestApp};
use crate::work::Work;

/// Says that something was taken, and takes it back.
const TAKEN: Refused = Refused::TooMany;

/// Whoever looks, with their pages.
struct Member {
    role: &'static str,
    id: UserId,
    browser: Browser,
}

impl Stand {
    async fn members(&self) -> Vec<Member> {
        let owner = self.app.browser();
        assert_eq!(owner.sign_in(EMAIL, PASSWORD).await.status, 303);
        let (editor, viewer) =
            (self.app.member("eve@example.com", "editor").await, self.app.member("vic@example.com", "viewer").await);
        let mut members = Vec::new();
        for (role, email, browser) in
            [("owner", EMAIL, owner), ("editor", "eve@example.com", editor), ("viewer", "vic@example.com", viewer)]
        {
            members.push(Member { role, id: self.app.user(email).await, browser });
        }
        members
    }

    /// Whether a rule takes what somebody asks for; nothing of it stays.
    async fn takes(&self, who: UserId, rule: impl Fn(&mut Work<'_>) -> Result<(), Refused> + Send + 'static) -> bool {
        let asked = move |work: &mut Work<'_>| rule(work).and(Err::<(), _>(TAKEN));
        match self.app.app.write(Who::user(who, ""), asked).await {
            Err(Refused::TooMany) => true,
            Err(Refused::Db(error)) => panic!("{error}"),
            _ => false,
        }
    }

    async fn set(&self, sql: &'static str, value: &'static str) {
        let set = self.app.app.db.write(move |tx| tx.exec(sql, args![value]).map(drop));
        set.await.expect("the database answers");
    }
}

/// The forms of a page that hold these words.
fn forms<'a>(page: &'a str, with: &str) -> Vec<&'a str> {
    let forms = page.split("<form").skip(1).filter_map(|form| form.split("</form>").next());
    forms.filter(|form| form.contains(with)).collect()
}

both_databases! {
    async fn under_a_comment_stands_what_would_be_taken_and_nothing_else(app: TestApp) {
        let stand = Stand::new(app).await;
        let own = stand.subject(Verb::Edit, "c1").await;
        let item = stand.known("c1").await;
        let (platforms, workspace) = (stand.app.app.platforms.clone(), stand.workspace);
        let members = stand.members().await;
        for approves in ["approved", "at once"] {
            stand.set("UPDATE workspaces SET approves_replies = ($1 = 'approved')", approves).await;
            for stands in ProviderState::ALL {
                stand.set("UPDATE interactions SET provider_state = $1", stands.as_str()).await;
                for Member { role, id, browser } in &members {
                    let page = browser.get(&format!("/inbox/{item}?state=all")).await.text;
                    for (comment, verb) in [item, own].into_iter().flat_map(|id| Verb::ALL.iter().map(move |verb| (id, *verb))) {
                        let hidden = format!("type=\"hidden\" name=\"id\" value=\"{comment}\"");
                        let button = format!("name=\"verb\" value=\"{verb}\"");
                        let is_offered = forms(&page, &hidden).iter().any(|form| form.contains(&button));
                        let platforms = platforms.clone();
                        let rule = move |work: &mut Work<'_>| {
                            let text = (verb == Verb::Edit).then_some("At ten.");
                            let new = NewOrder { interactions: &[comment], verb, text, replaces: None };
                            moderation::order(work, &platforms, workspace, &new).map(drop)
                        };
                        let told = format!("{verb} by an {role} of what is {stands} (own: {}), {approves}", comment == own);
                        assert_eq!(is_offered, stand.takes(*id, rule).await, "{told}");
                    }
                }
            }
        }
    }

    async fn beside_what_was_asked_for_stands_what_would_be_taken_and_nothing_else(app: TestApp) {
        let stand = Stand::new(app).await;
        let own = stand.subject(Verb::Edit, "c1").await;
        let item = stand.known("c1").await;
        let (platforms, workspace) = (stand.app.app.platforms.clone(), stand.workspace);
        stand.set("UPDATE workspaces SET approves_replies = ($1 = 'approved')", "approved").await;
        let members = stand.members().await;
        for (comment, verbs) in [(item, &OTHERS[..]), (own, &[Verb::Edit, Verb::Delete])] {
            let order = stand.order(verbs[0], &[comment]).await.expect("it is taken");
            for (verb, state) in verbs.iter().flat_map(|verb| State::ALL.iter().map(move |state| (*verb, *state))) {
                stand.set("UPDATE moderation_acts SET verb = $1", verb.as_str()).await;
                stand.set("UPDATE moderation_acts SET state = $1", state.as_str()).await;
                for Member { role, id, browser } in &members {
                    let thread = browser.get(&format!("/inbox/{item}?state=all")).await.text;
                    let receipt = browser.get(&format!("/moderation/{order}")).await.text;
                    let api = browser.get(&format!("/api/moderation/{order}")).await.json();
                    let told = format!("{verb} that is {state}, by an {role}");
                    let action = format!("/moderation/{order}/act");
                    let offers = |page: &str, what: &str| {
                        forms(page, &action).iter().any(|form| form.contains(&format!("name=\"act\" value=\"{what}\"")))
                    };
                    let one = stand.takes(*id, move |work| moderation::cancel(work, workspace, order, Some(comment))).await;
                    let all = stand.takes(*id, move |work| moderation::cancel(work, workspace, order, None)).await;
                    assert_eq!((offers(&thread, "cancel"), offers(&receipt, "cancel"), &api["can_cancel"]), (one, all, &all.into()), "{told}");
                    let platforms = platforms.clone();
                    let one = move |work: &mut Work<'_>| moderation::retry_one(work, &platforms, workspace, (order, comment)).map(drop);
                    let one = stand.takes(*id, one).await;
                    let all = stand.takes(*id, move |work| moderation::retry(work, workspace, order)).await;
                    assert_eq!((offers(&thread, "retry"), offers(&receipt, "retry"), &api["can_retry"]), (one, all, &all.into()), "{told}");
                }
            }
            stand.set("DELETE FROM moderation_acts WHERE verb <> $1", "").await;
        }
    }

    async fn nobody_is_shown_a_form_for_what_they_may_not_ask_for(app: TestApp) {
        let stand = Stand::new(app).await;
        let own = stand.subject(Verb::Edit, "c1").await;
        let item = stand.known("c1").await;
        stand.set("UPDATE workspaces SET approves_replies = ($1 = 'approved')", "approved").await;
        for Member { role, browser, .. } in stand.members().await {
            let is_owner = role == "owner";
            let of = async |id: InteractionId, verb: &str| {
                browser.post("/moderation", &[("id", &id.to_string()), ("verb", verb)]).await.status.as_u16()
            };
            let asked = [of(own, "edit").await, of(item, "ban").await, of(item, "edit").await];
            let wanted = match role { "owner" => [303, 303, 409], "editor" => [409, 403, 409], _ => [403; 3] };
            assert_eq!(asked, wanted, "{role}");
            let list = browser.get("/inbox?state=all").await.text;
            let ticked = forms(&list, "id=\"at-platform\"").join("");
            assert_eq!(ticked.contains("value=\"ban\""), is_owner, "{role}");
        }
    }
}
