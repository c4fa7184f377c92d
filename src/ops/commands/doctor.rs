//! `repruv doctor`.

use crate::config::Settings;
use crate::ops::doctor::{self, Level};
use kit::clock::Clock;

use super::Failed;

/// Fails where something is bad, so that a script notices.
pub async fn doctor(settings: &Settings, json: bool) -> Result<(), Failed> {
    let findings = doctor::examine(settings, &Clock::system()).await;
    if json {
        println!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        for finding in &findings {
            println!("{:4}  {}: {}", finding.level.as_str(), finding.what, finding.text);
            if let Some(cure) = finding.cure {
                println!("      → {cure}");
            }
        }
    }
    match findings.iter().filter(|finding| finding.level == Level::Bad).count() {
        0 => Ok(()),
        bad => Err(format!("{bad} of {} checks failed", findings.len()).into()),
    }
}
