//! Panels as they were drawn last. A workspace's numbers change with its events, so between two of them, within a minute,
//! the same panels are true for the same person: a page is then as dear as to learn who asks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use maud::{Markup, html};

use super::{Dashboard, Panel, views};
use crate::accounts::sessions::SignedIn;
use crate::web::ui::Local;
use crate::workspaces::{Role, UserId, WorkspaceId};

/// Of one process; each takes about 30 kB.
const KEPT: usize = 256;

/// The last drawing of each of the people who were here last.
#[derive(Clone, Default)]
pub struct Drawings(Arc<Mutex<HashMap<UserId, Arc<Drawing>>>>);

/// Everything that the page shows but demo mode's panel.
#[derive(Debug)]
pub struct Drawing {
    of: Moment,
    pub waiting: i64,
    glance: Markup,
    below: Markup,
}

/// All that a drawing hangs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    user: UserId,
    name: String,
    workspace: WorkspaceId,
    role: Role,
    last_event: i64,
    zone: String,
    /// Since 1970: ages, days and what is counted up to now move on with it.
    minute: i64,
}

impl Moment {
    pub fn of(who: &SignedIn, local: &Local) -> Self {
        Self {
            user: who.user.id,
            name: who.user.name.clone(),
            workspace: who.workspace.id,
            role: who.role,
            last_event: who.last_event,
            zone: local.zone_name().to_owned(),
            minute: local.now.to_jiff().as_second().div_euclid(60),
        }
    }
}

impl Drawings {
    /// What was drawn at that moment, if it is the last.
    pub fn at(&self, moment: &Moment) -> Option<Arc<Drawing>> {
        self.lock().get(&moment.user).filter(|drawing| drawing.of == *moment).cloned()
    }

    pub fn draw(&self, moment: Moment, dashboard: &Dashboard, local: &Local) -> Arc<Drawing> {
        let drawing = Arc::new(Drawing {
            waiting: dashboard.facts.waiting.total,
            glance: views::panel(Panel::Glance, &moment.name, dashboard, local),
            below: views::below(&moment.name, dashboard, local),
            of: moment,
        });
        let mut kept = self.lock();
        if kept.len() >= KEPT && !kept.contains_key(&drawing.of.user) {
            let minute = drawing.of.minute;
            kept.retain(|_, other| other.of.minute == minute);
            if kept.len() >= KEPT {
                kept.clear();
            }
        }
        kept.insert(drawing.of.user, drawing.clone());
        drawing
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, Arc<Drawing>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drawing {
    /// With demo mode's panel in its place.
    pub fn around(&self, demo: &Markup) -> Markup {
        html! { (self.glance) (demo) (self.below) }
    }
}
