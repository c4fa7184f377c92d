//! Webhooks: the far side tells of what is written on its channels, until it is answered, and sometimes twice.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use kit::testing::simulation::{BEGIN, Dice, Faults, World};
use serde_json::json;
use sha2::Sha256;
use tower::ServiceExt as _;

use super::fake_service::FakeService;
use super::simulated_app::SimulatedApps;
use crate::app::App;
use crate::webhooks::incoming::DEMO_PATH;

/// One delivery.
#[derive(Clone, Debug)]
pub(super) struct Post {
    pub id: String,
    pub user: String,
    /// Of whose channel it tells: its place in the list.
    pub profile: usize,
    pub external_id: String,
    secret: Vec<u8>,
    body: String,
    due: Duration,
}

/// Somebody writes on a channel, and a webhook tells of it. Of a profile that is gone, what was under way still comes.
pub(super) fn write(far: &FakeService, now: Duration, dice: &Dice) {
    let mut state = far.state();
    let active: Vec<usize> = (0..state.profiles.len()).filter(|index| state.profiles[*index].is_active).collect();
    let Some(profile) = active.get(dice.below(active.len())).copied() else { return };
    let number = state.next();
    let item = state.profiles[profile].somebody_writes(BEGIN + now, dice);
    let (user, secret) = (state.profiles[profile].user.clone(), state.profiles[profile].secret.clone());
    let data = json!({ "user_id": user, "platform": "youtube", "kind": "comment", "external_id": item.id });
    let body = json!({ "type": "interaction.created", "timestamp": item.at, "data": data }).to_string();
    let due = now + dice.millis(0..if dice.chance(300) { 20_000 } else { 200 });
    state.posts.push(Post { id: format!("msg_{number}"), user, profile, external_id: item.id, secret, body, due });
}

pub(super) fn send_due(world: &World<App>, house: &SimulatedApps, far: &FakeService) {
    let (dice, now, faults) = (&world.shared.dice, world.shared.now(), world.shared.faults());
    let (mut due, rest): (Vec<Post>, Vec<Post>) = {
        let mut state = far.state();
        std::mem::take(&mut state.posts).into_iter().partition(|post| post.due <= now)
    };
    far.state().posts = rest;
    // What a dead process let fall lies about in any order.
    due.sort_by(|a, b| (a.due, &a.id).cmp(&(b.due, &b.id)));
    for post in due {
        let times = if faults != Faults::NONE && dice.chance(200) { 2 } else { 1 };
        for _ in 0..times {
            send(world, house, far, post.clone());
        }
    }
}

/// Comes again unless it was taken, or is not wanted any more.
fn send(world: &World<App>, house: &SimulatedApps, far: &FakeService, post: Post) {
    let again = Again { post: Some(post), far: far.clone(), due: world.shared.now() + Duration::from_secs(2) };
    let Some(place) = world.somebody() else { return };
    let (router, shared, clock) = (house.door_of(place), world.shared.clone(), place.clock.clone());
    place.spawn(async move {
        let mut again = again;
        let Some(post) = again.post.clone() else { return };
        let seconds = clock.now().micros().div_euclid(1_000_000).to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(&post.secret).expect("HMAC takes a key of any length");
        mac.update(format!("{}.{seconds}.{}", post.id, post.body).as_bytes());
        let request = Request::post(format!("{DEMO_PATH}?user={}", post.user))
            .header("webhook-id", &post.id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
            .body(Body::from(post.body.clone()))
            .expect("a well-formed request");
        let status = router.oneshot(request).await.expect("the router does not fail").status().as_u16();
        shared.note(|| format!("webhook {} about {}: {status}", post.id, post.external_id));
        match status {
            200 => {
                again.post = None;
                again.far.state().stored.push(post);
            }
            410 => again.post = None,
            503 => {}
            other => shared.wrong(format!("webhook {} was answered {other}", post.id)),
        }
    });
}

/// Puts a delivery back that was not taken, also when the process that had it dies.
struct Again {
    post: Option<Post>,
    far: FakeService,
    due: Duration,
}

impl Drop for Again {
    fn drop(&mut self) {
        if let Some(post) = self.post.take() {
            self.far.state().posts.push(Post { due: self.due, ..post });
        }
    }
}
