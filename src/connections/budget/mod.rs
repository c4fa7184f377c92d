//! What connections by one credential have asked of a platform today.

mod store;

use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use crate::model::Platform;
use crate::platforms::Budget;

/// How much of a budget is used, for whoever looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    pub used: i64,
    pub units: i64,
    pub ends_at: Timestamp,
}

/// Adds what was just spent; how much of the day's is used now.
pub fn spend(tx: &mut Tx, budget: &Budget, units: i64) -> Result<i64> {
    store::add(tx, &budget.credential, budget.began_at, units)
}

/// The platform says that nothing is left, whatever we have counted: others may ask by the same credential.
pub fn exhausted(tx: &mut Tx, budget: &Budget) -> Result<()> {
    let used = spend(tx, budget, 0)?;
    spend(tx, budget, (budget.units - used).max(0)).map(drop)
}

pub fn used(conn: &mut Conn, budget: &Budget) -> Result<Use> {
    let used = store::used(conn, &budget.credential, budget.began_at)?.unwrap_or(0);
    Ok(Use { used, units: budget.units, ends_at: budget.ends_at })
}

/// How many accounts draw on it.
pub fn accounts(conn: &mut Conn, platform: Platform, demo: bool) -> Result<usize> {
    Ok(usize::try_from(store::accounts(conn, platform, demo)?).unwrap_or(0).max(1))
}
