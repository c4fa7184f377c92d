//! One history: an inbox, the platform behind it, two members, and the dice.

use std::time::Duration;

use kit::db::{self, Tx};
use kit::testing::Engine;
use kit::testing::simulation::{Dice, Outcome};

use super::people::Said;
use super::platform::Shown;
use super::rules;
use crate::inbox::ingest::IngestContext;
use crate::inbox::search;
use crate::replies::tests::Stand;
use crate::replies::tests::platform::PLATFORM;
use crate::testing::{Browser, EMAIL, PASSWORD, TestApp};

const STEPS: usize = 45;
const HOUR: Duration = Duration::from_secs(3_600);

pub struct History {
    pub stand: Stand,
    /// An editor beside Ann.
    pub cleo: Browser,
    pub dice: Dice,
    pub shown: Shown,
    /// Words that can be taken back.
    pub said: Vec<Said>,
    traced: bool,
    pub outcome: Outcome,
    /// What people have done, each by its name, where it was let through.
    pub done: Vec<&'static str>,
}

impl History {
    pub async fn begin(engine: Engine, seed: u64, traced: bool) -> Self {
        let stand = Stand::new(TestApp::fresh(engine).await).await;
        let cleo = stand.app.member("cleo@example.com", "editor").await;
        let dice = Dice::of_seed(seed);
        let (now, random) = (stand.app.app.now(), stand.app.app.random.clone());
        let index = stand.app.app.db.write(move |tx| search::jobs::keep_current(tx, now, &random));
        index.await.expect("an empty index is current");
        let shown = Shown::new(dice.clone());
        Self { stand, cleo, dice, shown, said: Vec::new(), traced, outcome: Outcome::default(), done: Vec::new() }
    }

    pub async fn go_on(&mut self) {
        for _ in 0..STEPS {
            self.step().await;
            self.check(rules::at_any_time(self).await);
            if self.dice.chance(600) {
                self.run_jobs().await;
                self.check(rules::with_nothing_due(self).await);
            }
            if !self.outcome.wrongs.is_empty() {
                return;
            }
        }
    }

    /// All is read again, twice, and whatever is due is done.
    pub async fn end(&mut self) {
        for _ in 0..3 {
            self.read_all().await;
            self.pass(HOUR).await;
            self.run_jobs().await;
        }
        self.check(rules::with_nothing_due(self).await);
        self.check(rules::at_the_end(self).await);
    }

    async fn step(&mut self) {
        match self.dice.below(21) {
            0..=3 => self.arrive().await,
            4 => self.change().await,
            5 => self.vanish().await,
            6 => self.read_all().await,
            7 => self.read_late().await,
            8..=11 => self.say().await,
            12 => self.take_back().await,
            13..=14 => self.correct().await,
            15 => self.answer().await,
            16..=17 => self.moderate().await,
            18 => self.there_and_back().await,
            _ => {
                let minutes = self.dice.pick(&[1, 5, 20, 61, 200, 24 * 60, 3 * 24 * 60, 8 * 24 * 60]);
                self.pass(Duration::from_secs(minutes * 60)).await;
            }
        }
        self.stand.app.hand.advance(self.dice.millis(1_000..40_000));
    }

    pub async fn pass(&mut self, time: Duration) {
        self.tell(|| format!("{} minutes pass", time.as_secs() / 60));
        self.stand.app.hand.advance(time);
        // Sessions end.
        if time > HOUR * 24 {
            self.stand.app.sign_in(EMAIL, PASSWORD).await;
            self.cleo.sign_in("cleo@example.com", "copper window seven tides").await;
        }
    }

    pub async fn run_jobs(&mut self) {
        let runs = self.stand.app.run_jobs().await;
        self.tell(|| format!("{runs} jobs run"));
        self.shown.moderated(&self.stand.far.script().standing);
    }

    pub fn tell(&mut self, line: impl FnOnce() -> String) {
        if self.traced {
            let now = self.stand.app.app.now();
            self.outcome.trace.push(format!("{now} {}", line()));
        }
    }

    fn check(&mut self, wrongs: Vec<String>) {
        if !wrongs.is_empty() {
            self.tell(|| "here it is wrong".to_owned());
        }
        self.outcome.wrongs.extend(wrongs);
    }

    /// A unit of work as a reading of the account has it.
    pub async fn unit<T: Send + 'static>(
        &self,
        unit: impl Fn(&mut Tx, &IngestContext<'_>) -> db::Result<T> + Send + 'static,
    ) -> T {
        let (workspace, connection, app) = (self.stand.workspace, self.stand.connection, self.stand.app.app.clone());
        let (now, random) = (app.now(), app.random.clone());
        let done = app.db.write(move |tx| {
            let context =
                IngestContext { workspace, connection, platform: PLATFORM, language: None, now, random: &random };
            unit(tx, &context)
        });
        done.await.expect("the unit is sound")
    }
}
