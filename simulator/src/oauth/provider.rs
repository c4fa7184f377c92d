//! What providers do each in their own way, over the same clients, codes and grants.

use std::time::Duration;

/// A provider's dialect of OAuth. Its routes and the JSON of its answers are functions of its own module.
pub struct Provider {
    pub scopes: &'static [Scope],
    /// What stands between the scopes of a list.
    pub separator: char,
    /// What it calls a client's two credentials.
    pub client_id: &'static str,
    pub client_secret: &'static str,
    pub prefixes: Prefixes,
    pub code_life: Duration,
    pub access_life: Duration,
    /// Without being used, refresh tokens hold this long.
    pub refresh_rest: Duration,
    /// Live grants per account and client; a further one ends the oldest.
    pub most_grants: i64,
}

/// How its secrets begin.
pub struct Prefixes {
    pub code: &'static str,
    pub access: &'static str,
    pub refresh: &'static str,
}

pub struct Scope {
    pub name: &'static str,
    /// A short name that may be asked for, too, and is never told.
    pub alias: Option<&'static str>,
    /// How the consent page says it. One without words is granted silently.
    pub text: Option<&'static str>,
}

impl Scope {
    pub const fn shown(name: &'static str, text: &'static str) -> Scope {
        Scope { name, alias: None, text: Some(text) }
    }

    pub const fn silent(name: &'static str, alias: Option<&'static str>) -> Scope {
        Scope { name, alias, text: None }
    }
}

impl Provider {
    /// By either name.
    pub fn scope(&self, name: &str) -> Option<&'static Scope> {
        self.scopes.iter().find(|scope| scope.name == name || scope.alias == Some(name))
    }

    /// The scopes of a list, each once and by its full name; or the one that is not known.
    pub fn read<'a>(&self, list: &'a str) -> Result<Vec<String>, &'a str> {
        let mut scopes: Vec<String> = Vec::new();
        for name in list.split(self.separator).map(str::trim).filter(|name| !name.is_empty()) {
            let scope = self.scope(name).ok_or(name)?;
            if !scopes.iter().any(|known| known == scope.name) {
                scopes.push(scope.name.to_owned());
            }
        }
        Ok(scopes)
    }

    pub fn list(&self, scopes: &[String]) -> String {
        scopes.join(self.separator.encode_utf8(&mut [0; 4]))
    }

    pub fn text(&self, scope: &str) -> Option<&'static str> {
        self.scope(scope).and_then(|scope| scope.text)
    }
}
