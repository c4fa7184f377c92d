//! Where to go after signing in: only to a path of this site.

/// The path, or the dashboard when it could lead anywhere else.
pub fn local(wanted: Option<&str>) -> &str {
    wanted.filter(|path| is_local(path)).unwrap_or("/dashboard")
}

/// Browsers read `\` as `/` and drop line breaks and tabs, so "//host" has many spellings.
fn is_local(path: &str) -> bool {
    let mut chars = path.chars();
    chars.next() == Some('/')
        && !matches!(chars.next(), Some('/' | '\\'))
        && path.chars().all(|c| !c.is_control() && c != '\\' && !c.is_whitespace())
        && !path.starts_with("/login")
        && path.len() <= 1024
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    proptest! {
        #[test]
        fn no_text_leads_a_browser_elsewhere(
            wanted in prop_oneof!["\\PC{0,40}", "[/\\\\.@:?#a-z\t\r\n ]{0,24}", "/(login|inbox|%2f|\\\\|/){0,4}"],
        ) {
            let site = Url::parse("https://inbox.example.com/login").expect("an address");
            let there = site.join(local(Some(&wanted))).expect("a path of a site");
            prop_assert_eq!(there.origin(), site.origin());
        }
    }

    #[test]
    fn only_paths_of_this_site() {
        for good in ["/", "/inbox", "/inbox?state=needs_reply&q=a%20b", "/inbox/018f#top", "/caf%C3%A9"] {
            assert_eq!(local(Some(good)), good);
        }
        for bad in [
            "",
            "inbox",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil",
            "/\t/evil",
            "/\r\nSet-Cookie: a=b",
            "/a\\b",
            "https://evil.example",
            "javascript:alert(1)",
            " /inbox",
            "/login?return_to=/login",
            "///",
            "/\u{a0}/evil",
        ] {
            assert_eq!(local(Some(bad)), "/dashboard", "{bad:?}");
        }
        assert_eq!(local(Some(&format!("/{}", "a".repeat(1024)))), "/dashboard");
        assert_eq!(local(None), "/dashboard");
    }
}
