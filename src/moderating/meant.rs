//! Of what somebody has chosen, what the platform would be asked for: told before it is.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::model::InteractionId;
use crate::moderation::{self, Item, Skipped};
use crate::platforms::{Platforms, Verb};

pub struct Meant<'a> {
    pub items: Vec<&'a Item>,
    /// How many would be left out for which reason.
    pub left_out: Vec<(Skipped, usize)>,
}

impl<'a> Meant<'a> {
    pub fn of(platforms: &Platforms, items: &'a [Item], busy: &HashSet<InteractionId>, verb: Verb) -> Self {
        // Of one, it was asked already whether that would be refused.
        if let [one] = items {
            return Self { items: vec![one], left_out: Vec::new() };
        }
        let (mut meant, mut left_out) = (Vec::new(), BTreeMap::<usize, usize>::new());
        let place = |why: Skipped| Skipped::ALL.iter().position(|known| *known == why).unwrap_or(0);
        for item in items {
            match moderation::why_not(platforms, item, busy.contains(&item.id), verb, None) {
                None => meant.push(item),
                Some(why) => *left_out.entry(place(why)).or_default() += 1,
            }
        }
        let left_out = left_out.into_iter().map(|(place, count)| (Skipped::ALL[place], count)).collect();
        Self { items: meant, left_out }
    }

    /// What it costs: calls are for one account each.
    pub fn units(&self, platforms: &Platforms, verb: Verb) -> i64 {
        let mut accounts = HashMap::<_, Vec<&Item>>::new();
        for item in &self.items {
            accounts.entry(item.connection_id).or_default().push(item);
        }
        let of_one = |items: &Vec<&Item>| {
            moderation::rules_of(platforms, items[0]).map_or(0, |rules| rules.units(verb, items.len()))
        };
        accounts.values().map(of_one).sum()
    }
}
