//! People who moderate, and change, call back and delete their answers while everything is killed around
//! them: each order that was acknowledged is carried out as the platform has it, or says why not, and nothing is left lying.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use kit::args;
use kit::clock::Timestamp;
use kit::db::Conn;
use repruv::model::InteractionId;
use repruv::moderation::OrderId;
use repruv::workspaces::WorkspaceId;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::answers::homes;
use super::audit::with_database;
use super::ledger::{Answer, Ledger};
use super::people::Person;

const UNDER_WAY: [&str; 3] = ["queued", "asking", "unknown"];

kit::row! {
    struct Act {
        order_id: OrderId,
        workspace_id: WorkspaceId,
        interaction_id: InteractionId,
        external_id: String,
        verb: String,
        text: Option<String>,
        state: String,
        error_code: Option<String>,
        updated_at: Timestamp,
    }
}

impl Person {
    /// What somebody does all day who sees to the comments alone.
    pub async fn see_to_comments(&self) {
        match self.below(9) {
            0..=2 => self.moderate().await,
            3 => self.move_all().await,
            4 => self.take_back().await,
            5 => self.answer_and_call_back().await,
            6 => self.answer().await,
            _ => self.change_answer().await,
        }
    }

    /// The demo workspace that they are in.
    pub async fn home(&self) -> Option<String> {
        let (_, demo) = self.client.send(Method::GET, "/api/demo/status", None).await?;
        demo["workspace_id"].as_str().map(str::to_owned)
    }

    /// Asked with one key until it is answered; what is told then.
    pub async fn ask_once(&self, path: &str, body: Value) -> Option<Value> {
        let key = self.random.token();
        for _ in 0..6 {
            let answer = self.client.post_once(path, &key, body.clone()).await;
            self.ledger.count(answer.is_some());
            match answer {
                Some((StatusCode::SERVICE_UNAVAILABLE, _)) | None => self.wait_for_the_server().await,
                Some((status, body)) if status.is_success() => return Some(body),
                Some((status, body)) => {
                    self.expect_no_fault(path, status, &body);
                    return None;
                }
            }
        }
        None
    }

    async fn some(&self, filter: &str, most: usize) -> Vec<Value> {
        let path = format!("/api/interactions?limit=40&{filter}");
        let Some((_, list)) = self.client.send(Method::GET, &path, None).await else { return Vec::new() };
        let mut items = list["items"].as_array().cloned().unwrap_or_default();
        let wanted = 1 + self.below(most);
        while items.len() > wanted {
            items.swap_remove(self.below(items.len()));
        }
        items
    }

    async fn moderate(&self) {
        let Some(home) = self.home().await else { return };
        let verb = ["hide", "hide", "publish", "publish", "reject", "ban"][self.below(6)];
        let from = if verb == "publish" { "visibility=held" } else { "visibility=published" };
        let ids = self.some(from, 4).await.into_iter().map(|item| item["id"].clone()).collect::<Vec<_>>();
        if !ids.is_empty() {
            self.ordered(home, self.ask_once("/api/moderation", json!({ "ids": ids, "verb": verb })).await);
        }
    }

    fn ordered(&self, home: String, told: Option<Value>) {
        if let Some(order) = told.as_ref().and_then(|told| told["id"].as_str()) {
            self.write(|account| drop(account.orders.insert(order.to_owned(), home)));
        }
    }

    /// By the page, where there are seconds for second thoughts; some change their mind in time.
    async fn answer_and_call_back(&self) {
        let (Some(workspace), waiting) = (self.home().await, self.some("state=needs_reply", 1).await) else { return };
        let Some(item) = waiting.first().and_then(|item| item["id"].as_str()) else { return };
        let text = format!("Thank you {}", self.random.token());
        self.write(|account| {
            account.answers.insert(text.clone(), Answer { workspace, ..Answer::default() });
        });
        let form = [("key", text.as_str()), ("text", text.as_str())];
        let sent = self.client.submit(&format!("/inbox/{item}/reply"), &form).await;
        self.ledger.count(sent.is_some());
        if sent != Some(StatusCode::SEE_OTHER) {
            return;
        }
        let Some((_, list)) = self.client.send(Method::GET, &format!("/api/inbox/{item}/replies"), None).await else {
            return;
        };
        let replies = list["items"].as_array().cloned().unwrap_or_default();
        let Some(id) = replies.iter().find(|reply| reply["text"] == text.as_str()).and_then(|one| one["id"].as_str())
        else {
            return;
        };
        self.write(|account| account.answers.entry(text.clone()).or_default().id = Some(id.to_owned()));
        if self.below(3) > 0 {
            let told = self.ask_once(&format!("/api/replies/{id}/cancel"), json!({})).await;
            let is_called_back = told.is_some_and(|reply| reply["state"] == "cancelled");
            self.write(|account| account.answers.entry(text).or_default().is_called_back = is_called_back);
        }
    }

    /// Other words for an answer that is there, or none any more.
    async fn change_answer(&self) {
        let Some(home) = self.home().await else { return };
        let theirs = self.ledger.account(&self.client.user_id, |account| {
            let here = account.answers.iter().filter(|(_, answer)| answer.workspace == home);
            here.filter_map(|(text, answer)| Some((text.clone(), answer.id.clone()?))).collect::<Vec<_>>()
        });
        let Some((text, id)) = theirs.get(self.below(theirs.len().max(1))) else { return };
        let path = format!("/api/replies/{id}");
        let (method, body) = match self.below(3) {
            0 => (Method::DELETE, None),
            _ => (Method::PATCH, Some(json!({ "text": format!("{text}, and {}", self.random.token()) }))),
        };
        let answer = self.client.send(method, &path, body).await;
        self.ledger.count(answer.is_some());
        match answer {
            Some((StatusCode::ACCEPTED, order)) => self.ordered(home, Some(order)),
            Some((status, body)) => self.expect_no_fault(&path, status, &body),
            None => self.wait_for_the_server().await,
        }
    }
}

/// What must hold of orders at any moment: none that was acknowledged is lost, none is left lying, and what failed says why.
pub async fn check(url: &str, ledger: &Ledger) -> Vec<String> {
    let before = ledger.copy();
    let (acts, jobs) = with_database(url, |conn: &mut Conn| Ok((acts(conn)?, live(conn)?))).await;
    let homes = with_database(url, homes).await;
    let mut wrong = Vec::new();
    let here = homes.values().collect::<HashSet<_>>();
    for act in acts.iter().filter(|act| here.contains(&act.workspace_id.to_string())) {
        let told = format!("order {}: {} {} is {}", act.order_id, act.verb, act.interaction_id, act.state);
        if UNDER_WAY.contains(&act.state.as_str()) && !jobs.contains(&format!("moderation:{}", act.order_id)) {
            wrong.push(format!("nobody goes on with {told}"));
        }
        if matches!(act.state.as_str(), "failed" | "skipped") && act.error_code.is_none() {
            wrong.push(format!("nobody is told why {told}"));
        }
    }
    let known = acts.iter().map(|act| act.order_id.to_string()).collect::<HashSet<_>>();
    for (user, account) in &before.accounts {
        // Orders go with the demo that they belong to.
        let lost = account.orders.iter().filter(|(id, home)| homes.get(user) == Some(*home) && !known.contains(*id));
        wrong.extend(lost.map(|(id, _)| format!("order {id} was acknowledged and is lost")));
    }
    wrong
}

/// What must hold once all has come to its end: the platform has what was done last.
pub async fn check_ends(url: &str, data_dir: &Path) -> Vec<String> {
    let acts = with_database(url, acts).await;
    let homes = with_database(url, homes).await;
    let simulator = format!("sqlite:{}", data_dir.join("simulator.db").display());
    let (statuses, texts) = with_database(&simulator, there).await;
    let mut wrong = Vec::new();
    for (user, home) in &homes {
        for (comment, act) in last_of_each(acts.iter().filter(|act| act.workspace_id.to_string() == *home)) {
            let at = (user.clone(), comment.to_owned());
            // A network keeps a list of what is hidden, and none of what is shown.
            let shown = comment.starts_with("at://").then(|| "published".to_owned());
            let (stands, wanted) = match act.verb.as_str() {
                "edit" => (texts.get(&at), act.text.as_deref().unwrap_or_default()),
                "hide" => (statuses.get(&at), "heldForReview"),
                "publish" => (statuses.get(&at).or(shown.as_ref()), "published"),
                "delete" => (statuses.get(&at), "deleted"),
                _ => (statuses.get(&at), "rejected"),
            };
            if act.state != "done" && UNDER_WAY.contains(&act.state.as_str()) {
                wrong.push(format!("order {} has not come to its end: {}", act.order_id, act.state));
            } else if act.state == "done" && stands.map(String::as_str) != Some(wanted) {
                wrong.push(format!(
                    "order {}: {} {comment} is done, and it is {stands:?} there",
                    act.order_id, act.verb
                ));
            }
        }
    }
    wrong
}

/// The last act on each comment that was not passed over or called back.
fn last_of_each<'a>(acts: impl Iterator<Item = &'a Act>) -> BTreeMap<&'a str, &'a Act> {
    let asked = acts.filter(|act| !matches!(act.state.as_str(), "skipped" | "cancelled"));
    let mut last: BTreeMap<&str, &Act> = BTreeMap::new();
    for act in asked {
        let known = last.entry(&act.external_id).or_insert(act);
        if act.updated_at >= known.updated_at {
            *known = act;
        }
    }
    last
}

/// How many orders and moves are still under way.
pub async fn under_way(url: &str) -> i64 {
    with_database(url, |conn: &mut Conn| {
        conn.one(
            "SELECT count(*) FROM background_jobs WHERE status IN ('pending', 'running')
             AND job_type IN ('carry_out', 'move_matching', 'take_back_moves')",
            args![],
        )
    })
    .await
}

/// In a line: acts by verb and state.
pub async fn told(url: &str) -> String {
    let count = |conn: &mut Conn| {
        conn.all::<(String, String, i64)>(
            "SELECT verb, state, count(*) FROM moderation_acts GROUP BY verb, state ORDER BY verb, state",
            args![],
        )
    };
    let counts = with_database(url, count).await;
    counts.iter().map(|(verb, state, count)| format!("{count} {verb} {state}")).collect::<Vec<_>>().join(", ")
}

fn acts(conn: &mut Conn) -> kit::db::Result<Vec<Act>> {
    conn.all(
        "SELECT a.order_id, a.workspace_id, a.interaction_id, i.external_id, a.verb, a.text, a.state, a.error_code, a.updated_at
         FROM moderation_acts a JOIN interactions i ON i.id = a.interaction_id ORDER BY a.updated_at, a.id",
        args![],
    )
}

fn live(conn: &mut Conn) -> kit::db::Result<HashSet<String>> {
    let keys = conn.all::<String>(
        "SELECT operation_key FROM background_jobs WHERE job_type = 'carry_out' AND status IN ('pending', 'running')",
        args![],
    )?;
    Ok(keys.into_iter().collect())
}

const NEWEST_WRITES: &str =
    "WITH newest_writes AS (SELECT w.*, n.did FROM repo_writes w JOIN network_accounts n ON n.profile_id = w.profile_id
     WHERE NOT EXISTS (SELECT 1 FROM repo_writes later WHERE later.profile_id = w.profile_id
     AND later.collection = w.collection AND later.record_key = w.record_key AND later.place > w.place))";
/// What a network's thread hides stands in its gate's newest record.
const HIDDEN: &str = "g.value, 'heldForReview' FROM newest_writes c JOIN json_each(c.record, '$.hiddenReplies') g";
/// A post is gone as soon as its record is.
const DELETED: &str = "'at://' || c.did || '/' || c.collection || '/' || c.record_key, 'deleted'
     FROM (SELECT * FROM newest_writes WHERE record IS NULL) c";

type OfComments = HashMap<(String, String), String>;

/// How the platform has comments, and what own ones say, by person and id.
fn there(conn: &mut Conn) -> kit::db::Result<(OfComments, OfComments)> {
    let mut read = |what: &str| {
        let sql = format!(
            "{NEWEST_WRITES} SELECT p.user_id, {what} JOIN profiles p ON p.id = c.profile_id WHERE p.deactivated_at IS NULL"
        );
        let rows = conn.all::<(String, String, String)>(&sql, args![])?;
        Ok::<_, kit::db::Error>(rows.into_iter().map(|(user, id, value)| ((user, id), value)).collect::<OfComments>())
    };
    let texts = read("c.id, c.text FROM written_comments c")?;
    let mut statuses = read("c.id, c.status FROM moderated_comments c")?;
    statuses.extend(read(HIDDEN)?);
    statuses.extend(read(DELETED)?);
    Ok((statuses, texts))
}
