//! Seeded histories of replies: members who send, repeat, call back and try again, the production ledger and job, a platform
//! that answers late, wrongly or never, and processes that crash, stall and lose wake-ups; see
//! [`kit::testing::simulation`]. What must hold is in [`rules`].

pub mod house;
mod line;
mod mutants;
mod people;
mod rules;
pub mod wire;

use std::sync::Arc;
use std::time::Duration;

use kit::testing::simulation::{Dice, Faults, Outcome, Plan, World, every_seed, repeats_itself};

use self::house::House;
use self::line::{Line, Platform};
use self::people::People;
use self::wire::Wire;
use super::platform::Through;
use crate::app::App;
use crate::replies::State;

/// After the last fault every reply has come to its end within this time: the looks, and a send after them.
const PATIENCE: Duration = Duration::from_secs(600);

/// The whole history of one seed.
fn history(seed: u64, traced: bool) -> Outcome {
    history_with(seed, traced, |_| {})
}

fn history_with(seed: u64, traced: bool, tune: impl Fn(&mut Plan)) -> Outcome {
    let (kept, dice) = (house::kept(), Dice::of_seed(seed));
    let mut plan = Plan::drawn(&dice);
    tune(&mut plan);
    let (house, platform) = (House::default(), Platform::new());
    let mut world = {
        let (house, kept, platform) = (house.clone(), kept.clone(), platform.clone());
        World::new(dice.clone(), plan, &kept.database.clone(), traced, move |place| {
            let wire = Wire { place: place.clone(), database: kept.database.clone() };
            let line = Line { wire, platform: platform.clone() };
            house.open(place, &kept, Arc::new(Through { far: platform.far.clone(), talks: line }))
        })
    };
    let people = People::new(house::move_in(&kept.database, &house::asked()), &dice);
    let history = History { house, platform, people };
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
        world.live(dice.millis(2_000..60_000), |world| {
            self.people.act(world, &self.house);
            self.go_on(world);
        });
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
            // Two that failed may answer the same item: one after the other.
            self.come_to_rest(world);
        }
        rules::at_rest(&shared, &database, &self.platform, &self.people);
        rules::at_the_end(&shared, &database);
    }

    fn come_to_rest(&self, world: &mut World<App>) {
        let is_at_rest = world.settle(PATIENCE, |world| {
            self.go_on(world);
            !self.people.are_waiting()
                && !self.platform.has_something_on_its_way()
                && rules::is_settled(&world.database)
        });
        if !is_at_rest {
            world.shared.wrong("not every reply has come to an end");
            rules::tell(&world.database, &world.shared);
        }
    }

    /// What was on its way arrives.
    fn go_on(&self, world: &World<App>) {
        self.platform.deliver(&world.shared);
    }
}

#[test]
fn no_history_breaks_an_invariant() {
    every_seed("replies", 300, history);
}

#[test]
fn a_seed_repeats_its_history_to_the_letter() {
    repeats_itself(20, history);
}

#[test]
fn without_faults_everything_is_published_or_called_back() {
    let mut ends = Vec::new();
    for seed in 0..40 {
        let outcome = history_with(seed, false, |plan| plan.faults = Faults::NONE);
        assert!(outcome.wrongs.is_empty(), "seed {seed}: {:?}", outcome.wrongs);
        ends.extend(rules::ends(&house::kept().database));
    }
    for wanted in [State::Published, State::Cancelled] {
        assert!(ends.iter().filter(|end| **end == wanted).count() > 20, "hardly ever {wanted}");
    }
}
