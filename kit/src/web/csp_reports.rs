//! Where browsers report what the content security policy stopped: logged, a few a minute at most, kept nowhere.

use std::sync::Mutex;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::StatusCode;

use crate::clock::{Clock, Timestamp};

pub const PATH: &str = "/csp-reports";

const PER_MINUTE: u32 = 10;
const SHOWN: usize = 2_000;

/// Counts reports, so that a stranger cannot fill the log.
#[derive(Debug)]
pub struct Reports {
    clock: Clock,
    minute: Mutex<(Timestamp, u32)>,
}

impl Reports {
    pub fn new(clock: Clock) -> Self {
        Self { clock, minute: Mutex::new((Timestamp::EPOCH, 0)) }
    }

    pub fn take(&self, body: &Bytes) -> StatusCode {
        if self.has_room() {
            let report = String::from_utf8_lossy(&body[..body.len().min(SHOWN)]);
            tracing::warn!(event = "csp_violation", %report, "a browser stopped something on a page");
        }
        StatusCode::NO_CONTENT
    }

    fn has_room(&self) -> bool {
        let now = self.clock.now();
        let mut minute = self.minute.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if now.since(minute.0) >= Duration::from_secs(60) {
            *minute = (now, 0);
        }
        minute.1 += 1;
        minute.1 <= PER_MINUTE
    }
}
