//! What may be written where: SQL, outside calls, HTTP types, routes, migrations.

use std::collections::BTreeSet;
use std::fs;

use super::source::{Source, assert_none, rust, sources};

#[test]
fn sql_lives_in_stores() {
    let files = product_and_simulator().filter(|file| file.name() != "store.rs");
    let is_sql = |line: &str| {
        ["\"SELECT ", "\"INSERT INTO ", "\"UPDATE ", "\"DELETE FROM ", "\"WITH "]
            .iter()
            .any(|start| line.contains(start))
    };
    assert_none("SQL is written in store.rs, and in kit", places(files, is_sql));
}

#[test]
fn calls_to_the_outside_live_in_services_and_platforms() {
    let callers = ["src/outbound/", "src/platforms/", "simulator/src/webhooks/"];
    let files = product_and_simulator()
        .filter(|file| file.name() != "service.rs")
        .filter(|file| !callers.iter().any(|caller| file.path.starts_with(caller)));
    assert_none(
        "an HTTP client is used in service.rs, outbound/ and platforms/",
        places(files, |line| line.contains("reqwest::")),
    );
}

#[test]
fn the_client_knows_nobody_who_calls_by_it() {
    let files = product_and_simulator().filter(|file| file.path.starts_with("src/outbound/"));
    assert_none("outbound knows no feature and no platform", places(files, |line| line.contains("crate::")));
}

#[test]
fn connections_know_no_platform() {
    let names = ["youtube", "bluesky", "google", "instagram", "tiktok", "facebook"];
    let files = product_and_simulator().filter(|file| file.path.starts_with("src/connections/"));
    let names_one = |line: &str| names.iter().any(|name| line.to_lowercase().contains(name));
    assert_none("what a platform is called, its adapter says", places(files, names_one));
}

#[test]
fn http_types_live_at_the_edge() {
    let files = rust().into_iter().filter(|file| !file.is_test()).filter(|file| {
        let kit = file.path.starts_with("kit/src/") && !file.path.starts_with("kit/src/web/");
        let product = file.path.starts_with("src/")
            && !matches!(file.name(), "pages.rs" | "api.rs" | "routes.rs" | "errors.rs" | "extract.rs" | "cookies.rs");
        kit || product
    });
    assert_none(
        "axum is used in pages.rs, api.rs, routes.rs, errors.rs, extract.rs, cookies.rs and kit/web",
        places(files, |line| line.contains("axum::")),
    );
}

#[test]
fn the_environment_is_read_in_one_place() {
    let files = product_and_simulator().filter(|file| !matches!(file.path.as_str(), "src/config.rs" | "src/main.rs"));
    assert_none("settings are read in config.rs", places(files, |line| line.contains("env::var")));
}

/// AV9
#[test]
fn every_queue_has_a_bound() {
    let files = sources(&["src", "kit/src", "simulator/src"], "rs").into_iter().filter(|file| !file.is_test());
    let has_none = |line: &str| {
        ["unbounded_channel(", "flume::unbounded(", "mpsc::channel()"].iter().any(|call| line.contains(call))
    };
    assert_none("who fills a queue may be faster than who empties it", places(files, has_none));
}

#[test]
fn every_address_is_listed_once() {
    let elsewhere =
        product_and_simulator().filter(|file| file.path.starts_with("src/") && file.path != "src/routes.rs");
    assert_none("addresses are listed in routes.rs", places(elsewhere, |line| line.contains(".route(")));

    let routes = fs::read_to_string("src/routes.rs").expect("routes.rs lists every address");
    let mut twice = Vec::new();
    // Each function lists the addresses under one prefix.
    for list in routes.split("\nfn ") {
        let mut seen = BTreeSet::new();
        for after in list.split(".route(").skip(1) {
            let address = after.trim_start().trim_start_matches('"').split('"').next().unwrap_or_default();
            if !seen.insert(address) {
                twice.push(address.to_owned());
            }
        }
    }
    assert_none("an address is listed once", twice);
}

#[test]
fn every_migration_is_built_in() {
    let code: String = sources(&["src"], "rs").into_iter().map(|file| file.text).collect();
    let missing =
        sources(&["migrations"], "sql").into_iter().filter(|file| !code.contains(&format!("/{}\"", file.path)));
    assert_none("a migration is named in the code", missing.map(|file| file.path).collect());
}

fn product_and_simulator() -> impl Iterator<Item = Source> {
    sources(&["src", "simulator/src"], "rs").into_iter().filter(|file| !file.is_test())
}

fn places(files: impl Iterator<Item = Source>, breaks_the_rule: impl Fn(&str) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        for (number, line) in file.code().filter(|(_, line)| breaks_the_rule(line)) {
            faults.push(format!("{}:{number}: {}", file.path, line.trim()));
        }
    }
    faults
}
