//! The files of `assets/`, named by content and compressed when the program was built.

/// One file as it is served.
pub struct Asset {
    pub file: &'static str,
    pub content_type: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The file that is served under `/assets/{file}`.
pub fn find(file: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.file == file)
}

/// The file that has the place of one that another release names: while one takes the other's place, a page of either may
/// ask here for what belongs to it.
pub fn find_instead(file: &str) -> Option<&'static Asset> {
    let name = without_hash(file)?;
    ASSETS.iter().find(|asset| without_hash(asset.file) == Some(name))
}

/// `app.0123456789ab.css` is `("app", "css")`.
fn without_hash(file: &str) -> Option<(&str, &str)> {
    let (name, extension) = file.rsplit_once('.')?;
    let (stem, hash) = name.rsplit_once('.')?;
    let is_hash = hash.len() == 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then_some((stem, extension))
}

impl Asset {
    /// The smallest form that `accept_encoding` allows, and the name of its coding.
    pub fn negotiate(&self, accept_encoding: &str) -> (&'static [u8], Option<&'static str>) {
        if accepts(accept_encoding, "gzip") { (self.gzip, Some("gzip")) } else { (self.plain, None) }
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
    fn a_browser_that_takes_gzip_is_served_it() {
        let css = find(asset!("app.css").trim_start_matches("/assets/")).expect("the stylesheet is built in");
        assert_eq!(css.negotiate("gzip, deflate, br, zstd").1, Some("gzip"));
        assert_eq!(css.negotiate("br, gzip;q=0").1, None);
        assert_eq!(css.negotiate("").1, None);
        assert!(css.negotiate("gzip").0.len() * 3 < css.negotiate("").0.len());
        assert!(find("app.css").is_none(), "only the hashed name is served");
    }

    #[test]
    fn a_script_that_fails_takes_none_along_that_is_served_with_it() {
        for (address, parts) in [(asset!("page.js"), 3), (asset!("inbox.js"), 3)] {
            let script = find(address.trim_start_matches("/assets/")).expect("it is served").negotiate("").0;
            let script = std::str::from_utf8(script).expect("a script is UTF-8");
            let apart = script.split("} catch (error) { reportError(error) }\n").collect::<Vec<_>>();
            assert_eq!((apart.len() - 1, apart[parts]), (parts, ""), "{script}");
            assert!(apart[..parts].iter().all(|part| part.starts_with("try {\n")), "{script}");
        }
    }

    #[test]
    fn a_page_of_another_release_finds_what_has_the_place_of_its_files() {
        let ours = asset!("app.css").trim_start_matches("/assets/");
        assert_eq!(find_instead("app.0123456789ab.css").map(|asset| asset.file), Some(ours));
        for unknown in ["app.css", "app.0123456789ab.js.css", "app.0123456789ab.exe", "app.0123.css", "..css", ""] {
            assert!(find_instead(unknown).is_none(), "{unknown}");
        }
    }
}
