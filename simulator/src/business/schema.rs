//! The answers of the Business Profile hosts as Google describes them.

use std::sync::LazyLock;

use crate::hosts::Host;
use crate::schema::Description;

pub fn of(host: Host) -> &'static Description {
    static ACCOUNTS: LazyLock<Description> =
        LazyLock::new(|| Description::parse(include_str!("../../discovery/mybusinessaccountmanagement.v1.json")));
    static LOCATIONS: LazyLock<Description> =
        LazyLock::new(|| Description::parse(include_str!("../../discovery/mybusinessbusinessinformation.v1.json")));
    static REVIEWS: LazyLock<Description> =
        LazyLock::new(|| Description::parse(include_str!("../../discovery/mybusiness.v4.json")));
    match host {
        Host::GbpAccounts => &ACCOUNTS,
        Host::GbpInfo => &LOCATIONS,
        _ => &REVIEWS,
    }
}

/// What is wrong with an answer; empty when nothing is.
#[cfg(test)]
pub fn faults(host: Host, schema: &str, answer: &serde_json::Value) -> Vec<String> {
    of(host).faults(schema, answer)
}
