//! The log: lines on standard error, text or JSON, and no more of one kind than anybody reads: strangers decide how often
//! many of them are written. Nobody waits for them to be written.

mod queue;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::collections::HashMap;
use std::io::{IsTerminal as _, Write};
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tracing::callsite::Identifier;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, Filter, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{fmt, registry};

use crate::config::{LogFormat, Settings};

use queue::Queue;

/// Lines of one kind in a second.
const LINES: u32 = 20;
const SECOND: Duration = Duration::from_secs(1);

/// For the last lines, where nobody may be reading any more.
const LAST_LINES: Duration = Duration::from_secs(1);

static LEFT_OUT: AtomicU64 = AtomicU64::new(0);
static QUEUE: LazyLock<Queue> = LazyLock::new(Queue::default);

/// Lines that were not written: there were too many of their kind, or nobody read them in time.
pub fn left_out() -> u64 {
    LEFT_OUT.load(Ordering::Relaxed) + QUEUE.left_out()
}

/// Waits a moment for what is queued to be written: the last act of a process.
pub fn finish() {
    QUEUE.drain(LAST_LINES);
}

pub fn start(settings: &Settings) -> Result<(), Box<dyn std::error::Error>> {
    let filter = filter(&settings.log)?;
    let terminal = std::io::stderr().is_terminal();
    let format = settings.log_format.unwrap_or(if terminal { LogFormat::Text } else { LogFormat::Json });
    let lines = lines(format, QUEUE.clone()).with_filter(Calm::default());
    QUEUE.start(std::io::stderr(), |lines| {
        tracing::warn!(lines, "lines of the log were left out: it was not read in time")
    })?;
    registry().with(lines.with_filter(filter)).init();
    std::panic::set_hook(Box::new(panicked));
    Ok(())
}

/// Levels, one for everything and others for parts of it. A word that is no level is refused: taken for the name of a part,
/// as elsewhere, it would silence all others.
fn filter(text: &str) -> Result<Targets, String> {
    let mut filter = Targets::new();
    for rule in text.split(',').map(str::trim) {
        let (part, level) =
            rule.split_once('=').map_or((None, rule), |(part, level)| (Some(part.trim()), level.trim()));
        let known = level.parse::<LevelFilter>().ok().filter(|_| !level.is_empty());
        filter = match (part, known) {
            (None, Some(level)) => filter.with_default(level),
            (Some(part), Some(level)) if is_path(part) => filter.with_target(part, level),
            _ => {
                return Err(format!(
                    "REPRUV_LOG: {rule:?} is neither off, error, warn, info, debug or trace, nor a part with one of them: warn,repruv::inbox=debug"
                ));
            }
        };
    }
    Ok(filter)
}

fn is_path(part: &str) -> bool {
    !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':'))
}

/// The hook of the standard library writes to standard error by itself, and waits for its reader.
fn panicked(panic: &PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("a panic without a message");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let thread = std::thread::current();
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
    tracing::error!(place, thread = thread.name(), backtrace, "panicked: {message}");
}

fn lines<S, W>(format: LogFormat, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = fmt::layer().with_ansi(false);
    match format {
        LogFormat::Text => lines.with_writer(OneLine(writer)).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_writer(writer).boxed(),
    }
}

/// Keeps an event on its line and out of the terminal's commands, whatever it repeats of what strangers sent. (JSON escapes
/// it by itself. tracing_subscriber escapes messages and fields in Debug, not fields in Display, and no line breaks.)
struct OneLine<W>(W);

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for OneLine<W> {
    type Writer = OneLine<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        OneLine(self.0.make_writer())
    }
}

impl<W: Write> Write for OneLine<W> {
    /// Is given a whole event.
    fn write(&mut self, event: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let mut line = String::with_capacity(text.len());
        for c in text.trim_end_matches('\n').chars() {
            match c {
                // Line breaks and changes of direction of Unicode's own.
                '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => line.extend(c.escape_unicode()),
                _ if c.is_control() => line.extend(c.escape_default()),
                _ => line.push(c),
            }
        }
        line.push('\n');
        self.0.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
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
    use std::io::{Read as _, Seek as _};
    use std::sync::Arc;

    use serde_json::Value;
    use tracing::callsite::Callsite as _;

    use super::*;

    #[test]
    fn a_filter_says_how_much_is_told_of_everything_and_of_parts() {
        use tracing::Level;
        for (text, told, untold) in [
            ("info", ("hyper", Level::INFO), ("repruv", Level::DEBUG)),
            ("WARN", ("hyper", Level::WARN), ("repruv", Level::INFO)),
            ("warn, repruv::inbox = debug", ("repruv::inbox::ingest", Level::DEBUG), ("repruv::live", Level::INFO)),
            ("hyper=off,trace", ("repruv", Level::TRACE), ("hyper", Level::ERROR)),
            ("repruv=info", ("repruv", Level::INFO), ("hyper", Level::ERROR)),
        ] {
            let filter = filter(text).expect(text);
            assert!(filter.would_enable(told.0, &told.1), "{text}: {told:?}");
            assert!(!filter.would_enable(untold.0, &untold.1), "{text}: {untold:?}");
        }
        for misspelt in
            ["", "warning", "info,", "repruv=loud", "repruv=", "=info", "[request]=info", "info;repruv=debug"]
        {
            let told = filter(misspelt).expect_err(misspelt);
            assert!(told.starts_with("REPRUV_LOG: ") && told.lines().count() == 1, "{told}");
        }
    }

    struct Count(Arc<AtomicU64>);

    impl<S: Subscriber> Layer<S> for Count {
        fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What strangers send, and errors that repeat it.
    const FORGED: [&str; 8] = [
        "ann\n{\"level\":\"INFO\",\"message\":\"signed in\"}",
        "ann\r\nlevel=INFO signed in",
        "\u{1b}[2K\u{1b}[1A\u{1b}[31mgone",
        "\u{9b}31m\u{7}\u{8}\u{0}",
        "a\u{202e}nna\u{2066}b",
        "\",\"level\":\"ERROR",
        "a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f",
        "\u{feff}\u{fffd}\u{10ffff}",
    ];

    fn written(format: LogFormat, write: impl FnOnce()) -> String {
        let mut file = tempfile::tempfile().unwrap();
        let subscriber = registry().with(lines(format, Arc::new(file.try_clone().unwrap())));
        tracing::subscriber::with_default(subscriber, write);
        let mut written = String::new();
        file.rewind().unwrap();
        file.read_to_string(&mut written).unwrap();
        written
    }

    fn say(forged: &str) {
        let _span = tracing::info_span!("request", path = forged).entered();
        tracing::warn!(error = %forged, cause = ?forged, name = forged, "refused: {forged}");
    }

    #[test]
    fn nobody_forges_a_line_of_json() {
        for forged in FORGED {
            let text = written(LogFormat::Json, || say(forged));
            assert_eq!(text.lines().count(), 1, "{text}");
            assert!(text.trim_end().chars().all(|c| !c.is_control() || c > '\u{7e}'), "{text:?}");
            let line: Value = serde_json::from_str(&text).unwrap();
            assert_eq!((&line["level"], &line["name"]), (&"WARN".into(), &forged.into()), "{text}");
            assert_eq!((&line["error"], &line["span"]["path"]), (&forged.into(), &forged.into()), "{text}");
        }
    }

    #[test]
    fn nobody_writes_to_the_terminal() {
        for forged in FORGED {
            let text = written(LogFormat::Text, || say(forged));
            assert_eq!(text.matches(['\n', '\r']).count(), 1, "{text:?}");
            let is_plain = |c: char| !c.is_control() && !('\u{2028}'..='\u{202e}').contains(&c) && c != '\u{2066}';
            assert!(text.trim_end_matches('\n').chars().all(is_plain), "{text:?}");
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
