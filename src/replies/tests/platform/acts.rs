//! What it does with comments that are there, and what it answers to that.

use kit::clock::Timestamp;

use super::{Script, Service};
use crate::model::{ObservedInteraction, ProviderState};
use crate::platforms::{Error, Verb, paid};

/// How it answers to whatever is done with a comment that is there.
#[derive(Clone, Debug)]
pub enum ActAnswer {
    /// It does nothing.
    Refuses(Error),
    /// It does it, and answers so all the same.
    DoesAnd(Error),
}

impl Service {
    pub(super) async fn change(&self, id: &str, text: &str) -> Result<ObservedInteraction, Error> {
        let now = self.clock.now();
        self.act(format!("edit {id} {text}"), |script| script.change(id, text, now)).await?;
        let script = self.far.script();
        let kept = script.comments.iter().find(|kept| kept.observed.external_id == id);
        kept.map(|kept| kept.observed.clone()).ok_or_else(gone)
    }

    pub(super) async fn take_away(&self, id: &str) -> Result<(), Error> {
        self.act(format!("delete {id}"), |script| {
            script.comments.retain(|kept| kept.observed.external_id != id);
            Ok(())
        })
        .await
    }

    pub(super) async fn put_all(&self, ids: &[String], verb: Verb) -> Result<(), Error> {
        self.act(format!("{verb} {}", ids.join(",")), |script| {
            let is_at_fault = script.at_fault.as_ref().is_some_and(|id| ids.contains(id));
            let state = script.acts.becomes(verb).filter(|_| !is_at_fault).ok_or_else(gone)?;
            script.standing.extend(ids.iter().map(|id| (id.clone(), state)));
            Ok(())
        })
        .await
    }

    pub(super) async fn shown_standing(&self, ids: &[String]) -> Result<Vec<(String, ProviderState)>, Error> {
        let asked = async {
            let mut script = self.far.script();
            script.asked.push(format!("standing {}", ids.join(",")));
            match script.looks.pop_front() {
                Some(error) => Err(error),
                None => Ok(ids.iter().filter_map(|id| Some((id.clone(), *script.standing.get(id)?))).collect()),
            }
        };
        paid(self.allowance.as_ref(), 1, asked).await
    }

    async fn act(
        &self,
        asked: String,
        does: impl FnOnce(&mut Script) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        let asked = async {
            let mut script = self.far.script();
            script.asked.push(asked);
            match script.act_answers.pop_front() {
                Some(ActAnswer::Refuses(error)) => Err(error),
                Some(ActAnswer::DoesAnd(error)) => does(&mut script).and(Err(error)),
                None => does(&mut script),
            }
        };
        paid(self.allowance.as_ref(), 50, asked).await
    }
}

impl Script {
    fn change(&mut self, id: &str, text: &str, now: Timestamp) -> Result<(), Error> {
        let text = (self.rewrites)(text);
        let kept = self.comments.iter_mut().find(|kept| kept.observed.external_id == id).ok_or_else(gone)?;
        kept.observed.text = Some(text);
        kept.observed.edited_at = Some(now);
        Ok(())
    }
}

fn gone() -> Error {
    Error::NotFound { reason: "commentNotFound".into() }
}
