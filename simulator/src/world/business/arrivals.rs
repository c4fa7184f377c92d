//! Life after the history: new reviews on a schedule that is itself a function of the seed.

use kit::clock::Timestamp;

use super::reviews::Writer;
use super::{Location, Review, Source, Trade, places, plan};
use crate::world::pace::Pace;
use crate::world::said::{Fresh, fingerprint};
use crate::world::{Platform, Profile, Size, share};

/// Until how many seconds after the history's end, one review per how many seconds, over all locations.
const PACE: [(u64, u64); 4] = [(300, 75), (1_800, 300), (10_800, 1_800), (86_400, 5_400)];
/// Up to here every slot brings a review; later the night is quieter.
const EAGER_SECONDS: u64 = 1_800;

pub fn arrivals(source: &Source, location: &Location, from: Timestamp, to: Timestamp) -> Vec<Review> {
    let start = source.profile.created_at;
    if to <= start || to <= from {
        return Vec::new();
    }
    let (pace, writer) = (pace_of(&source.profile), Writer::new(source, location));
    let houses = places::count(&source.profile) as u64;
    (pace.slot_at(from.since(start).as_secs())..=pace.slot_at(to.since(start).as_secs()))
        .filter(|slot| slot % houses == location.index)
        .filter_map(|slot| {
            let at = arrival_time(source, location.trade, &pace, slot)?;
            (from < at && at <= to).then(|| {
                let fresh: Fresh<'_> = &mut |text| !location.said.contains(&fingerprint(text));
                writer.common(plan::LIVE + slot, at, fresh).review
            })
        })
        .collect()
}

/// When a slot's review comes, if it has one: somewhere in the slot's middle.
fn arrival_time(source: &Source, trade: Trade, pace: &Pace, slot: u64) -> Option<Timestamp> {
    let (begin, length) = pace.span(slot);
    let mut dice = source.chance.dice("arrival time", &[slot]);
    let at = source.profile.created_at + plan::micros(begin as f64 + length as f64 * (0.15 + 0.7 * dice.unit()));
    let weight = plan::hour_weight(at, source.profile.language, trade);
    (begin < EAGER_SECONDS || dice.chance(0.25 + weight)).then_some(at)
}

/// The slots, which the locations take in turn.
fn pace_of(profile: &Profile) -> Pace {
    // What the history's last months had.
    let at_last = match profile.size {
        Size::Small => 40_000.0,
        Size::Medium => 18_000.0,
        Size::Large => 6_000.0,
    };
    let at_last = (at_last / share(profile.story, Platform::Google)) as u64;
    let [first, second, third, fourth] = PACE;
    Pace([first, second, third, fourth, (u64::MAX, at_last)])
}
