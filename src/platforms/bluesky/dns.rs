//! The TXT record in which a domain says whose handle it is.

use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::{RData, RecordType};

use super::directory::is_did;

const LONGEST: Duration = Duration::from_secs(5);

/// What `_atproto.HANDLE` says, asked of the system's own name servers. A domain that says two things says nothing, and a
/// machine without DNS has other ways.
pub async fn did_of(handle: &str) -> Option<String> {
    let resolver = TokioResolver::builder_tokio().ok()?.build().ok()?;
    // With the dot it is looked for nowhere else.
    let asked = resolver.lookup(format!("_atproto.{handle}."), RecordType::TXT);
    let found = tokio::time::timeout(LONGEST, asked).await.ok()?.ok()?;
    let texts = found.answers().iter().filter_map(|record| match &record.data {
        RData::TXT(text) => Some(text.txt_data.iter().map(|part| String::from_utf8_lossy(part)).collect::<String>()),
        _ => None,
    });
    one_did(texts)
}

fn one_did(texts: impl Iterator<Item = String>) -> Option<String> {
    let mut dids =
        texts.filter_map(|text| text.trim().strip_prefix("did=").map(str::to_owned)).filter(|did| is_did(did));
    let did = dids.next()?;
    dids.all(|other| other == did).then_some(did)
}

#[cfg(test)]
mod tests {
    use super::one_did;

    #[test]
    fn a_domain_that_says_two_things_says_nothing() {
        let of = |texts: &[&str]| one_did(texts.iter().map(|text| (*text).to_owned()));
        assert_eq!(of(&["v=spf1 -all", "did=did:plc:abc"]).as_deref(), Some("did:plc:abc"));
        assert_eq!(of(&["did=did:plc:abc", "did=did:plc:abd"]), None);
        assert_eq!(of(&["did=javascript:1", "did:plc:abc"]), None);
        assert_eq!(of(&[]), None);
    }
}
