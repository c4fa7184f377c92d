//! `repruv backup FILE` and `repruv restore FILE`.

use std::path::Path;

use crate::config::Settings;
use crate::ops::backup::{self, Target};
use crate::secrets::Vault;
use crate::serve;
use kit::clock::Clock;
use kit::random::Random;

use super::Failed;

pub fn backup(settings: &Settings, file: &Path) -> Result<(), Failed> {
    let saved = backup::backup(&settings.database_url(), file, &Clock::system())?;
    let (file, megabytes) = (file.display(), saved.bytes.div_ceil(1_000_000));
    println!("Saved {} to {file} ({megabytes} MB), verified", saved.holds);
    println!(
        "Keep a copy of {} somewhere else: without it, the connections in this backup can't be used",
        settings.key_file().display()
    );
    Ok(())
}

pub fn restore(settings: &Settings, file: &Path, force: bool) -> Result<(), Failed> {
    serve::make_data_dir(&settings.data_dir)?;
    let key_file = settings.key_file();
    let vault = match key_file.exists() {
        true => Vault::open(&key_file, &Random::system())?,
        // No key opens what is sealed; what seals nothing needs none.
        false => Vault::with_key([0; 32]),
    };
    let (url, data_dir, clock) = (settings.database_url(), settings.data_dir.clone(), Clock::system());
    let restored = backup::restore(file, &Target { url, data_dir, vault, force, clock })?;
    println!("Restored {}. Everyone needs to sign in again", restored.holds);
    if let Some(aside) = restored.aside {
        println!("The previous database is in {}", aside.display());
    }
    Ok(())
}
