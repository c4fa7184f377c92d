//! Seeded histories of what people ask of a platform for comments that are there: members who order, call back and try again,
//! the production ledger and job, a platform that answers wrongly or never, and processes that crash, stall and lose wake-ups;
//! see [`kit::testing::simulation`]. What must hold is in [`rules`].

mod line;
mod mutants;
mod people;
mod rules;

use std::sync::Arc;
use std::time::Duration;

use kit::testing::simulation::{Dice, Faults, Outcome, Plan, World, every_seed, repeats_itself};

use self::line::{Line, Platform};
use self::people::People;
use crate::app::App;
use crate::inbox::testing::own_reply;
use crate::model::ObservedInteraction;
use crate::moderation::State;
use crate::replies::tests::platform::Through;
use crate::replies::tests::simulation::house::{self, House};
use crate::replies::tests::simulation::wire::Wire;

/// After the last fault every act has come to its end within this time.
const PATIENCE: Duration = Duration::from_secs(600);

/// The whole history of one seed.
fn history(seed: u64, traced: bool) -> Outcome {
    history_with(seed, traced, |_| {})
}

fn history_with(seed: u64, traced: bool, tune: impl Fn(&mut Plan)) -> Outcome {
    let (kept, dice) = (house::kept(), Dice::of_seed(seed));
    let mut plan = Plan::drawn(&dice);
    tune(&mut plan);
    let [first, beside, other] = house::asked();
    let own = ObservedInteraction { text: Some("At nine.".into()), ..own_reply("t1.0", &other, 0) };
    let (house, platform) = (House::default(), Platform::new(&own));
    let mut world = {
        let (house, kept, platform) = (house.clone(), kept.clone(), platform.clone());
        World::new(dice.clone(), plan, &kept.database.clone(), traced, move |place| {
            let wire = Wire { place: place.clone(), database: kept.database.clone() };
            let line = Line { wire, platform: platform.clone() };
            house.open(place, &kept, Arc::new(Through { far: platform.far.clone(), talks: line }))
        })
    };
    let moved = house::move_in(&kept.database, &[first, beside, other, own]);
    // The items are in the order of their names at the platform.
    let own = *moved.items.last().expect("there are four");
    let history = History { house, platform, people: People::new(moved, own, &dice) };
    history.live(&mut world, &dice);
    history.end(&mut world);
    let (wrongs, trace) = world.end();
    Outcome { wrongs, trace }
}

struct History {
    house: House,
    platform: Platform,
    people: People,
}

impl History {
    fn live(&self, world: &mut World<App>, dice: &Dice) {
        world.live(dice.millis(2_000..60_000), |world| self.people.act(world, &self.house));
    }

    /// Everything heals, and comes to rest; then members try again what has failed, and nothing is in the way any more.
    fn end(&self, world: &mut World<App>) {
        let (shared, database) = (world.shared.clone(), world.database.clone());
        let was_fair = shared.faults() == Faults::NONE;
        world.heal();
        self.come_to_rest(world);
        rules::at_rest(&shared, &database, &self.platform, &self.people);
        if was_fair {
            rules::at_the_end(&shared, &database);
        }
        for id in rules::left(&database) {
            world.settle(PATIENCE, |world| world.somebody().is_some());
            let place = world.somebody().expect("there is a process in good days");
            self.people.try_again(place, self.house.app_of(place), id);
            self.come_to_rest(world);
        }
        rules::at_rest(&shared, &database, &self.platform, &self.people);
        rules::at_the_end(&shared, &database);
    }

    fn come_to_rest(&self, world: &mut World<App>) {
        let is_at_rest =
            world.settle(PATIENCE, |world| !self.people.are_waiting() && rules::is_settled(&world.database));
        if !is_at_rest {
            world.shared.wrong("not every act has come to an end");
        }
    }
}

#[test]
fn no_history_breaks_an_invariant() {
    every_seed("moderation", 150, history);
}

#[test]
fn a_seed_repeats_its_history_to_the_letter() {
    repeats_itself(20, history);
}

#[test]
fn without_faults_everything_is_done_called_back_or_needless() {
    let mut ends = Vec::new();
    for seed in 0..40 {
        let outcome = history_with(seed, false, |plan| plan.faults = Faults::NONE);
        assert!(outcome.wrongs.is_empty(), "seed {seed}: {:?}", outcome.wrongs);
        ends.extend(rules::ends(&house::kept().database));
    }
    for wanted in [State::Done, State::Skipped] {
        assert!(ends.iter().filter(|end| **end == wanted).count() > 20, "hardly ever {wanted}");
    }
    assert!(!ends.contains(&State::Failed), "nothing was in the way");
}
