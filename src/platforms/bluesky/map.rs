//! From the lexicons' words into the common model, and where in a conversation a thread of ours begins.

use std::time::Duration;

use kit::clock::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::wire::{Author, Post, PostView, Profile, ReplyTo};
use crate::model::{
    ContentKind, Kind, ObservedAccount, ObservedAuthor, ObservedContent, ObservedInteraction, ProviderState, SetAside,
    UnreadKind, web_address,
};

pub const POST: &str = "app.bsky.feed.post";

/// Why an object of the platform's is none that we know.
type Read<T> = Result<T, String>;

/// `at://did/collection/rkey`, in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uri<'a> {
    pub did: &'a str,
    pub collection: &'a str,
    pub key: &'a str,
}

impl<'a> Uri<'a> {
    pub fn of(uri: &'a str) -> Option<Self> {
        let mut parts = uri.strip_prefix("at://")?.splitn(3, '/');
        let (did, collection, key) = (parts.next()?, parts.next()?, parts.next()?);
        (did.starts_with("did:") && !key.is_empty() && !key.contains('/')).then_some(Self { did, collection, key })
    }
}

/// A post with whatever the platform says of it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub view: PostView,
    pub post: Post,
    raw: Value,
}

impl Seen {
    pub fn read(raw: &Value) -> Read<Self> {
        let view = PostView::deserialize(raw).map_err(|problem| problem.to_string())?;
        if Uri::of(&view.uri).is_none_or(|uri| uri.did != view.author.did) {
            return Err("its address is not its author's".to_owned());
        }
        let post = Post::deserialize(&view.record).map_err(|problem| problem.to_string())?;
        Ok(Self { view, post, raw: raw.clone() })
    }

    pub fn uri(&self) -> &str {
        &self.view.uri
    }

    pub fn is_by(&self, did: &str) -> bool {
        self.view.author.did == did
    }

    /// A mention in its text, or a quote of a post of theirs.
    pub fn is_addressed_to(&self, did: &str) -> bool {
        let names = |feature: &Value| feature["did"] == did;
        let quoted = [&self.post.embed["record"]["uri"], &self.post.embed["record"]["record"]["uri"]];
        self.post.facets.iter().flat_map(|facet| &facet.features).any(names)
            || quoted.into_iter().filter_map(Value::as_str).filter_map(Uri::of).any(|uri| uri.did == did)
    }

    /// The post of theirs that it quotes.
    fn quoted(&self, did: &str) -> Option<&str> {
        let quoted = [&self.post.embed["record"]["uri"], &self.post.embed["record"]["record"]["uri"]];
        quoted.into_iter().filter_map(Value::as_str).find(|uri| Uri::of(uri).is_some_and(|uri| uri.did == did))
    }

    /// Its author's program says when it was written, and may say anything: never later than it was seen.
    pub fn written_at(&self) -> Option<Timestamp> {
        let parse = |at: &Option<String>| at.as_deref().and_then(|at| Timestamp::parse(at).ok());
        match (parse(&self.post.created_at), parse(&self.view.indexed_at)) {
            (Some(created), Some(indexed)) if created.since(indexed) == Duration::ZERO && created >= FIRST => {
                Some(created)
            }
            (created, indexed) => indexed.or(created),
        }
    }

    /// When the platform saw it first: lists go by that.
    pub fn listed_at(&self) -> Option<Timestamp> {
        self.view.indexed_at.as_deref().and_then(|at| Timestamp::parse(at).ok()).or_else(|| self.written_at())
    }
}

/// Nothing was written there before 2022-11-17, when the network's first post was.
const FIRST: Timestamp = Timestamp::from_second(1_668_643_200);

/// Where a post belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A post of the account's own, under which others write.
    Content,
    Interaction {
        thread: String,
        parent: Option<String>,
        content: Option<String>,
    },
}

/// Where the last post of a conversation belongs. `chain` leads to it from the first post that is still there.
///
/// A thread of ours begins below the account's own post, or with the post that is addressed to the account, whichever comes
/// first.
pub fn place(chain: &[&Seen], account: &str) -> Place {
    let Some((last, first)) = chain.last().zip(chain.first()) else { return Place::Content };
    let parent = last.post.reply.as_ref().map(|reply| reply.parent.uri.clone());
    let inside = |thread: &str, content: Option<&str>| Place::Interaction {
        thread: thread.to_owned(),
        parent: parent.clone().filter(|_| thread != last.uri()),
        content: content.map(str::to_owned),
    };
    let is_own = |reply: &&ReplyTo| Uri::of(&reply.root.uri).is_some_and(|root| root.did == account);
    if let Some(reply) = first.post.reply.as_ref().filter(is_own) {
        // What stood above is gone, or not for us to see: the record still knows the conversation's beginning.
        let thread = if reply.parent.uri == reply.root.uri { first.uri() } else { &reply.parent.uri };
        return inside(thread, Some(&reply.root.uri));
    }
    for (at, seen) in chain.iter().enumerate() {
        if seen.is_by(account) {
            // What the account writes below itself goes on with the same: each of it is a post of its own.
            let own = at + chain[at..].iter().take_while(|seen| seen.is_by(account)).count();
            return match chain.get(own) {
                Some(next) => inside(next.uri(), Some(chain[own - 1].uri())),
                None => Place::Content,
            };
        }
        if seen.is_addressed_to(account) {
            return inside(seen.uri(), seen.quoted(account));
        }
    }
    inside(first.uri(), None)
}

pub fn account(profile: &Profile) -> ObservedAccount {
    ObservedAccount {
        external_id: profile.did.clone(),
        display_name: name(profile.display_name.as_deref(), &profile.handle),
        handle: Some(profile.handle.clone()),
        avatar_url: profile.avatar.as_deref().and_then(web_address),
        followers: profile.followers_count,
        views: None,
        content_total: profile.posts_count,
        language: None,
    }
}

fn name(display_name: Option<&str>, handle: &str) -> String {
    display_name.map(str::trim).filter(|name| !name.is_empty()).unwrap_or(handle).to_owned()
}

pub fn content(seen: &Seen) -> ObservedContent {
    let embed = &seen.view.embed;
    let media = if embed["media"].is_object() { &embed["media"] } else { embed };
    let thumbnail = [&media["images"][0]["thumb"], &media["thumbnail"], &media["external"]["thumb"]];
    let described = [&media["images"][0]["alt"], &media["alt"], &media["external"]["title"]];
    let text = seen.post.text.trim();
    let said = || described.into_iter().filter_map(Value::as_str).find(|text| !text.trim().is_empty());
    ObservedContent {
        kind: ContentKind::Post,
        external_id: seen.uri().to_owned(),
        title: Some(text).filter(|text| !text.is_empty()).or_else(said).map(str::to_owned),
        permalink: permalink(seen.uri()),
        thumbnail_url: thumbnail.into_iter().filter_map(Value::as_str).find_map(web_address),
        published_at: seen.written_at(),
        duration_seconds: None,
        comments_enabled: seen.view.viewer["replyDisabled"] != true,
        views: None,
        likes: seen.view.like_count,
        comments: seen.view.reply_count,
    }
}

/// `None` for the account's own post that is no answer to anybody.
pub fn interaction(seen: &Seen, place: &Place, account: &str) -> Read<Option<ObservedInteraction>> {
    let Place::Interaction { thread, parent, content } = place else { return Ok(None) };
    let is_first = thread == seen.uri();
    let is_own = seen.is_by(account);
    Ok(Some(ObservedInteraction {
        kind: match (is_first, content) {
            (false, _) => Kind::Reply,
            (true, Some(_)) if seen.post.reply.is_some() => Kind::Comment,
            (true, _) => Kind::Mention,
        },
        external_id: seen.uri().to_owned(),
        parent_external_id: parent.clone(),
        thread_external_id: thread.clone(),
        content_external_id: content.clone(),
        author: author(&seen.view.author, is_own),
        text: Some(seen.post.text.to_string()),
        rating: None,
        likes: seen.view.like_count,
        reply_count: seen.view.reply_count,
        created_at: seen.written_at().ok_or("it does not say when it was written")?,
        edited_at: None,
        provider_state: state(seen),
        can_reply: seen.view.viewer["replyDisabled"] != true,
        permalink: permalink(seen.uri()),
        translation: None,
        state_reason: None,
        raw: seen.raw.clone(),
    }))
}

fn author(author: &Author, is_self: bool) -> ObservedAuthor {
    ObservedAuthor {
        external_id: Some(author.did.clone()),
        display_name: name(author.display_name.as_deref(), &author.handle),
        avatar_url: author.avatar.as_deref().and_then(web_address),
        profile_url: Some(format!("https://bsky.app/profile/{}", author.did)),
        is_self,
    }
}

/// Labels are the word of whoever moderates for the account's server.
fn state(seen: &Seen) -> ProviderState {
    let is_labelled = |value: &str| seen.view.labels.iter().any(|label| label["val"] == value && label["neg"] != true);
    if is_labelled("!takedown") || is_labelled("!hide") {
        ProviderState::Removed
    } else if is_labelled("spam") {
        ProviderState::Spam
    } else {
        ProviderState::Published
    }
}

pub fn permalink(uri: &str) -> Option<String> {
    let uri = Uri::of(uri).filter(|uri| uri.collection == POST)?;
    Some(format!("https://bsky.app/profile/{}/post/{}", uri.did, uri.key))
}

pub fn unread(kind: UnreadKind, raw: &Value, problem: impl ToString) -> SetAside {
    let external_id = raw["uri"].as_str().unwrap_or_default().to_owned();
    SetAside { kind, external_id, reason: problem.to_string(), raw: Some(raw.clone()) }
}

/// The replies that the account hides below a post of its own.
pub fn hidden_by(threadgate: &Value) -> Vec<String> {
    let hidden = threadgate["hiddenReplies"].as_array().into_iter().flatten();
    hidden.filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ANN: &str = "did:plc:ann";

    fn post(who: &str, key: &str, above: &[&Seen], mentions: &str) -> Seen {
        let link = |seen: &Seen| json!({ "uri": seen.uri(), "cid": "c" });
        let mut record = json!({ "text": key, "createdAt": "2026-11-30T08:00:00Z",
            "facets": [{ "features": [{ "$type": "app.bsky.richtext.facet#mention", "did": mentions }] }] });
        if let (Some(first), Some(last)) = (above.first(), above.last()) {
            let root =
                first.post.reply.as_ref().map_or(link(first), |reply| json!({ "uri": reply.root.uri, "cid": "c" }));
            record["reply"] = json!({ "root": root, "parent": link(last) });
        }
        Seen::read(&json!({ "uri": format!("at://{who}/{POST}/{key}"), "record": record,
            "author": { "did": who, "handle": "x.test" }, "indexedAt": "2026-11-30T08:00:01Z" }))
        .unwrap()
    }

    fn thread_of(chain: &[&Seen]) -> Option<(String, Option<String>)> {
        match place(chain, ANN) {
            Place::Content => None,
            Place::Interaction { thread, content, .. } => {
                let key = |uri: String| uri.rsplit('/').next().unwrap_or_default().to_owned();
                Some((key(thread), content.map(key)))
            }
        }
    }

    #[test]
    fn a_thread_begins_below_the_accounts_own_post() {
        let own = post(ANN, "own", &[], "");
        let asked = post("did:plc:bob", "asked", &[&own], "");
        let answered = post(ANN, "answered", &[&own, &asked], "");
        let again = post("did:plc:bob", "again", &[&own, &answered], "");
        assert_eq!(thread_of(&[&own]), None);
        for chain in [&[&own, &asked][..], &[&own, &asked, &answered], &[&own, &asked, &answered, &again]] {
            assert_eq!(thread_of(chain), Some(("asked".into(), Some("own".into()))));
        }
    }

    #[test]
    fn a_thread_of_somebody_elses_begins_with_what_is_addressed_to_the_account() {
        let theirs = post("did:plc:eve", "theirs", &[], "");
        let named = post("did:plc:bob", "named", &[&theirs], ANN);
        let answered = post(ANN, "answered", &[&theirs, &named], "");
        assert_eq!(thread_of(&[&theirs, &named]), Some(("named".into(), None)));
        assert_eq!(thread_of(&[&theirs, &named, &answered]), Some(("named".into(), None)));
    }

    #[test]
    fn what_others_write_below_an_answer_made_elsewhere_belongs_to_that_answer() {
        let theirs = post("did:plc:eve", "theirs", &[], "");
        let answer = post(ANN, "answer", &[&theirs], "");
        let below = post("did:plc:eve", "below", &[&theirs, &answer], "");
        assert_eq!(thread_of(&[&theirs, &answer]), None, "a post of the account's own");
        assert_eq!(thread_of(&[&theirs, &answer, &below]), Some(("below".into(), Some("answer".into()))));
    }

    #[test]
    fn questions_below_the_parts_of_one_long_post_are_threads_apart() {
        let one = post(ANN, "one", &[], "");
        let two = post(ANN, "two", &[&one], "");
        let three = post(ANN, "three", &[&one, &two], "");
        let bob = post("did:plc:bob", "bob", &[&one, &two], "");
        let carol = post("did:plc:carol", "carol", &[&one, &three], "");
        assert_eq!(thread_of(&[&one, &two, &three]), None, "a post of its own");
        assert_eq!(thread_of(&[&one, &two, &bob]), Some(("bob".into(), Some("two".into()))));
        assert_eq!(thread_of(&[&one, &two, &three, &carol]), Some(("carol".into(), Some("three".into()))));
    }

    #[test]
    fn an_answer_elsewhere_keeps_its_thread_when_what_stood_above_it_is_gone() {
        let theirs = post("did:plc:eve", "theirs", &[], "");
        let answer = post(ANN, "answer", &[&theirs], "");
        let below = post("did:plc:eve", "below", &[&theirs, &answer], "");
        assert_eq!(thread_of(&[&answer, &below]), thread_of(&[&theirs, &answer, &below]));
    }

    #[test]
    fn a_thread_whose_beginning_is_gone_keeps_its_name() {
        let own = post(ANN, "own", &[], "");
        let asked = post("did:plc:bob", "asked", &[&own], "");
        let answered = post(ANN, "answered", &[&own, &asked], "");
        assert_eq!(thread_of(&[&asked]), Some(("asked".into(), Some("own".into()))), "the post is gone");
        assert_eq!(thread_of(&[&answered]), Some(("asked".into(), Some("own".into()))), "the comment is gone");
    }

    #[test]
    fn a_date_that_its_author_made_up_is_not_believed() {
        let written = |created: &str| {
            let raw = json!({ "uri": format!("at://{ANN}/{POST}/k"), "author": { "did": ANN, "handle": "x.test" },
                "record": { "text": "", "createdAt": created }, "indexedAt": "2026-11-30T08:00:01Z" });
            Seen::read(&raw).unwrap().written_at().map(|at| at.to_string())
        };
        let seen = Some("2026-11-30T08:00:01Z".to_owned());
        assert_eq!(written("2026-11-29T08:00:00Z").as_deref(), Some("2026-11-29T08:00:00Z"));
        for made_up in ["2099-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "yesterday"] {
            assert_eq!(written(made_up), seen, "{made_up}");
        }
    }
}
