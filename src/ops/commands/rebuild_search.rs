//! `repruv rebuild-search`.

use kit::clock::Clock;
use kit::random::Random;

use super::Failed;
use crate::config::Settings;
use crate::inbox::search;
use crate::serve;

/// Enqueues it: whichever worker runs, now or later, does it.
pub fn rebuild_search(settings: &Settings) -> Result<(), Failed> {
    serve::make_data_dir(&settings.data_dir)?;
    let clock = Clock::system();
    let db = serve::open_for_accounts(settings, &clock)?;
    let (now, random) = (clock.now(), Random::system());
    let ordered = db.write_blocking(move |tx| search::jobs::start_anew(tx, now, &random));
    db.close();
    ordered?;
    println!("The search index is rebuilt while Repruv runs; the job's progress is under Activity");
    Ok(())
}
