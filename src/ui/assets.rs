//! The files of `assets/`, named by content and compressed when the program was built.

/// One file as it is served.
pub struct Asset {
    pub file: &'static str,
    pub content_type: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
    brotli: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The file that is served under `/assets/{file}`.
pub fn find(file: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.file == file)
}

impl Asset {
    /// The smallest variant that `accept_encoding` allows, and the name of its coding.
    pub fn negotiate(&self, accept_encoding: &str) -> (&'static [u8], Option<&'static str>) {
        if accepts(accept_encoding, "br") {
            (self.brotli, Some("br"))
        } else if accepts(accept_encoding, "gzip") {
            (self.gzip, Some("gzip"))
        } else {
            (self.plain, None)
        }
    }
}

/// Whether an Accept-Encoding header names the coding with a weight above zero.
fn accepts(header: &str, coding: &str) -> bool {
    header.split(',').any(|part| {
        let mut pieces = part.split(';').map(str::trim);
        let named = pieces.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        named && !pieces.any(|piece| piece.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_coding_that_the_browser_takes_is_served() {
        let css = find(asset!("app.css").trim_start_matches("/assets/")).expect("the stylesheet is built in");
        assert_eq!(css.negotiate("gzip, deflate, br, zstd").1, Some("br"));
        assert_eq!(css.negotiate("br;q=0, gzip;q=0.5").1, Some("gzip"));
        assert_eq!(css.negotiate("").1, None);
        assert!(css.negotiate("br").0.len() * 3 < css.negotiate("").0.len());
        assert!(find("app.css").is_none(), "only the hashed name is served");
    }
}
