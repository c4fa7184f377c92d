//! When a workspace answers: days of the week and hours of its own zone's clock. Time is counted in them alone, where it is asked to.

use std::time::Duration;

use jiff::civil::{self, DateTime};
use jiff::tz::TimeZone;
use kit::clock::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BusinessHours {
    /// From Monday on.
    pub days: [bool; 7],
    /// Minutes of the day; the end is later than the beginning, and at the latest 1,440: midnight.
    pub from: i64,
    pub until: i64,
}

impl BusinessHours {
    /// Monday is the lowest bit; none where no day is one.
    pub fn read(days: i64, from: i64, until: i64) -> Option<Self> {
        let days = std::array::from_fn(|day| days & (1 << day) != 0);
        (days.contains(&true) && from < until).then_some(Self { days, from, until })
    }

    pub fn bits(&self) -> i64 {
        self.days.iter().enumerate().map(|(day, is_one)| i64::from(*is_one) << day).sum()
    }

    /// How much of the time between two instants is business time, by the clock on the wall.
    pub fn between(&self, zone: &TimeZone, from: Timestamp, to: Timestamp) -> Duration {
        let at = |instant: Timestamp| self.until(zone.to_datetime(instant.to_jiff()));
        Duration::from_secs(u64::try_from(at(to) - at(from)).unwrap_or_default())
    }

    /// Seconds of business since a Monday long ago: whole weeks, the days of this one, and what of today is over.
    fn until(&self, at: DateTime) -> i64 {
        const MONDAY: civil::Date = civil::date(1900, 1, 1);
        let day = i64::from((at.date() - MONDAY).get_days());
        let (week, weekday) = (day.div_euclid(7), day.rem_euclid(7));
        let length = (self.until - self.from) * 60;
        let days_of = |until: i64| (0..until).filter(|day| self.is_one(*day)).count() as i64;
        let second = i64::from(at.hour()) * 3_600 + i64::from(at.minute()) * 60 + i64::from(at.second());
        let today = if self.is_one(weekday) { (second - self.from * 60).clamp(0, length) } else { 0 };
        (week * days_of(7) + days_of(weekday)) * length + today
    }

    fn is_one(&self, weekday: i64) -> bool {
        usize::try_from(weekday).ok().and_then(|day| self.days.get(day)).copied().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at every minute.
    fn reference(hours: &BusinessHours, zone: &TimeZone, from: Timestamp, to: Timestamp) -> i64 {
        let mut minutes = 0;
        let mut at = zone.to_datetime(from.to_jiff());
        let end = zone.to_datetime(to.to_jiff());
        while at < end {
            let weekday = at.weekday().to_monday_zero_offset();
            let minute = i64::from(at.hour()) * 60 + i64::from(at.minute());
            let is_open = hours.days[weekday as usize] && (hours.from..hours.until).contains(&minute);
            minutes += i64::from(is_open);
            at = at.saturating_add(jiff::Span::new().minutes(1));
        }
        minutes
    }

    #[test]
    fn business_time_is_what_a_look_at_every_minute_says() {
        let random = kit::random::Random::seeded(3);
        let pick = |of: u64| (random.u64() % of) as i64;
        for zone in ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"] {
            let zone = TimeZone::get(zone).expect("the time zone database is built in");
            for _ in 0..60 {
                let from = pick(1_300);
                let hours =
                    BusinessHours::read(1 + pick(127), from, from + 1 + pick(1_440 - from as u64)).expect("some");
                assert_eq!(BusinessHours::read(hours.bits(), hours.from, hours.until), Some(hours));
                let asked = Timestamp::from_second(1_774_000_000 / 60 * 60 + pick(400_000) * 60);
                let answered = asked + Duration::from_secs(60 * pick(30_000) as u64);
                let told = hours.between(&zone, asked, answered).as_secs() as i64;
                assert_eq!(told, reference(&hours, &zone, asked, answered) * 60, "{hours:?} {asked:?} {answered:?}");
            }
        }
        assert_eq!(BusinessHours::read(0, 540, 1_020), None);
        assert_eq!(BusinessHours::read(31, 540, 540), None);
    }
}
