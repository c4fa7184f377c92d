//! Instants as a person reads them: how long ago, with the exact instant in the person's own zone on hover.

use std::fmt::Write as _;

use jiff::civil;
use jiff::tz::TimeZone;
use kit::clock::Timestamp;
use maud::{Markup, html};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The reader's present: the instant of the page, and the zone in which days and clocks are told.
#[derive(Clone, Debug)]
pub struct Local {
    pub now: Timestamp,
    pub zone: TimeZone,
}

impl Local {
    /// A zone that this machine does not know falls back to UTC, and says so where the zone is named.
    pub fn new(now: Timestamp, zone: &str) -> Self {
        Self { now, zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC) }
    }

    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    pub fn today(&self) -> civil::Date {
        self.at(self.now).date()
    }

    /// The day that was so many days ago.
    pub fn day_back(&self, days: usize) -> civil::Date {
        let back = i64::try_from(days).unwrap_or(i64::MAX).min(1_000_000);
        self.today().saturating_sub(jiff::Span::new().days(back))
    }

    /// The quarter of an hour since 1970 with which a day begins.
    pub fn quarter_at(&self, day: civil::Date) -> i64 {
        let start = day.to_zoned(self.zone.clone()).map_or(0, |start| start.timestamp().as_second());
        start.div_euclid(900)
    }

    /// The instant with which a day begins.
    pub fn start_of(&self, day: civil::Date) -> Timestamp {
        day.to_zoned(self.zone.clone()).map_or(Timestamp::EPOCH, |start| start.timestamp().into())
    }

    /// The same time of the day before.
    pub fn this_time_yesterday(&self) -> Timestamp {
        let now = self.now.to_jiff().to_zoned(self.zone.clone());
        now.yesterday().map_or(self.now, |yesterday| yesterday.timestamp().into())
    }

    /// `22 Nov`
    pub fn day(&self, at: Timestamp) -> String {
        day(self.at(at).date())
    }

    /// The hour of the day, 0 to 23.
    pub fn hour(&self) -> i8 {
        self.at(self.now).hour()
    }

    fn at(&self, at: Timestamp) -> civil::DateTime {
        self.zone.to_datetime(at.to_jiff())
    }

    /// `22 Nov 2026, 10:41:07`
    pub fn exact(&self, at: Timestamp) -> String {
        let local = self.at(at);
        let (hour, minute, second) = (local.hour(), local.minute(), local.second());
        format!("{} {}, {hour:02}:{minute:02}:{second:02}", day(local.date()), local.year())
    }

    /// `22 Nov, 09:41`
    pub fn exact_minute(&self, at: Timestamp) -> String {
        format!("{}, {}", self.day(at), self.clock(at))
    }

    /// `09:41`
    pub fn clock(&self, at: Timestamp) -> String {
        let local = self.at(at);
        format!("{:02}:{:02}", local.hour(), local.minute())
    }

    /// `09:41:07`
    pub fn clock_with_seconds(&self, at: Timestamp) -> String {
        let local = self.at(at);
        format!("{:02}:{:02}:{:02}", local.hour(), local.minute(), local.second())
    }

    /// `2 h ago`, as an element that keeps itself young.
    pub fn ago(&self, at: Timestamp) -> Markup {
        self.element(at, &relative(self.now, at), true)
    }

    /// `22 Nov 2026, 10:41:07`, as an element that does not change.
    pub fn moment(&self, at: Timestamp) -> Markup {
        self.element(at, &self.exact(at), false)
    }

    /// `22 Nov 2026`, as an element that does not change.
    pub fn date(&self, at: Timestamp) -> Markup {
        let date = self.at(at).date();
        self.element(at, &format!("{} {}", day(date), date.year()), false)
    }

    /// `10:41` today, else `22 Nov, 10:41`.
    pub fn brief(&self, at: Timestamp) -> Markup {
        let clock = self.clock(at);
        let date = self.at(at).date();
        let text = if date == self.today() { clock } else { format!("{}, {clock}", day(date)) };
        self.element(at, &text, false)
    }

    fn element(&self, at: Timestamp, text: &str, relative: bool) -> Markup {
        let mut title = self.exact(at);
        // A string takes all.
        let _ = write!(title, " {}", self.zone_name());
        html! { time datetime=(at) title=(title) data-relative[relative] { (text) } }
    }
}

/// `22 Nov`
pub fn day(date: civil::Date) -> String {
    format!("{} {}", date.day(), MONTHS[(date.month() - 1) as usize])
}

/// `just now`, `5 min ago`, `in 4 s`, `in 3 h`, `2 d ago`. assets/relative-time.js says the same.
fn relative(now: Timestamp, at: Timestamp) -> String {
    let seconds = (now.micros() - at.micros()) / 1_000_000;
    let (count, unit) = match seconds.unsigned_abs() {
        0..60 if seconds >= 0 => return "just now".to_owned(),
        s @ 0..60 => (s, "s"),
        s @ 60..3_600 => (s / 60, "min"),
        s @ 3_600..86_400 => (s / 3_600, "h"),
        s @ 86_400..5_184_000 => (s / 86_400, "d"),
        s @ 5_184_000..63_072_000 => (s / 2_592_000, "months"),
        s => (s / 31_536_000, "years"),
    };
    if seconds < 0 { format!("in {count} {unit}") } else { format!("{count} {unit} ago") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> Local {
        Local::new(Timestamp::parse("2026-11-22T08:41:00Z").expect("an instant"), "Europe/Berlin")
    }

    #[test]
    fn an_instant_reads_as_age_and_shows_the_exact_time_of_the_readers_zone() {
        let html = berlin().ago(Timestamp::parse("2026-11-22T06:40:59Z").expect("an instant")).into_string();
        assert_eq!(
            html,
            "<time datetime=\"2026-11-22T06:40:59Z\" title=\"22 Nov 2026, 07:40:59 Europe/Berlin\" data-relative>2 h ago</time>"
        );
    }

    #[test]
    fn ages_use_one_unit() {
        let local = berlin();
        let read = |seconds: i64| relative(local.now, Timestamp::from_micros(local.now.micros() - seconds * 1_000_000));
        assert_eq!(
            [5, 300, 7_300, 200_000, 8_000_000].map(read),
            ["just now", "5 min ago", "2 h ago", "2 d ago", "3 months ago"]
        );
        assert_eq!([-4, -300, -90_000].map(read), ["in 4 s", "in 5 min", "in 1 d"]);
    }

    #[test]
    fn days_are_the_readers() {
        let local = Local::new(Timestamp::parse("2026-11-22T23:30:00Z").expect("an instant"), "Europe/Berlin");
        assert_eq!(day(local.today()), "23 Nov");
        assert_eq!(Local::new(local.now, "Nowhere/Else").zone_name(), "UTC");
    }
}
