//! The common model: what an adapter observed on a platform, in no platform's own words.

mod platform;
mod text;
pub mod visible;

use kit::clock::Timestamp;
use serde_json::Value;

pub use platform::{Capabilities, Platform};
pub use text::{OutsideText, is_same_text, repaired_json, web_address};

kit::id_types! { pub UserId, pub WorkspaceId, pub ConnectionId, pub ContentId, pub AuthorId, pub InteractionId }

/// An account, as its platform showed it. A counter is `None` when the platform hides it.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservedAccount {
    pub external_id: String,
    pub display_name: String,
    pub handle: Option<String>,
    pub avatar_url: Option<String>,
    pub followers: Option<i64>,
    pub views: Option<i64>,
    pub content_total: Option<i64>,
    /// What its people mostly write, as the platform tags it.
    pub language: Option<String>,
}

/// A video, post or place, as the platform showed it. A counter is `None` when the platform hides it.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservedContent {
    pub kind: ContentKind,
    pub external_id: String,
    pub title: Option<String>,
    pub permalink: Option<String>,
    pub thumbnail_url: Option<String>,
    pub published_at: Option<Timestamp>,
    pub duration_seconds: Option<i64>,
    pub comments_enabled: bool,
    pub views: Option<i64>,
    pub likes: Option<i64>,
    pub comments: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ObservedAuthor {
    /// The platform's own id; some platforms give none.
    pub external_id: Option<String>,
    pub display_name: String,
    pub avatar_url: Option<String>,
    pub profile_url: Option<String>,
    /// The connected account itself.
    pub is_self: bool,
}

/// A comment, reply, review or mention, as the platform showed it.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservedInteraction {
    pub kind: Kind,
    pub external_id: String,
    pub parent_external_id: Option<String>,
    /// The external id of the thread's first interaction: its own, for that one.
    pub thread_external_id: String,
    pub content_external_id: Option<String>,
    pub author: ObservedAuthor,
    pub text: Option<String>,
    /// What the platform's machine made of the text in the account's language; it changes without anybody's edit.
    pub translation: Option<String>,
    /// 1 to 5.
    pub rating: Option<i64>,
    pub likes: Option<i64>,
    pub reply_count: Option<i64>,
    pub created_at: Timestamp,
    /// When the platform says that it was edited.
    pub edited_at: Option<Timestamp>,
    pub provider_state: ProviderState,
    /// Why it is not published, as a sentence, where the platform says so.
    pub state_reason: Option<String>,
    pub can_reply: bool,
    pub permalink: Option<String>,
    /// The platform's own object, for questions that nobody asked yet.
    pub raw: Value,
}

kit::text_enum! { pub enum ContentKind {
    Video = "video", Short = "short", Post = "post", Photo = "photo", Carousel = "carousel", Reel = "reel",
    Story = "story", Location = "location",
} }

kit::text_enum! { pub enum Kind { Comment = "comment", Reply = "reply", Review = "review", Mention = "mention" } }

kit::text_enum! {
    /// What the platform does with it: only `Published` is seen by everybody.
    pub enum ProviderState {
        Published = "published", Hidden = "hidden", Held = "held", Spam = "spam", Rejected = "rejected",
        Removed = "removed",
    }
}

impl Kind {
    /// What a platform numbers together; a mention is answered by replies.
    pub const fn family(self) -> &'static str {
        match self {
            Kind::Comment | Kind::Reply | Kind::Mention => "comment",
            Kind::Review => "review",
        }
    }
}

kit::text_enum! {
    /// What of an account could not be read: one thing by its id, what belongs to a thread, or a list as a whole.
    pub enum UnreadKind {
        Content = "content",
        /// A comment, with its replies if it is a thread's first.
        Interaction = "interaction",
        /// Of the thread with this id.
        Replies = "replies",
        /// Its id is a [`ProviderState`]: the platform lists each by itself.
        InteractionList = "interaction_list",
        ContentList = "content_list",
    }
}

/// Something that could not be read and was set aside, so that everything else is not lost over it.
#[derive(Clone, Debug, PartialEq)]
pub struct SetAside {
    pub kind: UnreadKind,
    pub external_id: String,
    pub reason: String,
    /// The platform's own object, as far as it came.
    pub raw: Option<Value>,
}
