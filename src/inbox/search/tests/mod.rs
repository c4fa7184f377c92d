//! Both databases find what plain words say is there, and nothing that went away.

mod changes;
mod pages;
mod plans;

use std::time::Duration;

use kit::random::Random;

use super::Traits;
use super::query::Query;
use super::words::Words;
use crate::inbox::listing::{self, Cursor, Filter, Reader};
use crate::inbox::testing::{Desk, MORNING, comment};
use crate::model::ObservedInteraction;
use crate::workspaces::WorkspaceId;

const WORDS: [&str; 34] = [
    "crème",
    "Creme",
    "CRÈME",
    "brûlée",
    "Straße",
    "strasse",
    "refund",
    "refunds",
    "Refunding",
    "the",
    "the",
    "the",
    "of",
    "sound",
    "don't",
    "4:05",
    "味道不错",
    "味道",
    "味",
    "不错",
    "ラーメン",
    "ガラス",
    "😍",
    "👍🏽",
    "👩‍🍳",
    "한국어",
    "한국",
    "مُحَمَّد",
    "محمد",
    "हिन्दी",
    "ไทยแลนด์",
    "ёлка",
    "AND",
    "ﬁne",
];
const NAMES: [&str; 6] = ["Ann Lee", "@ann-lee", "李小龙", "Ünal", "bot 3000", "محمد"];

/// Everything published, so many at a time.
pub(super) async fn found(desk: &Desk, workspace: WorkspaceId, query: &str, limit: usize) -> Vec<String> {
    let (filter, user, zone) = (filter(query), desk.user, desk.time_zone.clone());
    let read = move |conn: &mut kit::db::Conn| {
        let reader = Reader { workspace, user, zone: &zone, now: MORNING };
        let (mut ids, mut cursor) = (Vec::new(), None::<Cursor>);
        loop {
            let page = listing::list(conn, reader, &filter, cursor, limit)?;
            assert!(page.items.len() <= limit);
            ids.extend(page.items.into_iter().map(|item| item.external_id));
            cursor = page.next;
            if cursor.is_none() {
                return Ok::<_, kit::db::Error>(ids);
            }
        }
    };
    desk.read(read).await.expect("the query can be asked")
}

/// A query alone, or an address of a list.
fn filter(query: &str) -> Filter {
    let is_address = query.contains("q=");
    let parameters = if is_address {
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    } else {
        vec![("q".to_owned(), query.to_owned())]
    };
    Filter::parse(parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()))).expect("it is a filter")
}

fn number(random: &Random, below: usize) -> usize {
    let [low, high] = random.bytes::<2>();
    usize::from(u16::from_be_bytes([low, high])) % below
}

fn text(random: &Random) -> String {
    let glue = [" ", " ", " ", ", ", "-", "", "! "];
    let words = (0..1 + number(random, 7)).map(|_| WORDS[number(random, WORDS.len())]);
    words.fold(String::new(), |text, word| text + word + glue[number(random, glue.len())])
}

fn query(random: &Random) -> String {
    let term = |random: &Random| {
        let word = WORDS[number(random, WORDS.len())];
        let other = WORDS[number(random, WORDS.len())];
        let start: String = word.chars().take(3 + number(random, 2)).collect();
        match number(random, 9) {
            0 => format!("\"{word} {other}\""),
            1 => format!("-{word}"),
            2 => format!("{start}*"),
            3 => format!("author:{}", NAMES[number(random, NAMES.len())].split(' ').next().unwrap_or_default()),
            4 => format!("author:\"{}\"", NAMES[number(random, NAMES.len())]),
            5 => format!("\"{word} {start}\"*"),
            6 => word.chars().next().unwrap_or('x').to_string(),
            _ => word.to_owned(),
        }
    };
    (0..1 + number(random, 3)).map(|_| term(random)).collect::<Vec<_>>().join(" ")
}

fn written(random: &Random, count: usize) -> Vec<ObservedInteraction> {
    let one = |index: usize| {
        let mut one = comment(&format!("c{index:03}"), &format!("author-{index}"), &text(random));
        one.author.display_name = NAMES[number(random, NAMES.len())].to_owned();
        // Many in the same second, some in the same instant.
        one.created_at = MORNING + Duration::from_millis(300 * number(random, 40) as u64);
        one
    };
    (0..count).map(one).collect()
}

kit::both_databases! {
    async fn both_databases_answer_as_plain_words_do(desk: Desk) {
        let random = Random::seeded(7);
        let all = written(&random, 240);
        desk.ingest(MORNING + Duration::from_secs(3600), &all).await;
        let everything = found(&desk, desk.workspace, "q=-nothingsaysthis", 100).await;
        assert_eq!(everything.len(), all.len());
        let mut hits = 0;
        for _ in 0..400 {
            let typed = query(&random);
            let Ok(query) = typed.parse::<Query>() else { continue };
            let says = |one: &&ObservedInteraction| query.matches(&Words::new(one.text.as_deref(), &one.author.display_name, &Traits::default()));
            let mut expected = all.iter().filter(says).map(|one| one.external_id.clone()).collect::<Vec<_>>();
            expected.sort_by_key(|id| everything.iter().position(|known| known == id));
            hits += expected.len();
            assert_eq!(found(&desk, desk.workspace, &typed, 7).await, expected, "{typed}");
        }
        assert!(hits > 4_000, "the queries find something: {hits}");
    }

    async fn a_search_has_every_order_and_every_other_filter(desk: Desk) {
        let random = Random::seeded(3);
        let mut all = written(&random, 120);
        for (index, one) in all.iter_mut().enumerate() {
            one.text = one.text.take().map(|text| text + if index % 3 == 0 { " why is the sound so bad?" } else { "" });
            one.likes = Some(i64::try_from(index % 30).unwrap());
        }
        desk.ingest(MORNING + Duration::from_secs(3600), &all).await;
        for rest in ["", "&order=oldest", "&state=needs_reply", "&state=needs_reply&order=priority", "&language=en",
            "&since=2026-11-20&until=2026-11-26", "&since=2027-01-01", "&visibility=any&order=oldest", "&intent=question"]
        {
            let rest = rest.trim_start_matches('&');
            let unsearched = found_without(&desk, rest).await;
            for typed in ["sound", "the -of", "\"the sound\"", "nothingsaysthis"] {
                let query: Query = typed.parse().unwrap();
                let says = |id: &&String| {
                    let one = all.iter().find(|one| one.external_id == **id).unwrap();
                    query.matches(&Words::new(one.text.as_deref(), &one.author.display_name, &Traits::default()))
                };
                let expected = unsearched.iter().filter(says).cloned().collect::<Vec<_>>();
                let address = format!("q={}&{rest}", listing::escaped(typed));
                assert_eq!(found(&desk, desk.workspace, &address, 9).await, expected, "{address}");
            }
        }
    }

    async fn what_begins_so_is_found_and_counted_however_many_words_do(desk: Desk) {
        // Each says a word of its own, three in each instant.
        let one = |index: usize| ObservedInteraction {
            created_at: MORNING + Duration::from_millis(300 * (index as u64 / 3)),
            ..comment(&format!("c{index:03}"), &format!("author-{index}"), &format!("word{index:03}"))
        };
        let all = (0..130).map(one).collect::<Vec<_>>();
        desk.ingest(MORNING + Duration::from_secs(3600), &all).await;
        for (typed, count) in [("word*", 130), ("word0*", 100), ("word1*", 30), ("word00*", 10), ("word12*", 10), ("word0* -word00*", 90),
            ("-word0*", 30), ("word004*", 1), ("word2*", 0)]
        {
            for order in ["", "&order=oldest"] {
                let address = format!("q={}{order}", listing::escaped(typed));
                assert_eq!(found(&desk, desk.workspace, &address, 50).await.len(), count, "{address}");
                assert_eq!(counted(&desk, &address).await, count.min(listing::Matches::TOLD + 1), "{address}");
            }
        }
    }

    async fn what_operators_spell_is_looked_for_like_any_word(desk: Desk) {
        desk.ingest(MORNING, &[comment("c1", "ann", "AND OR NOT near a <-> b"), comment("c2", "bob", "nothing")]).await;
        for typed in ["AND", "OR NOT", "NEAR", "a <-> b", "a & b", "a | b", "!a", "a:*", "^near", "{a} + b", "'a' \"b", "a\\b", "(a", "near)"] {
            assert_eq!(found(&desk, desk.workspace, typed, 5).await, ["c1"], "{typed}");
        }
    }
}

/// As its first page tells it.
async fn counted(desk: &Desk, address: &str) -> usize {
    let (filter, workspace, user, zone) = (filter(address), desk.workspace, desk.user, desk.time_zone.clone());
    let read = move |conn: &mut kit::db::Conn| {
        let reader = Reader { workspace, user, zone: &zone, now: MORNING };
        let listed = listing::list(conn, reader, &filter, None, listing::DEFAULT_LIMIT)?;
        listing::matches(conn, reader, &filter, &listed, None)
    };
    desk.read(read).await.expect("the query can be asked").expect("something is searched for").count
}

async fn found_without(desk: &Desk, address: &str) -> Vec<String> {
    let parameters: Vec<(String, String)> = url::form_urlencoded::parse(address.as_bytes()).into_owned().collect();
    let filter = Filter::parse(parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()))).unwrap();
    let (workspace, user, zone) = (desk.workspace, desk.user, desk.time_zone.clone());
    let read = move |conn: &mut kit::db::Conn| {
        let reader = Reader { workspace, user, zone: &zone, now: MORNING };
        let mut page = listing::list(conn, reader, &filter, None, 100)?;
        if let Some(cursor) = page.next {
            page.items.extend(listing::list(conn, reader, &filter, Some(cursor), 100)?.items);
        }
        Ok::<_, kit::db::Error>(page.items.into_iter().map(|item| item.external_id).collect())
    };
    desk.read(read).await.unwrap()
}
