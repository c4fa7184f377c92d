//! Who may know whom: main → routes, work → features → ui → kit, never back.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, assert_none, sources};

/// Folders under `src` that are not features.
const NOT_FEATURES: [&str; 1] = ["ui"];

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
    let files = product().into_iter().filter(|file| file.path.starts_with("src/ui/"));
    let faults = uses(files, |module| features.contains(module) || matches!(module, "routes" | "work" | "app"));
    assert_none("ui knows neither features, nor routes, nor work", faults);
}

#[test]
fn features_do_not_know_who_calls_them() {
    let features = features();
    let files = product().into_iter().filter(|file| module_of(file).is_some_and(|module| features.contains(module)));
    assert_none("features know neither routes nor work", uses(files, |module| matches!(module, "routes" | "work")));
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
fn features_make_no_circles() {
    let features = features();
    let mut edges = BTreeMap::<String, BTreeSet<String>>::new();
    for file in product() {
        let Some(own) = module_of(&file).filter(|module| features.contains(*module)) else { continue };
        for (_, line) in file.code() {
            let used =
                paths(line).map(|(module, _)| module).filter(|module| *module != own && features.contains(*module));
            edges.entry(own.to_owned()).or_default().extend(used.map(str::to_owned));
        }
    }
    // Take away whoever knows nobody that is left: a circle is what stays.
    while let Some(free) = edges.iter().find(|(_, known)| known.is_empty()).map(|(name, _)| name.clone()) {
        edges.remove(&free);
        edges.values_mut().for_each(|known| {
            known.remove(&free);
        });
        let left: BTreeSet<_> = edges.keys().cloned().collect();
        edges.values_mut().for_each(|known| known.retain(|name| left.contains(name)));
    }
    assert_none(
        "features know each other without circles",
        edges.iter().map(|(name, known)| format!("{name} → {known:?}")).collect(),
    );
}

fn product() -> Vec<Source> {
    sources(&["src"], "rs").into_iter().filter(|file| !file.is_test()).collect()
}

fn features() -> BTreeSet<String> {
    let folders = product()
        .iter()
        .filter_map(|file| file.path.strip_prefix("src/")?.split_once('/').map(|(top, _)| top.to_owned()))
        .collect::<BTreeSet<_>>();
    folders.into_iter().filter(|folder| !NOT_FEATURES.contains(&folder.as_str())).collect()
}

fn module_of(file: &Source) -> Option<&str> {
    file.path.strip_prefix("src/")?.split_once('/').map(|(top, _)| top)
}

fn uses(files: impl Iterator<Item = Source>, forbidden: impl Fn(&str) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        for (number, line) in file.code() {
            if paths(line).any(|(module, _)| forbidden(module)) {
                faults.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    faults
}

/// Each `crate::module::next` of a line; `crate::{…}` is spelled out line by line in this house.
fn paths(line: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    line.split("crate::").skip(1).map(|rest| {
        let word = |text: &'_ str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        let (module, after) = rest.split_at(word(rest));
        let next = after.strip_prefix("::").map(|next| &next[..word(next)]).filter(|next| !next.is_empty());
        (module, next)
    })
}
