//! Synthetic interactions for benches, through the real ingest: any number, varied, the same for the same numbers.

use std::ops::Range;
use std::time::Duration;

use kit::db::{Result, Tx};
use serde_json::json;

use super::ingest::{self, IngestContext, Ingested};
use crate::model::{Kind, ObservedAuthor, ObservedInteraction, ProviderState};

const PAGE: usize = 100;
const DAYS: u64 = 90;

const OPENINGS: [&str; 8] = [
    "Loved the part at",
    "What camera did you use at",
    "The sound is far too quiet at",
    "How much is the grinder from",
    "Das ist wirklich super erklärt ab",
    "Muchas gracias por lo de",
    "Sadly the link is broken, I noticed at",
    "Been watching since the first video, and now",
];
const ENDINGS: [&str; 7] = [
    "thank you so much!",
    "could you make a video about that?",
    "I was a little disappointed.",
    "und danke dafür!",
    "😍",
    "greetings from the lab.",
    "味道不错！",
];

/// Ingests the interactions of these numbers; call it with other numbers for more.
pub fn seed(tx: &mut Tx, context: &IngestContext<'_>, numbers: Range<usize>) -> Result<Ingested> {
    let mut ingested = Ingested::default();
    for first in numbers.clone().step_by(PAGE) {
        let page =
            (first..numbers.end.min(first + PAGE)).map(|number| interaction(context, number)).collect::<Vec<_>>();
        ingested += ingest::interactions(tx, context, &page)?;
    }
    Ok(ingested)
}

/// One in ten is a reply in the thread before it, one in twenty of those the account's own.
fn interaction(context: &IngestContext<'_>, number: usize) -> ObservedInteraction {
    let hash = scramble(number as u64);
    let pick = |shift: u32, of: u64| ((hash >> shift) & 0xffff) % of;
    let is_reply = number % 10 == 9;
    let is_own = is_reply && number % 200 == 199;
    let root = number - usize::from(is_reply);
    let age = Duration::from_secs(scramble(root as u64) % (DAYS * 86_400));
    let created_at = context.now - if is_reply { age / 2 } else { age };
    let author = if is_own { "own".to_owned() } else { format!("author-{}", pick(0, 60_000) / (1 + pick(16, 20))) };
    let minute = number % 60;
    let text = format!(
        "{} {}:{minute:02}, {} ({number})",
        OPENINGS[pick(8, 8) as usize],
        number / 60 % 60,
        ENDINGS[pick(24, 7) as usize]
    );
    ObservedInteraction {
        kind: if is_reply { Kind::Reply } else { Kind::Comment },
        external_id: format!("seed-{number}"),
        parent_external_id: is_reply.then(|| format!("seed-{root}")),
        thread_external_id: format!("seed-{root}"),
        content_external_id: None,
        author: ObservedAuthor {
            display_name: format!("@{author}"),
            external_id: Some(author),
            avatar_url: None,
            profile_url: None,
            is_self: is_own,
        },
        text: Some(text),
        rating: None,
        likes: Some(i64::try_from(pick(32, 40).saturating_sub(30)).unwrap_or(0)),
        reply_count: None,
        created_at,
        edited_at: None,
        provider_state: ProviderState::Published,
        can_reply: true,
        permalink: None,
        translation: None,
        state_reason: None,
        raw: json!({}),
    }
}

/// SplitMix64: every bit of the number moves every bit of the result.
fn scramble(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
