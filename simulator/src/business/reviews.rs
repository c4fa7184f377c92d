//! The reading calls of reviews: of one place, of several, and one alone.

use std::cmp::Reverse;

use kit::clock::Timestamp;
use serde_json::{Value, json};

use super::error::ApiError;
use super::listings::{Item, Listings, Place};
use super::{At, Call, locations, request};
use crate::paging::Cursor;
use crate::world::business::Version;

type Answer = Result<Value, ApiError>;

const MOST: usize = 50;
const MOST_PLACES: usize = 50;

pub fn list(call: &Call<'_>, at: &At) -> Answer {
    let listings = call.slot.business.read();
    let place = place(&listings, at)?;
    let asked = Asked {
        size: call.params.get("pageSize"),
        token: call.params.get("pageToken"),
        order: call.params.get("orderBy"),
        of: format!("reviews of {}", place.location.number),
    };
    let page = page(place.shown(call.now).map(|(item, version)| (place, item, version)).collect(), &asked)?;
    if page.found.is_empty() {
        return Ok(json!({}));
    }
    let shape = call.shape(&listings);
    let (count, average) = place.rating(call.now);
    let reviews: Vec<Value> =
        page.found.iter().map(|(place, item, version)| shape.review(place, item, version)).collect();
    let mut answer = json!({ "reviews": reviews, "averageRating": average, "totalReviewCount": count });
    if let Some(next) = page.next {
        answer["nextPageToken"] = next.into();
    }
    Ok(answer)
}

pub fn list_of_several(call: &Call<'_>, account: &str) -> Answer {
    let known = ["locationNames", "pageSize", "pageToken", "orderBy", "ignoreRatingOnlyReviews"];
    let body = request::body(call.body, &known)?;
    let listings = call.slot.business.read();
    locations::own(&listings, account)?;
    let names = body["locationNames"].as_array().map(Vec::as_slice).unwrap_or_default();
    if names.is_empty() || names.len() > MOST_PLACES {
        let words = format!("Between 1 and {MOST_PLACES} locations must be named.");
        return Err(ApiError::invalid("location_names", words));
    }
    let own = format!("accounts/{account}/locations/");
    let number = |name: &Value| name.as_str()?.strip_prefix(&own)?.parse::<u64>().ok();
    let places = names.iter().map(|name| number(name).and_then(|number| listings.place(number)));
    let places = places.collect::<Option<Vec<_>>>().ok_or_else(ApiError::not_found)?;
    let texts_only = body["ignoreRatingOnlyReviews"] == true;
    let size = body["pageSize"].as_number().map(ToString::to_string);
    let asked = Asked {
        size: size.as_deref(),
        token: body["pageToken"].as_str().filter(|token| !token.is_empty()),
        order: body["orderBy"].as_str().filter(|order| !order.is_empty()),
        of: format!("reviews of {names:?} {texts_only}"),
    };
    let shown = places.iter().flat_map(|place| place.shown(call.now).map(|(item, version)| (*place, item, version)));
    let page = page(shown.filter(|(_, _, version)| !texts_only || version.text.is_some()).collect(), &asked)?;
    let shape = call.shape(&listings);
    let reviews = page.found.iter().map(|(place, item, version)| {
        json!({ "name": shape.review_name(place, &item.review.id), "review": shape.review(place, item, version) })
    });
    let mut answer = json!({});
    if !page.found.is_empty() {
        answer["locationReviews"] = reviews.collect();
    }
    if let Some(next) = page.next {
        answer["nextPageToken"] = next.into();
    }
    Ok(answer)
}

pub fn get(call: &Call<'_>, at: &At, review: &str) -> Answer {
    let listings = call.slot.business.read();
    let (place, item, version) = find(&listings, at, review, call.now)?;
    Ok(call.shape(&listings).review(place, item, version))
}

/// A review that exists now.
pub fn find<'a>(listings: &'a Listings, at: &At, review: &str, now: Timestamp) -> Result<Found<'a>, ApiError> {
    let place = place(listings, at)?;
    let item = place.item(review).ok_or_else(ApiError::not_found)?;
    let version = item.version(now).ok_or_else(ApiError::not_found)?;
    Ok((place, item, version))
}

fn place<'a>(listings: &'a Listings, at: &At) -> Result<&'a Place, ApiError> {
    locations::own(listings, &at.account)?;
    listings.place(at.location).ok_or_else(ApiError::not_found)
}

type Found<'a> = (&'a Place, &'a Item, &'a Version);

/// Which page is wanted, of what.
struct Asked<'a> {
    size: Option<&'a str>,
    token: Option<&'a str>,
    order: Option<&'a str>,
    of: String,
}

struct Page<'a> {
    found: Vec<Found<'a>>,
    next: Option<String>,
}

/// What comes first.
#[derive(Clone, Copy)]
enum Order {
    Newest,
    Worst,
    Best,
}

impl Order {
    fn parse(text: Option<&str>) -> Result<Order, ApiError> {
        Ok(match text {
            None | Some("updateTime desc" | "update_time desc") => Order::Newest,
            Some("rating") => Order::Worst,
            Some("rating desc") => Order::Best,
            Some(_) => {
                return Err(ApiError::invalid(
                    "order_by",
                    "Reviews are ordered by rating, rating desc or updateTime desc.",
                ));
            }
        })
    }

    /// Greatest first: stars above all where they count, and then the time of the last change.
    fn place(self, version: &Version) -> i64 {
        let stars = match self {
            Order::Newest => 0,
            Order::Worst => 5 - i64::from(version.stars),
            Order::Best => i64::from(version.stars),
        };
        // Microseconds stay below 2^53 until the year 2255.
        (stars << 53) + version.at.micros()
    }
}

fn page<'a>(found: Vec<Found<'a>>, asked: &Asked<'_>) -> Result<Page<'a>, ApiError> {
    let size = request::page_size(asked.size, MOST, MOST)?;
    let order = Order::parse(asked.order)?;
    let query = format!("{} by {}", asked.of, order as u8);
    let after = request::page_token(asked.token, &query)?;
    let mut placed: Vec<(i64, Found<'a>)> = found.into_iter().map(|found| (order.place(found.2), found)).collect();
    if let Some(after) = after {
        placed.retain(|(place, (_, item, _))| (*place, &item.review.id) < (after.place, &after.id));
    }
    placed.sort_by_key(|(place, (_, item, _))| Reverse((*place, item.review.id.as_str())));
    let more = placed.len() > size;
    placed.truncate(size);
    let last = placed.last().filter(|_| more);
    let next = last.map(|(place, (_, item, _))| Cursor { place: *place, id: item.review.id.clone() }.token(&query));
    Ok(Page { found: placed.into_iter().map(|(_, found)| found).collect(), next })
}
