//! The far side of one history: a demo service that keeps profiles, where no crash of a simulated process reaches it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kit::clock::Timestamp;
use kit::testing::simulation::{BEGIN, Dice};
use serde_json::{Value, json};

use super::faulty_transport::{Asked, Reply};
use super::platform;
use super::webhook_sender::Post;

/// So many earlier days an account is told to have had.
pub(super) const PAST_DAYS: u64 = 5;
pub(super) const SECRET: &str = "secret";
pub(super) const PORTS: [(&str, u16); 9] = [
    ("google_accounts", 11),
    ("google_oauth", 12),
    ("google_apis", 13),
    ("youtube", 14),
    ("gbp_accounts", 15),
    ("gbp_info", 16),
    ("gbp_reviews", 17),
    ("bluesky", 18),
    ("plc", 19),
];

#[derive(Clone, Default, Debug)]
pub(super) struct FakeService(Arc<Mutex<State>>);

#[derive(Default, Debug)]
pub(super) struct State {
    pub profiles: Vec<Profile>,
    /// By idempotency key: whose, which profile it made, whether its operation was called off.
    keys: BTreeMap<String, (String, Option<usize>, bool)>,
    /// Consent codes and tokens, and the profile that they open.
    pub codes: BTreeMap<String, usize>,
    pub tokens: BTreeMap<String, usize>,
    /// Requests that nobody waits for any more, and that arrive all the same.
    late: Vec<(Duration, Asked)>,
    pub posts: Vec<Post>,
    /// Deliveries that were answered with 200.
    pub stored: Vec<Post>,
    /// Until then nothing is answered.
    pub down_until: Duration,
    serial: u64,
}

#[derive(Debug)]
pub(super) struct Profile {
    /// `p7-`: the beginning of every id on its channel.
    pub id: String,
    pub user: String,
    pub key: String,
    pub is_active: bool,
    /// What it was asked for with.
    settings: Value,
    pub as_of: Timestamp,
    pub videos: Vec<Item>,
    pub comments: Vec<Item>,
    pub secret: Vec<u8>,
}

/// A video, a comment, or a reply to a comment.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub id: String,
    pub parent: Option<String>,
    pub at: Timestamp,
    pub text: &'static str,
    /// Which of the three listings shows it.
    pub moderation: &'static str,
}

const TEXTS: [&str; 4] = ["How long does it brew?", "Lovely, thank you", "This did not work at all", "First!"];

impl FakeService {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a request on its way until then.
    pub(super) fn hold(&self, due: Duration, asked: Asked) {
        self.state().late.push((due, asked));
    }

    /// Lets arrive what was on its way until `due`.
    pub(super) fn deliver(&self, due: Duration, now: Duration, dice: &Dice) -> Vec<Asked> {
        let mut state = self.state();
        let (arrived, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut state.late).into_iter().partition(|(at, _)| *at <= due);
        state.late = rest;
        for (_, asked) in &arrived {
            state.answer(asked, BEGIN + now, dice);
        }
        arrived.into_iter().map(|(_, asked)| asked).collect()
    }

    pub(super) fn is_down(&self, now: Duration) -> bool {
        now < self.state().down_until
    }
}

impl State {
    pub(super) fn answer(&mut self, asked: &Asked, now: Timestamp, dice: &Dice) -> Reply {
        if asked.port != 1 {
            return platform::answer(self, asked, now, dice);
        }
        if asked.bearer.as_deref() != Some(SECRET) {
            return Reply::problem(401, "unauthorized");
        }
        match (asked.method.as_str(), asked.path.as_str()) {
            ("GET", "/hosts") => {
                let hosts: BTreeMap<_, _> =
                    PORTS.iter().map(|(name, port)| (*name, format!("http://far.side:{port}"))).collect();
                Reply::json(200, json!(hosts))
            }
            ("POST", "/profiles") => self.make(asked, now, dice),
            ("GET", path) if path.ends_with("/past") => self.past(path),
            ("GET", path) => match self.active_of(path.trim_start_matches("/profiles/")) {
                Some(index) => self.profiles[index].described(),
                None => Reply::problem(404, "not_found"),
            },
            ("DELETE", path) => self.remove(path.trim_start_matches("/profiles/"), asked.key.as_deref()),
            _ => Reply::problem(404, "not_found"),
        }
    }

    /// The same key gives the same profile; one that was called off, or whose profile is gone, makes nothing ever again.
    fn make(&mut self, asked: &Asked, now: Timestamp, dice: &Dice) -> Reply {
        let (user, key) = (text(&asked.json["user_id"]), asked.key.clone().unwrap_or_default());
        if let Some((whose, made, called_off)) = self.keys.get(&key) {
            let made = made.filter(|index| *whose == user && !called_off && self.profiles[*index].is_active);
            return match made {
                Some(index) => self.profiles[index].described(),
                None => Reply::problem(409, "operation_cancelled"),
            };
        }
        if self.active_of(&user).is_some() {
            return Reply::problem(409, "profile_exists");
        }
        let id = format!("p{}-", self.next());
        let hours = |count: usize| Duration::from_secs(3_600 * (1 + count as u64));
        let item = |kind: &str, number: usize, dice: &Dice| Item {
            id: format!("{id}{kind}{number}"),
            parent: None,
            at: now - hours(number),
            text: dice.pick(&TEXTS),
            moderation: dice.pick(&["published", "published", "published", "heldForReview", "likelySpam"]),
        };
        let videos = (0..dice.below(4)).map(|number| item("v", number, dice)).collect();
        let threads: Vec<Item> = (0..dice.below(5)).map(|number| item("c", number, dice)).collect();
        let mut comments = threads.clone();
        for thread in threads.iter().filter(|_| dice.chance(400)) {
            let reply = |number| Item {
                id: format!("{}.{number}", thread.id),
                parent: Some(thread.id.clone()),
                at: thread.at + Duration::from_secs(60),
                ..thread.clone()
            };
            comments.extend((0..1 + dice.below(2)).map(reply));
        }
        let secret = text(&asked.json["webhook"]["secret"]);
        let secret = STANDARD.decode(secret.trim_start_matches("whsec_")).expect("a secret is base64");
        let (as_of, index) = (now, self.profiles.len());
        let (settings, is_active) = (asked.json.clone(), true);
        let profile =
            Profile { id, user: user.clone(), key: key.clone(), is_active, settings, as_of, videos, comments, secret };
        self.profiles.push(profile);
        self.keys.insert(key, (user, Some(index), false));
        self.profiles[index].described()
    }

    /// With a key only what that key made, and a late request with it makes nothing; without one whatever is there.
    fn remove(&mut self, user: &str, key: Option<&str>) -> Reply {
        if let Some(key) = key {
            let known = self.keys.entry(key.to_owned()).or_insert((user.to_owned(), None, true));
            if known.0 == user {
                known.2 = true;
            }
        }
        if let Some(index) = self.active_of(user).filter(|index| key.is_none_or(|key| self.profiles[*index].key == key))
        {
            self.profiles[index].is_active = false;
            self.codes.retain(|_, profile| *profile != index);
            self.tokens.retain(|_, profile| *profile != index);
        }
        Reply::json(200, json!({ "success": true, "user_id": user }))
    }

    /// A few days of it.
    fn past(&self, path: &str) -> Reply {
        let user = path.trim_start_matches("/profiles/").trim_end_matches("/past");
        let Some(index) = self.active_of(user) else { return Reply::problem(404, "not_found") };
        let profile = &self.profiles[index];
        let reading =
            |back: u64| json!({ "at": profile.as_of - Duration::from_secs(86_400 * back), "followers": back });
        let readings = (1..=PAST_DAYS).rev().map(reading).collect::<Vec<_>>();
        let channel = format!("{}channel", profile.id);
        Reply::json(
            200,
            json!({ "accounts": [{ "platform": "youtube", "external_id": channel, "readings": readings }] }),
        )
    }

    pub(super) fn active_of(&self, user: &str) -> Option<usize> {
        self.profiles.iter().position(|profile| profile.is_active && profile.user == user)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }
}

impl Profile {
    fn described(&self) -> Reply {
        let counted = |items: &[Item]| items.iter().filter(|item| item.at <= self.as_of).count();
        let promised =
            json!({ "videos": self.videos.len(), "interactions": counted(&self.comments), "as_of": self.as_of });
        let body = json!({
            "id": self.id, "user_id": self.user, "channel_name": format!("Channel {}", self.id), "niche": "cooking",
            "scenario": self.settings["scenario"], "size": self.settings["size"], "seed": 1,
            "platforms": { "youtube": {
                "subscribers": 5, "avg_views": 1.5, "engagement_rate": 0.1, "promised": promised,
            } },
        });
        Reply::json(200, body)
    }

    /// What must be in the database before demo mode is enabled.
    pub(super) fn promised(&self) -> impl Iterator<Item = &Item> {
        self.comments.iter().filter(|comment| comment.at <= self.as_of)
    }

    pub(super) fn somebody_writes(&mut self, at: Timestamp, dice: &Dice) -> Item {
        let id = format!("{}n{}", self.id, self.comments.len());
        let item = Item { id, parent: None, at, text: dice.pick(&TEXTS), moderation: "published" };
        self.comments.push(item.clone());
        item
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
