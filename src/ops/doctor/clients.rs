//! The clients as which providers know this installation: those of its settings, and those that owners entered.

use kit::db::Db;

use super::{Finding, MINUTE, bad, ok, warn};
use crate::config::{Config, Settings};
use crate::connections::clients::{self, Verdict};
use crate::platforms::{self, Platforms};

const WHAT: &str = "OAuth clients";

pub(super) async fn look(db: &Db, settings: &Settings) -> Finding {
    if let Some(client) = Config::new(settings, settings.listen, None).ok().and_then(|config| config.google) {
        return of_settings(&client);
    }
    match db.read_within(MINUTE, clients::verdicts).await {
        Ok(verdicts) => entered(&verdicts),
        Err(error) => bad(WHAT, error.to_string(), "check the database's log"),
    }
}

fn of_settings(client: &platforms::Client) -> Finding {
    let platforms = Platforms::built_in();
    let setup = platforms.offered().find_map(|platform| platforms.get(platform)?.setup());
    let slips = setup.map(|setup| (setup.examine)(&client.id, client.secret.expose())).unwrap_or_default();
    match slips.first() {
        None => ok(WHAT, "the settings name one, which counts for every workspace"),
        Some(slip) => warn(
            WHAT,
            format!("the {} that the settings name can't be one: {}", slip.field.replace('_', " "), slip.text),
            "correct REPRUV_GOOGLE_CLIENT_ID and REPRUV_GOOGLE_CLIENT_SECRET, and start again",
        ),
    }
}

fn entered(verdicts: &[(Verdict, i64)]) -> Finding {
    const CURE: &str = "each workspace's owner finds it under Connections, Set up";
    let of = |wanted: Verdict| verdicts.iter().find(|(verdict, _)| *verdict == wanted).map_or(0, |(_, count)| *count);
    let all: i64 = verdicts.iter().map(|(_, count)| count).sum();
    let (refused, lost, unasked) =
        (of(Verdict::Refused), of(Verdict::RedirectUnknown), of(Verdict::Unanswered) + of(Verdict::Checking));
    match (all, refused, lost, unasked) {
        (0, ..) => ok(WHAT, "none was entered; Bluesky and the demo need none"),
        (_, 1.., ..) => bad(WHAT, format!("providers refuse {refused} of {all}"), CURE),
        (_, _, 1.., _) => warn(WHAT, format!("{lost} of {all} don't know this server's redirect address"), CURE),
        (.., 1..) => warn(WHAT, format!("{unasked} of {all} were not checked yet"), CURE),
        _ => ok(WHAT, format!("{all} entered, all known to their providers")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::doctor::Level;
    use crate::secrets::Secret;

    #[test]
    fn the_worst_that_providers_say_is_told() {
        let told = |verdicts: &[(Verdict, i64)]| entered(verdicts);
        assert_eq!(told(&[]).level, Level::Ok);
        assert_eq!(told(&[(Verdict::Accepted, 2)]).level, Level::Ok);
        let refused = told(&[(Verdict::Accepted, 2), (Verdict::Refused, 1), (Verdict::Unanswered, 1)]);
        assert_eq!((refused.level, refused.text.as_str()), (Level::Bad, "providers refuse 1 of 4"));
        assert_eq!(told(&[(Verdict::Accepted, 2), (Verdict::RedirectUnknown, 1)]).level, Level::Warn);
        assert_eq!(told(&[(Verdict::Checking, 1)]).level, Level::Warn);
    }

    #[test]
    fn what_the_settings_name_is_looked_at_and_not_shown() {
        let finding =
            |id: &str, secret: &str| of_settings(&platforms::Client { id: id.into(), secret: Secret::new(secret) });
        let (id, secret) = ("123-a1.apps.googleusercontent.com", "GOCSPX-abcdefghijklmnop");
        assert_eq!(finding(id, secret).level, Level::Ok);
        let mixed_up = finding(secret, id);
        assert!(mixed_up.level == Level::Warn && mixed_up.text.contains("That's the client secret"), "{mixed_up:?}");
        assert!(!mixed_up.text.contains(secret), "{mixed_up:?}");
    }
}
