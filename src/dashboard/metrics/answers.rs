//! What is told of answers: how long they took, how many came, and who gave them today.

use super::{Metric, Next, Part, Reason, Value, blank, no_rows, window};
use crate::dashboard::{Day, Facts, WINDOW_DAYS};
use crate::model::UserId;
use crate::web::ui::numbers::{counted, grouped};
use crate::web::ui::{Icon, Local};

const NO_ANSWER: Reason = Reason {
    code: "no_answers",
    text: "Counts replies sent from Repruv; none so far.",
    next: Some(Next { href: "/inbox", label: "Open the inbox" }),
};

const NOBODY_ASKED: Reason =
    Reason { code: "nobody_asked", text: "No comment of this period asked for an answer.", next: None };

pub fn response_time(facts: &Facts, local: &Local) -> Metric {
    let took = facts.waits.within(50);
    let of = counted(facts.waits.count() as i64, "answer", "answers");
    let notes = [of].into_iter().chain(facts.waits.in_business_hours.then(|| "business hours".to_owned())).collect();
    Metric {
        name: "response_time",
        title: "Response time",
        value: took.map(Value::Seconds),
        notes: if took.is_some() { notes } else { Vec::new() },
        definition: "Half of the comments and reviews that you answered from Repruv in this period waited no longer than this \
                     for your first reply. Where the workspace has business hours, only those count. With more than 2,000 answers, only the \
                     newest 2,000 are used.",
        ..of_answers(facts, local)
    }
}

pub fn response_time_p90(facts: &Facts, local: &Local) -> Metric {
    let took = facts.waits.within(90);
    Metric {
        name: "response_time_p90",
        title: "Nine in ten answered within",
        value: took.map(Value::Seconds),
        definition: "Nine in ten of the comments and reviews that you answered from Repruv in this period waited no longer than \
                     this for your first reply. Where the workspace has business hours, only those count. With more than 2,000 answers, only the \
                     newest 2,000 are used.",
        ..of_answers(facts, local)
    }
}

/// The parts that are the same for all that is told of answers.
fn of_answers(facts: &Facts, local: &Local) -> Metric {
    let is_known = facts.waits.count() > 0;
    Metric {
        icon: Icon::Clock,
        unit: "s",
        window: window(),
        as_of: Some(local.now),
        read_to: facts.read_to(),
        reason: (!is_known).then(|| no_rows(facts).unwrap_or(NO_ANSWER)),
        href: "/inbox?answered=last_30_days&visibility=any".to_owned(),
        ..blank()
    }
}

pub fn response_rate(facts: &Facts, local: &Local) -> Metric {
    let month = Day::sum(facts.shown_days());
    let reason = no_rows(facts).or((month.asked == 0).then_some(NOBODY_ASKED));
    let share = || 100.0 * month.answered as f64 / month.asked as f64;
    let notes = vec![format!("{} of {}", grouped(month.answered), grouped(month.asked))];
    Metric {
        name: "response_rate",
        title: "Answered",
        icon: Icon::Reply,
        value: reason.is_none().then(|| Value::Percent(share())),
        unit: "%",
        window: window(),
        as_of: Some(local.now),
        read_to: facts.read_to(),
        notes: if reason.is_none() { notes } else { Vec::new() },
        reason,
        definition: "Of the comments and reviews of this period that asked for an answer or got one, the share that got one, \
                     here or on the platform. What you marked as spam or as needing no reply doesn't count.",
        href: format!("/inbox?state=answered&since={}&until={}", local.day_back(WINDOW_DAYS - 1), local.today()),
        ..blank()
    }
}

pub fn answered_today(facts: &Facts, local: &Local) -> Metric {
    let reason = no_rows(facts);
    let href = "/inbox?answered=today&visibility=any";
    let part = |(id, name, count): &(UserId, Option<String>, i64)| Part {
        label: name.clone().unwrap_or_else(|| "somebody".to_owned()),
        value: *count,
        href: format!("{href}&answered_by={id}"),
    };
    Metric {
        name: "answered_today",
        title: "Answered today",
        icon: Icon::Person,
        value: reason.is_none().then(|| Value::Count(facts.answered_today.iter().map(|(.., count)| count).sum())),
        unit: "interactions",
        window: format!("today, {}", local.zone_name()),
        as_of: Some(local.now),
        read_to: facts.read_to(),
        parts: if reason.is_none() { facts.answered_today.iter().map(part).collect() } else { Vec::new() },
        reason,
        definition: "Comments and reviews to which your team sent the first reply from Repruv today, by who did.",
        href: href.to_owned(),
        ..blank()
    }
}
