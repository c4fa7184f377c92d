//! What several people do in one inbox: two on one comment, an answer that waits for an owner, somebody who only looks, and a
//! thousand comments that come while one is read.

use kit::clock::{Clock, Timestamp};
use kit::db::{self, Db, Options, Tx};
use kit::random::Random;
use kit::testing::Engine;
use repruv::inbox::ingest::{self, IngestContext};
use repruv::model::{ConnectionId, Kind, ObservedAuthor, ObservedInteraction, Platform, ProviderState, WorkspaceId};
use serde_json::json;

use super::person::Person;
use crate::support::Server;

/// Ann's inbox over a simulated account, and Ben beside her. Nobody is let into a demo: until he is in, hers is no demo.
async fn team(role: &str) -> (Server, Person, Person) {
    let (server, ann) = Person::with_demo_on(Engine::Postgres).await;
    write(&server, |tx, _| tx.exec("UPDATE workspaces SET kind = 'live' WHERE kind = 'demo'", &[]).map(drop)).await;
    ann.open("/settings/members").await;
    ann.browser.fill("[action^='/settings/members/invite'] [name=role]", role).await;
    ann.press("invite").await;
    ann.is("there is a link", "/join.token=/.test(document.body.innerHTML)").await;
    let link = "document.body.innerHTML.match(/\\/join\\?token=[^\"<\\s]+/)[0]";
    let link = ann.browser.evaluate(link).await.and_then(|link| link.as_str().map(str::to_owned)).expect("a link");
    let ben = Person::new(&server).await;
    ben.open(&link.replace("/join", "/signup")).await;
    ben.browser.fill("[name=name]", "Ben").await;
    ben.browser.fill("[name=email]", "ben@example.com").await;
    ben.browser.fill("[name=password]", "copper window seven tides").await;
    ben.browser.press("main form [type=submit]").await;
    ben.is("he is in", "document.querySelector('nav [href=\"/inbox\"]') !== null").await;
    // What is sent goes to the simulator again.
    let back = "UPDATE workspaces SET kind = 'demo' WHERE id IN (SELECT workspace_id FROM platform_connections)";
    write(&server, move |tx, _| tx.exec(back, &[]).map(drop)).await;
    (server, ann, ben)
}

/// A unit of work beside the server.
async fn write(server: &Server, unit: impl Fn(&mut Tx, &Random) -> db::Result<()> + Send + 'static) {
    let options = Options::new(server.database_url(), Clock::system());
    let writing = tokio::task::spawn_blocking(move || {
        let (db, random) = (Db::open(options).expect("it opens beside the server"), Random::system());
        let written = db.write_blocking(move |tx| unit(tx, &random));
        db.close();
        written
    });
    writing.await.expect("no panic").expect("it is written");
}

/// The address of somebody's comment that needs a reply.
async fn one_that_waits(person: &Person) -> String {
    person.first_link("/inbox", ".row .row-link").await.split('?').next().expect("a path").to_owned()
}

#[test]
fn of_two_who_answer_one_comment_the_second_is_told_and_keeps_what_was_typed() {
    kit::testing::run(async {
        let (_server, ann, ben) = team("editor").await;
        let item = one_that_waits(&ann).await;
        // Time enough for the other one to send, too.
        ann.browser
            .evaluate("fetch('/settings/account/undo', {method: 'POST', body: new URLSearchParams({seconds: '30'})})")
            .await;
        ben.open(&item).await;
        ben.browser.fill("#text", "At the shop around the corner.").await;
        ben.is("it is kept", "document.getElementById('text-left').textContent === 'Draft saved.'").await;
        ann.open(&item).await;
        ann.browser.read(".writing", "Ben is answering this.").await;
        ann.is_sound("somebody else is writing").await;
        ann.browser.fill("#text", "At the market.").await;
        ann.browser.press("#composer .primary").await;
        ann.is("she goes on", &format!("location.pathname !== '{item}'")).await;
        ben.browser.press("#composer .primary").await;
        ben.browser.read("#text-error", "Ann's reply is on its way.").await;
        ben.is("nothing is lost", "document.getElementById('text').value === 'At the shop around the corner.'").await;
        ben.browser.see("[data-test=reply][data-state=queued]").await;
        ben.is_sound("another's reply is on its way").await;
        ann.open(&item).await;
        ann.browser.press("[data-act] [value=cancel]").await;
        ann.is("her words are a draft again", "document.getElementById('text')?.value === 'At the market.'").await;
        ben.browser.press("#composer .primary").await;
        ben.is("his goes out", "document.querySelector('#text-error') === null").await;
        ben.open(&item).await;
        let said =
            "[...document.querySelectorAll('.thread li')].some(one => one.textContent.includes('around the corner'))";
        ben.is("and stands in the thread", said).await;
        ann.leaves_no_trace().await;
        // The console tells of the 422; nothing else is asked of this page.
        ben.browser.close().await;
    });
}

#[test]
fn an_answer_is_sent_back_changed_and_approved() {
    kit::testing::run(async {
        let (server, ann, ben) = team("editor").await;
        write(&server, |tx, _| tx.exec("UPDATE workspaces SET approves_replies = TRUE", &[]).map(drop)).await;
        let item = one_that_waits(&ben).await;
        ben.open(&item).await;
        ben.browser.fill("#text", "No.").await;
        ben.browser.press("#composer .primary").await;
        ben.open(&item).await;
        ben.browser.see("[data-test=reply][data-state=awaiting_approval]").await;
        ben.no_longer_sees("approve").await;

        ann.open("/inbox").await;
        ann.browser.press("[href='/inbox/approvals']").await;
        ann.sees("approve").await;
        ann.is_sound("what waits for approval").await;
        ann.open(&item).await;
        ann.browser.fill(".review [name=note]", "A little kinder, please.").await;
        ann.press("send-back").await;
        ann.no_longer_sees("approve").await;

        ben.browser.read("[data-test=reply][data-state=sent_back]", "Ann: A little kinder, please.").await;
        ben.browser.reload().await;
        ben.is("his words are in the box again", "document.getElementById('text').value.trim() === 'No.'").await;
        ben.is_sound("sent back").await;
        ben.browser.fill("#text", "Sorry, not on Sundays.").await;
        ben.browser.press("#composer .primary").await;
        ben.is("he goes on", &format!("location.pathname !== '{item}'")).await;

        ann.open(&item).await;
        ann.is(
            "she sees the new words",
            "document.querySelector('.review [name=text]')?.value.trim() === 'Sorry, not on Sundays.'",
        )
        .await;
        ann.press("approve").await;
        ann.no_longer_sees("approve").await;
        let said =
            "[...document.querySelectorAll('.thread li')].some(one => one.textContent.includes('not on Sundays'))";
        ann.open(&item).await;
        ann.is("it goes out", said).await;
        ben.open(&item).await;
        ben.is("he sees it, too", said).await;
        ann.leaves_no_trace().await;
        ben.leaves_no_trace().await;
    });
}

/// What changes something of comments, on pages and for programs, by whoever may.
const CHANGES: [&str; 25] = [
    "/inbox/ID/reply",
    "/inbox/ID/draft",
    "/inbox/ID/reply/act",
    "/inbox/ID/reply/insert",
    "/inbox/ID/reply/review",
    "/inbox/ID/move",
    "/inbox/ID/undo",
    "/inbox/ID/mark",
    "/inbox/ID/notes",
    "/inbox/ID/corrections",
    "/inbox/moves",
    "/inbox/moves/undo",
    "/inbox/marks",
    "/inbox/marks/undo",
    "/moderation",
    "/settings/replies",
    "/settings/members/invite",
    "/api/inbox/ID/replies",
    "/api/interactions/ID/state",
    "/api/interactions/ID/star",
    "/api/interactions/ID/notes",
    "/api/moves",
    "/api/moves/matching",
    "/api/marks",
    "/api/moderation",
];

/// As an editor Ben has answered somebody, and may only look from then on.
async fn something_waits_for_an_owner(server: &Server, ben: &Person) {
    write(server, |tx, _| tx.exec("UPDATE workspaces SET approves_replies = TRUE", &[]).map(drop)).await;
    let answered = ben.first_link("/inbox", ".row:nth-child(2) .row-link").await;
    ben.open(&answered).await;
    ben.browser.fill("#text", "No.").await;
    ben.browser.press("#composer .primary").await;
    ben.open(&answered).await;
    ben.browser.see("[data-test=reply][data-state=awaiting_approval]").await;
    let viewer = "UPDATE memberships SET role = 'viewer' WHERE role = 'editor'";
    write(server, |tx, _| tx.exec(viewer, &[]).map(drop)).await;
}

#[test]
fn whoever_may_only_look_finds_nothing_to_press_and_is_refused_all_else() {
    kit::testing::run(async {
        let (server, ann, ben) = team("editor").await;
        something_waits_for_an_owner(&server, &ben).await;
        let item = one_that_waits(&ann).await;
        let controls = "main textarea, main .tick, main [data-key=e], main [data-key=h], main [data-key=s], \
             main [data-key='#'], main .at-platform";
        ann.open(&item).await;
        assert!(ann.browser.count(controls).await > 6, "those that an owner has");
        // His own views, and which keys he wants; where he is, and that he goes.
        let others = "[...document.querySelectorAll('main form[method=post]')].map(form => form.getAttribute('action'))\
             .filter(action => !/^\\/(inbox\\/views|settings\\/account|workspaces|logout)/.test(action)).length";
        for page in ["/inbox", item.as_str(), "/inbox?state=all", "/inbox/approvals"] {
            ann.open(page).await;
            ann.is(&format!("an owner changes something on {page}"), &format!("{others} > 0")).await;
            ben.open(page).await;
            ben.browser.see("main").await;
            ben.is(page, &format!("{others} === 0")).await;
            assert_eq!(ben.browser.count(controls).await, 0, "{page}");
            ben.is_sound(page).await;
        }
        ben.at_the_inbox().await;
        ben.opens_the_first().await;
        let before = ben.browser.evaluate("document.getElementById('reading').dataset.id").await;
        for key in ["e", "h", "s", "x", "r", "#", "a", "!", "z"] {
            ben.browser.key(key).await;
        }
        let after = ben.browser.evaluate("document.getElementById('reading').dataset.id").await;
        assert_eq!(before, after, "no key does anything");
        let id = item.rsplit('/').next().expect("an id");
        let paths = CHANGES.map(|path| path.replace("ID", id));
        let asked = format!(
            "Promise.all({}.map(async path => [path, (await fetch(path, {{method: 'POST', redirect: 'manual', \
             headers: path.startsWith('/api') ? {{'content-type': 'application/json'}} : {{}}, \
             body: path.startsWith('/api') ? '{{}}' : new URLSearchParams({{to: 'done'}})}})).status]))",
            json!(paths)
        );
        for (person, is_refused) in [(&ben, true), (&ann, false)] {
            let answers = person.browser.evaluate(&asked).await.expect("answers");
            let answers = answers.as_array().expect("a list").iter();
            let other = answers.filter(|answer| (answer[1] == 403) != is_refused).collect::<Vec<_>>();
            assert!(other.is_empty(), "refused: {is_refused}, but not so {other:?}");
        }
        // The console tells of each refusal.
        ben.browser.close().await;
        ann.browser.close().await;
    });
}

#[test]
fn a_thousand_comments_that_come_move_nothing_under_whoever_reads() {
    kit::testing::run(async {
        let (server, ann, ben) = team("editor").await;
        ann.browser.size(1280, 800).await;
        ann.open("/inbox?state=all").await;
        ann.sees("interaction").await;
        ann.opens_the_first().await;
        ann.browser.key("x").await;
        ann.is("it is ticked", "document.querySelectorAll('.tick:checked').length === 1").await;
        ann.browser.fill("#text", "Half a sen").await;
        ann.is("it is kept", "document.getElementById('text-left').textContent === 'Draft saved.'").await;
        ann.browser.evaluate("document.querySelector('.rows-pane').scrollTop = 240; scrollTo(0, 60)").await;
        let looks = "[document.activeElement.id, document.getElementById('text').value, document.getElementById('reading').dataset.id, \
             document.querySelector('.rows-pane').scrollTop, scrollY, \
             [...document.querySelectorAll('.tick:checked')].map(tick => tick.closest('.row').id), \
             [...document.querySelectorAll('.row')].map(row => [row.id, row.getBoundingClientRect().top])]";
        let before = ann.browser.evaluate(looks).await;
        for first in (0..1_000).step_by(100) {
            write(&server, move |tx, random| arrive(tx, random, first)).await;
        }
        ann.is("they wait behind a button", "!document.getElementById('new-comments').hidden && /^\\d+\\+? new comments$/.test(document.getElementById('new-comments').textContent)").await;
        ann.is(
            "which says that there are more than it lists",
            "document.getElementById('new-comments').textContent === '50+ new comments'",
        )
        .await;
        assert_eq!(ann.browser.evaluate(looks).await, before, "nothing moved");
        ann.is_sound("new ones wait").await;
        ann.browser.press("#new-comments").await;
        ann.is(
            "there they are",
            "document.getElementById('new-comments').hidden && document.querySelectorAll('.row').length >= 50",
        )
        .await;
        ann.is("what was typed is there still", "document.getElementById('text').value === 'Half a sen'").await;
        ann.leaves_no_trace().await;
        ben.leaves_no_trace().await;
    });
}

/// A hundred comments, as a reading of the account brings them.
fn arrive(tx: &mut Tx, random: &Random, first: usize) -> db::Result<()> {
    let (connection, workspace): (ConnectionId, WorkspaceId) =
        tx.one("SELECT id, workspace_id FROM platform_connections WHERE platform = 'youtube'", &[])?;
    let (platform, now) = (Platform::YouTube, Clock::system().now());
    let context = IngestContext { workspace, connection, platform, language: None, now, random };
    let page = (first..first + 100).map(|number| asked(number, now)).collect::<Vec<_>>();
    ingest::interactions(tx, &context, &page).map(drop)
}

fn asked(number: usize, now: Timestamp) -> ObservedInteraction {
    let id = format!("fresh-{number}");
    ObservedInteraction {
        kind: Kind::Comment,
        external_id: id.clone(),
        parent_external_id: None,
        thread_external_id: id.clone(),
        content_external_id: None,
        author: ObservedAuthor {
            display_name: format!("@{id}"),
            external_id: Some(id),
            avatar_url: None,
            profile_url: None,
            is_self: false,
        },
        text: Some(format!("Where can I buy number {number}?")),
        rating: None,
        likes: None,
        reply_count: None,
        created_at: now,
        edited_at: None,
        provider_state: ProviderState::Published,
        can_reply: true,
        permalink: None,
        translation: None,
        state_reason: None,
        raw: json!({}),
    }
}
