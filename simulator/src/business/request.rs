//! What a call asks for, in Google's words and bounds: known parameters, pages, read masks.

use serde_json::Value;

use super::error::ApiError;
use crate::fields::Fields;
use crate::paging::Cursor;
use crate::params::Params;

/// What every method takes.
const EVERYWHERE: [&str; 11] = [
    "$.xgafv",
    "access_token",
    "alt",
    "callback",
    "fields",
    "key",
    "oauth_token",
    "prettyPrint",
    "quotaUser",
    "uploadType",
    "upload_protocol",
];

/// A parameter that nobody knows is refused, not overlooked.
pub fn only_known(params: &Params, known: &[&str]) -> Result<(), ApiError> {
    match params.pairs().find(|(name, _)| !EVERYWHERE.contains(name) && !known.contains(name)) {
        Some((name, _)) => {
            Err(ApiError::bad_json(format!("Unknown name \"{name:.100}\": Cannot bind query parameter.")))
        }
        None => Ok(()),
    }
}

/// `pageSize` within the method's bound; 0 is the same as none.
pub fn page_size(asked: Option<&str>, usual: usize, most: usize) -> Result<usize, ApiError> {
    match asked.map(str::parse::<usize>) {
        None | Some(Ok(0)) => Ok(usual),
        Some(Ok(size)) if size <= most => Ok(size),
        Some(_) => Err(ApiError::invalid("page_size", format!("The page size must be between 1 and {most}."))),
    }
}

/// Where a page begins; `query` is what it is a page of.
pub fn page_token(asked: Option<&str>, query: &str) -> Result<Option<Cursor>, ApiError> {
    let parse = |token| Cursor::parse(token, query);
    let invalid = || ApiError::invalid("page_token", "Invalid page token.");
    asked.map(|token| parse(token).ok_or_else(invalid)).transpose()
}

/// The fields of a location, and what those that are objects hold. Below that, everything is taken for known.
const LOCATION: [(&str, &[&str]); 19] = [
    ("name", &[]),
    ("languageCode", &[]),
    ("storeCode", &[]),
    ("title", &[]),
    ("phoneNumbers", &["primaryPhone", "additionalPhones"]),
    ("categories", &["primaryCategory", "additionalCategories"]),
    (
        "storefrontAddress",
        &[
            "revision",
            "regionCode",
            "languageCode",
            "postalCode",
            "sortingCode",
            "administrativeArea",
            "locality",
            "sublocality",
            "addressLines",
            "recipients",
            "organization",
        ],
    ),
    ("websiteUri", &[]),
    ("regularHours", &["periods"]),
    ("specialHours", &["specialHourPeriods"]),
    ("serviceArea", &["businessType", "places", "regionCode"]),
    ("labels", &[]),
    ("adWordsLocationExtensions", &["adPhone"]),
    ("latlng", &["latitude", "longitude"]),
    ("openInfo", &["status", "canReopen", "openingDate"]),
    (
        "metadata",
        &[
            "hasGoogleUpdated",
            "hasPendingEdits",
            "canDelete",
            "canOperateLocalPost",
            "canModifyServiceList",
            "canHaveFoodMenus",
            "canOperateHealthData",
            "canOperateLodgingData",
            "placeId",
            "duplicateLocation",
            "mapsUri",
            "newReviewUri",
            "canHaveBusinessCalls",
            "hasVoiceOfMerchant",
            "isParticularlyPersonalPlace",
        ],
    ),
    ("profile", &["description"]),
    ("relationshipData", &["parentLocation", "childrenLocations", "parentChain"]),
    ("moreHours", &[]),
];

/// The fields that `readMask` names, in either spelling.
pub fn read_mask(params: &Params) -> Result<Fields, ApiError> {
    let paths: Vec<String> = params.list("readMask").into_iter().map(camel).collect();
    if paths.is_empty() {
        return Err(ApiError::invalid("read_mask", "Field is required"));
    }
    let known = |path: &String| {
        let mut parts = path.split('.');
        let top = parts.next().and_then(|top| LOCATION.iter().find(|(name, _)| *name == top));
        match (top, parts.next()) {
            (Some(_), None) => true,
            (Some((_, within)), Some(part)) => within.contains(&part),
            (None, _) => false,
        }
    };
    let mask = paths.iter().all(known).then(|| Fields::parse(&paths.join(",").replace('.', "/"))).flatten();
    mask.ok_or_else(|| ApiError::invalid("read_mask", "Invalid field mask provided"))
}

/// `store_code` is `storeCode`.
fn camel(path: &str) -> String {
    let mut parts = path.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (begin, rest) = part.split_at(part.chars().next().map_or(0, char::len_utf8));
        name + &begin.to_uppercase() + rest
    })
}

/// A body that is an object of known fields.
pub fn body(bytes: &[u8], known: &[&str]) -> Result<Value, ApiError> {
    let body: Value =
        serde_json::from_slice(bytes).map_err(|_| ApiError::bad_json("Parsing terminated before end of input."))?;
    let fields =
        body.as_object().ok_or_else(|| ApiError::bad_json("Unknown name \"\": Root element must be a message."))?;
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(ApiError::bad_json(format!("Unknown name \"{name:.100}\": Cannot find field."))),
        None => Ok(body),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_read_mask_names_known_fields_alone() {
        let mask = |text: &str| read_mask(&Params::parse(format!("readMask={text}").as_bytes()));
        let location =
            json!({ "name": "locations/1", "storeCode": "R1", "metadata": { "placeId": "p", "mapsUri": "m" } });
        assert_eq!(
            mask("name,metadata.placeId").unwrap().keep(location.clone()),
            json!({ "name": "locations/1", "metadata": { "placeId": "p" } })
        );
        assert_eq!(mask("store_code").unwrap().keep(location), json!({ "storeCode": "R1" }));
        for bad in ["", "nothing", "name,nothing", "metadata.nothing", "metadata.", "*", "name(title)"] {
            assert!(mask(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn page_sizes_keep_their_bounds() {
        assert_eq!(page_size(None, 10, 100).unwrap(), 10);
        assert_eq!(page_size(Some("0"), 10, 100).unwrap(), 10);
        assert_eq!(page_size(Some("100"), 10, 100).unwrap(), 100);
        for bad in ["101", "-1", "many", "1.5"] {
            assert!(page_size(Some(bad), 10, 100).is_err(), "{bad}");
        }
    }
}
