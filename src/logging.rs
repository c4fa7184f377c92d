//! The log: lines on standard error, text or JSON, and no more of one kind than anybody reads: strangers decide how often
//! many of them are written.

use std::collections::HashMap;
use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tracing::callsite::Identifier;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::layer::{Context, Filter, Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt, registry};

use crate::config::{LogFormat, Settings};

/// Lines of one kind in a second.
const LINES: u32 = 20;
const SECOND: Duration = Duration::from_secs(1);

static LEFT_OUT: AtomicU64 = AtomicU64::new(0);

/// Lines that were not written because there were too many of their kind.
pub fn left_out() -> u64 {
    LEFT_OUT.load(Ordering::Relaxed)
}

pub fn start(settings: &Settings) -> Result<(), ParseError> {
    let filter = EnvFilter::try_new(&settings.log)?;
    let terminal = std::io::stderr().is_terminal();
    let format = settings.log_format.unwrap_or(if terminal { LogFormat::Text } else { LogFormat::Json });
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Text => lines.with_ansi(terminal).with_filter(Calm::default()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_filter(Calm::default()).boxed(),
    };
    registry().with(lines.with_filter(filter)).init();
    Ok(())
}

/// Lets a few lines of each kind through in a second. Kinds are places in the code, so there are only so many.
#[derive(Debug, Default)]
struct Calm(Mutex<HashMap<Identifier, (Instant, u32)>>);

impl Calm {
    fn has_room(&self, kind: Identifier, now: Instant) -> bool {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, lines) = kinds.entry(kind).or_insert((now, 0));
        if now.duration_since(*since) >= SECOND {
            (*since, *lines) = (now, 0);
        }
        *lines = lines.saturating_add(1);
        *lines <= LINES
    }
}

impl<S: Subscriber> Filter<S> for Calm {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        let has_room = self.has_room(event.metadata().callsite(), Instant::now());
        if !has_room {
            LEFT_OUT.fetch_add(1, Ordering::Relaxed);
        }
        has_room
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tracing::callsite::Callsite as _;
    use tracing_subscriber::layer::Layer;

    use super::*;

    struct Count(Arc<AtomicU64>);

    impl<S: Subscriber> Layer<S> for Count {
        fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_flood_of_one_line_leaves_room_for_others() {
        let (count, before) = (Arc::new(AtomicU64::new(0)), left_out());
        let subscriber = registry().with(Count(count.clone()).with_filter(Calm::default()));
        tracing::subscriber::with_default(subscriber, || {
            for n in 0..1_000 {
                tracing::info!(n, "somebody tries something");
            }
            tracing::info!("something else");
        });
        let written = count.load(Ordering::Relaxed);
        // On a busy machine the thousand may take more than a second.
        assert!((21..200).contains(&written), "{written}");
        assert!(left_out() - before >= 800);
    }

    #[test]
    fn each_second_has_room_of_its_own() {
        let (calm, start) = (Calm::default(), Instant::now());
        let kind = tracing::callsite!(name: "a kind", kind: tracing::metadata::Kind::EVENT, fields: message)
            .metadata()
            .callsite();
        let written = |at: Instant| (0..100).filter(|_| calm.has_room(kind.clone(), at)).count();
        assert_eq!(written(start), 20);
        assert_eq!(written(start + SECOND / 2), 0);
        assert_eq!(written(start + SECOND), 20);
    }
}
