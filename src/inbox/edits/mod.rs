//! What an edit took out of a text and what it put in, word by word; letter by letter where words have no spaces.

#[cfg(test)]
mod tests;

use unicode_normalization::char::is_combining_mark;

use super::search::is_unspaced;

/// So many words that differ are looked for; texts that differ in more are another's, from the first difference to the last.
const MOST: usize = 400;

/// A stretch of the two texts together: in order, all but the added ones are the earlier text, all but the removed ones the later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub what: What,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Kept,
    Removed,
    Added,
}

pub fn between(before: &str, after: &str) -> Vec<Piece> {
    let (old, new) = (words(before), words(after));
    let start = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let end = old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(|(one, other)| one == other).count();
    let (old_middle, new_middle) = (&old[start..old.len() - end], &new[start..new.len() - end]);
    let mut steps = old[..start].iter().map(|word| (What::Kept, *word)).collect::<Vec<_>>();
    match shortest(old_middle, new_middle) {
        Some(path) => steps.extend(path),
        None => {
            steps.extend(old_middle.iter().map(|word| (What::Removed, *word)));
            steps.extend(new_middle.iter().map(|word| (What::Added, *word)));
        }
    }
    steps.extend(old[old.len() - end..].iter().map(|word| (What::Kept, *word)));
    pieces(&steps)
}

/// Words, stretches of white space, and every other sign by itself; whatever is written on a letter stays with it.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut before) = (0, None);
    for (index, letter) in text.char_indices() {
        if let Some(before) = before
            && !belongs(before, letter, &text[start..index])
        {
            words.push(&text[start..index]);
            start = index;
        }
        before = Some(letter);
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

/// Whether a letter goes on with what the letters before it have begun.
fn belongs(before: char, letter: char, begun: &str) -> bool {
    const JOINER: char = '\u{200d}';
    let is_of_a_word = |c: char| (c.is_alphanumeric() || matches!(c, '\'' | '’' | '_')) && !is_unspaced(c);
    let is_part_of_a_flag = |c: char| matches!(c, '\u{1f1e6}'..='\u{1f1ff}');
    let is_put_on = is_combining_mark(letter) || matches!(letter, JOINER | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
    is_put_on
        || before == JOINER
        || before.is_whitespace() && letter.is_whitespace()
        || (is_of_a_word(before) || is_combining_mark(before)) && is_of_a_word(letter)
        || is_part_of_a_flag(before) && is_part_of_a_flag(letter) && begun.chars().count() % 2 == 1
}

type Step<'a> = (What, &'a str);

/// The fewest changes that lead from the one to the other (E. Myers, 1986); none where they are too many. Where each diagonal
/// of the field of all pairs is reached is written down for every number of changes, and the way is read from its end.
fn shortest<'a>(old: &[&'a str], new: &[&'a str]) -> Option<Vec<Step<'a>>> {
    let most = MOST.min(old.len() + new.len());
    let middle = most + 1;
    let mut reached = vec![0; 2 * most + 3];
    let mut history = Vec::new();
    for changes in 0..=most {
        history.push(reached.clone());
        for diagonal in (middle - changes..=middle + changes).step_by(2) {
            let from = came_from(&reached, diagonal, (middle, changes));
            let mut x = reached[from] + usize::from(from < diagonal);
            let mut y = x + middle - diagonal;
            while x < old.len() && y < new.len() && old[x] == new[y] {
                (x, y) = (x + 1, y + 1);
            }
            reached[diagonal] = x;
            if x >= old.len() && y >= new.len() {
                return Some(way_back(old, new, &history, middle));
            }
        }
    }
    None
}

/// The neighbour from which a diagonal is reached further down the old text.
fn came_from(reached: &[usize], diagonal: usize, (middle, changes): (usize, usize)) -> usize {
    let is_first = diagonal == middle - changes;
    let is_last = diagonal == middle + changes;
    if is_first || !is_last && reached[diagonal - 1] < reached[diagonal + 1] { diagonal + 1 } else { diagonal - 1 }
}

fn way_back<'a>(old: &[&'a str], new: &[&'a str], history: &[Vec<usize>], middle: usize) -> Vec<Step<'a>> {
    let (mut x, mut y) = (old.len(), new.len());
    let mut steps = Vec::with_capacity(x + y);
    for (changes, reached) in history.iter().enumerate().rev() {
        let diagonal = middle + x - y;
        let from = came_from(reached, diagonal, (middle, changes));
        let (from_x, from_y) = if changes == 0 { (0, 0) } else { (reached[from], reached[from] + middle - from) };
        while x > from_x && y > from_y {
            (x, y) = (x - 1, y - 1);
            steps.push((What::Kept, old[x]));
        }
        if changes > 0 {
            steps.push(if x > from_x { (What::Removed, old[from_x]) } else { (What::Added, new[from_y]) });
        }
        (x, y) = (from_x, from_y);
    }
    steps.reverse();
    steps
}

/// What stays, and what is changed for what.
#[derive(Default)]
struct Change {
    kept: String,
    removed: String,
    added: String,
}

/// A space alone between two changes belongs to them: "a dog" for "the cat" is one change.
fn pieces(steps: &[Step<'_>]) -> Vec<Piece> {
    let mut changes: Vec<Change> = vec![Change::default()];
    for (what, word) in steps {
        let is_changed = changes.last().is_some_and(|last| !last.removed.is_empty() || !last.added.is_empty());
        if *what == What::Kept && is_changed {
            changes.push(Change::default());
        }
        let Some(last) = changes.last_mut() else { continue };
        match what {
            What::Kept => last.kept.push_str(word),
            What::Removed => last.removed.push_str(word),
            What::Added => last.added.push_str(word),
        }
    }
    let mut merged: Vec<Change> = Vec::with_capacity(changes.len());
    for change in changes {
        match merged.last_mut() {
            Some(last) if last.takes(&change) => {
                last.removed.extend([change.kept.as_str(), &change.removed]);
                last.added.extend([change.kept.as_str(), &change.added]);
            }
            _ => merged.push(change),
        }
    }
    let piece = |what, text: String| (!text.is_empty()).then_some(Piece { what, text });
    let three = |change: Change| {
        [piece(What::Kept, change.kept), piece(What::Removed, change.removed), piece(What::Added, change.added)]
    };
    merged.into_iter().flat_map(three).flatten().collect()
}

impl Change {
    fn takes(&self, next: &Self) -> bool {
        let says = |one: &str, other: &str| !one.trim().is_empty() || !other.trim().is_empty();
        let is_change = !next.removed.is_empty() || !next.added.is_empty();
        let stays_sound = says(&self.removed, &next.removed) && says(&self.added, &next.added);
        next.kept.trim().is_empty() && is_change && stays_sound
    }
}
