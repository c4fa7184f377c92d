//! Accounts, locations and reviews on the wire.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kit::clock::Timestamp;
use serde_json::{Map, Value, json};
use url::Url;

use super::listings::{Item, Place};
use super::replies::{Reply, State};
use crate::oauth;
use crate::world::Language;
use crate::world::business::{Account, Text, Version};

/// Whose resources are told, and where their pages for visitors are.
pub struct Shape<'a> {
    pub account: &'a Account,
    pub now: Timestamp,
    pub pages: &'a Pages,
}

/// Addresses of the places' pages.
pub struct Pages {
    /// Of the host that shows them.
    pub base: String,
    pub user_id: String,
}

impl Pages {
    fn of(&self, place: &Place, review: Option<&str>) -> String {
        let Ok(mut url) = Url::parse(&self.base) else { return String::new() };
        url.set_path("/maps");
        url.query_pairs_mut().append_pair("location", &place.location.number.to_string());
        if let Some(review) = review {
            url.query_pairs_mut().append_pair("review", review);
        }
        url.query_pairs_mut().append_pair("simulator_profile", &self.user_id);
        url.into()
    }
}

impl Shape<'_> {
    pub fn account(&self) -> Value {
        json!({
            "name": account_name(self.account), "accountName": self.account.name, "type": "PERSONAL", "role": "PRIMARY_OWNER",
            "verificationState": "VERIFIED", "vettedState": "NOT_VETTED",
        })
    }

    pub fn location(&self, place: &Place) -> Value {
        let location = &place.location;
        let page = self.pages.of(place, None);
        let (category, category_name) = location.trade.category();
        json!({
            "name": format!("locations/{}", location.number), "title": location.title, "storeCode": store_code(location.number),
            "languageCode": location.language.as_str(), "phoneNumbers": { "primaryPhone": location.phone },
            "storefrontAddress": {
                "regionCode": location.region, "languageCode": location.language.as_str(), "postalCode": location.postal_code,
                "locality": location.locality, "addressLines": [location.address_line],
            },
            "websiteUri": location.website, "latlng": { "latitude": location.latitude, "longitude": location.longitude },
            "categories": { "primaryCategory": { "name": category, "displayName": category_name } },
            "labels": [location.locality], "openInfo": { "status": "OPEN", "canReopen": true },
            "metadata": {
                "placeId": location.place_id, "mapsUri": page, "newReviewUri": page, "hasVoiceOfMerchant": true, "canDelete": true,
            },
        })
    }

    pub fn review_name(&self, place: &Place, id: &str) -> String {
        format!("{}/locations/{}/reviews/{id}", account_name(self.account), place.location.number)
    }

    pub fn review(&self, place: &Place, item: &Item, version: &Version) -> Value {
        let review = &item.review;
        let mut told = Map::new();
        let mut tell = |name: &str, value: Value| told.insert(name.to_owned(), value);
        tell("name", self.review_name(place, &review.id).into());
        tell("reviewId", review.id.as_str().into());
        tell("reviewer", reviewer(item));
        tell("starRating", star_rating(version.stars).into());
        if let Some(text) = &version.text {
            tell("comment", comment(text, place.location.language).into());
        }
        tell("createTime", time(review.created_at).into());
        tell("updateTime", time(version.at).into());
        tell("reviewReplyUrl", self.pages.of(place, Some(&review.id)).into());
        if let Some(reply) = item.replies().reply(self.now) {
            tell("reviewReply", self::reply(&reply));
        }
        if !review.photos.is_empty() {
            let photo = |(index, label): (usize, &str)| {
                let picture = picture(&format!("{} {index}", review.id), 64);
                json!({ "thumbnailUrl": format!("https://lh3.googleusercontent.com/p/{picture}=s200"), "thumbnailLabel": label })
            };
            let labels = review.photos.iter().map(|photo| photo.label.as_str());
            tell("reviewMediaItems", labels.enumerate().map(photo).collect());
        }
        Value::Object(told)
    }
}

pub fn account_name(account: &Account) -> String {
    format!("accounts/{}", account.number)
}

/// As an owner of several places might tell them apart.
pub fn store_code(location: u64) -> String {
    format!("R{:06}", location % 1_000_000)
}

fn reviewer(item: &Item) -> Value {
    let reviewer = &item.review.reviewer;
    if reviewer.is_anonymous {
        return json!({ "displayName": "A Google user", "isAnonymous": true });
    }
    let picture = picture(&item.review.id, 40);
    json!({
        "displayName": reviewer.name, "isAnonymous": false,
        "profilePhotoUrl": format!("https://lh3.googleusercontent.com/a-/{picture}=s120-c-rp-mo-br100"),
    })
}

/// The last part of a picture's address, of at most 43 letters.
fn picture(of: &str, length: usize) -> String {
    let mut picture = URL_SAFE_NO_PAD.encode(oauth::hash(of));
    picture.truncate(length);
    picture
}

fn star_rating(stars: u8) -> &'static str {
    match stars {
        1 => "ONE",
        2 => "TWO",
        3 => "THREE",
        4 => "FOUR",
        5 => "FIVE",
        _ => "STAR_RATING_UNSPECIFIED",
    }
}

/// Of a text in another language than the place's, Google tells its translation and the original in one.
pub fn comment(text: &Text, language: Language) -> String {
    match &text.translation {
        Some(translation) if text.language != language => {
            format!("(Translated by Google) {translation}\n\n(Original)\n{}", text.original)
        }
        _ => text.original.clone(),
    }
}

pub fn reply(reply: &Reply<'_>) -> Value {
    let (state, violation) = match reply.state {
        State::Pending => ("PENDING", None),
        State::Approved => ("APPROVED", None),
        State::Rejected(violation) => ("REJECTED", Some(violation)),
    };
    let mut told = json!({ "comment": reply.text, "updateTime": time(reply.at), "reviewReplyState": state });
    if let Some(violation) = violation {
        told["policyViolation"] = violation.as_str().into();
    }
    told
}

/// RFC 3339 with 0, 3, 6 or 9 fractional digits, as Google has them. The second decides how exactly an instant is told, so that it always
/// reads the same and what came later never reads as earlier.
pub fn time(at: Timestamp) -> String {
    let (micros, second) = (at.micros(), at.micros().div_euclid(1_000_000));
    let (digits, exact_to) = [(0, 1_000_000), (6, 1), (3, 1_000), (6, 1), (9, 1)][second.rem_euclid(5) as usize];
    let told = Timestamp::from_micros(micros - micros.rem_euclid(exact_to)).to_jiff();
    format!("{told:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_come_in_every_shape_and_keep_their_order() {
        let instants = (0..50).map(|step| Timestamp::from_micros(1_795_342_805_123_456 + step * 100_001));
        let told: Vec<String> = instants.clone().map(time).collect();
        let read: Vec<Timestamp> = told.iter().map(|text| Timestamp::parse(text).unwrap()).collect();
        assert!(read.is_sorted());
        assert!(instants.zip(&read).all(|(at, read)| *read <= at && at.since(*read).as_secs() == 0));
        let shapes: std::collections::BTreeSet<usize> = told.iter().map(String::len).collect();
        assert_eq!(shapes.into_iter().collect::<Vec<_>>(), [20, 24, 27, 30], "{told:?}");
    }

    #[test]
    fn a_foreign_text_comes_with_its_translation() {
        let text = |language, translation: Option<&str>| Text {
            original: "Sehr gut".into(),
            language,
            translation: translation.map(str::to_owned),
        };
        let told = comment(&text(Language::De, Some("Very good")), Language::En);
        assert_eq!(told, "(Translated by Google) Very good\n\n(Original)\nSehr gut");
        assert_eq!(comment(&text(Language::De, None), Language::En), "Sehr gut");
        assert_eq!(comment(&text(Language::De, None), Language::De), "Sehr gut");
    }
}
