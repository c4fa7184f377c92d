//! One page of observations against what is known: what is new, what changed, and whom that concerns.

use std::collections::{BTreeSet, HashMap, HashSet};

use kit::clock::Timestamp;
use kit::db::{Result, Tx};
use sha2::{Digest, Sha256};

use super::authors::{self, Author};
use super::retriage::{self, Unsettled};
use super::rollups::{Counted, Rollups};
use super::store::{self, Record, Stored};
use super::{IngestContext, Ingested, ageing, versions};
use crate::inbox::corrections;
use crate::inbox::counts;
use crate::inbox::derive::{self, Facts, Given, Said};
use crate::inbox::search::{self, Document, Traits};
use crate::inbox::threads::Touched;
use crate::inbox::triage::{self, Triage, TriageInput, TriageState};
use crate::model::{AuthorId, ContentId, InteractionId, Kind, ObservedAuthor, ObservedInteraction, ProviderState};

/// So many people with the very same long text are no coincidence.
const WAVE: i64 = 3;

pub(super) type TextHash = [u8; 16];

#[derive(Default)]
pub(super) struct Page<'a> {
    changes: Vec<Change<'a>>,
    authors: HashMap<String, Author>,
    /// The newest own reply's time, by thread.
    answered_at: HashMap<String, Timestamp>,
    /// What the account is called: whoever begins with another's name answers them.
    own_names: Vec<String>,
    /// What people said of what is derived anew.
    said: HashMap<InteractionId, Said>,
    /// Those who go by another name than they did.
    renamed: Vec<AuthorId>,
    unchanged: Vec<InteractionId>,
    pub ingested: Ingested,
    /// Somebody waits who did not before, and whose hours are still counted.
    pub has_newly_waiting: bool,
}

/// An observation that is new, or differs from what is stored.
struct Change<'a> {
    observed: &'a ObservedInteraction,
    stored: Option<Stored>,
    content: Option<ContentId>,
    hash: TextHash,
}

impl Change<'_> {
    fn is_edit(&self) -> bool {
        self.stored.as_ref().is_some_and(|row| row.text_hash != self.hash || row.rating != self.observed.rating)
    }
}

impl<'a> Page<'a> {
    pub fn compare(tx: &mut Tx, context: &IngestContext<'_>, observed: &'a [ObservedInteraction]) -> Result<Self> {
        let observed = latest_of_each(observed);
        let mut stored = store::stored(tx, context, &observed)?;
        let contents = store::content_ids(tx, context, &observed)?;
        let mut page = Page { changes: Vec::with_capacity(observed.len()), ..Page::default() };
        for observed in observed {
            let row = stored.remove(&(observed.kind.family(), observed.external_id.clone()));
            let known_content = observed.content_external_id.as_ref().and_then(|id| contents.get(id)).copied();
            let content = known_content.or(row.as_ref().and_then(|row| row.content_id));
            let change = Change { observed, stored: row, content, hash: text_hash(observed.text.as_deref()) };
            match &change.stored {
                Some(row) if row.shows(observed, &change.hash, content) || row.is_newer_than(observed) => {
                    page.unchanged.push(row.id);
                }
                _ => page.changes.push(change),
            }
        }
        let new = page.changes.iter().filter(|change| change.stored.is_none()).count();
        page.ingested = Ingested { new, changed: page.changes.len() - new, unchanged: page.unchanged.len() };
        Ok(page)
    }

    pub fn write(&mut self, tx: &mut Tx, context: &IngestContext<'_>, rollups: &mut Rollups) -> Result<()> {
        store::seen(tx, context, &self.unchanged)?;
        if self.changes.is_empty() {
            return Ok(());
        }
        self.write_authors(tx, context)?;
        self.answered_at = self.read_answers(tx, context)?;
        if self.changes.iter().any(|change| change.observed.text.as_deref().is_some_and(|text| text.starts_with('@'))) {
            self.own_names = authors::store::own_names(tx, context)?;
        }
        let again = self.changes.iter().filter(|change| change.is_derived_anew());
        let again = again.filter_map(|change| change.stored.as_ref()).map(|row| row.id).collect::<Vec<_>>();
        self.said = corrections::said_of(tx, &again)?;
        let is_young = |change: &Change<'_>| change.observed.created_at > context.now - ageing::ageing();
        let (mut documents, mut waits) = (Vec::with_capacity(self.changes.len()), false);
        for change in &self.changes {
            let (id, triage, facts) = self.write_change(tx, context, change, rollups)?;
            let was_waiting = change.stored.as_ref().is_some_and(|row| row.state == TriageState::NeedsReply);
            waits |= triage.state == TriageState::NeedsReply && !was_waiting && is_young(change);
            documents.extend(self.document(context, id, change, facts));
        }
        search::index(tx, context.workspace, &documents)?;
        search::renamed(tx, context.workspace, &self.renamed)?;
        self.has_newly_waiting = waits;
        self.settle_threads(tx, context, rollups)
    }

    fn write_authors(&mut self, tx: &mut Tx, context: &IngestContext<'_>) -> Result<()> {
        let mut seen: HashMap<String, (&ObservedAuthor, i64)> = HashMap::new();
        for change in &self.changes {
            let entry = seen.entry(author_key(&change.observed.author)).or_insert((&change.observed.author, 0));
            entry.1 += i64::from(change.stored.is_none());
        }
        let mut keys = seen.keys().map(String::as_str).collect::<Vec<_>>();
        // Two batches on PostgreSQL lock authors in one order.
        keys.sort_unstable();
        let mut known = authors::store::by_key(tx, context, &keys)?;
        for key in keys {
            let (observed, new) = seen[key];
            let author = match known.remove(key) {
                Some(author) => {
                    if author.display_name != observed.display_name {
                        self.renamed.push(author.id);
                    }
                    author.seen_as(observed, new)
                }
                None => Author::new(AuthorId::new(context.now, context.random), key, observed, new),
            };
            authors::store::put(tx, context, &author, new)?;
            self.authors.insert(key.to_owned(), author);
        }
        Ok(())
    }

    /// Own replies of the changes' threads: those stored, with what this page says about them.
    fn read_answers(&self, tx: &mut Tx, context: &IngestContext<'_>) -> Result<HashMap<String, Timestamp>> {
        let threads = distinct(self.changes.iter().map(|change| change.observed.thread_external_id.as_str()));
        let here = self.changes.iter().map(|change| change.observed.external_id.as_str()).collect::<HashSet<_>>();
        let stored = store::own_replies(tx, context, &threads)?;
        let stored = stored.into_iter().filter(|(_, id, _)| !here.contains(id.as_str()));
        let own = self.changes.iter().map(|change| change.observed).filter(|observed| observed.author.is_self);
        let own = own.filter(|observed| observed.provider_state == ProviderState::Published);
        let own = own.map(|reply| (reply.thread_external_id.clone(), String::new(), reply.created_at));
        let mut newest: HashMap<String, Timestamp> = HashMap::new();
        for (thread, _, at) in stored.chain(own) {
            let newest = newest.entry(thread).or_insert(at);
            *newest = at.max(*newest);
        }
        Ok(newest)
    }

    fn write_change(
        &self,
        tx: &mut Tx,
        context: &IngestContext<'_>,
        change: &Change<'_>,
        rollups: &mut Rollups,
    ) -> Result<(InteractionId, Triage, Facts)> {
        let observed = change.observed;
        let author = &self.authors[&author_key(&observed.author)];
        let facts = self.facts(tx, context, change)?;
        let (created_at, edited_at) = (change.created_at(), change.edited_at(context.now));
        let input = change.input(&facts, created_at, edited_at, author.interactions > 1);
        let answered_at = self.answered_at.get(&observed.thread_external_id).copied();
        let triage = triage::triage(&input, answered_at, context.now);
        let is_counted = observed.provider_state == ProviderState::Published && !observed.author.is_self;
        let after = Counted {
            quarter: is_counted.then(|| counts::quarter_of(created_at)),
            kind: observed.kind,
            sentiment: facts.sentiment,
            state: triage.state,
            band: triage.band,
        };
        let stored = change.stored.as_ref();
        let id = stored.map_or_else(|| InteractionId::new(context.now, context.random), |row| row.id);
        let rating_at_reply = stored.and_then(|row| row.rating_at_reply(observed, edited_at, answered_at));
        let record = Record {
            id,
            author: author.id,
            content: change.content,
            observed,
            hash: &change.hash,
            created_at,
            edited_at,
            rating_at_reply,
            facts: &facts,
            triage: &triage,
        };
        match stored {
            None => {
                store::insert(tx, context, &record)?;
                rollups.add(after);
            }
            Some(row) => {
                if change.is_edit() {
                    versions::store::keep(tx, context, row)?;
                }
                store::update(tx, context, &record)?;
                if row.author_id != author.id {
                    authors::store::count_more(tx, row.author_id, -1)?;
                    authors::store::count_more(tx, author.id, 1)?;
                }
                rollups.replace(Counted::of(row), after);
            }
        }
        Ok((id, triage, facts))
    }

    /// Derived anew only where the text, the rating or the platform's word on spam changed; with what people said of it,
    /// beside which is kept what the rules alone make of it.
    fn facts(&self, tx: &mut Tx, context: &IngestContext<'_>, change: &Change<'_>) -> Result<Facts> {
        let given = match &change.stored {
            _ if change.observed.author.is_self => return Ok(Facts::none()),
            Some(row) if !change.is_derived_anew() => return Ok(row.facts()),
            _ => change.given(context, &self.own_names),
        };
        let said = change.stored.as_ref().and_then(|row| Some((row.id, *self.said.get(&row.id)?)));
        let Some((id, said)) = said else { return Ok(derive::facts(given)) };
        corrections::derived_anew(tx, id, &derive::facts(given), given.rating)?;
        Ok(derive::facts(Given { said, ..given }))
    }

    /// What it is found by, where that changed.
    fn document<'s>(
        &'s self,
        context: &IngestContext<'_>,
        id: InteractionId,
        change: &'s Change<'_>,
        facts: Facts,
    ) -> Option<Document<'s>> {
        let observed = change.observed;
        let author = &self.authors[&author_key(&change.observed.author)];
        let stored = change.stored.as_ref();
        let is_same = stored.is_some_and(|row| {
            let (is_said, is_judged) = ((row.language, row.sentiment), (facts.language, facts.sentiment));
            row.text_hash == change.hash
                && row.created_at == change.created_at()
                && row.author_id == author.id
                && row.kind == observed.kind
                && is_said == is_judged
                && row.facts().intents == facts.intents
        });
        (!is_same).then(|| Document {
            id,
            created_at: change.created_at(),
            text: observed.text.as_deref(),
            author: &author.display_name,
            traits: Traits {
                connection: Some(context.connection),
                platform: Some(context.platform),
                kind: Some(observed.kind),
                language: facts.language,
                sentiment: Some(facts.sentiment),
                intents: facts.intents,
            },
            is_known: stored.is_some(),
        })
    }

    /// Which threads the page brought something to, and how much of it is new from other people.
    fn touched(&self) -> Touched {
        let mut touched = Touched::new();
        for change in &self.changes {
            let is_news = !change.observed.author.is_self && (change.stored.is_none() || change.is_edit());
            *touched.entry(change.observed.thread_external_id.clone()).or_default() += i64::from(is_news);
        }
        touched
    }

    /// The same long text by several people is a wave, from the first of them on: the facts of those that are not known as
    /// part of one yet.
    fn waves(&self, tx: &mut Tx, context: &IngestContext<'_>) -> Result<Vec<(Stored, Facts)>> {
        let said = self.changes.iter().filter(|change| change.stored.is_none() || change.is_edit());
        let comparable = said.filter(|change| {
            let observed = change.observed;
            !observed.author.is_self && observed.text.as_deref().is_some_and(derive::is_worth_comparing)
        });
        let hashes = distinct(comparable.map(|change| &change.hash));
        let waves = store::written_by_at_least(tx, context, &hashes, WAVE)?;
        let rows = store::not_yet_in_a_wave(tx, context, &waves)?;
        let said = corrections::said_of(tx, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
        let facts = |row: Stored| {
            let given = row.given(context.language, said.get(&row.id).copied().unwrap_or_default());
            let facts = derive::facts(Given { repeated_by_others: true, ..given });
            (row, facts)
        };
        Ok(rows.into_iter().map(facts).collect())
    }

    /// What the page means for the rest of its threads: an own reply that came, changed or went away concerns everybody in
    /// its thread, and so does a person's decision.
    fn settle_threads(&self, tx: &mut Tx, context: &IngestContext<'_>, rollups: &mut Rollups) -> Result<()> {
        let own = self.changes.iter().map(|change| change.observed).filter(|observed| observed.author.is_self);
        let mut again: BTreeSet<String> = own.map(|reply| reply.thread_external_id.clone()).collect();
        let mut touched = self.touched();
        let mut facts = HashMap::new();
        for (row, new_facts) in self.waves(tx, context)? {
            touched.entry(row.thread_external_id.clone()).or_default();
            again.insert(row.thread_external_id);
            facts.insert(row.id, new_facts);
        }
        retriage::settle(tx, context.place(), Unsettled { touched, again, facts }, rollups)
    }
}

impl Change<'_> {
    fn input<'f>(
        &self,
        facts: &'f Facts,
        created_at: Timestamp,
        edited_at: Option<Timestamp>,
        is_repeat_author: bool,
    ) -> TriageInput<'f> {
        let observed = self.observed;
        TriageInput {
            is_own: observed.author.is_self,
            provider_state: observed.provider_state,
            can_reply: observed.can_reply,
            rating: observed.rating,
            likes: observed.likes,
            created_at,
            edited_at,
            is_repeat_author,
            facts,
        }
    }

    /// An own answer that took the place of another answers what was said until then.
    fn created_at(&self) -> Timestamp {
        let (said, is_own) = (self.observed.created_at, self.observed.author.is_self);
        self.stored.as_ref().map_or(said, |row| if is_own { said.max(row.created_at) } else { row.created_at })
    }

    fn edited_at(&self, now: Timestamp) -> Option<Timestamp> {
        match &self.stored {
            Some(_) if self.is_edit() => Some(self.observed.edited_at.unwrap_or(now)),
            Some(row) => row.edited_at,
            None => self.observed.edited_at,
        }
    }

    /// What is known of it so far does not stand.
    fn is_derived_anew(&self) -> bool {
        let is_spam = self.observed.provider_state == ProviderState::Spam;
        self.stored
            .as_ref()
            .is_some_and(|row| self.is_edit() || row.is_own || is_spam != (row.provider_state == ProviderState::Spam))
    }

    fn given(&self, context: &IngestContext<'_>, own_names: &[String]) -> Given<'_> {
        let same_text = self.stored.as_ref().filter(|row| !self.is_edit() && !row.is_own);
        Given {
            text: self.observed.text.as_deref(),
            rating: self.observed.rating,
            account_language: context.language,
            platform_says_spam: self.observed.provider_state == ProviderState::Spam,
            repeated_by_others: same_text.is_some_and(Stored::is_part_of_wave),
            answers_another: self.answers_another(own_names),
            said: Said::default(),
        }
    }

    /// At the start of a thread a name may be the account's own, which is known once it has written something.
    fn answers_another(&self, own_names: &[String]) -> bool {
        let is_named = self.observed.kind == Kind::Reply || !own_names.is_empty();
        is_named && derive::answers_another(self.observed.text.as_deref().unwrap_or_default(), own_names)
    }
}

/// The platform's id or, where it gives none, the shown name.
fn author_key(author: &ObservedAuthor) -> String {
    author.external_id.clone().unwrap_or_else(|| format!("name:{}", author.display_name))
}

fn text_hash(text: Option<&str>) -> TextHash {
    let digest = Sha256::digest(text.unwrap_or_default().as_bytes());
    std::array::from_fn(|index| digest[index])
}

/// Pages shift while they are read: of one interaction seen twice, the later sight counts.
fn latest_of_each(observed: &[ObservedInteraction]) -> Vec<&ObservedInteraction> {
    let key = |item: &'_ ObservedInteraction| (item.kind.family(), item.external_id.clone());
    let mut places = HashMap::with_capacity(observed.len());
    for (place, item) in observed.iter().enumerate() {
        places.insert(key(item), place);
    }
    observed.iter().enumerate().filter(|(place, item)| places[&key(item)] == *place).map(|(_, item)| item).collect()
}

fn distinct<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut list = items.collect::<Vec<_>>();
    list.sort_unstable();
    list.dedup();
    list
}
