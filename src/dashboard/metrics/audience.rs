//! Followers and views: how many there are, and what they gained.

use super::Change;
use super::{Metric, Reason, Value, blank, no_account, whole};
use crate::connections::Status;
use crate::dashboard::{Facts, Growth};
use crate::model::{Capabilities, Platform};
use crate::web::ui::numbers::{counted, grouped};
use crate::web::ui::{Icon, Local};

const ONE_READING: Reason = Reason { code: "one_reading", text: "Needs two days of data.", next: None };
const HIDDEN: Reason = Reason { code: "hidden", text: "The platform hides this number.", next: None };
const NO_FOLLOWERS: Reason =
    Reason { code: "not_counted", text: "There are no followers where your accounts are.", next: None };
const NO_VIEWS: Reason = Reason { code: "not_counted", text: "Your platforms don't count views.", next: None };

/// The reason where no platform of the accounts has followers at all: that is no gap in what is known.
fn without_followers(facts: &Facts) -> Option<Reason> {
    nowhere(facts, |platform| platform.counts_followers).then_some(NO_FOLLOWERS)
}

/// The same for views.
pub fn without_views(facts: &Facts) -> Option<Reason> {
    nowhere(facts, |platform| platform.counts_views).then_some(NO_VIEWS)
}

fn nowhere(facts: &Facts, counts: impl Fn(Capabilities) -> bool) -> bool {
    !facts.connections.iter().any(|connection| counts(connection.platform.capabilities()))
}

/// Each platform by itself: none allows its numbers to be mixed with another's.
pub fn audience(facts: &Facts, local: &Local) -> Metric {
    let connected =
        || facts.connections.iter().filter(|connection| connection.connection_status != Status::Disconnected);
    let mut platforms: Vec<(Platform, i64, usize)> = Vec::new();
    for (platform, followers) in connected().filter_map(|connection| Some((connection.platform, connection.followers?)))
    {
        match platforms.iter_mut().find(|(known, ..)| *known == platform) {
            Some((_, sum, accounts)) => (*sum, *accounts) = (sum.saturating_add(followers), *accounts + 1),
            None => platforms.push((platform, followers, 1)),
        }
    }
    platforms.sort_by_key(|(platform, sum, _)| (std::cmp::Reverse(*sum), platform.as_str()));
    let reason = no_account(facts).or(without_followers(facts)).or(platforms.is_empty().then_some(HIDDEN));
    let growth = facts.follower_growth.as_ref().filter(|_| reason.is_none());
    let notes = match platforms.split_first() {
        None => Vec::new(),
        Some(((platform, _, accounts), [])) => {
            let all = connected().filter(|connection| connection.platform == *platform).count();
            vec![match all - accounts {
                0 => counted(*accounts as i64, "account", "accounts"),
                _ => format!("{accounts} of {all} accounts"),
            }]
        }
        Some(((first, ..), others)) => {
            let others = others.iter().map(|(platform, sum, _)| format!("{} on {}", grouped(*sum), platform.label()));
            std::iter::once(format!("on {}", first.label())).chain(others).collect()
        }
    };
    Metric {
        name: "audience",
        title: "Audience",
        icon: Icon::Audience,
        value: platforms.first().filter(|_| reason.is_none()).map(|(_, sum, _)| Value::Count(*sum)),
        unit: "followers",
        window: "now".to_owned(),
        as_of: connected().filter_map(|connection| connection.synced_at).min(),
        read_to: None,
        reason,
        change: growth.map(|growth| Change { value: growth.value, unit: "followers", since: growth.since(local) }),
        definition: "Subscribers or followers on the platform where you have most, as last synced, and beside it those on \
                     others: numbers of two platforms are never added up. The change is since the oldest count of the \
                     last seven days.",
        href: "/connections".to_owned(),
        notes: if reason.is_none() { notes } else { Vec::new() },
        parts: Vec::new(),
    }
}

pub fn new_followers(facts: &Facts, local: &Local) -> Metric {
    growth(
        (facts, local),
        without_followers(facts),
        facts.follower_growth.as_ref(),
        Metric {
            name: "new_followers",
            title: "New followers",
            icon: Icon::Trend,
            unit: "followers",
            definition: "How many followers you gained since the oldest count of the last seven days, on the platform where \
                         you have most, for accounts with both counts. Platforms round large counts, so it moves in steps.",
            href: "/connections".to_owned(),
            ..blank()
        },
    )
}

pub fn views(facts: &Facts, local: &Local) -> Metric {
    growth(
        (facts, local),
        without_views(facts),
        facts.view_growth.as_ref(),
        Metric {
            name: "views",
            title: "Views",
            icon: Icon::Views,
            unit: "views",
            definition: "How many views you gained since the oldest count of the last seven days, on content of any age, for \
                         accounts with both counts.",
            href: "/connections".to_owned(),
            ..blank()
        },
    )
}

/// The parts that are the same for both growths.
fn growth(
    (facts, local): (&Facts, &Local),
    not_counted: Option<Reason>,
    growth: Option<&Growth>,
    metric: Metric,
) -> Metric {
    let reason = no_account(facts).or(not_counted).or(growth.is_none().then_some(ONE_READING));
    let known = growth.filter(|_| reason.is_none());
    Metric {
        value: known.map(|growth| Value::Count(whole(growth.value))),
        window: known.map_or_else(|| "last 7 days".to_owned(), |growth| format!("since {}", growth.since(local))),
        as_of: known.map(|growth| growth.until),
        reason,
        notes: known.map(|growth| format!("since {}", growth.since(local))).into_iter().collect(),
        ..metric
    }
}
