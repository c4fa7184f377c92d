//! A sweep over every method that Google describes and the simulator serves: each parameter with values that are described, that are
//! at a bound, and that are wrong, alone and together. What is answered is of the described form, and so is what is refused.

use std::collections::BTreeMap;

use kit::random::Random;
use reqwest::Method;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::Host;
use crate::business::schema as business;
use crate::schema::Description;
use crate::testing::{Sim, answer, text, with_sim};
use crate::youtube::schema as youtube;

/// Beside those with one parameter at a time, this many combinations of each method.
const COMBINATIONS: usize = 24;

struct Sweep<'a> {
    sim: &'a Sim,
    token: String,
    /// What exists, by the name of the parameter that it is for.
    known: BTreeMap<String, Vec<String>>,
    random: Random,
    asked: usize,
    answered: usize,
}

impl Sweep<'_> {
    async fn over(&mut self, host: Host, description: &Description) {
        let document = description.document.clone();
        for (id, method) in document["methods"].as_object().expect("a document has methods") {
            let schema = text(&method["response"]["$ref"]);
            let (path, usual) = self.call(method);
            let mut queries = vec![usual.clone()];
            let described = method["parameters"].as_object().into_iter().chain(document["parameters"].as_object());
            let queried: Vec<_> = described
                .flatten()
                .filter(|(name, parameter)| {
                    parameter["location"] == "query"
                        && name.as_str() != "access_token"
                        && name.as_str() != "oauth_token"
                })
                .collect();
            for (name, parameter) in &queried {
                queries.extend(self.values(name, parameter).into_iter().map(|value| with(&usual, name, value)));
                queries.push(usual.iter().filter(|(own, _)| own != *name).cloned().collect());
            }
            for _ in 0..COMBINATIONS {
                let chosen: Vec<_> = queried.iter().filter(|_| self.random.unit() < 0.35).collect();
                let combined = chosen.into_iter().fold(usual.clone(), |query, (name, parameter)| {
                    let values = self.values(name, parameter);
                    let place = (self.random.unit() * values.len() as f64) as usize;
                    with(&query, name, values[place].clone())
                });
                queries.push(combined);
            }
            let before = self.answered;
            for (index, query) in queries.into_iter().enumerate() {
                let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
                self.ask(host, description, &schema, &format!("{path}?{query}")).await;
                assert!(index > 0 || self.answered > before, "{id} answers its usual call: {path}?{query}");
            }
        }
    }

    /// The method's address, and a query that it answers.
    fn call(&self, method: &Value) -> (String, Vec<(String, String)>) {
        let mut path = text(&method["path"]);
        for name in ["name", "parent"] {
            let place = self.known.get(&format!("{name} of {path}")).map_or("", |known| &known[0]);
            path = path.replace(&format!("{{+{name}}}"), place);
        }
        let usual =
            |name: &str| self.known.get(&format!("{name} of {path}")).map(|known| (name.to_owned(), known[0].clone()));
        let names = ["part", "mine", "id", "playlistId", "allThreadsRelatedToChannelId", "parentId", "readMask"];
        let query = names.into_iter().filter_map(usual).collect();
        (path, query)
    }

    fn values(&self, name: &str, parameter: &Value) -> Vec<String> {
        let plain = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        let mut values = self.known.get(name).cloned().unwrap_or_default();
        values.extend(parameter["enum"].as_array().into_iter().flatten().map(text));
        values.extend(parameter["default"].as_str().map(str::to_owned));
        for (bound, beyond) in [("minimum", -1), ("maximum", 1)] {
            if let Some(bound) = parameter[bound].as_str().and_then(|bound| bound.parse::<i64>().ok()) {
                values.extend([bound.to_string(), (bound + beyond).to_string()]);
            }
        }
        values.extend(match parameter["type"].as_str() {
            Some("boolean") => plain(&["true", "false", "perhaps"]),
            Some("integer") => plain(&["3", "many", "99999999999999999999"]),
            _ => plain(&["nonsense", "", "ä &\"<"]),
        });
        values
    }

    async fn ask(&mut self, host: Host, description: &Description, schema: &str, path: &str) {
        let url = format!("{}/{path}", self.sim.host(host));
        let (status, body) = answer(self.sim.client.request(Method::GET, url).bearer_auth(&self.token)).await;
        self.asked += 1;
        // Some of an answer is of its form, too.
        let faults = if status.is_success() {
            description.faults(schema, &body)
        } else {
            refusal_faults(status.as_u16(), &body)
        };
        assert!(faults.is_empty(), "{path}\n{status} {:.400}\n{faults:#?}", body.to_string());
        assert!(!status.is_server_error(), "{path}: {status}");
        self.answered += usize::from(status.is_success());
    }
}

fn with(query: &[(String, String)], name: &str, value: String) -> Vec<(String, String)> {
    let others = query.iter().filter(|(own, _)| own != name).cloned();
    others.chain([(name.to_owned(), value)]).collect()
}

/// What is wrong with a refusal: of either kind that Google's APIs have.
pub fn refusal_faults(status: u16, body: &Value) -> Vec<String> {
    let error = &body["error"];
    let is_known = |object: &Value, names: &[&str]| {
        object.as_object().is_some_and(|fields| fields.keys().all(|name| names.contains(&name.as_str())))
    };
    let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    let entries = error["errors"].as_array();
    let is_entry = |entry: &Value| {
        is_known(entry, &["message", "domain", "reason", "location", "locationType"])
            && ["message", "domain", "reason"].iter().all(|name| is_text(&entry[name]))
            && entry["message"] == error["message"]
            && (entry.get("location").is_none()
                || ["parameter", "header", "other"].iter().any(|kind| entry["locationType"] == *kind))
    };
    let rules = [
        (
            "it is one error",
            is_known(body, &["error"]) && is_known(error, &["code", "message", "errors", "status", "details"]),
        ),
        ("its code is the status", error["code"] == status),
        ("it has words", is_text(&error["message"])),
        ("it says why", is_text(&error["status"]) || entries.is_some_and(|entries| !entries.is_empty())),
        ("each reason is whole", entries.is_none_or(|entries| entries.iter().all(is_entry))),
        (
            "each detail has a type",
            error["details"].as_array().is_none_or(|details| details.iter().all(|detail| is_text(&detail["@type"]))),
        ),
    ];
    rules.into_iter().filter(|(_, holds)| !holds).map(|(rule, _)| format!("not so: {rule}")).collect()
}

fn known(pairs: &[(&str, Vec<String>)]) -> BTreeMap<String, Vec<String>> {
    pairs.iter().map(|(name, values)| ((*name).to_owned(), values.clone())).collect()
}

fn ids(list: &Value) -> Vec<String> {
    list["items"].as_array().into_iter().flatten().map(|item| text(&item["id"])).collect()
}

/// What a channel has, by the parameters that name it; and for each method a call that is answered with everything.
async fn known_of_youtube(sim: &Sim, token: &str) -> BTreeMap<String, Vec<String>> {
    let own = sim.get(token, "channels?part=id,contentDetails&mine=true").await["items"][0].clone();
    let (channel, uploads) = (text(&own["id"]), text(&own["contentDetails"]["relatedPlaylists"]["uploads"]));
    let items = sim.get(token, &format!("playlistItems?part=contentDetails&playlistId={uploads}")).await;
    let video = text(&items["items"][0]["contentDetails"]["videoId"]);
    let threads = sim.get(token, &format!("commentThreads?part=id&allThreadsRelatedToChannelId={channel}")).await;
    let thread = ids(&threads)[0].clone();
    let all_parts = |parts: &[&str]| vec![format!("id,{}", parts.join(","))];
    let channel_parts: Vec<&str> =
        crate::youtube::parts::OF_CHANNELS.into_iter().filter(|part| *part != "auditDetails").collect();
    let at = |name: &str, method: &str| format!("{name} of youtube/v3/{method}");
    let mut known = known(&[
        ("part", vec!["id".into(), "snippet".into(), "snippet,statistics".into(), "contentDetails".into()]),
        (
            "id",
            vec![channel.clone(), video.clone(), thread.clone(), format!("{thread},{thread}"), ids(&items)[0].clone()],
        ),
        ("videoId", vec![video.clone()]),
        ("playlistId", vec![uploads.clone()]),
        ("parentId", vec![thread.clone()]),
        ("channelId", vec![channel.clone()]),
        ("allThreadsRelatedToChannelId", vec![channel.clone()]),
        ("forHandle", vec!["@nobody".into()]),
        (
            "fields",
            vec![
                "kind".into(),
                "items(id,snippet)".into(),
                "items/*/title".into(),
                "items(nonsense)".into(),
                "(".into(),
            ],
        ),
        ("pageToken", vec![text(&threads["nextPageToken"]), text(&items["nextPageToken"])]),
    ]);
    known.extend([
        (at("part", "channels"), all_parts(&channel_parts)),
        (at("mine", "channels"), vec!["true".into()]),
        (at("part", "playlistItems"), all_parts(&["snippet", "contentDetails", "status"])),
        (at("playlistId", "playlistItems"), vec![uploads]),
        (at("part", "videos"), all_parts(&crate::youtube::parts::OF_VIDEOS)),
        (at("id", "videos"), vec![video.clone()]),
        (at("part", "videos:batchGetStats"), all_parts(&["snippet", "contentDetails", "statistics"])),
        (at("id", "videos:batchGetStats"), vec![video]),
        (at("part", "commentThreads"), all_parts(&["snippet", "replies"])),
        (at("allThreadsRelatedToChannelId", "commentThreads"), vec![channel]),
        (at("part", "comments"), all_parts(&["snippet"])),
        (at("parentId", "comments"), vec![thread]),
    ]);
    known
}

#[test]
fn every_answer_of_youtube_is_as_google_describes_it() {
    with_sim(async |sim| {
        sim.make_profile("ann", "k1", json!({})).await;
        let token = sim.connect("ann").await;
        let known = known_of_youtube(&sim, &token).await;
        let mut sweep = Sweep { sim: &sim, token, known, random: Random::seeded(5), asked: 0, answered: 0 };
        sweep.over(Host::Youtube, &youtube::DESCRIPTION).await;
        assert!(sweep.asked > 300 && sweep.answered > 100, "{} of {}", sweep.answered, sweep.asked);
    });
}

#[test]
fn every_answer_of_the_business_hosts_is_as_google_describes_it() {
    with_sim(async |sim| {
        sim.make_profile("ann", "k1", json!({ "story": "restaurant" })).await;
        let token = sim.connect_business("ann").await;
        let accounts = sim.get_business(Host::GbpAccounts, &token, "v1/accounts", "ListAccountsResponse").await;
        let account = text(&accounts["accounts"][0]["name"]);
        let path = format!("v1/{account}/locations?readMask=name");
        let places = sim.get_business(Host::GbpInfo, &token, &path, "ListLocationsResponse").await;
        let place = text(&places["locations"][0]["name"]);
        let path = format!("v4/{account}/{place}/reviews?pageSize=5");
        let reviews = sim.get_business(Host::GbpReviews, &token, &path, "ListReviewsResponse").await;
        let mask = "name,title,storeCode,metadata,latlng,storefrontAddress,phoneNumbers,categories,openInfo,labels";
        let known = known(&[
            ("name of v1/{+name}", vec![place.clone()]),
            ("parent of v1/{+parent}/locations", vec![account.clone()]),
            ("parent of v4/{+parent}/reviews", vec![format!("{account}/{place}")]),
            ("name of v4/{+name}", vec![text(&reviews["reviews"][0]["name"])]),
            (&format!("readMask of v1/{account}/locations"), vec![mask.into()]),
            (&format!("readMask of v1/{place}"), vec![mask.into()]),
            ("readMask", vec!["name".into(), "store_code,title".into(), "metadata.placeId".into(), "rating".into()]),
            (
                "fields",
                vec!["nextPageToken".into(), "reviews(name,reviewReply/comment)".into(), "name".into(), "(".into()],
            ),
            ("pageToken", vec![text(&reviews["nextPageToken"])]),
            ("filter", vec!["type=PERSONAL".into(), "type=USER_GROUP".into()]),
            ("orderBy", vec!["title".into(), "store_code desc".into(), "update_time desc".into()]),
        ]);
        let mut sweep = Sweep { sim: &sim, token, known, random: Random::seeded(6), asked: 0, answered: 0 };
        // An account and a place have names of one form: each host asks for its own.
        sweep.over(Host::GbpInfo, business::of(Host::GbpInfo)).await;
        sweep.over(Host::GbpReviews, business::of(Host::GbpReviews)).await;
        sweep.known.insert("name of v1/{+name}".into(), vec![account]);
        sweep.over(Host::GbpAccounts, business::of(Host::GbpAccounts)).await;
        assert!(sweep.asked > 200 && sweep.answered > 80, "{} of {}", sweep.answered, sweep.asked);
    });
}
