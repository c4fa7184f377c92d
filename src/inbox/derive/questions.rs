//! Whether a text asks something: by its mark, or by the words that begin a question; and not when it only sounds like one.

use super::Intent;
use super::lexicon::{Hit, Role};
use super::text::Text;

/// The rule's code and what it went by.
pub(super) fn find(text: &Text<'_>, hits: &[Hit]) -> Option<(&'static str, Vec<String>)> {
    let rhetorical = hits.iter().filter(|hit| hit.role == Role::Rhetorical).collect::<Vec<_>>();
    let is_in_earnest = |hit: &&Hit| {
        let same_clause = |other: &&&Hit| text.clause(other.start) == text.clause(hit.start);
        !rhetorical.iter().any(|other| same_clause(&other))
    };
    if text.question_marks > rhetorical.len() && text.letters > 0 {
        return Some(("mark", vec!["?".into()]));
    }
    let judges = hits.iter().any(|hit| matches!(hit.role, Role::Valence(valence) if valence != 0));
    let asking = hits.iter().filter(is_in_earnest).find(|hit| match hit.role {
        Role::Intent(Intent::Question) => {
            // One word alone asks at either end of the text: "why", "c'est où".
            let at_an_end = hit.start == 0 || (text.len() > 1 && hit.start + hit.len == text.len());
            at_an_end || (hit.len > 1 && begins(text, hits, hit.start))
        }
        Role::Asking => !follows_a_question_word(text, hits, hit.start),
        Role::PerhapsAsking => text.exclamations == 0 && !judges && begins(text, hits, hit.start),
        _ => false,
    });
    asking.map(|hit| ("words", vec![text.phrase(hit.start, hit.len)]))
}

/// At the head of its clause, or behind nothing but words that lead to a question.
fn begins(text: &Text<'_>, hits: &[Hit], start: usize) -> bool {
    if start < 2 || text.starts_clause(start) {
        return true;
    }
    let leads = |index: usize| {
        hits.iter().any(|hit| hit.role == Role::LeadIn && hit.start <= index && index < hit.start + hit.len)
    };
    leads(start - 1)
}

/// "I know how do you feel": the inner question is told, not asked.
fn follows_a_question_word(text: &Text<'_>, hits: &[Hit], start: usize) -> bool {
    const WORDS: [&str; 13] =
        ["so", "neither", "nor", "than", "how", "what", "why", "where", "when", "which", "who", "as", "and so"];
    const TELLING: [&str; 8] = ["know", "knew", "see", "understand", "remember", "realize", "shows", "that's"];
    let told = start > 0 && TELLING.contains(&text.word(start - 1));
    told || (start > 1 && WORDS.contains(&text.word(start - 1)) && !begins(text, hits, start - 1))
}
