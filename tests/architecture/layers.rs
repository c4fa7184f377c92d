//! Who may know whom: main → routes, jobs → features → web/ui → kit, never back.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, assert_none, sources};

/// Folders under `src` that hold modules of their own kind: each of those is looked at by itself.
const SHELVES: [&str; 3] = ["ops", "web", "webhooks"];

/// Modules that are not features.
const NOT_FEATURES: [&str; 3] = ["model", "web/errors", "web/ui"];

#[test]
fn kit_and_the_simulator_know_nothing_of_the_product() {
    let mut faults = Vec::new();
    for file in sources(&["kit/src", "simulator/src"], "rs") {
        let forbidden: &[&str] =
            if file.path.starts_with("kit/") { &["repruv::", "simulator::"] } else { &["repruv::"] };
        for (number, line) in file.code() {
            if forbidden.iter().any(|name| line.contains(name)) {
                faults.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    assert_none("kit knows nobody, the simulator knows kit", faults);
}

#[test]
fn the_user_interface_knows_no_feature() {
    let features = features();
    let files = product().into_iter().filter(|file| file.path.starts_with("src/web/ui/"));
    let faults = uses(files, |module| features.contains(module) || matches!(module, "routes" | "jobs" | "app"));
    assert_none("ui knows neither features, nor routes, nor jobs", faults);
}

#[test]
fn features_do_not_know_who_calls_them() {
    let features = features();
    let files = product().into_iter().filter(|file| module_of(file).is_some_and(|module| features.contains(&module)));
    assert_none("features know neither routes nor jobs", uses(files, |module| matches!(module, "routes" | "jobs")));
}

#[test]
fn features_leave_each_others_tables_alone() {
    let mut faults = Vec::new();
    for file in product() {
        let own = module_of(&file).unwrap_or_default();
        for (number, line) in file.code() {
            if paths(line).any(|(module, next)| module != own && next == Some("store")) {
                faults.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    assert_none("a feature's store is its own: ask its mod.rs", faults);
}

#[test]
fn modules_make_no_circles() {
    let mut edges = dependencies();
    for root in ["app", "config", "jobs", "routes", "serve", "assembly"] {
        assert!(edges.contains_key(root), "{root}.rs is looked at too: {:?}", edges.keys());
    }
    // Take away whoever knows nobody that is left: a circle is what stays.
    while let Some(free) = edges.iter().find(|(_, known)| known.is_empty()).map(|(name, _)| name.clone()) {
        edges.remove(&free);
        edges.values_mut().for_each(|known| {
            known.remove(&free);
        });
    }
    assert_none(
        "modules know each other without circles, those of one file too",
        edges.iter().map(|(name, known)| format!("{name} → {known:?}")).collect(),
    );
}

/// `docs/dependencies.md` shows who knows whom. What follows from two arrows one after the other has no arrow of its own.
#[test]
fn the_drawing_of_modules_is_true() {
    let edges = dependencies();
    let mut reached = BTreeMap::<String, BTreeSet<String>>::new();
    while reached.len() < edges.len() {
        let is_next = |(name, known): &(&String, &BTreeSet<String>)| {
            !reached.contains_key(*name) && known.iter().all(|one| reached.contains_key(one))
        };
        let (name, known) = edges.iter().find(is_next).expect("there is no circle");
        let further = known.iter().flat_map(|one| &reached[one]).cloned();
        reached.insert(name.clone(), known.iter().cloned().chain(further).collect());
    }
    let is_needed = |one: &String, known: &BTreeSet<String>| !known.iter().any(|other| reached[other].contains(one));
    let mut drawing = String::new();
    for (name, known) in &edges {
        for one in known.iter().filter(|one| is_needed(one, known)) {
            drawing.push_str(&format!("    {} --> {}\n", name.replace('/', "_"), one.replace('/', "_")));
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/dependencies.md");
    let told = std::fs::read_to_string(path).expect("docs/dependencies.md");
    let drawn = told.split("graph TD\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
    assert!(drawn == drawing, "{path} shows other dependencies than there are:\n{drawing}");
}

/// Whom each module knows.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let modules: BTreeSet<_> = product().iter().filter_map(node_of).collect();
    let mut edges = BTreeMap::<String, BTreeSet<String>>::new();
    for file in product() {
        let Some(own) = node_of(&file) else { continue };
        for (_, line) in file.code() {
            let used =
                paths(line).map(|(module, _)| module).filter(|module| *module != own && modules.contains(module));
            edges.entry(own.clone()).or_default().extend(used);
        }
    }
    edges
}

fn product() -> Vec<Source> {
    sources(&["src"], "rs").into_iter().filter(|file| !file.is_test()).collect()
}

fn features() -> BTreeSet<String> {
    let modules = product().iter().filter_map(module_of).collect::<BTreeSet<_>>();
    modules.into_iter().filter(|module| !NOT_FEATURES.contains(&module.as_str())).collect()
}

/// The module of a file in a folder: `demo`, `ops/backup`.
fn module_of(file: &Source) -> Option<String> {
    let (top, rest) = file.path.strip_prefix("src/")?.split_once('/')?;
    if !SHELVES.contains(&top) {
        return Some(top.to_owned());
    }
    let name = rest.split('/').next().unwrap_or(rest).trim_end_matches(".rs");
    (name != "mod").then(|| format!("{top}/{name}"))
}

/// The same, and each file beside the folders as a module of its own: `app`, `routes`. `lib.rs` only lists them.
fn node_of(file: &Source) -> Option<String> {
    let root = file.path.strip_prefix("src/").filter(|rest| !rest.contains('/') && *rest != "lib.rs");
    root.map(|name| name.trim_end_matches(".rs").to_owned()).or_else(|| module_of(file))
}

fn uses(files: impl Iterator<Item = Source>, forbidden: impl Fn(&str) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        for (number, line) in file.code() {
            if paths(line).any(|(module, _)| forbidden(&module)) {
                faults.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    faults
}

/// Each `crate::module::next` of a line; `crate::{…}` is spelled out line by line in this house.
fn paths(line: &str) -> impl Iterator<Item = (String, Option<&str>)> {
    line.split("crate::").skip(1).map(|rest| {
        let (top, rest) = word(rest);
        match rest.strip_prefix("::").map(word) {
            Some((name, rest)) if SHELVES.contains(&top) => (format!("{top}/{name}"), next(rest)),
            _ => (top.to_owned(), next(rest)),
        }
    })
}

fn next(rest: &str) -> Option<&str> {
    rest.strip_prefix("::").map(|rest| word(rest).0).filter(|name| !name.is_empty())
}

fn word(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len()))
}
