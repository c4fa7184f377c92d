//! Connected accounts: known, with their numbers, until their owners connect them again.

use kit::db::{self, Tx};
use serde_json::Value;

use super::arrivals::Home;
use super::record::{Connection, InstagramAccount, YoutubeChannel, count, identifier, instant, link, list, name, text};
use super::{Batch, Error, store};
use crate::connections::imported::{self, Described};
use crate::inbox::content::{self, AccountCounters};
use crate::model::Platform;
use crate::workspaces::WorkspaceId;

pub fn write_channels(tx: &mut Tx, channels: &[YoutubeChannel], batch: &mut Batch<'_>) -> Result<(), Error> {
    for channel in channels {
        let described = identifier(&channel.channel_id).map(|external_id| Described {
            external_id,
            display_name: name(&channel.channel_name),
            followers: count(&channel.subscriber_count),
            content_total: count(&channel.video_count),
            created_at: instant(&channel.created_at),
            ..Described::default()
        });
        let counters = AccountCounters {
            followers: count(&channel.subscriber_count),
            views: count(&channel.total_views),
            content: count(&channel.video_count),
        };
        let reading = (counters, &channel.last_metrics_update);
        let whose = (Platform::YouTube, "youtube_connections", &channel.id, &channel.user_id);
        write_own(tx, batch, whose, described, reading)?;
    }
    Ok(())
}

pub fn write_instagram(tx: &mut Tx, accounts: &[InstagramAccount], batch: &mut Batch<'_>) -> Result<(), Error> {
    for account in accounts {
        let described = identifier(&account.instagram_user_id).map(|external_id| Described {
            external_id,
            handle: name(&account.username),
            display_name: name(&account.username),
            avatar_url: link(&account.profile_picture_url),
            followers: count(&account.follower_count),
            content_total: count(&account.media_count),
            created_at: instant(&account.created_at),
        });
        let counters = AccountCounters {
            followers: count(&account.follower_count),
            views: None,
            content: count(&account.media_count),
        };
        let reading = (counters, &account.last_synced_at);
        let whose = (Platform::Instagram, "instagram_connections", &account.id, &account.user_id);
        write_own(tx, batch, whose, described, reading)?;
    }
    Ok(())
}

/// One that names its user, with a reading of its counters as old as it is.
fn write_own(
    tx: &mut Tx,
    batch: &mut Batch<'_>,
    (platform, table, id, user): (Platform, &str, &Option<String>, &Option<String>),
    described: Result<Described, &'static str>,
    (counters, read_at): (AccountCounters, &Option<String>),
) -> Result<(), Error> {
    let id = text(id).unwrap_or_default();
    let legacy_id = format!("{table}:{id}");
    let described = match described {
        Ok(described) => described,
        Err(reason) => {
            batch.tally.skip(reason, id);
            return Ok(());
        }
    };
    let Some(workspace) = home(tx, batch, text(user))? else {
        batch.tally.skip("its user was not brought over", id);
        return Ok(());
    };
    match put(tx, batch, workspace, platform, &described, &legacy_id)? {
        Put::Known => batch.tally.already += 1,
        Put::Same => batch.tally.skip("the same account is here already", id),
        Put::New => {
            batch.tally.written += 1;
            batch.tally.note("to be connected again by its owner", id);
            let read_at = instant(read_at).filter(|at| *at <= batch.now);
            if let (Some(read_at), Some(home)) = (read_at, Home::of(tx, batch.source, &legacy_id)?) {
                content::account(tx, &home.source(read_at, batch.random), counters)?;
            }
        }
    }
    Ok(())
}

/// One of a location: it belongs to everybody in the location's organization.
pub fn write(tx: &mut Tx, connections: &[Connection], batch: &mut Batch<'_>) -> Result<(), Error> {
    connections.iter().try_for_each(|connection| write_shared(tx, batch, connection))
}

fn write_shared(tx: &mut Tx, batch: &mut Batch<'_>, connection: &Connection) -> Result<(), Error> {
    let id = text(&connection.id).unwrap_or_default();
    let info = connection.account_info.as_deref().map(serde_json::from_str::<Value>);
    let is_unreadable = matches!(&info, Some(Err(_)));
    let info = info.and_then(Result::ok).unwrap_or_default();
    if is_demo(&info) {
        batch.tally.skip("demo data stays behind", id);
        return Ok(());
    }
    let Some(platform) = platform(&connection.platform) else {
        batch.tally.skip("of a platform that Repruv does not know", id);
        return Ok(());
    };
    let described = match describe(connection, &info) {
        Ok(described) => described,
        Err(reason) => {
            batch.tally.skip(reason, id);
            return Ok(());
        }
    };
    let mut people = list(&connection.people);
    if let Some(user) = text(&connection.user_id) {
        people = vec![user.to_owned()];
    }
    let mut done = Vec::new();
    for person in &people {
        if let Some(workspace) = home(tx, batch, Some(person))? {
            let legacy_id = format!("platform_connections:{id}:{person}");
            done.push(put(tx, batch, workspace, platform, &described, &legacy_id)?);
        }
    }
    let new = done.iter().filter(|put| **put == Put::New).count();
    if done.is_empty() {
        batch.tally.skip("of nobody who was brought over", id);
    } else if new > 0 {
        batch.tally.written += 1;
        batch.tally.note("to be connected again by its owner", id);
        if new > 1 {
            batch.tally.note("of an organization of several people: each of them has it", id);
        }
        if is_unreadable {
            batch.tally.note("its account_info is no JSON", id);
        }
    } else if done.contains(&Put::Known) {
        batch.tally.already += 1;
    } else {
        batch.tally.skip("the same account is here already", id);
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Put {
    New,
    /// An earlier run brought it.
    Known,
    /// Another connection there, or here, is of the same account.
    Same,
}

fn put(
    tx: &mut Tx,
    batch: &mut Batch<'_>,
    workspace: WorkspaceId,
    platform: Platform,
    described: &Described,
    legacy_id: &str,
) -> db::Result<Put> {
    if store::known::<()>(tx, batch.source, "connection", legacy_id)?.is_some() {
        return Ok(Put::Known);
    }
    let put = imported::put(tx, batch.now, batch.random, workspace, platform, described, legacy_id)?;
    store::remember(tx, batch.source, "connection", legacy_id, put.id)?;
    batch.made.accounts += i64::from(put.is_new);
    Ok(if put.is_new { Put::New } else { Put::Same })
}

fn home(tx: &mut Tx, batch: &Batch<'_>, user: Option<&str>) -> db::Result<Option<WorkspaceId>> {
    user.map_or(Ok(None), |user| store::home_of(tx, batch.source, user))
}

/// As the former system, and its users, spelled them.
pub fn platform(name: &Option<String>) -> Option<Platform> {
    Some(match text(name)?.to_ascii_lowercase().as_str() {
        "youtube" | "yt" => Platform::YouTube,
        "google" | "google_business" | "google_my_business" | "google_reviews" | "gmb" | "gbp" => Platform::Google,
        "instagram" | "ig" => Platform::Instagram,
        "tiktok" => Platform::TikTok,
        "facebook" | "fb" => Platform::Facebook,
        _ => return None,
    })
}

fn is_demo(info: &Value) -> bool {
    ["is_demo", "demo", "demo_mode"].iter().any(|key| info.get(key).and_then(Value::as_bool) == Some(true))
}

fn describe(connection: &Connection, info: &Value) -> Result<Described, &'static str> {
    let first = |keys: &[&str]| keys.iter().find_map(|key| as_text(info.get(key)?));
    let followers = first(&["subscriber_count", "subscribers", "followers_count", "follower_count", "followers"]);
    let named = first(&["channel_title", "title", "channel_name", "display_name", "name", "account_name"]);
    let pictures = ["thumbnail_url", "avatar_url", "profile_picture_url", "profile_image_url", "thumbnail"];
    Ok(Described {
        external_id: identifier(&first(&[
            "channel_id",
            "account_id",
            "platform_user_id",
            "location_id",
            "page_id",
            "id",
        ]))?,
        handle: name(&first(&["handle", "custom_url", "username", "account_handle"])),
        display_name: name(&named).or_else(|| name(&connection.location_name)),
        avatar_url: link(&first(&pictures)),
        followers: count(&followers),
        content_total: None,
        created_at: instant(&connection.created_at),
    })
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
