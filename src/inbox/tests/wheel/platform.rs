//! What the platform shows: comments that come, change, vanish and come back, and what readings of it bring.

use std::collections::BTreeMap;
use std::time::Duration;

use kit::clock::Timestamp;
use kit::testing::simulation::Dice;

use super::history::History;
use crate::inbox::ingest;
use crate::inbox::testing::{comment, own_reply, reply};
use crate::model::{Kind, ObservedInteraction, ProviderState};

const TEXTS: [&str; 16] = [
    "What camera is that?",
    "How much is it and do you ship to Spain?",
    "Love this channel",
    "Terrible service, I got food poisoning",
    "Das Video ist echt super schön gemacht",
    "Wie viel kostet das und wo kann ich es kaufen?",
    "I was a little disappointed.",
    "Check out my channel www.spam.com for free followers",
    "Why is the link broken? I want a refund",
    "Muchas gracias por lo de la receta",
    "味道不错！",
    "😍",
    "@bob which one is it?",
    "@The Lab which one is it?",
    "I hope that everybody sees what this company did to us last week",
    "This is wrong and you know it. Shame on you!",
];
const PEOPLE: [&str; 7] = ["ann", "bob", "cleo", "dora", "emil", "fay", "gus"];
const DAY: u64 = 86_400;

/// As the platform has it.
pub struct Shown {
    dice: Dice,
    pub items: BTreeMap<String, ObservedInteraction>,
    /// Those that it shows to nobody for a while.
    vanished: BTreeMap<String, ObservedInteraction>,
    /// A page that was read, and is on its way.
    late: Vec<ObservedInteraction>,
    number: usize,
}

impl Shown {
    pub fn new(dice: Dice) -> Self {
        Self { dice, items: BTreeMap::new(), vanished: BTreeMap::new(), late: Vec::new(), number: 0 }
    }

    /// What was done from here stands there.
    pub fn moderated(&mut self, standing: &BTreeMap<String, ProviderState>) {
        for (id, state) in standing {
            for items in [&mut self.items, &mut self.vanished] {
                if let Some(item) = items.get_mut(id) {
                    item.provider_state = *state;
                }
            }
        }
    }

    /// What a reading of everything meets: nothing of what was rejected.
    pub fn listed(&self) -> Vec<ObservedInteraction> {
        let listed = self.items.values().filter(|item| item.provider_state != ProviderState::Rejected);
        listed.cloned().collect()
    }

    fn any(&self) -> Option<ObservedInteraction> {
        let all = self.items.values().collect::<Vec<_>>();
        (!all.is_empty()).then(|| all[self.dice.below(all.len())].clone())
    }

    pub fn thread_of(&self, id: &str) -> String {
        let known = self.items.get(id).or_else(|| self.vanished.get(id));
        // What was answered from here is named after its thread.
        known
            .map_or_else(|| id.split('.').next().unwrap_or_default().to_owned(), |item| item.thread_external_id.clone())
    }

    fn id(&mut self) -> String {
        self.number += 1;
        format!("n{}", self.number)
    }

    /// Somebody's comment, or an answer to one that is there, by its author, another or the account.
    pub fn new_comment(&mut self, now: Timestamp) -> ObservedInteraction {
        let (id, dice) = (self.id(), self.dice.clone());
        let root = self.any().filter(|item| item.parent_external_id.is_none() && dice.chance(450));
        let at = now - Duration::from_secs(dice.below(60) as u64);
        let text = Some(dice.pick(&TEXTS).to_owned());
        let new = match root {
            Some(root) if dice.chance(300) => ObservedInteraction { created_at: at, ..own_reply(&id, &root, 0) },
            Some(root) => {
                let author = root.author.external_id.clone().unwrap_or_default();
                let author = if dice.chance(600) { author } else { dice.pick(&PEOPLE).to_owned() };
                ObservedInteraction { created_at: at, text, ..reply(&id, &author, &root, 0) }
            }
            None => {
                let age = dice.pick(&[60, 3 * 3_600, DAY - 60, 2 * DAY, 6 * DAY, 29 * DAY, 40 * DAY]);
                let state = match dice.below(12) {
                    0 => ProviderState::Held,
                    1 => ProviderState::Spam,
                    _ => ProviderState::Published,
                };
                let is_review = dice.chance(150);
                ObservedInteraction {
                    kind: if is_review { Kind::Review } else { Kind::Comment },
                    rating: is_review.then(|| 1 + dice.below(5) as i64),
                    likes: Some(dice.pick(&[0, 0, 0, 3, 900])),
                    created_at: now - Duration::from_secs(age),
                    provider_state: state,
                    can_reply: !dice.chance(60),
                    text,
                    ..comment(&id, dice.pick(&PEOPLE), "")
                }
            }
        };
        self.items.insert(id, new.clone());
        new
    }
}

impl History {
    pub async fn arrive(&mut self) {
        let now = self.stand.app.app.now();
        let count = 1 + self.dice.below(6);
        let page = (0..count).map(|_| self.shown.new_comment(now)).collect::<Vec<_>>();
        // Some are found by the next reading of everything.
        let page = page.into_iter().filter(|_| !self.dice.chance(150)).collect();
        self.ingest("come", page).await;
    }

    pub async fn change(&mut self) {
        let (now, Some(mut item)) = (self.stand.app.app.now(), self.shown.any()) else { return };
        match self.dice.below(6) {
            0 | 1 => {
                item.text = Some(self.dice.pick(&TEXTS).to_owned());
                item.edited_at = self.dice.chance(700).then_some(now);
            }
            2 => item.likes = Some(self.dice.pick(&[0, 5, 80, 5_000])),
            3 => item.can_reply = !item.can_reply,
            4 if item.kind == Kind::Review => item.rating = Some(1 + self.dice.below(5) as i64),
            4 => item.author.display_name.push('x'),
            _ if item.author.is_self => {}
            _ => {
                let states = [ProviderState::Published, ProviderState::Spam, ProviderState::Held];
                item.provider_state = self.dice.pick(&states);
                // It is the platform's own doing that holds now.
                self.stand.far.script().standing.remove(&item.external_id);
            }
        }
        self.shown.items.insert(item.external_id.clone(), item.clone());
        self.ingest("change", vec![item]).await;
    }

    /// Deletion is silent; and what was away may come back.
    pub async fn vanish(&mut self) {
        if self.dice.chance(300)
            && let Some((id, item)) = self.shown.vanished.pop_first()
        {
            self.tell(|| format!("{id} is shown again"));
            self.shown.items.insert(id, item);
            return;
        }
        let Some(item) = self.shown.any() else { return };
        self.tell(|| format!("{} is shown no more", item.external_id));
        self.shown.items.remove(&item.external_id);
        self.shown.vanished.insert(item.external_id.clone(), item);
    }

    pub async fn read_all(&mut self) {
        let mut all = self.shown.listed();
        all.extend(self.own_by_reply());
        for place in (1..all.len()).rev() {
            all.swap(place, self.dice.below(place + 1));
        }
        let size = 1 + self.dice.below(40);
        for page in all.chunks(size) {
            let page = page.to_vec();
            self.unit(move |tx, context| ingest::listed(tx, context, &page, context.now)).await;
        }
        let missing = self.unit(|tx, context| ingest::pass_completed(tx, context, context.now)).await;
        self.tell(|| format!("all {} are read: {missing:?}", all.len()));
    }

    /// A page that was read a while ago arrives, and another is read.
    pub async fn read_late(&mut self) {
        let late = std::mem::take(&mut self.shown.late);
        self.ingest("arrive late", late).await;
        let listed = self.shown.listed();
        self.shown.late = listed.into_iter().filter(|_| self.dice.chance(400)).collect();
    }

    pub async fn ingest(&mut self, what: &str, page: Vec<ObservedInteraction>) {
        self.tell(|| format!("{what}: {}", page.iter().map(told).collect::<Vec<_>>().join(", ")));
        self.unit(move |tx, context| ingest::listed(tx, context, &page, context.now)).await;
    }

    /// What was answered from here, as the platform has it.
    pub fn own_by_reply(&self) -> Vec<ObservedInteraction> {
        self.stand.far.script().comments.iter().map(|kept| kept.observed.clone()).collect()
    }
}

fn told(item: &ObservedInteraction) -> String {
    let author = item.author.external_id.as_deref().unwrap_or_default();
    let text = item.text.as_deref().unwrap_or_default();
    format!(
        "{} in {} by {author} of {} ({}, {:?} likes): {text}",
        item.external_id, item.thread_external_id, item.created_at, item.provider_state, item.likes
    )
}
