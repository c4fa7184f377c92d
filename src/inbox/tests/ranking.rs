//! The order in which a demo's people wait, in every scenario and size.

use std::time::Duration;

use jiff::tz::TimeZone;
use kit::testing::Engine;
use simulator::world::youtube::{Comment, Moderation};
use simulator::world::{Profile, Scenario, Size, World};

use crate::inbox::derive::{Intent, PriorityBand};
use crate::inbox::ingest;
use crate::inbox::listing::{self, Filter, Interaction, MAX_LIMIT, Order, Reader};
use crate::inbox::testing::{Desk, MORNING, comment};
use crate::inbox::triage::TriageState;
use crate::model::{Kind, ObservedInteraction, ProviderState};

const FIRST_PAGE: usize = 25;

kit::both_databases! {
    async fn what_is_pressing_is_little_and_what_came_today_is_on_the_first_page(desk: Desk) {
        ranks_well(&desk, Size::Small).await;
    }
}

// The order is one text for both databases; the large demos take a while.
#[tokio::test]
async fn so_it_is_in_larger_demos() {
    let desk = Desk::fresh(Engine::Sqlite).await;
    for size in Size::ALL.iter().filter(|size| **size != Size::Small) {
        ranks_well(&desk, *size).await;
    }
}

/// At most a fifth of what waits is high or more; today's questions and complaints fill the first page, with harm and law.
async fn ranks_well(desk: &Desk, size: Size) {
    let mut of_today = 0;
    for (number, scenario) in Scenario::ALL.iter().enumerate() {
        let waiting = waiting_in(desk, number as u64, *scenario, size).await;
        let pressing = waiting.iter().filter(|item| item.priority <= PriorityBand::High).count();
        assert!(pressing > 0 && pressing * 5 <= waiting.len(), "{scenario} {size}: {pressing} of {}", waiting.len());
        let late = waiting.iter().skip(FIRST_PAGE).filter(|item| is_pressing_and_new(item)).count();
        let first = waiting.iter().take(FIRST_PAGE);
        let is_less = |item: &&Interaction| !is_pressing_and_new(item) && !item.intents().contains(&Intent::Safety);
        let of_less = first.clone().filter(is_less).count();
        assert!(late == 0 || of_less == 0, "{scenario} {size}: {late} come after {of_less} older ones");
        of_today += late + first.filter(|item| is_pressing_and_new(item)).count();
    }
    assert!(of_today > 0, "{size}: somebody asked today");
}

fn is_pressing_and_new(item: &Interaction) -> bool {
    let is_new = MORNING.since(item.created_at) < Duration::from_secs(24 * 3600);
    is_new && item.intents().iter().any(|intent| matches!(intent, Intent::Question | Intent::Complaint))
}

/// All who wait in a workspace that holds this demo alone, as the inbox lists them by priority.
async fn waiting_in(desk: &Desk, number: u64, scenario: Scenario, size: Size) -> Vec<Interaction> {
    let world = World::new(Profile { scenario, size, ..Profile::northside("ann", 7 + number, MORNING) });
    let (workspace, connection) = desk.neighbour().await;
    let observed = world.youtube.history().iter().map(observed).collect::<Vec<_>>();
    for page in observed.chunks(MAX_LIMIT) {
        let page = page.to_vec();
        desk.unit_in(workspace, connection, MORNING, move |tx, source| ingest::interactions(tx, source, &page)).await;
    }
    let user = desk.user;
    let listed = desk.read(move |conn| {
        let filter = Filter { state: Some(TriageState::NeedsReply), order: Order::Priority, ..Filter::default() };
        let reader = Reader { workspace, user, zone: &TimeZone::UTC, now: MORNING };
        let (mut items, mut after) = (Vec::new(), None);
        loop {
            let page = listing::list(conn, reader, &filter, after, MAX_LIMIT)?;
            items.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok::<_, kit::db::Error>(items);
            }
        }
    });
    listed.await.expect("the inbox lists what waits")
}

fn observed(said: &Comment) -> ObservedInteraction {
    let mut observed = comment(&said.id, &said.author.channel_id, &said.text);
    observed.author.display_name = said.author.handle.clone();
    observed.author.is_self = said.by_owner;
    if let Some(parent) = &said.parent_id {
        observed.kind = Kind::Reply;
        observed.parent_external_id = Some(parent.clone());
        observed.thread_external_id = parent.clone();
    }
    observed.likes = i64::try_from(said.likes(MORNING)).ok();
    observed.created_at = said.published_at;
    observed.can_reply = said.can_reply;
    observed.provider_state = match said.moderation {
        Moderation::Published => ProviderState::Published,
        Moderation::Held => ProviderState::Held,
        Moderation::LikelySpam => ProviderState::Spam,
    };
    observed
}
