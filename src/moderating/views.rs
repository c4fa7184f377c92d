//! The question before something is done at a platform, and the receipt after it, as HTML.

use std::collections::HashSet;

use maud::{Markup, html};

use crate::inbox::place::Place;
use crate::model::InteractionId;
use crate::moderation::{Act, Asker, Item, NotNow, OrderId, Receipt, Skipped, State, Words};
use crate::platforms::Verb;
use crate::web::ui::numbers::{counted, grouped};
use crate::web::ui::{Icon, Live, Local, Tone, card, head, icon, live, tag};

/// Letters of a comment in a list.
const EXCERPT: usize = 140;

/// People whose names are told, and acts that are told one by one; the rest is counted.
const NAMED: usize = 20;
const TOLD: usize = 100;

/// What somebody is asked before it is done.
pub struct Question<'a> {
    pub id: OrderId,
    /// Those that the platform would be asked for.
    pub items: &'a [Item],
    pub left_out: &'a [(Skipped, usize)],
    pub words: Words,
    pub verb: Verb,
    pub typed: Typed,
    pub units: i64,
    /// Of today; none where nobody counts.
    pub left: Option<i64>,
    pub open: Option<InteractionId>,
    pub list: &'a Place,
}

/// What somebody has typed for an edit, and what is wrong with it.
#[derive(Default)]
pub struct Typed {
    pub text: Option<String>,
    /// The words that were there when the new ones were begun.
    pub replaces: Option<String>,
    pub error: Option<String>,
}

impl Question<'_> {
    fn name(&self) -> &'static str {
        self.words.platform.label()
    }

    /// Each once, as often as they wrote.
    fn authors(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        let items = self.items.iter();
        items.filter(|item| seen.insert(item.author_id)).map(|item| item.author_name.as_str()).collect()
    }

    fn button(&self) -> String {
        match self.authors().len() {
            many if self.verb == Verb::Ban && many > 1 => {
                format!("Ban {} authors on {}", grouped(many as i64), self.name())
            }
            _ => self.words.doing(self.verb),
        }
    }

    fn is_for_nothing(&self) -> bool {
        self.items.is_empty()
    }

    pub fn title(&self) -> String {
        if self.is_for_nothing() {
            return format!("Nothing to do on {}", self.name());
        }
        let what = match (self.verb, self.items.len()) {
            (Verb::Ban, _) => match self.authors()[..] {
                [author] => author.to_owned(),
                ref all => format!("{} authors", grouped(all.len() as i64)),
            },
            (verb, 1) if verb.is_about_own() => "your comment".to_owned(),
            (_, 1) => "this comment".to_owned(),
            (_, many) => counted(many as i64, "comment", "comments"),
        };
        self.words.asking(self.verb, &what)
    }

    /// What viewers will see, and whether it can be taken back.
    fn meaning(&self) -> String {
        let name = self.name();
        let (they_are, them) = if self.items.len() == 1 { ("It's", "it") } else { ("They're", "them") };
        match self.verb {
            Verb::Edit => format!("Everybody on {name} will see your new words."),
            Verb::Hide => format!("Nobody but you sees {them} on {name} until you publish {them} again."),
            Verb::Publish => format!("Everybody on {name} can see {them} again."),
            Verb::Delete | Verb::Reject => {
                format!("{name} stops showing {them} to anybody. This can't be undone.")
            }
            Verb::Ban => format!(
                "{they_are} rejected, and so is whatever the same people write from now on. \
                 Only {name}'s own pages can undo this."
            ),
            Verb::ReportSpam => format!("{name} will look at {them} and may remove {them}. This can't be undone."),
        }
    }

    fn cost(&self) -> Option<String> {
        let name = self.name();
        let units = grouped(self.units);
        match self.left {
            _ if self.units == 0 => None,
            Some(left) if left < self.units => Some(format!(
                "Uses {units} units of {name}'s quota, and only {} are left today. The rest will be done tomorrow.",
                grouped(left)
            )),
            Some(left) => Some(format!("Uses {units} of today's {} units of {name}'s quota.", grouped(left))),
            None => Some(format!("Uses {units} units of {name}'s quota.")),
        }
    }
}

pub fn question(question: &Question<'_>) -> Markup {
    let back = match (question.open, question.items) {
        (Some(open), _) => question.list.one(open),
        (None, [one]) => question.list.one(one.id),
        _ => question.list.list(),
    };
    let action = question.list.address(&format!("/moderation/{}", question.id), None);
    let has_words = question.verb == Verb::Edit;
    let body = html! {
        form.form method="post" action=(action) data-test="moderation" {
            @if has_words && !question.is_for_nothing() { (words(question)) } @else { (quotes(question.items)) }
            @if question.verb == Verb::Ban && !question.is_for_nothing() { (banned(question)) }
            @if !question.is_for_nothing() { p { (question.meaning()) } }
            (left_out(question))
            @if let Some(cost) = question.cost() { p.muted { (cost) } }
            div.actions {
                @if question.is_for_nothing() {
                    a.button.primary href=(back) { "Back to the inbox" }
                } @else {
                    button.button.(if question.verb.is_final() { "danger" } else { "primary" }) type="submit" name="verb" value=(question.verb) {
                        (question.button())
                    }
                    a.button.quiet href=(back) { "Cancel" }
                }
            }
        }
    };
    html! {
        (head(&question.title(), html! {}, html! {}))
        div.stack.narrow { div.card { div.card-body { (body) } } }
    }
}

fn words(question: &Question<'_>) -> Markup {
    let says = question.items[0].text.as_deref().unwrap_or_default();
    let Typed { text, replaces, error } = &question.typed;
    let text = text.as_deref().unwrap_or(says);
    let described = error.as_ref().map(|_| "text-error");
    html! {
        input type="hidden" name="replaces" value=(replaces.as_deref().unwrap_or(says));
        div.field {
            label for="text" { "Your reply" }
            textarea #text name="text" rows="5" dir="auto" required aria-describedby=[described] aria-invalid=[error.as_ref().map(|_| "true")] {
                // A parser drops the first line break of a textarea.
                "\n" (text)
            }
            @if let Some(error) = error { p.error #text-error role="alert" { (error) } }
        }
    }
}

fn banned(question: &Question<'_>) -> Markup {
    let authors = question.authors();
    let (named, more) = authors.split_at(authors.len().min(NAMED));
    html! {
        @if question.items.len() > authors.len() { p { (by_people(question.items.len(), authors.len() as i64)) } }
        p {
            "Banned: " b dir="auto" { (named.join(", ")) }
            @if !more.is_empty() { " and " (grouped(more.len() as i64)) " more" }
        }
    }
}

fn left_out(question: &Question<'_>) -> Markup {
    html! {
        @if !question.left_out.is_empty() {
            ul.list data-test="left-out" {
                @for (why, count) in question.left_out { li.muted { (question.words.left_out(*why, question.verb, *count)) } }
            }
        }
    }
}

fn quotes(items: &[Item]) -> Markup {
    const SHOWN: usize = 5;
    html! {
        ul.list {
            @for item in items.iter().take(SHOWN) { li { p.said dir="auto" { (excerpt(item)) } } }
            @if items.len() > SHOWN { li.muted { "and " (grouped((items.len() - SHOWN) as i64)) " more" } }
        }
    }
}

fn excerpt(item: &Item) -> &str {
    let text = item.text.as_deref().map(str::trim).filter(|text| !text.is_empty()).unwrap_or("No text");
    text.char_indices().nth(EXCERPT).map_or(text, |(end, _)| &text[..end])
}

/// "314 comments by 280 people".
fn by_people(comments: usize, people: i64) -> String {
    format!("{} by {}", counted(comments as i64, "comment", "comments"), counted(people, "person", "people"))
}

/// What became of an order, for whoever looks.
pub struct Told<'a> {
    pub receipt: &'a Receipt,
    /// Those that are told one by one, and the first.
    pub items: &'a [Item],
    /// None where the first is gone.
    pub words: Option<Words>,
    pub asker: Asker,
    /// Why nothing came of what they pressed.
    pub not_now: Option<NotNow>,
}

impl Told<'_> {
    /// What the question was about: comments, and people where it is they who are meant.
    fn meant(&self) -> String {
        let (comments, people) = (self.receipt.acts.len(), self.receipt.authors);
        match self.receipt.verb {
            Verb::Ban if people < comments as i64 => by_people(comments, people),
            _ => counted(comments as i64, "comment", "comments"),
        }
    }
}

pub fn title(told: &Told<'_>) -> String {
    match told.words {
        Some(words) => format!("{}: {}", words.doing(told.receipt.verb), told.meant()),
        None => told.meant(),
    }
}

pub fn receipt_page(title: &str, list: &Place, part: Markup) -> Markup {
    html! {
        (head(title, html! {}, html! { a.button.small href=(list.list()) { (icon(Icon::Back)) "Back to the inbox" } }))
        (part)
    }
}

/// What became of it so far, with counts; drawn anew while it goes on.
pub fn receipt(told: &Told<'_>, list: &Place, local: &Local) -> Markup {
    let Told { receipt, items, .. } = told;
    let source = list.address(&format!("/moderation/{}", receipt.id), Some("moderation"));
    let by = receipt.ordered_by.as_deref().unwrap_or("somebody");
    let aside = html! { "by " (by) " " (local.ago(receipt.ordered_at)) };
    let body = html! {
        @if let Some(why) = told.not_now { p role="status" data-test="not-now" { (why.says()) } }
        ul.list data-test="moderation-receipt" {
            @for (tone, words) in counts(told) { li { (tag(tone, &words)) } }
        }
        (acts(receipt, list, told.asker))
        (listed("What went wrong", self::told(receipt), receipt.tally().failed, |act| failed(act, items, list)))
        (listed("Changed since you were asked", changed(receipt), count_of(receipt, Skipped::Changed), |act| link(act, items, list)))
    };
    live(
        Live { name: "moderation", hints: "inbox", source: &source },
        html! { div.stack.narrow { (card("How it went", aside, body)) } },
    )
}

/// Acts one by one, as far as that goes.
fn listed<'a>(heading: &str, acts: impl Iterator<Item = &'a Act>, of: usize, line: impl Fn(&Act) -> Markup) -> Markup {
    html! {
        @if of > 0 {
            h3 { (heading) }
            ul.list {
                @for act in acts { li { div.grow { (line(act)) } } }
                @if of > TOLD { li.muted { "and " (grouped((of - TOLD) as i64)) " more" } }
            }
        }
    }
}

fn count_of(receipt: &Receipt, why: Skipped) -> usize {
    receipt.acts.iter().filter(|act| act.skipped() == Some(why)).count()
}

/// What went wrong, as far as it is told one by one.
pub fn told(receipt: &Receipt) -> impl Iterator<Item = &Act> {
    receipt.acts.iter().filter(|act| act.state == State::Failed).take(TOLD)
}

/// What was passed over because somebody else did something with it, as far as it is told one by one.
pub fn changed(receipt: &Receipt) -> impl Iterator<Item = &Act> {
    receipt.acts.iter().filter(|act| act.skipped() == Some(Skipped::Changed)).take(TOLD)
}

fn counts(told: &Told<'_>) -> Vec<(Tone, String)> {
    let number = |count: usize| grouped(count as i64);
    let mut counts = vec![(Tone::Plain, told.meant())];
    // Of comments that are gone nobody knows the platform any more, nor how it calls things.
    let Some(words) = told.words else { return counts };
    let (verb, tally) = (told.receipt.verb, told.receipt.tally());
    let mut one = |count: usize, tone: Tone, words: &str| {
        if count > 0 {
            counts.push((tone, format!("{} {words}", number(count))));
        }
    };
    one(tally.done, Tone::Good, words.done(verb));
    one(tally.under_way, Tone::Accent, words.under_way(verb));
    one(tally.failed, Tone::Bad, &words.could_not(verb));
    one(tally.cancelled, Tone::Plain, "cancelled");
    for (why, count) in tally.skipped {
        one(count, Tone::Plain, &format!("skipped: {}", words.skipped(why, verb, count)));
    }
    counts
}

fn failed(act: &Act, items: &[Item], list: &Place) -> Markup {
    html! {
        (link(act, items, list))
        p.muted { (act.error_message.as_deref().unwrap_or("The platform didn't do it.")) }
    }
}

fn link(act: &Act, items: &[Item], list: &Place) -> Markup {
    let item = items.iter().find(|item| item.id == act.interaction_id);
    html! { a.row-link href=(list.one(act.interaction_id)) dir="auto" { (item.map_or("A comment", excerpt)) } }
}

fn acts(receipt: &Receipt, list: &Place, asker: Asker) -> Markup {
    let (may_cancel, may_retry) = (asker.may_cancel(&receipt.acts).is_ok(), asker.may_retry(&receipt.acts).is_ok());
    let waiting = receipt.waiting();
    let cancel = match waiting == receipt.acts.len() {
        true => "Cancel".to_owned(),
        false => format!("Cancel for the {} still waiting", grouped(waiting as i64)),
    };
    let button =
        |act: &str, label: &str| html! { button.button.small type="submit" name="act" value=(act) { (label) } };
    html! {
        @if may_cancel || may_retry {
            form.actions method="post" action=(list.address(&format!("/moderation/{}/act", receipt.id), None)) {
                @if may_cancel { (button("cancel", &cancel)) }
                @if may_retry { (button("retry", "Try again")) }
            }
        }
    }
}
