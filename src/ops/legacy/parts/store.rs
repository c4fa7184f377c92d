//! What is read of the former database, in which order, and what each part needs to be there.

use serde::{Deserialize, Serialize};

use crate::ops::legacy::record::{
    Comment, Connection, InstagramAccount, InstagramMedia, Interaction, SentResponse, User, YoutubeChannel,
    YoutubeVideo,
};

/// What is read one after the other: each needs what the former ones have written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// First those whose accounts are open: of two spellings of one address theirs counts.
    OpenUsers,
    ClosedUsers,
    YoutubeConnections,
    InstagramConnections,
    PlatformConnections,
    YoutubeVideos,
    InstagramMedia,
    YoutubeComments,
    InstagramComments,
    Interactions,
    SentResponses,
    /// Answers that stand beside the comment: last, for the same answer may have come as a comment, or as a response that was sent.
    YoutubeAnswers,
    InstagramAnswers,
}

pub const PARTS: [Part; 13] = [
    Part::OpenUsers,
    Part::ClosedUsers,
    Part::YoutubeConnections,
    Part::InstagramConnections,
    Part::PlatformConnections,
    Part::YoutubeVideos,
    Part::InstagramMedia,
    Part::YoutubeComments,
    Part::InstagramComments,
    Part::Interactions,
    Part::SentResponses,
    Part::YoutubeAnswers,
    Part::InstagramAnswers,
];

/// A value that is looked up in other rows of the former database.
#[derive(Debug)]
pub struct Lookup {
    pub name: &'static str,
    /// The row itself is `t`.
    pub sql: &'static str,
    /// `table.column`; without them it is left out.
    pub needs: &'static [&'static str],
    /// Without it the whole part is left out.
    pub is_required: bool,
}

impl Part {
    pub const fn table(self) -> &'static str {
        match self {
            Part::OpenUsers | Part::ClosedUsers => "users",
            Part::YoutubeConnections => "youtube_connections",
            Part::InstagramConnections => "instagram_connections",
            Part::PlatformConnections => "platform_connections",
            Part::YoutubeVideos => "youtube_videos",
            Part::InstagramMedia => "instagram_media",
            Part::YoutubeComments | Part::YoutubeAnswers => "youtube_comments",
            Part::InstagramComments | Part::InstagramAnswers => "instagram_comments",
            Part::Interactions => "interactions",
            Part::SentResponses => "sent_responses",
        }
    }

    /// The name of its counts: both kinds of users are counted together.
    pub const fn counted_as(self) -> &'static str {
        match self {
            Part::YoutubeAnswers => "youtube_comments.response_text",
            Part::InstagramAnswers => "instagram_comments.response_text",
            _ => self.table(),
        }
    }

    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Part::OpenUsers | Part::ClosedUsers => User::FIELDS,
            Part::YoutubeConnections => YoutubeChannel::FIELDS,
            Part::InstagramConnections => InstagramAccount::FIELDS,
            Part::PlatformConnections => Connection::FIELDS,
            Part::YoutubeVideos => YoutubeVideo::FIELDS,
            Part::InstagramMedia => InstagramMedia::FIELDS,
            Part::YoutubeComments | Part::YoutubeAnswers => Comment::YOUTUBE,
            Part::InstagramComments | Part::InstagramAnswers => Comment::INSTAGRAM,
            Part::Interactions => Interaction::FIELDS,
            Part::SentResponses => SentResponse::FIELDS,
        }
    }

    /// Without these columns the table says nothing.
    pub const fn needed(self) -> &'static [&'static str] {
        match self {
            Part::OpenUsers | Part::ClosedUsers => &["id", "email"],
            Part::YoutubeConnections | Part::InstagramConnections => &["id", "user_id"],
            Part::PlatformConnections => &["id", "platform"],
            Part::YoutubeVideos => &["id", "channel_id", "video_id"],
            Part::InstagramMedia => &["id", "connection_id", "media_id"],
            Part::YoutubeComments => &["id", "video_id", "comment_id"],
            Part::InstagramComments => &["id", "media_id", "comment_id"],
            Part::Interactions => &["id", "user_id", "platform"],
            Part::SentResponses => &["id", "interaction_id", "response_text"],
            Part::YoutubeAnswers => &["id", "video_id", "comment_id", "response_text"],
            Part::InstagramAnswers => &["id", "media_id", "comment_id", "response_text"],
        }
    }

    /// Rows of one account come together, so that a batch is written to few.
    pub const fn grouped_by(self) -> Option<&'static str> {
        match self {
            Part::YoutubeComments | Part::YoutubeAnswers => Some("video_id"),
            Part::InstagramComments | Part::InstagramAnswers => Some("media_id"),
            Part::YoutubeVideos => Some("channel_id"),
            Part::InstagramMedia => Some("connection_id"),
            Part::Interactions => Some("user_id"),
            _ => None,
        }
    }

    pub const fn lookups(self) -> &'static [Lookup] {
        match self {
            Part::OpenUsers | Part::ClosedUsers => &[TIME_ZONES],
            Part::PlatformConnections => &[LOCATION_NAME, PEOPLE],
            Part::YoutubeComments | Part::YoutubeAnswers => &[VIDEO_CHANNEL, VIDEO],
            Part::InstagramComments | Part::InstagramAnswers => &[MEDIA_CONNECTION, MEDIA],
            Part::Interactions => &[PARENT],
            Part::SentResponses => &[ANSWERED_USER, ANSWERED_PLATFORM, ANSWERED_ID],
            Part::YoutubeConnections | Part::InstagramConnections | Part::YoutubeVideos | Part::InstagramMedia => &[],
        }
    }

    pub const fn is_answers(self) -> bool {
        matches!(self, Part::YoutubeAnswers | Part::InstagramAnswers)
    }
}

const TIME_ZONES: Lookup = Lookup {
    name: "time_zones",
    sql: "SELECT json_agg(CAST(place.timezone AS TEXT) ORDER BY place.created_at, place.id) FROM locations AS place
          WHERE place.organization_id = t.organization_id AND place.timezone IS NOT NULL",
    needs: &[
        "users.organization_id",
        "locations.id",
        "locations.organization_id",
        "locations.timezone",
        "locations.created_at",
    ],
    is_required: false,
};

const LOCATION_NAME: Lookup = Lookup {
    name: "location_name",
    sql: "SELECT place.name FROM locations AS place WHERE place.id = t.location_id",
    needs: &["platform_connections.location_id", "locations.id", "locations.name"],
    is_required: false,
};

const PEOPLE: Lookup = Lookup {
    name: "people",
    sql: "SELECT json_agg(CAST(person.id AS TEXT) ORDER BY person.id) FROM locations AS place
          JOIN users AS person ON person.organization_id = place.organization_id WHERE place.id = t.location_id",
    needs: &[
        "platform_connections.location_id",
        "locations.id",
        "locations.organization_id",
        "users.id",
        "users.organization_id",
    ],
    is_required: false,
};

const VIDEO_CHANNEL: Lookup = Lookup {
    name: "connection",
    sql: "SELECT video.channel_id FROM youtube_videos AS video WHERE video.id = t.video_id",
    needs: &["youtube_videos.id", "youtube_videos.channel_id"],
    is_required: true,
};

const VIDEO: Lookup = Lookup {
    name: "content_id",
    sql: "SELECT video.video_id FROM youtube_videos AS video WHERE video.id = t.video_id",
    needs: &["youtube_videos.id", "youtube_videos.video_id"],
    is_required: false,
};

const MEDIA_CONNECTION: Lookup = Lookup {
    name: "connection",
    sql: "SELECT media.connection_id FROM instagram_media AS media WHERE media.id = t.media_id",
    needs: &["instagram_media.id", "instagram_media.connection_id"],
    is_required: true,
};

const MEDIA: Lookup = Lookup {
    name: "content_id",
    sql: "SELECT media.media_id FROM instagram_media AS media WHERE media.id = t.media_id",
    needs: &["instagram_media.id", "instagram_media.media_id"],
    is_required: false,
};

const PARENT: Lookup = Lookup {
    name: "parent_platform_id",
    sql: "SELECT parent.platform_id FROM interactions AS parent WHERE parent.id = t.reply_to_id",
    needs: &["interactions.reply_to_id", "interactions.platform_id"],
    is_required: false,
};

const ANSWERED_USER: Lookup = Lookup {
    name: "answered_user",
    sql: "SELECT asked.user_id FROM interactions AS asked WHERE asked.id = t.interaction_id",
    needs: &["interactions.id", "interactions.user_id"],
    is_required: true,
};

const ANSWERED_PLATFORM: Lookup = Lookup {
    name: "answered_platform",
    sql: "SELECT asked.platform FROM interactions AS asked WHERE asked.id = t.interaction_id",
    needs: &["interactions.id", "interactions.platform"],
    is_required: true,
};

const ANSWERED_ID: Lookup = Lookup {
    name: "answered_id",
    sql: "SELECT asked.platform_id FROM interactions AS asked WHERE asked.id = t.interaction_id",
    needs: &["interactions.id", "interactions.platform_id"],
    is_required: false,
};
