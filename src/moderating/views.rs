//! The question before something is done at a platform, and the receipt after it, as HTML.

use std::collections::HashSet;

use maud::{Markup, html};

use super::meant::Meant;
use crate::inbox::place::Place;
use crate::model::{InteractionId, Platform};
use crate::moderation::{self, Act, Asker, Item, Receipt, State, could_not, doing, done, skipped, under_way};
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
    /// All that were chosen.
    pub items: &'a [Item],
    pub meant: Meant<'a>,
    pub verb: Verb,
    pub text: Option<&'a str>,
    pub replaces: Option<&'a str>,
    pub units: i64,
    /// Of today; none where nobody counts.
    pub left: Option<i64>,
    pub open: Option<InteractionId>,
    pub error: Option<&'a str>,
    pub list: &'a Place,
}

impl Question<'_> {
    fn platform(&self) -> Platform {
        self.items[0].platform
    }

    /// Each once, as often as they wrote.
    fn authors(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        let items = self.meant.items.iter();
        items.filter(|item| seen.insert(item.author_id)).map(|item| item.author_name.as_str()).collect()
    }

    fn button(&self) -> String {
        match self.authors().len() {
            many if self.verb == Verb::Ban && many > 1 => {
                format!("Ban {} authors on {}", grouped(many as i64), self.platform().label())
            }
            _ => doing(self.verb, self.platform()),
        }
    }

    fn is_for_nothing(&self) -> bool {
        self.meant.items.is_empty()
    }

    pub fn title(&self) -> String {
        let name = self.platform().label();
        if self.is_for_nothing() {
            return format!("Nothing to do on {name}");
        }
        let what = match self.meant.items.len() {
            1 if self.verb.is_about_own() => "your comment".to_owned(),
            1 => "this comment".to_owned(),
            many => counted(many as i64, "comment", "comments"),
        };
        match self.verb {
            Verb::Edit => format!("Edit {what} on {name}"),
            Verb::Delete => format!("Delete {what} on {name}?"),
            Verb::Hide => format!("Hide {what} on {name}?"),
            Verb::Publish => format!("Publish {what} on {name}?"),
            Verb::Reject => format!("Reject {what} on {name}?"),
            Verb::Ban => match self.authors()[..] {
                [author] => format!("Ban {author} on {name}?"),
                ref all => format!("Ban {} authors on {name}?", grouped(all.len() as i64)),
            },
            Verb::ReportSpam => format!("Report {what} as spam to {name}?"),
        }
    }

    /// What viewers will see, and whether it can be taken back.
    fn meaning(&self) -> String {
        let name = self.platform().label();
        let (they_are, them) = if self.meant.items.len() == 1 { ("It's", "it") } else { ("They're", "them") };
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
        let name = self.platform().label();
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
    let has_words = question.verb == Verb::Edit;
    let body = html! {
        form.form method="post" action=(question.list.address("/moderation", None)) data-test="moderation" {
            @for item in question.items { input type="hidden" name="id" value=(item.id); }
            @if let Some(open) = question.open { input type="hidden" name="open" value=(open); }
            input type="hidden" name="confirmed" value=(question.items.len());
            @if has_words { (words(question)) } @else { (quotes(&question.meant.items)) }
            @if question.verb == Verb::Ban && !question.is_for_nothing() { (banned(&question.authors())) }
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
    let text = question.text.unwrap_or(says);
    let described = question.error.map(|_| "text-error");
    html! {
        input type="hidden" name="replaces" value=(question.replaces.unwrap_or(says));
        div.field {
            label for="text" { "Your reply" }
            textarea #text name="text" rows="5" dir="auto" required aria-describedby=[described] aria-invalid=[question.error.map(|_| "true")] {
                // A parser drops the first line break of a textarea.
                "\n" (text)
            }
            @if let Some(error) = question.error { p.error #text-error role="alert" { (error) } }
        }
    }
}

fn banned(authors: &[&str]) -> Markup {
    let (named, more) = authors.split_at(authors.len().min(NAMED));
    html! {
        p {
            "Banned: " b dir="auto" { (named.join(", ")) }
            @if !more.is_empty() { " and " (grouped(more.len() as i64)) " more" }
        }
    }
}

fn left_out(question: &Question<'_>) -> Markup {
    html! {
        @if !question.meant.left_out.is_empty() {
            ul.list data-test="left-out" {
                @for (why, count) in &question.meant.left_out { li.muted { (moderation::left_out(*why, question.verb, *count)) } }
            }
        }
    }
}

fn quotes(items: &[&Item]) -> Markup {
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

pub fn title(receipt: &Receipt, items: &[Item]) -> String {
    let comments = counted(receipt.acts.len() as i64, "comment", "comments");
    match items.first() {
        Some(item) => format!("{}: {comments}", doing(receipt.verb, item.platform)),
        None => comments,
    }
}

pub fn receipt_page(title: &str, list: &Place, part: Markup) -> Markup {
    html! {
        (head(title, html! {}, html! { a.button.small href=(list.list()) { (icon(Icon::Back)) "Back to the inbox" } }))
        (part)
    }
}

/// What became of it so far, with counts; drawn anew while it goes on.
pub fn receipt(receipt: &Receipt, items: &[Item], list: &Place, asker: Asker, local: &Local) -> Markup {
    let source = list.address(&format!("/moderation/{}", receipt.id), Some("moderation"));
    let by = receipt.ordered_by.as_deref().unwrap_or("somebody");
    let aside = html! { "by " (by) " " (local.ago(receipt.ordered_at)) };
    let body = html! {
        ul.list data-test="moderation-receipt" {
            @for (tone, words) in counts(receipt) { li { (tag(tone, &words)) } }
        }
        (acts(receipt, list, asker))
        @let not_done = receipt.count(State::Failed);
        @if not_done > 0 {
            h3 { "What went wrong" }
            ul.list {
                @for act in told(receipt) { (failed(act, items, list)) }
                @if not_done > TOLD { li.muted { "and " (grouped((not_done - TOLD) as i64)) " more" } }
            }
        }
    };
    live(
        Live { name: "moderation", hints: "inbox", source: &source },
        html! { div.stack.narrow { (card("How it went", aside, body)) } },
    )
}

/// What went wrong, as far as it is told one by one.
pub fn told(receipt: &Receipt) -> impl Iterator<Item = &Act> {
    receipt.acts.iter().filter(|act| act.state == State::Failed).take(TOLD)
}

fn counts(receipt: &Receipt) -> Vec<(Tone, String)> {
    let number = |count: usize| grouped(count as i64);
    let mut counts = vec![(Tone::Plain, format!("{} chosen", number(receipt.acts.len())))];
    let mut one = |count: usize, tone: Tone, words: &str| {
        if count > 0 {
            counts.push((tone, format!("{} {words}", number(count))));
        }
    };
    one(receipt.count(State::Done), Tone::Good, done(receipt.verb));
    one(receipt.under_way(), Tone::Accent, under_way(receipt.verb));
    one(receipt.count(State::Failed), Tone::Bad, &could_not(receipt.verb));
    one(receipt.count(State::Cancelled), Tone::Plain, "cancelled");
    for (why, count) in receipt.skipped() {
        one(count, Tone::Plain, &format!("skipped: {}", skipped(why, receipt.verb, count)));
    }
    counts
}

fn failed(act: &Act, items: &[Item], list: &Place) -> Markup {
    let item = items.iter().find(|item| item.id == act.interaction_id);
    html! {
        li { div.grow {
            a.row-link href=(list.one(act.interaction_id)) dir="auto" { (item.map_or("A comment", excerpt)) }
            p.muted { (act.error_message.as_deref().unwrap_or("The platform didn't do it.")) }
        } }
    }
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
