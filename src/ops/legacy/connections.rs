//! Connected accounts: known, with their numbers, until their owners connect them again.

use kit::db::Tx;
use serde_json::Value;

use super::record::{Connection, boolean, instant, link, name, text};
use super::{Desk, Error, Tally, store};
use crate::connections::imported::{self, Described};
use crate::platforms::Platform;

pub fn write(tx: &mut Tx, desk: &Desk<'_>, connections: &[Connection], tally: &mut Tally) -> Result<(), Error> {
    for connection in connections {
        tally.read += 1;
        write_one(tx, desk, connection, tally)?;
    }
    Ok(())
}

fn write_one(tx: &mut Tx, desk: &Desk<'_>, connection: &Connection, tally: &mut Tally) -> Result<(), Error> {
    let id = text(&connection.id).unwrap_or_default();
    if store::is_known(tx, desk.source, "connection", id)? {
        tally.already += 1;
        return Ok(());
    }
    let info = connection.account_info.as_deref().map(serde_json::from_str::<Value>);
    let is_unreadable = matches!(&info, Some(Err(_)));
    let info = info.and_then(Result::ok).unwrap_or_default();
    if boolean(&connection.is_demo) == Some(true) || is_demo(&info) {
        tally.skip("demo data stays behind", id);
        return Ok(());
    }
    let Some(platform) = platform(&connection.platform) else {
        tally.skip("of a platform that Repruv does not know", id);
        return Ok(());
    };
    let owner = match text(&connection.user_id) {
        Some(user) => store::known_user(tx, desk.source, user)?,
        None => None,
    };
    let Some(owner) = owner else {
        tally.skip("its user was not brought over", id);
        return Ok(());
    };
    let described = describe(connection, &info);
    let put = imported::put(tx, desk.now, desk.random, owner.workspace_id, platform, &described, id)?;
    store::remember(tx, desk.source, "connection", id, put.id)?;
    if !put.is_new {
        tally.skip("the same account is here already", id);
        return Ok(());
    }
    tally.written += 1;
    tally.note("to be connected again by its owner", id);
    if is_unreadable {
        tally.note("its account_info is no JSON", id);
    }
    Ok(())
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

fn describe(connection: &Connection, info: &Value) -> Described {
    let first = |keys: &[&str]| keys.iter().find_map(|key| as_text(info.get(key)?));
    let external_id = name(&connection.platform_user_id)
        .or_else(|| name(&first(&["channel_id", "account_id", "platform_user_id", "location_id", "page_id", "id"])));
    let handle = name(&connection.platform_username)
        .or_else(|| name(&first(&["handle", "custom_url", "username", "account_handle"])));
    let followers = first(&["subscriber_count", "subscribers", "followers_count", "follower_count", "followers"]);
    Described {
        external_id,
        handle,
        display_name: name(&first(&["channel_title", "title", "channel_name", "display_name", "name", "account_name"])),
        avatar_url: link(&first(&[
            "thumbnail_url",
            "avatar_url",
            "profile_picture_url",
            "profile_image_url",
            "thumbnail",
        ])),
        followers: super::record::number(&followers).filter(|followers| *followers >= 0),
        created_at: instant(&connection.created_at),
    }
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
