//! The list is what its URL says, page by page, within one workspace.

use std::time::Duration;

use kit::db::Dialect;

use super::{BadFilter, Cursor, Filter, Listed, Opened, Reader};
use crate::inbox::testing::{Desk, MORNING, comment, own_reply, reply};
use crate::inbox::{search, seed};
use crate::model::{InteractionId, Kind, ObservedInteraction, ProviderState};
use crate::workspaces::WorkspaceId;

const HOUR: Duration = Duration::from_secs(3600);

kit::both_databases! {
    async fn each_filter_finds_its_own_and_nothing_else(desk: Desk) {
        let page = inbox();
        desk.ingest(MORNING + HOUR, &page).await;
        for (query, expected) in [
            ("", "c5 c4 r1 c3 c2 c1"),
            ("state=needs_reply", "c4 c3 c1"),
            // c4 before c1: it wants to buy.
            ("state=needs_reply&order=priority", "c3 c4 c1"),
            ("state=answered", "r1 c2"),
            ("state=own", "own1"),
            ("kind=reply", "r1"),
            ("kind=review", "c3"),
            ("platform=youtube&kind=review", "c3"),
            ("platform=tiktok", ""),
            ("sentiment=negative", "c3"),
            ("intent=purchase", "c4"),
            ("language=de", "c5"),
            ("visibility=held", "c6"),
            ("visibility=any", "s2 s1 c6 c5 c4 r1 c3 c2 c1"),
            ("visibility=spam", "s2"),
            ("order=oldest", "c1 c2 c3 r1 c4 c5"),
            ("since=2026-11-26", "c5 c4"),
            ("until=2026-11-25", "r1 c3 c2 c1"),
            ("since=2026-11-26&until=2026-11-26&state=needs_reply", "c4"),
            ("days=today", "c5 c4 r1 c3 c2 c1"),
            ("days=last_7_days&since=2026-11-26", "c5 c4"),
            ("days=this_month&until=2026-11-25&state=needs_reply", "c3 c1"),
            ("priority=urgent", "c3"),
            ("state=spam", "s2 s1"),
        ] {
            assert_eq!(found(&desk, query).await.join(" "), expected, "{query}");
        }
    }

    async fn days_by_name_are_the_readers_and_go_with_the_clock(desk: Desk) {
        // Half past midnight of the 26th in Berlin, and half an hour before.
        let midnight = MORNING + HOUR * 13;
        let at = |id: &str, at| ObservedInteraction { created_at: at, ..comment(id, "ann", "What is it?") };
        let page = [at("late", midnight - HOUR / 2), at("early", midnight + HOUR / 2), at("weekago", midnight - HOUR * 24 * 7 + HOUR)];
        desk.ingest(midnight + HOUR, &page).await;
        let (workspace, user) = (desk.workspace, desk.user);
        for (days, hours, expected) in [
            ("today", 1, "early"),
            ("last_7_days", 1, "early late"),
            ("last_7_days", 0, "early late weekago"),
            ("this_month", 1, "early late weekago"),
            ("this_month", 24 * 5 + 1, ""),
            ("last_30_days", 24 * 5, "early late weekago"),
        ] {
            let (filter, zone) = (parsed(&format!("days={days}")).unwrap(), desk.time_zone.clone());
            let now = midnight + HOUR * hours - HOUR / 4;
            let reader = desk.read(move |conn| super::list(conn, Reader { workspace, user, zone: &zone, now }, &filter, None, 50));
            let found = reader.await.unwrap().items.into_iter().map(|item| item.external_id).collect::<Vec<_>>();
            assert_eq!(found.join(" "), expected, "{days}, {hours} h later");
        }
    }

    async fn each_choice_is_counted_in_the_place_of_the_one_that_is_on(desk: Desk) {
        desk.ingest(MORNING + HOUR, &inbox()).await;
        let told = counts(&desk, "").await;
        for (name, value, expected) in [("kind", "comment", "4"), ("kind", "reply", "1"), ("kind", "mention", "0"), ("sentiment", "negative", "1"), ("intent", "purchase", "1"), ("platform", "youtube", "6")] {
            assert_eq!(told.told(name, value).as_deref(), Some(expected), "{name} {value}");
        }
        assert_eq!(told.told("visibility", "held"), None, "nobody counts these");
        let told = counts(&desk, "state=needs_reply&order=priority&kind=review").await;
        assert_eq!(told.told("kind", "comment").as_deref(), Some("2"), "c1 and c4 wait");
        assert_eq!(told.told("intent", "purchase").as_deref(), Some("0"), "no review wants to buy");
        assert_eq!(counts(&desk, "q=place").await.told("kind", "comment"), None);
        let many = (0..450).map(|n| comment(&format!("m{n}"), "ann", if n < 300 { "What is it?" } else { "Das Video ist echt super" }));
        let many = many.map(|item| ObservedInteraction { created_at: MORNING + HOUR * 30, ..item }).collect::<Vec<_>>();
        desk.ingest(MORNING + HOUR * 30, &many).await;
        let told = counts(&desk, "").await;
        assert_eq!(told.told("kind", "comment").as_deref(), Some("100+"));
        assert_eq!(told.told("kind", "review"), None, "it may be further down");
    }

    async fn who_comes_back_after_our_answer_is_told_apart(desk: Desk) {
        let asked = comment("c1", "ann", "Where can I buy this?");
        let again = |id: &str, minutes| ObservedInteraction {
            text: Some("And does it ship to Canada?".into()),
            ..reply(id, "ann", &asked, minutes)
        };
        desk.ingest(MORNING + HOUR * 2, &[asked.clone(), again("r1", 10), own_reply("own1", &asked, 20), again("r2", 40)]).await;
        let listed = list(&desk, desk.workspace, "state=needs_reply", None, 10).await;
        let told = listed.items.iter().map(|item| (item.external_id.as_str(), item.is_answered_again)).collect::<Vec<_>>();
        assert_eq!(told, [("r2", true)], "what came before our answer is answered");
        desk.ingest(MORNING + HOUR * 3, &[comment("c2", "bob", "Where is the shop?")]).await;
        let listed = list(&desk, desk.workspace, "state=needs_reply", None, 10).await;
        assert!(listed.items.iter().any(|item| item.external_id == "c2" && !item.is_answered_again));
    }

    async fn no_list_by_marks_reads_a_table_whole(desk: Desk) {
        desk.ingest(MORNING, &inbox()).await;
        let (workspace, user, zone) = (desk.workspace, desk.user, desk.time_zone.clone());
        for query in [
            "starred=yes",
            "tag=price+list&state=needs_reply&order=priority",
            "assignee=me&order=oldest",
            "assignee=nobody&state=needs_reply&order=priority",
            "assignee=nobody",
            "tag=price+list&starred=yes&assignee=me",
            "rating=1",
            "rating=1&order=oldest",
            "rated_anew=raised",
        ] {
            let (filter, zone) = (parsed(query).unwrap(), zone.clone());
            let steps = desk.write(move |tx| {
                if tx.dialect() == Dialect::Postgres {
                    // The tables are too small for an index to be worth it.
                    tx.exec("SET LOCAL enable_seqscan = off", &[])?;
                }
                super::store::plan(tx, Reader { workspace, user, zone: &zone, now: MORNING }, &filter)
            });
            let steps = steps.await.unwrap();
            let whole = steps.iter().filter(|step| step.starts_with("SCAN ") || step.contains("Seq Scan"));
            assert_eq!(whole.collect::<Vec<_>>(), Vec::<&String>::new(), "{query}: {steps:#?}");
            let is_among_few = steps.iter().any(|step| step.contains("interactions_rated_anew"));
            assert_eq!(is_among_few, query.contains("rated_anew"), "{query}: {steps:#?}");
        }
    }

    async fn pages_follow_each_other_without_gap_or_repetition(desk: Desk) {
        let page = (0..23)
            .map(|number| ObservedInteraction {
                // Some at the very same instant: the id decides.
                created_at: MORNING + HOUR * (number / 4),
                ..comment(&format!("c{number:02}"), "ann", &format!("What is number {number}?"))
            })
            .collect::<Vec<_>>();
        desk.ingest(MORNING + HOUR * 6, &page).await;
        for query in ["", "order=oldest", "state=needs_reply&order=priority"] {
            let mut seen = Vec::new();
            let mut cursor = None;
            loop {
                let listed = list(&desk, desk.workspace, query, cursor, 5).await;
                seen.extend(listed.items.iter().map(|item| item.external_id.clone()));
                let Some(next) = listed.next else { break };
                assert_eq!(next.to_string().parse::<Cursor>().unwrap(), next);
                cursor = Some(next);
            }
            let mut sorted = seen.clone();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!((seen.len(), sorted.len()), (23, 23), "{query}");
        }
    }

    async fn an_opened_interaction_comes_with_its_thread_and_its_author(desk: Desk) {
        desk.ingest(MORNING, &inbox()).await;
        let opened = open(&desk, desk.workspace, "c2").await.unwrap();
        let names = |items: &[super::Interaction]| items.iter().map(|item| item.external_id.clone()).collect::<Vec<_>>();
        assert_eq!(names(&opened.thread), ["c2", "r1", "own1"]);
        assert_eq!(names(&opened.by_author), ["c1"]);
        assert!(!opened.interaction.reasons().is_empty());
    }

    async fn what_few_are_is_found_as_if_all_had_been_looked_through(desk: Desk) {
        desk.unit(MORNING, |tx, context| {
            search::jobs::keep_current(tx, context.now, context.random)?;
            seed(tx, context, 0..1_500).map(drop)
        })
        .await;
        desk.ingest(MORNING, &inbox()).await;
        let id = desk.one_of::<InteractionId>("id", "c1").await;
        let (workspace, user, zone) = (desk.workspace, desk.user, desk.time_zone.clone());
        let traits = ["kind=review", "kind=reply", "language=de", "language=th", "intent=safety", "intent=question",
            "sentiment=negative", "sentiment=mixed&intent=complaint", "platform=youtube", "platform=tiktok&kind=comment"];
        let rest = ["", "state=needs_reply", "state=answered", "state=done", "state=needs_reply&order=priority", "order=oldest",
            "visibility=any", "visibility=held", "priority=urgent", "priority=low&order=oldest", "since=2026-11-20"];
        desk.write(move |tx| tx.exec("UPDATE interactions SET state = 'done' WHERE id = $1", kit::args![id])).await.unwrap();
        for (traits, rest) in traits.iter().flat_map(|traits| rest.iter().map(move |rest| (traits, rest))) {
            let filter = parsed(&format!("{traits}&{rest}")).unwrap();
            let zone = zone.clone();
            let wrong = desk.read(move |conn| {
                let reader = Reader { workspace, user, zone: &zone, now: MORNING };
                let mut after = None;
                for _ in 0..4 {
                    let [found, known] = [
                        super::store::list::<super::Interaction>(conn, reader, &filter, after, 21)?,
                        super::store::looked_through::<super::Interaction>(conn, reader, &filter, after, 21)?,
                    ].map(|rows| rows.iter().map(|row| row.external_id.clone()).collect::<Vec<_>>());
                    if found != known {
                        return Ok::<_, kit::db::Error>(Some((found, known)));
                    }
                    after = super::store::looked_through(conn, reader, &filter, after, 21)?.last().map(Cursor::after);
                    if after.is_none() {
                        break;
                    }
                }
                Ok(None)
            });
            assert_eq!(wrong.await.unwrap(), None, "{traits}&{rest}");
        }
    }

    async fn another_workspace_has_no_such_interaction(desk: Desk) {
        let (neighbour, _) = desk.neighbour().await;
        desk.ingest(MORNING, &inbox()).await;
        assert!(open(&desk, neighbour, "c2").await.is_none());
        assert!(list(&desk, neighbour, "visibility=any", None, 50).await.items.is_empty());
    }
}

#[test]
fn a_filter_that_is_not_known_or_not_sound_is_refused() {
    for (name, value) in [
        ("tab", "all"),
        ("tab", ""),
        ("state", "open"),
        ("since", "yesterday"),
        ("author", "ann"),
        ("connection", "1"),
        ("order", "priority"),
        ("visibility", "none"),
        ("starred", "no"),
        ("tag", "a\u{202e}b"),
        ("assignee", "ann"),
    ] {
        let bad = Filter::parse([(name, value)]).unwrap_err();
        assert_eq!(bad.name, name);
    }
    assert_eq!(Filter::parse([("since", "2026-11-02"), ("until", "2026-11-01")]).unwrap_err().name, "until");
    assert!("1.2".parse::<Cursor>().is_err() && "x".parse::<Cursor>().is_err());
}

#[test]
fn every_value_of_every_field_is_read_back_from_its_address() {
    for name in Filter::NAMES {
        let values: Vec<String> = match *name {
            "connection" | "content" | "author" | "answered_by" => {
                vec!["01890a5d-ac96-774b-bcce-b302099a8057".to_owned()]
            }
            "since" | "until" => vec!["2026-11-22".to_owned()],
            "q" => vec!["\"the sound\" -50% author:李 & co=a+b #x".to_owned()],
            "tag" => ["price list", "a&b=c#d%", "Straße 🔥"].map(str::to_owned).to_vec(),
            "assignee" => ["me", "nobody", "01890a5d-ac96-774b-bcce-b302099a8057"].map(str::to_owned).to_vec(),
            choice => {
                let wanted = Filter::parse([(choice, "no such value")]).unwrap_err().message;
                let list = wanted.trim_start_matches("This must be one of ").trim_end_matches('.');
                list.split(", ").map(str::to_owned).collect()
            }
        };
        for value in values {
            let others = if value == "priority" { vec![("state", "needs_reply")] } else { Vec::new() };
            let filter = Filter::parse(others.into_iter().chain([(*name, value.as_str())])).unwrap();
            let address = filter.address("");
            assert_eq!(parsed(address.trim_start_matches('?')), Ok(filter), "{address}");
        }
    }
}

#[test]
fn a_filter_and_its_address_are_the_same() {
    let query = "state=needs_reply&kind=comment&language=de&since=2026-11-01&order=priority";
    let filter = parsed(query).unwrap();
    assert_eq!(filter.address("/inbox"), format!("/inbox?{query}"));
    assert_eq!(Filter::parse([("state", ""), ("kind", "")]).unwrap().address("/inbox"), "/inbox?state=");
}

/// Whether a list says by the index what it says row by row, and what that is.
pub fn disagreement(conn: &mut kit::db::Conn, reader: Reader<'_>, filter: &Filter) -> kit::db::Result<Option<String>> {
    const ALL: usize = 1_000;
    let ids = |rows: Vec<super::Interaction>| rows.into_iter().map(|row| row.external_id).collect::<Vec<_>>();
    let mut looked_through: Vec<super::Interaction> = super::store::looked_through(conn, reader, filter, None, ALL)?;
    if let Some(word) = filter.q.as_ref().map(ToString::to_string) {
        let says_it = |text: &str| text.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|said| said == word);
        looked_through.retain(|row| row.text.as_deref().is_some_and(says_it));
    }
    let looked_through = ids(looked_through);
    let listed = ids(super::store::list(conn, reader, filter, None, ALL)?);
    let indexed = match super::found::is_asked_for(filter) {
        true => ids(super::found::by_index(conn, reader, filter, ALL)?),
        false => listed.clone(),
    };
    let is_same = looked_through == listed && listed == indexed;
    Ok((!is_same).then(|| format!("{looked_through:?} row by row, {listed:?} listed, {indexed:?} by the index")))
}

/// c1 asks, c2 is answered after r1 said thanks, c3 is an angry review, c4 wants to buy, c5 is German praise, c6 is held;
/// s1 is spam by its words and s2 by the platform's.
fn inbox() -> Vec<ObservedInteraction> {
    let at = |hours: u32, item: ObservedInteraction| ObservedInteraction { created_at: MORNING + HOUR * hours, ..item };
    let answered = at(1, comment("c2", "ann", "Where is this place?"));
    vec![
        comment("c1", "ann", "What camera is that?"),
        ObservedInteraction { text: Some("Wow, amazing".into()), ..reply("r1", "bob", &answered, 90) },
        own_reply("own1", &answered, 95),
        answered,
        ObservedInteraction {
            kind: Kind::Review,
            rating: Some(1),
            ..at(2, comment("c3", "cleo", "Terrible service, I got food poisoning"))
        },
        at(20, comment("c4", "dora", "How much is it and do you ship to Spain?")),
        at(21, comment("c5", "emil", "Das Video ist echt super schön gemacht")),
        ObservedInteraction { provider_state: ProviderState::Held, ..at(22, comment("c6", "fay", "Held for now")) },
        at(23, comment("s1", "gus", "Check out my channel www.spam.com for free followers")),
        ObservedInteraction { provider_state: ProviderState::Spam, ..at(24, comment("s2", "gus", "Hm")) },
    ]
}

fn parsed(query: &str) -> Result<Filter, BadFilter> {
    let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect::<Vec<_>>();
    Filter::parse(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

async fn list(desk: &Desk, workspace: WorkspaceId, query: &str, after: Option<Cursor>, limit: usize) -> Listed {
    let filter = parsed(query).unwrap();
    let (user, zone) = (desk.user, desk.time_zone.clone());
    desk.read(move |conn| {
        super::list(conn, Reader { workspace, user, zone: &zone, now: MORNING }, &filter, after, limit)
    })
    .await
    .unwrap()
}

async fn counts(desk: &Desk, query: &str) -> super::ChoiceCounts {
    let (filter, zone) = (parsed(query).unwrap(), desk.time_zone.clone());
    let (workspace, user) = (desk.workspace, desk.user);
    let read = desk
        .read(move |conn| super::choice_counts(conn, Reader { workspace, user, zone: &zone, now: MORNING }, &filter));
    read.await.unwrap()
}

async fn found(desk: &Desk, query: &str) -> Vec<String> {
    let listed = list(desk, desk.workspace, query, None, 50).await;
    listed.items.into_iter().map(|item| item.external_id).collect()
}

async fn open(desk: &Desk, workspace: WorkspaceId, external_id: &str) -> Option<Opened> {
    let id = desk.one_of::<InteractionId>("id", external_id).await;
    desk.read(move |conn| super::open(conn, workspace, id)).await.unwrap()
}
