//! The frame of a page: who is signed in, and how demo mode stands. It knows features, and no feature knows it.

use kit::web::Nonce;

use super::ui::{Local, Person, Shell, Switcher};
use crate::accounts::sessions::{PageContext, SignedIn};
use crate::app::App;
use crate::demo;
use crate::inbox::saved_views;
use crate::workspaces::{Kind, Workspace};

impl SignedIn {
    /// The frame of a page for this person.
    pub fn shell(&self, app: &App, nonce: &Nonce, path: &str) -> Shell {
        let local = Local::new(app.now(), &self.user.time_zone);
        Shell {
            nonce: nonce.to_string(),
            path: path.to_owned(),
            banner: Some(demo::banner(self, &local)),
            local,
            person: Some(Person {
                name: self.user.name.clone(),
                email: self.user.email.clone(),
                shortcuts: self.user.shortcuts,
            }),
            workspace: Some(self.switcher()),
            views: Some(saved_views::views::anywhere()),
            tour: None,
            needs_reply: None,
            version: self.version.clone(),
        }
    }

    fn switcher(&self) -> Switcher {
        let others = self.others.iter().map(|other| (other.id.to_string(), workspace_name(other))).collect();
        Switcher { id: self.workspace.id.to_string(), current: workspace_name(&self.workspace), others }
    }
}

/// A demo says that it is one.
pub fn workspace_name(workspace: &Workspace) -> String {
    match workspace.kind {
        Kind::Live => workspace.name.clone(),
        Kind::Demo => format!("Demo: {}", workspace.name),
    }
}

impl PageContext {
    pub fn shell(&self, app: &App) -> Shell {
        match &self.signed_in {
            Some(who) => who.shell(app, &self.nonce, &self.path),
            None => self.signed_out_shell(app),
        }
    }

    /// For nobody in particular, whoever may be signed in.
    pub fn signed_out_shell(&self, app: &App) -> Shell {
        Shell {
            nonce: self.nonce.to_string(),
            path: self.path.clone(),
            local: Local::new(app.now(), "UTC"),
            person: None,
            workspace: None,
            views: None,
            tour: None,
            needs_reply: None,
            version: String::new(),
            banner: None,
        }
    }
}
