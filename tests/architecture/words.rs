//! What people read is a native speaker's English: sentences that were mended stay away.

use super::source::{assert_none, sources};

/// Parts of sentences, as somebody who translates word by word would write them.
const NOT_AGAIN: [&str; 50] = [
    "wait for an answer",
    "waits for an answer",
    "waiting for an answer",
    "is yours\"",
    "stand here",
    "stands here",
    "came to nothing",
    "called back…",
    "being left",
    "Set it up anew",
    "Your wish",
    "do not go together",
    "attackers try first",
    "Not in that way",
    "No longer\"",
    "To the start",
    "make of it",
    "About it",
    "Without words",
    "without words",
    "hours of waiting",
    "Tidy",
    "Age priorities",
    "Give an authorisation",
    "to walk",
    "gathers",
    "gathered so far",
    "Complete to",
    "complete to",
    "Next reading",
    "Last read\"",
    "irst reading",
    "not whole",
    "filter asks for",
    "Nothing matches",
    "Make my account",
    "Make the key",
    "Make an invitation",
    "asks to slow down",
    "goes on by itself",
    "tries again by itself",
    "is not there",
    "is there already",
    "cannot be listened on",
    "somebody's hands",
    "is no setting of",
    "does not take that method",
    "was too long ago",
    "Less pressing",
    "sessions were ended",
];

#[test]
fn mended_sentences_stay_away() {
    let mut faults = Vec::new();
    for file in sources(&["src", "kit/src/web", "kit/src/jobs"], "rs") {
        if file.is_test() || file.path.contains("/simulation/") {
            continue;
        }
        for (number, line) in (1..).zip(file.text.lines()).take_while(|(_, line)| !line.starts_with("mod tests {")) {
            for words in NOT_AGAIN.into_iter().filter(|words| is_shown(&file.path, line) && line.contains(words)) {
                faults.push(format!("{}:{number}: “{words}”", file.path));
            }
        }
    }
    assert_none("texts are short, warm, idiomatic English", faults);
}

/// Comments are not shown, but those of the command line are its help.
fn is_shown(path: &str, line: &str) -> bool {
    let is_comment = line.trim_start().starts_with("//");
    let is_help = line.trim_start().starts_with("///") && matches!(path, "src/config.rs" | "src/main.rs");
    is_help || (!is_comment && line.contains('"'))
}
