//! Every table has an owner: the folder whose statements write it, and read it. Two shelves: what belongs to the installation
//! and its people, and what belongs to a workspace and could move away with it.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, assert_none, sources};

/// The installation's: people, their sessions and keys, limits, links, the log of acts, imports.
const CONTROL: [(&str, &[&str]); 8] = [
    ("accounts", &["users", "user_sessions", "one_time_links", "sign_in_limits", "known_devices", "api_keys"]),
    ("workspaces", &["workspaces", "memberships"]),
    ("connections", &["oauth_flows", "credential_use"]),
    ("idempotency", &["idempotency_keys"]),
    ("audit", &["audit_events", "audit_head"]),
    ("ops/legacy", &["legacy_imports", "legacy_rows"]),
    ("webhooks/incoming", &["webhook_deliveries"]),
    ("inbox/search", &["search_version"]),
];

/// A workspace's.
const WORKSPACE: [(&str, &[&str]); 5] = [
    ("connections", &["platform_connections", "unreadable_items", "provider_clients"]),
    (
        "inbox",
        &[
            "content_items",
            "authors",
            "interactions",
            "interaction_versions",
            "interaction_corrections",
            "interaction_quarters",
            "interaction_days",
            "interaction_day_zones",
            "interaction_totals",
            "metric_snapshots",
            "threads",
            "thread_decisions",
            "overruled_decisions",
            "thread_assignments",
            "thread_stars",
            "tags",
            "thread_tags",
            "mark_acts",
            "mark_changes",
            "thread_notes",
            "note_drafts",
            "saved_views",
            "default_views",
            "ended_tours",
            "search_documents",
        ],
    ),
    ("replies", &["replies", "reply_drafts", "saved_replies"]),
    ("moderation", &["moderation_acts", "moderation_questions"]),
    ("events", &["events", "event_heads"]),
];

/// Who reads a table of somebody else's, in a statement of their own: a page that is one hop to the database, an
/// examination, and what asks about a person or a workspace by joining it.
const READERS: [(&str, &[&str]); 14] = [
    (
        "dashboard",
        &[
            "platform_connections",
            "content_items",
            "metric_snapshots",
            "interactions",
            "authors",
            "interaction_totals",
            "interaction_quarters",
            "interaction_days",
            "interaction_day_zones",
        ],
    ),
    // What a filter can choose from, who is still a member, who decided or wrote, and what was answered from here.
    ("inbox", &["platform_connections", "memberships", "users", "replies"]),
    // What is answered, by which account, and who answers.
    ("replies", &["interactions", "content_items", "platform_connections", "users"]),
    // What is done something with, by which account, who wants it, and what somebody did with it since they saw it.
    (
        "moderation",
        &[
            "interactions",
            "interaction_versions",
            "threads",
            "thread_decisions",
            "replies",
            "authors",
            "content_items",
            "platform_connections",
            "users",
        ],
    ),
    // What is known already of a thread that is read again, and whether its workspace is a demo.
    ("connections", &["interactions", "workspaces"]),
    // A session answers with its person's workspace, and up to which event it is known.
    ("accounts", &["workspaces", "memberships", "event_heads"]),
    // A new workspace is in its owner's zone.
    ("workspaces", &["users"]),
    ("activity", &["users"]),
    // Whether what a profile promised is here.
    ("demo", &["content_items", "interactions"]),
    ("webhooks/incoming", &["users", "memberships"]),
    // The former system has tables of the same names.
    ("ops/legacy", &["users", "workspaces", "memberships", "interactions"]),
    ("ops/backup", &["users", "interactions"]),
    ("ops/doctor", &["webhook_deliveries"]),
    ("ops/maintenance", &["users"]),
];

/// Who writes a table of somebody else's.
const WRITERS: [(&str, &[&str]); 1] = [
    // How a person's demo stands is told with the person; its workspace ends with it.
    ("demo", &["users", "workspaces", "webhook_deliveries"]),
];

#[test]
fn each_table_is_touched_by_its_owner_alone() {
    let owners = owners();
    let mut faults = Vec::new();
    for file in sources(&["src"], "rs").into_iter().filter(|file| !file.is_test()) {
        for (verb, table) in mentions(&file) {
            let Some(owner) = owners.get(table.as_str()) else { continue };
            let writes = verb != "FROM" && verb != "JOIN";
            let may = |list: &[(&str, &[&str])]| {
                list.iter().any(|(folder, tables)| is_in(&file, folder) && tables.contains(&table.as_str()))
            };
            if !is_in(&file, owner) && !may(&WRITERS) && (writes || !may(&READERS)) {
                faults.push(format!("{}: {verb} {table}, which is of {owner}", file.path));
            }
        }
    }
    assert_none("a table is its owner's: ask the owner's mod.rs", faults);
}

#[test]
fn each_exception_is_needed() {
    let mut needed = BTreeSet::new();
    for file in sources(&["src"], "rs").into_iter().filter(|file| !file.is_test()) {
        needed.extend(mentions(&file).into_iter().map(|(_, table)| (file.path.clone(), table)));
    }
    let is_needed = |folder: &str, table: &str| {
        needed.iter().any(|(path, known)| known == table && path.starts_with(&format!("src/{folder}/")))
    };
    let all = READERS.iter().chain(&WRITERS);
    let all = all.flat_map(|(folder, tables)| tables.iter().map(move |table| (*folder, *table)));
    let idle = all.filter(|(folder, table)| !is_needed(folder, table));
    assert_none(
        "an exception that nobody needs goes",
        idle.map(|(folder, table)| format!("{folder}: {table}")).collect(),
    );
}

#[test]
fn each_table_has_an_owner_and_a_shelf() {
    let owners = owners();
    // The job engine's are kit's own, and are told of there.
    let unowned = tables().into_iter().filter(|table| !table.name.starts_with("background_"));
    let unowned = unowned.filter(|table| !owners.contains_key(table.name.as_str())).map(|table| table.name);
    assert_none("a table is on one of the two shelves", unowned.collect());
}

#[test]
fn a_workspace_can_move_with_all_of_its_rows() {
    let control: BTreeSet<&str> = CONTROL.iter().flat_map(|(_, tables)| tables.iter().copied()).collect();
    let of_workspaces: BTreeSet<&str> = WORKSPACE.iter().flat_map(|(_, tables)| tables.iter().copied()).collect();
    let mut faults = Vec::new();
    for table in tables().iter().filter(|table| of_workspaces.contains(table.name.as_str())) {
        let name = &table.name;
        if !table.text.lines().any(|line| {
            line.trim_start().starts_with("workspace_id UUID")
                && (line.contains("NOT NULL") || line.contains("PRIMARY KEY"))
        }) {
            faults.push(format!("{name} does not say whose its rows are: workspace_id UUID NOT NULL"));
        }
        let referred = table.text.split("REFERENCES ").skip(1).filter_map(|rest| rest.split([' ', '(']).next());
        faults.extend(
            referred
                .filter(|to| control.contains(to) && *to != "workspaces")
                .map(|to| format!("{name} refers to {to}, which stays behind")),
        );
    }
    assert_none("a workspace's rows refer to each other and to their workspace", faults);
}

struct Table {
    name: String,
    text: String,
}

fn tables() -> Vec<Table> {
    let mut tables = Vec::new();
    for file in sources(&["migrations"], "sql") {
        for rest in file.text.split("\nCREATE TABLE ").skip(1) {
            let text = rest.split("\n);").next().unwrap_or(rest);
            let text = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
            let name = text.split([' ', '(']).next().unwrap_or_default().to_owned();
            tables.push(Table { name, text });
        }
    }
    tables
}

fn owners() -> BTreeMap<&'static str, &'static str> {
    let all = CONTROL.iter().chain(&WORKSPACE);
    all.flat_map(|(folder, tables)| tables.iter().map(move |table| (*table, *folder))).collect()
}

fn is_in(file: &Source, folder: &str) -> bool {
    file.path.strip_prefix("src/").and_then(|path| path.strip_prefix(folder)).is_some_and(|rest| rest.starts_with('/'))
}

/// Each table that a file's statements name, with the word before it. `FOR UPDATE` and `DO UPDATE SET` name none.
fn mentions(file: &Source) -> Vec<(&'static str, String)> {
    let code = file.code().map(|(_, line)| line).collect::<Vec<_>>().join("\n");
    let is_of_a_word = |c: char| c.is_alphanumeric() || c == '_';
    let words = code.split(|c: char| !is_of_a_word(c)).filter(|word| !word.is_empty()).collect::<Vec<_>>();
    let verb = |word: &str, before: &str| match word {
        "FROM" if before == "DELETE" => Some("DELETE FROM"),
        "FROM" => Some("FROM"),
        "JOIN" => Some("JOIN"),
        "INTO" => Some("INSERT INTO"),
        "UPDATE" => Some("UPDATE"),
        _ => None,
    };
    let pairs = words.windows(3).filter_map(|three| Some((verb(three[1], three[0])?, three[2].to_owned())));
    pairs.collect()
}
