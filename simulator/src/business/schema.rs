//! The answers of the Business Profile hosts, checked by the schema that the method promises.

use std::sync::LazyLock;

use serde_json::Value;

use crate::hosts::Host;
use crate::schema::Description;

/// What is wrong with an answer; empty when nothing is.
pub fn faults(host: Host, schema: &str, answer: &Value) -> Vec<String> {
    static ACCOUNTS: LazyLock<Description> =
        LazyLock::new(|| Description::parse(include_str!("../../tests-data/mybusinessaccountmanagement.v1.json")));
    static LOCATIONS: LazyLock<Description> =
        LazyLock::new(|| Description::parse(include_str!("../../tests-data/mybusinessbusinessinformation.v1.json")));
    static REVIEWS: LazyLock<Description> =
        LazyLock::new(|| Description::parse(include_str!("../../tests-data/mybusiness.v4.json")));
    let description = match host {
        Host::GbpAccounts => &ACCOUNTS,
        Host::GbpInfo => &LOCATIONS,
        _ => &REVIEWS,
    };
    description.faults(schema, answer)
}
