//! The reading calls of accounts and of places.

use serde_json::{Value, json};

use super::Call;
use super::error::ApiError;
use super::listings::{Listings, Place};
use super::request;
use super::resource::{account_name, store_code};
use crate::paging::Cursor;

type Answer = Result<Value, ApiError>;

/// Everybody has the one account; a page is never full.
pub fn accounts(call: &Call<'_>) -> Answer {
    request::page_size(call.params.get("pageSize"), 20, 20)?;
    request::page_token(call.params.get("pageToken"), "accounts")?;
    let listings = call.slot.business.read();
    let is_wanted = match call.params.get("filter").map(|filter| filter.split_once('=')) {
        None => true,
        Some(Some((field, kind))) if field.trim() == "type" => kind.trim().trim_matches('"') == "PERSONAL",
        Some(_) => return Err(ApiError::invalid("filter", "Only the type can be filtered by.")),
    };
    if call.params.get("parentAccount").is_some_and(|parent| parent != account_name(&listings.account)) {
        return Err(ApiError::not_found());
    }
    Ok(if is_wanted { json!({ "accounts": [call.shape(&listings).account()] }) } else { json!({}) })
}

pub fn account(call: &Call<'_>, account: &str) -> Answer {
    let listings = call.slot.business.read();
    own(&listings, account)?;
    Ok(call.shape(&listings).account())
}

/// Refuses an account that is not the caller's.
pub fn own(listings: &Listings, account: &str) -> Result<(), ApiError> {
    if account == listings.account.number.to_string() { Ok(()) } else { Err(ApiError::not_found()) }
}

pub fn list(call: &Call<'_>, account: &str) -> Answer {
    let mask = request::read_mask(call.params)?;
    let most = request::page_size(call.params.get("pageSize"), 10, 100)?;
    let order = call.params.get("orderBy").unwrap_or_default();
    if call.params.has("filter") {
        return Err(ApiError::invalid("filter", "The simulator filters no locations."));
    }
    let listings = call.slot.business.read();
    if account != "-" {
        own(&listings, account)?;
    }
    let query = format!("locations of {} by {order}", listings.account.number);
    let after = request::page_token(call.params.get("pageToken"), &query)?;
    let places = ordered(listings.places(), order)?;
    let begin = after.map_or(0, |after| usize::try_from(after.place).unwrap_or(0) + 1);
    let shape = call.shape(&listings);
    let page: Vec<_> = places.iter().enumerate().skip(begin).take(most).collect();
    let mut answer = json!({});
    if let Some((last, place)) = page.last().filter(|(last, _)| last + 1 < places.len()) {
        let cursor = Cursor { place: *last as i64, id: place.location.number.to_string() };
        answer["nextPageToken"] = cursor.token(&query).into();
    }
    if !page.is_empty() {
        answer["locations"] = page.iter().map(|(_, place)| mask.keep(shape.location(place))).collect();
    }
    Ok(answer)
}

/// As in SQL: `title, store_code desc`.
fn ordered<'a>(places: &'a [Place], order: &str) -> Result<Vec<&'a Place>, ApiError> {
    let mut places: Vec<&Place> = places.iter().collect();
    // The last key first, since sorting keeps what it finds equal in place.
    for key in order.split(',').map(str::trim).filter(|key| !key.is_empty()).rev() {
        let (name, direction) = key.split_once(' ').unwrap_or((key, "asc"));
        match name {
            "title" => places.sort_by(|a, b| a.location.title.cmp(&b.location.title)),
            "store_code" | "storeCode" => places.sort_by_key(|place| store_code(place.location.number)),
            _ => return Err(ApiError::invalid("order_by", "Locations are ordered by title or store_code.")),
        }
        match direction.trim() {
            "asc" => {}
            "desc" => places.reverse(),
            _ => return Err(ApiError::invalid("order_by", "An order is ascending, or desc.")),
        }
    }
    Ok(places)
}

pub fn get(call: &Call<'_>, number: u64) -> Answer {
    let mask = request::read_mask(call.params)?;
    let listings = call.slot.business.read();
    let place = listings.place(number).ok_or_else(ApiError::not_found)?;
    Ok(mask.keep(call.shape(&listings).location(place)))
}
