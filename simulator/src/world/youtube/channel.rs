//! The channel itself.

use std::sync::Arc;
use std::time::Duration;

use kit::clock::Timestamp;

use super::Source;
use crate::world::people::{Author, AuthorRef};
use crate::world::{Language, text};

#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    pub id: String,
    pub title: String,
    pub description: String,
    /// With its `@`: `snippet.customUrl`.
    pub handle: String,
    pub uploads_playlist_id: String,
    pub published_at: Timestamp,
    pub country: &'static str,
    pub language: Language,
    pub avatar_url: String,
    /// The owner as an author of comments.
    pub owner: AuthorRef,
}

impl Channel {
    pub(super) fn new(source: &Source) -> Channel {
        let profile = &source.profile;
        let mut ids = source.ids.dice("channel", &[]);
        let mut chance = source.chance.dice("channel", &[]);
        let suffix = ids.base64url(22);
        let id = format!("UC{suffix}");
        let avatar_url = format!("https://yt3.ggpht.com/{}=s240-c-k-c0x00ffffff-no-rj", ids.base64url(86));
        let handle = format!("@{}", handle(&profile.channel_name));
        let years = chance.between(1200, 2600) as u64;
        let owner = Author {
            channel_id: id.clone(),
            handle: handle.clone(),
            display_name: profile.channel_name.clone(),
            avatar_url: avatar_url.clone(),
            language: profile.language,
        };
        Channel {
            uploads_playlist_id: format!("UU{suffix}"),
            title: profile.channel_name.clone(),
            description: text::channel_description(profile, &mut chance),
            published_at: super::videos::whole_second(profile.created_at - Duration::from_secs(years * 86_400)),
            country: country(profile.language),
            language: profile.language,
            owner: Arc::new(owner),
            id,
            handle,
            avatar_url,
        }
    }
}

/// The letters and digits of the name; YouTube wants at least three.
fn handle(name: &str) -> String {
    let letters: String =
        name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).take(28).collect();
    if letters.chars().count() < 3 { format!("{letters}channel") } else { letters }
}

fn country(language: Language) -> &'static str {
    match language {
        Language::En => "GB",
        Language::De => "DE",
        Language::Es => "ES",
        Language::Fr => "FR",
        Language::Pt => "BR",
        Language::It => "IT",
    }
}
