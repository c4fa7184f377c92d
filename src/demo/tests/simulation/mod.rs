//! Seeded histories of demo mode: people at their buttons, the production jobs and adapters, a demo service behind lines that
//! fail, webhooks, and processes that crash, stall and lose wake-ups; see [`kit::testing::simulation`]. What must hold is
//! in [`rules`].

mod fake_service;
mod faulty_transport;
mod mutants;
mod people;
mod platform;
mod rules;
mod simulated_app;
mod webhook_sender;

use std::cell::OnceCell;
use std::time::Duration;

use kit::testing::simulation::{BEGIN, Dice, Faults, Outcome, Plan, World, every_seed, repeats_itself};

use self::fake_service::FakeService;
use self::people::{People, Wish};
use self::rules::{Rules, has_ended, is_settled};
use self::simulated_app::{Kept, SimulatedApps, move_in};
use crate::app::App;

/// After the last fault every operation of demo mode has ended within this time (invariant I10).
const PATIENCE: Duration = Duration::from_secs(60);
/// What waits on its own, like the removal of a profile that nobody sees any more, may take longer.
const REST: Duration = Duration::from_secs(600);

thread_local! {
    static KEPT: OnceCell<Kept> = const { OnceCell::new() };
}

/// Made once for each thread.
fn kept() -> Kept {
    KEPT.with(|kept| kept.get_or_init(Kept::new).clone())
}

/// The whole history of one seed.
fn history(seed: u64, traced: bool) -> Outcome {
    history_with(seed, traced, |_| {})
}

fn history_with(seed: u64, traced: bool, tune: impl Fn(&mut Plan)) -> Outcome {
    let (kept, dice) = (kept(), Dice::of_seed(seed));
    let mut plan = Plan::drawn(&dice);
    tune(&mut plan);
    let (house, far) = (SimulatedApps::default(), FakeService::default());
    let mut world = {
        let (house, kept, far) = (house.clone(), kept.clone(), far.clone());
        World::new(dice.clone(), plan, &kept.database.clone(), traced, move |place| house.open(place, &kept, &far))
    };
    let people = People::new(move_in(&kept.database, 1 + dice.below(3)), &dice);
    let rules = Rules::begin(&world.shared, &kept.database, &far);
    let history = History { house, far, people, rules };
    history.live(&mut world, &dice);
    history.end(&mut world, &dice);
    let (wrongs, trace) = world.end();
    Outcome { wrongs, trace }
}

struct History {
    house: SimulatedApps,
    far: FakeService,
    people: People,
    rules: Rules,
}

impl History {
    fn live(&self, world: &mut World<App>, dice: &Dice) {
        let can_be_down = world.shared.faults().outside > 0;
        world.live(dice.millis(3_000..40_000), |world| {
            self.people.act(world, &self.house);
            if can_be_down && dice.chance(4) {
                let until = world.shared.now() + dice.millis(100..45_000);
                world.shared.note(|| format!("the demo service is down until {until:?}"));
                self.far.state().down_until = until;
            }
            if dice.chance(60) {
                webhook_sender::write(&self.far, world.shared.now(), dice);
            }
            self.go_on(world);
        });
    }

    /// Everything heals; people may press a last time, and it comes to rest; then all leave.
    fn end(&self, world: &mut World<App>, dice: &Dice) {
        let (shared, database) = (world.shared.clone(), world.database.clone());
        let was_fair = shared.faults() == Faults::NONE;
        world.heal();
        self.far.state().down_until = Duration::ZERO;
        self.far.deliver(Duration::MAX, shared.now(), dice);
        self.until(world, PATIENCE, |_| !self.people.are_waiting());
        self.people.all.iter().for_each(people::Person::begin_anew);
        // What was begun before may have failed.
        let healed = if was_fair { BEGIN } else { BEGIN + shared.now() };
        if dice.chance(700) {
            world.live(dice.millis(0..2_000), |world| self.go_on(world));
            for person in &self.people.all {
                self.press(world, person, dice.pick(&[Wish::Demo, Wish::NoDemo]));
            }
        }
        if !self.until(world, PATIENCE, |world| !self.people.are_waiting() && has_ended(&world.database)) {
            shared.wrong("I10: not every operation has ended a minute after the last fault");
            rules::tell(&database, &shared);
        }
        if !self.until(world, REST, |world| is_settled(&world.database)) {
            shared.wrong("not everything has come to rest");
            rules::tell(&database, &shared);
        }
        self.rules.at_rest(&shared, &database, &self.people, healed);
        for person in &self.people.all {
            self.press(world, person, Wish::NoDemo);
        }
        if !self.until(world, PATIENCE, |world| !self.people.are_waiting() && is_settled(&world.database)) {
            shared.wrong("I10: not everybody can leave");
            rules::tell(&database, &shared);
        }
        self.rules.when_all_have_left(&shared, &database);
    }

    fn press(&self, world: &mut World<App>, person: &people::Person, wish: Wish) {
        self.until(world, PATIENCE, |world| world.somebody().is_some());
        let place = world.somebody().expect("there is a process in good days");
        person.press(place, self.house.app_of(place), wish);
    }

    fn until(&self, world: &mut World<App>, limit: Duration, mut is_so: impl FnMut(&World<App>) -> bool) -> bool {
        world.settle(limit, |world| {
            self.go_on(world);
            is_so(world)
        })
    }

    /// What the far side does between turns.
    fn go_on(&self, world: &World<App>) {
        let now = world.shared.now();
        for asked in self.far.deliver(now, now, &world.shared.dice) {
            world.shared.note(|| format!("late arrives {asked}"));
        }
        webhook_sender::send_due(world, &self.house, &self.far);
    }
}

#[test]
fn no_history_breaks_an_invariant() {
    every_seed("demo", 300, history);
}

#[test]
fn a_seed_repeats_its_history_to_the_letter() {
    repeats_itself(40, history);
}

/// Nothing of a process's own may be in the way: everybody gets what they wish.
#[test]
fn without_faults_every_wish_is_granted() {
    for seed in 0..50 {
        let outcome = history_with(seed, false, |plan| plan.faults = Faults::NONE);
        assert!(outcome.wrongs.is_empty(), "seed {seed}: {:?}", outcome.wrongs);
    }
}
