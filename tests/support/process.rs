//! Child processes that never outlive the test that started them.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use kit::testing::{PATIENCE, wait_for};

pub struct Process {
    child: Child,
    lines: Receiver<String>,
}

impl Process {
    /// The child dies with the thread that starts it, however that ends: start it from the test's own thread.
    pub fn start(program: impl AsRef<OsStr>, configure: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(program);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        configure(&mut command);
        let mut child = command.spawn().expect("setpriv (util-linux) is installed");
        let (sender, lines) = channel();
        // A test may have taken one for itself.
        let outputs: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|output| Box::new(output) as _),
            child.stderr.take().map(|output| Box::new(output) as _),
        ];
        for output in outputs.into_iter().flatten() {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    // Shown by the test runner when the test fails.
                    println!("{line}");
                    let _ = sender.send(line);
                }
            });
        }
        Self { child, lines }
    }

    /// The same, of which the test keeps the input.
    pub fn taking_input(
        program: impl AsRef<OsStr>,
        input: &mut Option<std::process::ChildStdin>,
        configure: impl FnOnce(&mut Command),
    ) -> Self {
        let mut process = Self::start(program, |command| {
            command.stdin(Stdio::piped());
            configure(command);
        });
        *input = process.child.stdin.take();
        process
    }

    /// The built binary: `repruv ARGUMENTS`, with these settings and none of the machine's own.
    pub fn repruv(arguments: &[&str], settings: &[(String, String)]) -> Self {
        Self::start(binary(), |command| {
            set(command, settings);
            command.args(arguments);
        })
    }

    /// The same, with its log written to `log`.
    pub fn logging_to(log: impl Into<Stdio>, arguments: &[&str], settings: &[(String, String)]) -> Self {
        Self::start(binary(), |command| {
            set(command, settings);
            command.args(arguments).stderr(log);
        })
    }

    /// The same, with these system calls of all its threads written to `trace`.
    pub fn traced(calls: &str, trace: &Path, arguments: &[&str], settings: &[(String, String)]) -> Self {
        Self::start("strace", |command| {
            set(command, settings);
            // With -D the process is our child, and strace is its.
            command.args(["-D", "-f", "-e", &format!("trace={calls}"), "-o"]).arg(trace).arg(binary()).args(arguments);
        })
    }

    /// The first output line from which `find` takes something.
    pub fn line<T>(&mut self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    if let Some(found) = find(&line) {
                        return found;
                    }
                }
                Err(error) => panic!("no line says {what}: {error}"),
            }
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name: `TERM`.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().expect("kill (procps) is installed");
        assert!(sent.success(), "the process is gone already");
    }

    /// How it ended by itself.
    pub async fn end(&mut self) -> ExitStatus {
        wait_for("the process ends", || {
            let ended = self.child.try_wait().expect("it is our child");
            async move { ended }
        })
        .await
    }

    /// Waits for a command that ends by itself: whether it went well, and all that it said.
    pub fn told(mut self) -> (bool, String) {
        let told: Vec<_> = self.lines.iter().collect();
        let ended = self.child.wait().expect("it is our child");
        (ended.success(), told.join("\n"))
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("it is our child")
    }

    /// Resident memory, in KiB.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
    }

    pub fn kill(&mut self) {
        // Fails only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The one that cargo built for the tests, unless another is to be looked at.
fn binary() -> OsString {
    std::env::var_os("TEST_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_repruv").into())
}

fn set(command: &mut Command, settings: &[(String, String)]) {
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("REPRUV_") || name.ends_with("_URL")) {
        command.env_remove(name);
    }
    command.envs(settings.iter().map(|(name, value)| (name, value)));
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
