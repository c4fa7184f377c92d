//! What every channel keeps, whoever owns it.

use sha2::{Digest, Sha256};

use super::*;
use crate::world::{Scenario, Size};

fn start() -> Timestamp {
    Timestamp::parse("2026-11-22T18:30:00Z").unwrap()
}

/// Whatever other stories come to say, a creator's channel stays as it is: titles, comments, times and ids.
#[test]
fn creators_keep_their_channels_to_the_byte() {
    let usual = Profile::northside("somebody", 21, start());
    let profiles = [
        usual.clone(),
        Profile { size: Size::Small, scenario: Scenario::Struggling, ..usual.clone() },
        Profile { language: Language::De, scenario: Scenario::Viral, ..usual.clone() },
        Profile { language: Language::It, size: Size::Large, scenario: Scenario::Typical, ..usual },
    ];
    let mut hash = Sha256::new();
    for profile in profiles {
        let youtube = YouTube::new(&profile);
        hash.update(format!("{:?}\n", youtube.channel));
        for video in &youtube.videos {
            hash.update(format!("{}|{}|{}|{:?}\n", video.id, video.title, video.description, video.tags));
            hash.update(format!("{}|{}|{:?}\n", video.published_at, video.duration_seconds, video.eventual_views));
        }
        for comment in youtube.comments(start() + std::time::Duration::from_secs(7_200)) {
            hash.update(format!("{comment:?}\n"));
        }
    }
    let figure: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(figure, "8c1410aa59da5aed");
}
