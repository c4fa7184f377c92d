//! The owner's view over all users: what waits, who works, what failed.

pub mod pages;
mod store;
#[cfg(test)]
mod tests;
mod views;

use std::collections::HashMap;

use kit::jobs::JobView;

use crate::workspaces::UserId;

/// Whose a job is.
#[derive(Clone, Debug, Default)]
pub struct Emails(HashMap<UserId, String>);

impl Emails {
    pub fn of(&self, job: &JobView) -> &str {
        match job.user_id {
            None => "the system",
            Some(user) => self.0.get(&UserId::from(user)).map_or("a closed account", String::as_str),
        }
    }
}
