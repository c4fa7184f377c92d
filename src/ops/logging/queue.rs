//! Lines on their way to standard error. A thread of its own writes them, so a reader that stops holds up that thread and no request.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// About ten thousand lines. While they are written, as many more find room.
const BYTES: usize = 2 << 20;

/// Cheap to clone; clones are one queue.
#[derive(Clone, Default)]
pub(super) struct Queue(Arc<Shared>);

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    left_out: AtomicU64,
}

#[derive(Default)]
struct Waiting {
    text: Vec<u8>,
    lines: u64,
    is_writing: bool,
}

impl Queue {
    /// Writes what comes in, for as long as the process lives. `left_out` is told how many lines were lost since it was last
    /// told, once lines are written again.
    pub(super) fn start(
        &self,
        mut out: impl Write + Send + 'static,
        left_out: impl Fn(u64) + Send + 'static,
    ) -> io::Result<()> {
        let queue = self.clone();
        std::thread::Builder::new().name("log".into()).spawn(move || {
            let mut told = 0;
            loop {
                let (text, lines) = queue.next();
                match out.write_all(&text).and_then(|()| out.flush()) {
                    Ok(()) => {
                        let lost = queue.left_out();
                        if lost > told {
                            left_out(lost - told);
                            told = lost;
                        }
                    }
                    Err(_) => queue.leave_out(lines),
                }
                queue.wrote();
            }
        })?;
        Ok(())
    }

    /// Lines that found no room, or could not be written.
    pub(super) fn left_out(&self) -> u64 {
        self.0.left_out.load(Ordering::Relaxed)
    }

    /// Waits until everything is written, for so long at most.
    pub(super) fn drain(&self, patience: Duration) {
        let busy = |waiting: &mut Waiting| waiting.is_writing || !waiting.text.is_empty();
        drop(self.0.changed.wait_timeout_while(self.waiting(), patience, busy));
    }

    fn push(&self, line: &[u8]) {
        let mut waiting = self.waiting();
        if waiting.text.len() + line.len() > BYTES {
            return self.leave_out(1);
        }
        waiting.text.extend_from_slice(line);
        waiting.lines += 1;
        drop(waiting);
        self.0.changed.notify_all();
    }

    fn leave_out(&self, lines: u64) {
        self.0.left_out.fetch_add(lines, Ordering::Relaxed);
    }

    /// All that waits, once there is something.
    fn next(&self) -> (Vec<u8>, u64) {
        let nothing = |waiting: &mut Waiting| waiting.text.is_empty();
        let mut waiting = self.0.changed.wait_while(self.waiting(), nothing).unwrap_or_else(PoisonError::into_inner);
        waiting.is_writing = true;
        (std::mem::take(&mut waiting.text), std::mem::take(&mut waiting.lines))
    }

    fn wrote(&self) {
        self.waiting().is_writing = false;
        self.0.changed.notify_all();
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> MakeWriter<'a> for Queue {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Write for Queue {
    /// Is given a whole line.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    const SOON: Duration = Duration::from_secs(30);

    /// An output that takes nothing until its reader asks, and then all that was written at once.
    struct Slow {
        reader: Receiver<()>,
        read: Sender<String>,
    }

    impl Write for Slow {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.reader.recv().map_err(|_| io::ErrorKind::BrokenPipe)?;
            let _ = self.read.send(String::from_utf8_lossy(text).into_owned());
            Ok(text.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn queue() -> (Queue, Sender<()>, Receiver<String>, Receiver<u64>) {
        let (reads, reader) = channel();
        let (read, written) = channel();
        let (tell, told) = channel();
        let queue = Queue::default();
        queue
            .start(Slow { reader, read }, move |lines| tell.send(lines).expect("it is heard"))
            .expect("a thread starts");
        (queue, reads, written, told)
    }

    #[test]
    fn a_reader_that_stops_stops_nobody_and_is_told_what_it_missed() {
        let (queue, reads, written, told) = queue();
        let line = format!("{}\n", "x".repeat(1023));
        for _ in 0..10_000 {
            queue.push(line.as_bytes());
        }
        let lost = queue.left_out();
        assert!((10_000 - 2 * 2048 - 1..10_000 - 2048 + 1).contains(&lost), "{lost} of 10,000 were left out");
        let mut arrived = 0;
        while arrived + lost < 10_000 {
            reads.send(()).expect("it writes");
            arrived += written.recv_timeout(SOON).expect("it is written").lines().count() as u64;
        }
        assert_eq!(arrived + lost, 10_000, "each line is written or counted");
        assert_eq!(told.recv_timeout(SOON), Ok(lost));
    }

    #[test]
    fn an_end_waits_for_what_is_queued_but_not_for_ever() {
        let (queue, reads, written, _told) = queue();
        queue.push(b"the last words\n");
        queue.drain(Duration::from_millis(1));
        assert!(written.try_recv().is_err(), "nobody reads");
        reads.send(()).expect("it writes");
        queue.drain(SOON);
        assert_eq!(written.try_recv().as_deref(), Ok("the last words\n"));
    }

    #[test]
    fn what_a_closed_output_does_not_take_is_counted() {
        let (queue, reads, _written, told) = queue();
        drop(reads);
        queue.push(b"one\n");
        queue.push(b"two\n");
        queue.drain(SOON);
        assert_eq!(queue.left_out(), 2);
        assert!(told.try_recv().is_err(), "there is nobody to tell");
    }
}
