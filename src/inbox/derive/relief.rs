//! "The bitterness is gone", "all the bugs have vanished": what was bad and is no more is good news, whatever words tell it.

use super::lexicon::{Hit, Role};
use super::sentiment::overlaps;
use super::text::Text;
use super::{Intent, Language};

/// So many words may stand between a trouble and that it is gone ("the pain after the third week is finally gone").
const TROUBLE_REACH: usize = 6;
/// Where the language says first that something is gone ("desapareció el ruido").
const REVERSED_REACH: usize = 2;
const GOOD: Role = Role::Valence(2);

/// The hits with each trouble that is gone as one good word, in place of the bad ones that it is told with; what is wrong
/// beside it ("but now it crashes") stays.
pub(super) fn relieve(text: &Text<'_>, hits: Vec<Hit>, language: Language) -> Vec<Hit> {
    let reliefs = hits.iter().filter_map(|gone| relief(text, &hits, gone, language)).collect::<Vec<_>>();
    if reliefs.is_empty() {
        return hits;
    }
    let is_answered = |hit: &Hit| {
        reliefs.iter().any(|relief| {
            // In "foram embora" the second word is no "although".
            overlaps(relief, hit) && (is_trouble(hit) || hit.role == Role::Contrast)
                || is_alarm(hit)
                    && text.clause(hit.start) == text.clause(relief.start)
                    && hit.start < relief.start + relief.len
        })
    };
    let mut left = hits.into_iter().filter(|hit| !is_answered(hit)).chain(reliefs.iter().copied()).collect::<Vec<_>>();
    left.sort_by_key(|hit| hit.start);
    left
}

/// From the trouble to that it is gone, or the other way round.
fn relief(text: &Text<'_>, hits: &[Hit], gone: &Hit, language: Language) -> Option<Hit> {
    if gone.role != Role::Gone || text.is_name(gone.start) || is_doubted(text, hits, gone) {
        return None;
    }
    let trouble = hits.iter().filter(|hit| text.clause(hit.start) == text.clause(gone.start)).find(|hit| {
        let end = hit.start + hit.len;
        let before = end <= gone.start && gone.start <= end + TROUBLE_REACH && names_it(hits, hit, gone);
        let after = hit.start >= gone.start + gone.len && hit.start <= gone.start + gone.len + REVERSED_REACH;
        is_trouble(hit) && (before || after && may_come_first(language))
    })?;
    let mut start = trouble.start.min(gone.start);
    while let Some(worse) = hits.iter().find(|hit| is_trouble(hit) && hit.start + hit.len == start) {
        start = worse.start;
    }
    let end = (trouble.start + trouble.len).max(gone.start + gone.len);
    Some(Hit { role: GOOD, start, len: end - start })
}

/// It is asked whether it is gone, or said that it is not.
fn is_doubted(text: &Text<'_>, hits: &[Hit], gone: &Hit) -> bool {
    hits.iter().filter(|hit| text.clause(hit.start) == text.clause(gone.start) && hit.start < gone.start).any(|hit| {
        let asks = text.question_marks > 0
            && matches!(hit.role, Role::Asking | Role::Intent(Intent::Question))
            && text.starts_clause(hit.start);
        asks || matches!(hit.role, Role::Negator | Role::Nought) && hit.start + hit.len + 3 > gone.start
    })
}

fn is_trouble(hit: &Hit) -> bool {
    matches!(hit.role, Role::Trouble | Role::Fault(_) | Role::Valence(..0))
}

fn is_alarm(hit: &Hit) -> bool {
    matches!(hit.role, Role::Intent(Intent::Complaint | Intent::Safety))
}

/// A word of blame names what is gone where nothing else stands between them: "my respect for this awful channel is gone".
fn names_it(hits: &[Hit], trouble: &Hit, gone: &Hit) -> bool {
    let is_filler = |index| hits.iter().any(|hit| hit.start == index && hit.role == Role::Stop);
    trouble.role == Role::Trouble || (trouble.start + trouble.len..gone.start).all(is_filler)
}

fn may_come_first(language: Language) -> bool {
    matches!(language, Language::Spanish | Language::Italian | Language::Portuguese)
}
