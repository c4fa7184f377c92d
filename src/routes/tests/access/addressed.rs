//! What the addresses of the matrix name, and what is sent to them.

use super::access_fixture::Things;
use super::{Door, MATRIX};

/// What is Cleo's own, and no workspace's.
pub(super) const PERSONAL: [&str; 10] = [
    "/inbox/views/filter",
    "/inbox/views/{view}",
    "/inbox/views/{view}/delete",
    "/inbox/views/{view}/move",
    "/views/{view}",
    "/settings/sessions/end",
    "/settings/api-keys/revoke",
    "/auth/sessions/{session}",
    "/inbox/{interaction}/notes/delete",
    "/interactions/{interaction}/notes/{note}",
];

impl Things {
    /// The path with what its parameters stand for.
    pub(super) fn named(&self, path: &str) -> String {
        path.replace("{interaction}", &self.interaction.to_string())
            .replace("{note}", &self.note.to_string())
            .replace("{view}", &self.view.to_string())
            .replace("{saved_reply}", &self.saved_reply.to_string())
            .replace("{tag}", "shipping")
            .replace("{fact}", "sentiment")
            .replace("{act}", "01890a5d-ac96-774b-bcce-b302099a8057")
            .replace("{queued_reply}", &self.queued_reply.to_string())
            .replace("{failed_reply}", &self.failed_reply.to_string())
            .replace("{unknown_reply}", &self.unknown_reply.to_string())
            .replace("{awaiting_reply}", &self.awaiting_reply.to_string())
            .replace("{order}", &self.order.to_string())
            .replace("{connection}", &self.connection.to_string())
            .replace("{job}", &self.job.to_string())
            .replace("{ended_job}", &self.ended_job.to_string())
            .replace("{workspace}", &self.workspace.to_string())
            .replace("{member}", &self.member.to_string())
            .replace("{member_link}", &self.member_link.to_string())
            .replace("{session}", &self.session.to_string())
            .replace("{platform}", "youtube")
            .replace("{*path}", "o/oauth2/v2/auth")
            .replace("{provider}", "google")
            .replace("{host}", "google_accounts")
            .replace("{switch}", "all_well")
            .replace("{file}", "nothing.css")
    }

    fn body_of_connections(&self, path: &str) -> String {
        match path {
            path if path.starts_with("/api/") && path.contains("/setup/") => {
                "{\"client_id\": \"1\", \"client_secret\": \"2\"}".to_owned()
            }
            "/connections/{platform}/start" => format!("connection_id={}", self.connection),
            path if path.ends_with("/start") => format!("{{\"connection_id\": \"{}\"}}", self.connection),
            "/connections/{connection}/choose" => "account=locations/1".to_owned(),
            path if path.ends_with("/choose") => "{\"external_ids\": [\"locations/1\"]}".to_owned(),
            _ => "name=".to_owned(),
        }
    }

    /// What a form, or a program, names in the body.
    pub(super) fn body(&self, path: &str) -> String {
        match path {
            path if path.starts_with("/settings/") || path == "/workspaces/select" => self.body_of_settings(path),
            path if path.ends_with("/invitations") && path.starts_with("/api/") => "{\"role\": \"editor\"}".to_owned(),
            path if path.ends_with("/members/{member}") => "{\"role\": \"viewer\"}".to_owned(),
            path if path.contains("/connections/") => self.body_of_connections(path),
            "/inbox/moves" | "/inbox/{interaction}/move" => "to=done".to_owned(),
            "/inbox/marks" | "/inbox/{interaction}/mark" => "mark=star".to_owned(),
            "/inbox/marks/undo" => "act=01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
            "/inbox/{interaction}/corrections" => "fact=sentiment&value=negative".to_owned(),
            path if path.ends_with("/corrections/{fact}") => "{\"value\": \"negative\"}".to_owned(),
            path if path.contains("/moderation") => self.moderation(path),
            path if path.ends_with("/replies/{queued_reply}") => "{\"text\": \"At ten.\"}".to_owned(),
            "/inbox/views/filter" => format!("view={}&filter=kind%3Dreview", self.view),
            "/inbox/views/{view}/move" => "direction=up".to_owned(),
            path if path.contains("/views") && path.starts_with("/api/") => {
                format!("{{\"name\": \"New {}\", \"filter\": \"kind=review\"}}", self.view)
            }
            "/inbox/{interaction}/notes" | "/inbox/{interaction}/notes/draft" => "note=Call+them.".to_owned(),
            "/inbox/{interaction}/notes/delete" => format!("note={}", self.note),
            "/inbox/moves/undo" | "/inbox/{interaction}/undo" => "at=2026-11-22T09:00:00.000Z".to_owned(),
            "/inbox/{interaction}/reply/insert" => format!("text=At+nine.&saved={}", self.saved_reply),
            path if path.ends_with("/assignee") => format!("{{\"user_id\": \"{}\"}}", self.cleo),
            path if path.ends_with("/interactions/{interaction}/state") => "{\"state\": \"done\"}".to_owned(),
            path if path.ends_with("/interactions/{interaction}/tags") => "{\"tag\": \"shipping\"}".to_owned(),
            path if path.ends_with("/interactions/{interaction}/notes") => "{\"text\": \"Call them.\"}".to_owned(),
            path if path.ends_with("/api/moves") || path.ends_with("/v1/moves") => {
                format!("{{\"ids\": [\"{}\"], \"state\": \"done\"}}", self.interaction)
            }
            path if path.ends_with("/marks/matching") => {
                "{\"filter\": {\"state\": \"spam\"}, \"mark\": \"star\"}".to_owned()
            }
            path if path.ends_with("/moves/matching") => {
                "{\"filter\": {\"state\": \"spam\"}, \"state\": \"done\"}".to_owned()
            }
            path if path.ends_with("/api/moves/undo") || path.ends_with("/v1/moves/undo") => {
                "{\"at\": \"2026-11-22T09:00:00.000Z\"}".to_owned()
            }
            path if path.ends_with("/api/marks") || path.ends_with("/v1/marks") => {
                format!("{{\"ids\": [\"{}\"], \"mark\": \"star\"}}", self.interaction)
            }
            path if path.contains("/saved-replies") && path.starts_with("/api/") => {
                format!("{{\"name\": \"New {}\", \"text\": \"At nine.\"}}", self.saved_reply)
            }
            "/inbox/{interaction}/reply" => "key=k&text=At+nine.".to_owned(),
            "/inbox/{interaction}/reply/review" => format!("reply={}&act=approve", self.awaiting_reply),
            path if path.ends_with("/approve") => "{}".to_owned(),
            path if path.ends_with("/send-back") => "{\"note\": \"Kinder.\"}".to_owned(),
            "/inbox/{interaction}/reply/act" => format!("reply={}&act=cancel", self.queued_reply),
            "/inbox/{interaction}/draft" => "text=At+nine.".to_owned(),
            path if path.ends_with("/replies") => "{\"text\": \"At nine.\"}".to_owned(),
            path if path.ends_with("/settle") => "{\"it_was_sent\": true}".to_owned(),
            path if path.starts_with("/api/") || path == "/csp-reports" || path == "/login" => String::new(),
            path if path.starts_with("/demo/") => "return_to=".to_owned(),
            _ => "name=".to_owned(),
        }
    }

    fn body_of_settings(&self, path: &str) -> String {
        match path {
            "/settings/sessions/end" => format!("session={}", self.session),
            "/settings/api-keys/revoke" => format!("key={}", self.key),
            "/settings/invitations/withdraw" => format!("invitation={}", self.invitation),
            "/settings/members/invite" => "role=viewer".to_owned(),
            "/settings/members/withdraw" => format!("invitation={}", self.member_link),
            "/settings/members/role" => format!("user={}&role=viewer", self.member),
            "/settings/members/remove" => format!("user={}", self.member),
            "/settings/workspace" => "name=".to_owned(),
            "/workspaces/select" => format!("workspace={}", self.workspace),
            "/settings/people/disable" => format!("user={}", self.disabled),
            "/settings/people/open" => format!("user={}", self.neighbour),
            "/settings/people/sign-out" => format!("user={}", self.neighbour),
            "/settings/account/shortcuts" => "on=true".to_owned(),
            "/settings/account/undo" => "seconds=10".to_owned(),
            _ => "name=".to_owned(),
        }
    }

    fn moderation(&self, path: &str) -> String {
        match path {
            "/moderation" => format!("id={}&verb=hide", self.interaction),
            "/moderation/{order}" => "verb=hide".to_owned(),
            "/moderation/{order}/act" => "act=retry".to_owned(),
            path if path.ends_with("/moderation") => {
                format!("{{\"ids\": [\"{}\"], \"verb\": \"hide\"}}", self.interaction)
            }
            _ => String::new(),
        }
    }
}

/// The rows, those of the API under both of its prefixes.
pub(super) fn addresses() -> impl Iterator<Item = (&'static str, String, Door, u16)> {
    MATRIX.iter().flat_map(|&(method, path, door, answer)| {
        let versioned = path.strip_prefix("/api/").map(|operation| format!("/api/v1/{operation}"));
        std::iter::once(path.to_owned()).chain(versioned).map(move |path| (method, path, door, answer))
    })
}
