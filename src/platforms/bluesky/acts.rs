//! What people do from here: answer, take an answer away, hide what others wrote below the account's own posts.

use serde_json::{Value, json};

use super::api::Api;
use super::facets::{self, Feature};
use super::map::{self, POST, Place, Seen, Uri};
use super::wire::{Post, Posts};
use crate::model::{ObservedInteraction, ProviderState};
use crate::platforms::Verb;
use crate::platforms::adapter::{AccountKey, Target};
use crate::platforms::error::Error;

/// A record of the account's own beside its post, with the post's key: who may answer, and which replies are hidden.
pub const GATE: &str = "app.bsky.feed.threadgate";
/// Attempts at writing a record that others write too.
const WRITES: usize = 8;
/// How many replies the record takes.
const MOST_HIDDEN: usize = 300;

impl Api {
    pub async fn create_reply(
        &self,
        account: &AccountKey,
        target: &Target,
        text: &str,
    ) -> Result<ObservedInteraction, Error> {
        let gone = || Error::NotFound { reason: "RecordNotFound".into() };
        let uri = Uri::of(&target.external_id).ok_or_else(gone)?;
        let parent = self.record(uri.did, uri.collection, uri.key).await?.ok_or_else(gone)?;
        let link = json!({ "uri": parent.uri, "cid": parent.cid });
        let root = match serde_json::from_value::<Post>(parent.value).ok().and_then(|post| post.reply) {
            Some(reply) => json!({ "uri": reply.root.uri, "cid": reply.root.cid }),
            None => link.clone(),
        };
        let mut record = json!({
            "$type": POST, "text": text, "createdAt": self.world.clock.now().to_string(),
            "reply": { "root": root, "parent": link },
        });
        let facets = self.facets(text).await;
        if !facets.is_empty() {
            record["facets"] = facets.into();
        }
        let body = json!({ "repo": account.external_id, "collection": POST, "record": record });
        let made = self.post("com.atproto.repo.createRecord", body).await?;
        let unreadable = |problem: String| Error::protocol(problem, made.to_string().as_bytes());
        let address = made["uri"].as_str().ok_or_else(|| unreadable("no uri".to_owned()))?;
        let seen = Seen::read(&self.own_view(account, address, &record)).map_err(unreadable)?;
        let place = Place::Interaction {
            thread: target.thread_external_id.clone(),
            parent: Some(target.external_id.clone()),
            content: target.content_external_id.clone(),
        };
        let own = map::interaction(&seen, &place, &account.external_id).map_err(unreadable)?;
        own.ok_or_else(|| unreadable("it is no reply".to_owned()))
    }

    /// Whoever is mentioned and found nowhere is a word like others.
    async fn facets(&self, text: &str) -> Vec<Value> {
        let mut facets = Vec::new();
        for (range, feature) in facets::of(text) {
            let feature = match feature {
                Feature::Link(uri) => json!({ "$type": "app.bsky.richtext.facet#link", "uri": uri }),
                Feature::Tag(tag) => json!({ "$type": "app.bsky.richtext.facet#tag", "tag": tag }),
                Feature::Mention(handle) => {
                    let query = [("handle", handle.as_str())];
                    let found: Result<Value, _> = self.get("com.atproto.identity.resolveHandle", &query).await;
                    match found.ok().and_then(|found| found["did"].as_str().map(str::to_owned)) {
                        Some(did) => json!({ "$type": "app.bsky.richtext.facet#mention", "did": did }),
                        None => continue,
                    }
                }
            };
            let index = json!({ "byteStart": range.start, "byteEnd": range.end });
            facets.push(json!({ "index": index, "features": [feature] }));
        }
        facets
    }

    /// One that is gone already is as good as deleted: the server answers the same.
    pub async fn delete_post(&self, external_id: &str) -> Result<(), Error> {
        let did = self.did().await?;
        let Some(uri) = Uri::of(external_id).filter(|uri| uri.did == did) else {
            return Err(Error::Rejected { reason: "not_own".into(), message: String::new() });
        };
        let body = json!({ "repo": did, "collection": uri.collection, "rkey": uri.key });
        self.post("com.atproto.repo.deleteRecord", body).await.map(drop)
    }

    pub async fn set_hidden(&self, external_id: &str, verb: Verb) -> Result<(), Error> {
        let is_hidden = match verb {
            Verb::Hide => true,
            Verb::Publish => false,
            _ => return Err(Error::Rejected { reason: "not_offered".into(), message: String::new() }),
        };
        let did = self.did().await?;
        let root = self.root_of(external_id).await?;
        let Some(post) = Uri::of(&root).filter(|root| root.did == did) else {
            let message = "Only replies to your own posts can be hidden.".to_owned();
            return Err(Error::Rejected { reason: "not_own_post".into(), message });
        };
        for _ in 0..WRITES {
            match self.write_gate(&did, &root, post.key, external_id, is_hidden).await {
                Err(Error::Rejected { reason, .. }) if reason == "InvalidSwap" => {}
                written => return written,
            }
        }
        // Others write it all the time: nothing was refused, and it is tried again later.
        Err(Error::Unavailable { status: 409 })
    }

    /// Changes nothing else of the record, and nothing at all where somebody else was faster.
    async fn write_gate(&self, did: &str, root: &str, key: &str, reply: &str, is_hidden: bool) -> Result<(), Error> {
        let known = self.record(did, GATE, key).await?;
        let swap = known.as_ref().map(|gate| gate.cid.clone());
        let fresh = || json!({ "$type": GATE, "post": root, "createdAt": self.world.clock.now().to_string() });
        let mut gate = known.map_or_else(fresh, |gate| gate.value);
        let mut hidden = map::hidden_by(&gate);
        if hidden.iter().any(|uri| uri == reply) == is_hidden {
            return Ok(());
        }
        if is_hidden && hidden.len() >= MOST_HIDDEN {
            let message = "At most 300 replies can be hidden below one post. Publish some of them first.".to_owned();
            return Err(Error::Rejected { reason: "too_many_hidden".into(), message });
        }
        if is_hidden {
            hidden.push(reply.to_owned());
        } else {
            hidden.retain(|uri| uri != reply);
        }
        let kept = gate.as_object_mut().ok_or_else(|| Error::protocol("the record is no object", b""))?;
        kept.insert("hiddenReplies".to_owned(), hidden.into());
        let body = json!({ "repo": did, "collection": GATE, "rkey": key, "record": gate, "swapRecord": swap });
        self.post("com.atproto.repo.putRecord", body).await.map(drop)
    }

    /// Lists leave out what is blocked, muted or held back: only a record that its own server does not have is gone.
    pub async fn gone_of(&self, external_ids: &[String]) -> Result<Vec<String>, Error> {
        let mut gone = Vec::new();
        for ids in external_ids.chunks(super::reading::POSTS_AT_ONCE) {
            let query: Vec<_> = ids.iter().map(|id| ("uris", id.as_str())).collect();
            let shown = self.get::<Posts>("app.bsky.feed.getPosts", &query).await.map(|found| found.posts);
            let shown = shown.unwrap_or_default();
            for id in ids.iter().filter(|id| shown.iter().all(|post| post["uri"] != id.as_str())) {
                let Some(uri) = Uri::of(id) else { continue };
                match self.record(uri.did, uri.collection, uri.key).await {
                    Ok(None) => gone.push(id.clone()),
                    Ok(Some(_)) => {}
                    // What cannot be confirmed now is there: the next whole pass asks again.
                    Err(Error::Unavailable { .. }) => return Ok(gone),
                    Err(error) if error.is_about_the_thing() || error.is_too_much() => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(gone)
    }

    async fn root_of(&self, external_id: &str) -> Result<String, Error> {
        let gone = || Error::NotFound { reason: "RecordNotFound".into() };
        let uri = Uri::of(external_id).ok_or_else(gone)?;
        let record = self.record(uri.did, uri.collection, uri.key).await?.ok_or_else(gone)?;
        let post: Post = serde_json::from_value(record.value).map_err(|problem| Error::protocol(problem, b""))?;
        Ok(post.reply.map_or_else(|| external_id.to_owned(), |reply| reply.root.uri))
    }

    /// By the records themselves: lists leave out what is blocked or muted.
    pub async fn standing_of(
        &self,
        account: &AccountKey,
        external_ids: &[String],
    ) -> Result<Vec<(String, ProviderState)>, Error> {
        let mut stands = Vec::new();
        for id in external_ids {
            let state = match self.root_of(id).await {
                Err(Error::NotFound { .. }) => ProviderState::Removed,
                Err(error) => return Err(error),
                Ok(root) if self.hidden_below(account, &root).await?.contains(id) => ProviderState::Hidden,
                Ok(_) => ProviderState::Published,
            };
            stands.push((id.clone(), state));
        }
        Ok(stands)
    }
}
