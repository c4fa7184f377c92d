//! `repruv import-legacy URL`.

use std::io::{IsTerminal as _, Write as _};

use crate::audit::{self, Event};
use crate::config::Settings;
use crate::ops::legacy::{self, Report, Target, Wanted};
use crate::secrets::Vault;
use crate::serve;
use crate::work::{Tools, Who};
use kit::clock::Clock;
use kit::random::Random;

use super::Failed;

pub async fn import_legacy(settings: &Settings, url: &str, owner: Option<String>) -> Result<(), Failed> {
    serve::make_data_dir(&settings.data_dir)?;
    let clock = Clock::system();
    let db = {
        let (settings, clock) = (settings.clone(), clock.clone());
        tokio::task::spawn_blocking(move || serve::open_database(&settings, &clock)).await??
    };
    let target = Target { db: db.clone(), clock, random: Random::system() };
    let wanted = Wanted { owner, ..Wanted::default() };
    let mut progress = Progress::default();
    let imported = legacy::import(&target, url, &wanted, |report| progress.show(report)).await;
    progress.end();
    if imported.is_ok() {
        let secrets = Vault::open(&settings.key_file(), &target.random)?;
        let tools = Tools { now: target.clock.now(), random: target.random.clone(), secrets, who: Who::terminal() };
        db.write(move |tx| audit::record(&mut tools.work(tx), Event::LegacyImported, "")).await?;
    }
    tokio::task::spawn_blocking(move || db.close()).await?;
    print!("{}", imported?);
    Ok(())
}

/// One line that changes, on a terminal; elsewhere a line now and then.
#[derive(Default)]
struct Progress {
    shown: i64,
}

const SELDOM: i64 = 10_000;

impl Progress {
    fn show(&mut self, report: &Report) {
        let done: i64 = report.in_order().map(|(_, tally)| tally.read).sum();
        let begun = report.in_order().filter(|(_, tally)| tally.read > 0);
        let counts = begun.map(|(name, tally)| format!("{name} {}/{}", tally.read, tally.present));
        let counts = counts.collect::<Vec<_>>().join("  ");
        if std::io::stderr().is_terminal() {
            eprint!("\r{counts}  ");
            let _ = std::io::stderr().flush();
            self.shown = done;
        } else if done >= self.shown + SELDOM {
            eprintln!("{counts}");
            self.shown = done;
        }
    }

    fn end(&self) {
        if self.shown > 0 && std::io::stderr().is_terminal() {
            eprintln!();
        }
    }
}
