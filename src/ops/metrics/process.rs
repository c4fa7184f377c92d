//! This process as the kernel sees it: proc(5).

use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

/// What the kernel does not tell is left out.
pub(super) fn register(registry: &mut Registry) {
    let process = registry.sub_registry_with_prefix("process");
    if let Some(kibibytes) = figure("/proc/self/status", "VmRSS:") {
        let bytes = ConstGauge::new(kibibytes * 1024);
        process.register_with_unit("resident_memory", "Memory in use", Unit::Bytes, bytes);
    }
    if let Some(threads) = figure("/proc/self/status", "Threads:") {
        process.register("threads", "Threads", ConstGauge::new(threads));
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        process.register("open_files", "Open file descriptors", ConstGauge::new(files.count() as i64));
    }
    if let Some(most) = figure("/proc/self/limits", "Max open files") {
        process.register("most_files", "File descriptors that may be open", ConstGauge::new(most));
    }
}

/// The first number of the line that starts so.
fn figure(path: &str, label: &str) -> Option<i64> {
    let text = std::fs::read_to_string(path).ok()?;
    text.lines().find_map(|line| line.strip_prefix(label))?.split_whitespace().next()?.parse().ok()
}
