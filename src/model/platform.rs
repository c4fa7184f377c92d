//! The platforms, and what each of them lets anybody do.

kit::text_enum! { pub enum Platform {
    YouTube = "youtube", Bluesky = "bluesky", Google = "google_business", Instagram = "instagram", TikTok = "tiktok", Facebook = "facebook",
} }

/// What a platform's own interface lets anybody do. Pages offer nothing beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    pub reads_interactions: bool,
    pub replies: bool,
    pub edits_own_replies: bool,
    pub deletes_own_replies: bool,
    pub hides_others: bool,
    pub has_ratings: bool,
    pub pushes: bool,
    pub counts_followers: bool,
    pub counts_views: bool,
}

impl Platform {
    pub const fn label(self) -> &'static str {
        match self {
            Platform::YouTube => "YouTube",
            Platform::Bluesky => "Bluesky",
            Platform::Google => "Google Business Profile",
            Platform::Instagram => "Instagram",
            Platform::TikTok => "TikTok",
            Platform::Facebook => "Facebook",
        }
    }

    /// Where a video is at so many seconds; none where no address says so.
    pub fn moment(self, permalink: &str, seconds: i64) -> Option<String> {
        let sign = if permalink.contains('?') { '&' } else { '?' };
        matches!(self, Platform::YouTube).then(|| format!("{permalink}{sign}t={seconds}s"))
    }

    pub const fn capabilities(self) -> Capabilities {
        let common = Capabilities {
            reads_interactions: true,
            replies: true,
            edits_own_replies: true,
            deletes_own_replies: true,
            hides_others: true,
            has_ratings: false,
            pushes: true,
            counts_followers: true,
            counts_views: true,
        };
        match self {
            Platform::YouTube => Capabilities { pushes: false, ..common },
            Platform::Bluesky => {
                Capabilities { edits_own_replies: false, pushes: false, counts_views: false, ..common }
            }
            Platform::Google => Capabilities {
                hides_others: false,
                has_ratings: true,
                counts_followers: false,
                counts_views: false,
                ..common
            },
            Platform::Instagram | Platform::TikTok => Capabilities { edits_own_replies: false, ..common },
            Platform::Facebook => common,
        }
    }
}
