//! How much memory the server keeps pages in. Postgres itself takes 128 MB on any machine; the graph of
//! a few hundred thousand vectors is larger than that, and is read all over by every search.

use std::fs;

/// An eighth of what there is: a browser and a model live here, too.
const PART: u64 = 8;
const LEAST: u64 = 128;
const MOST: u64 = 512;

/// The setting, in megabytes.
pub(super) fn shared_buffers() -> String {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| total(&text));
    // What a container is allowed; "max" where nothing is said.
    let container = fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let container = container.and_then(|text| text.trim().parse().ok());
    setting(machine, container)
}

fn setting(machine: Option<u64>, container: Option<u64>) -> String {
    let memory = machine.into_iter().chain(container).min().unwrap_or_default();
    format!("shared_buffers={}MB", (memory / PART / (1 << 20)).clamp(LEAST, MOST))
}

/// The bytes of a line like `MemTotal:       24601236 kB`.
fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::{setting, total};

    #[test]
    fn an_eighth_of_what_there_is_and_never_very_much() {
        let gigabytes = |number: u64| Some(number << 30);
        assert_eq!(setting(gigabytes(2), None), "shared_buffers=256MB");
        assert_eq!(setting(gigabytes(64), None), "shared_buffers=512MB");
        assert_eq!(setting(gigabytes(64), gigabytes(3)), "shared_buffers=384MB");
        assert_eq!(setting(gigabytes(64), Some(1 << 20)), "shared_buffers=128MB");
        assert_eq!(setting(None, None), "shared_buffers=128MB");
    }

    #[test]
    fn memory_is_read_in_kilobytes() {
        assert_eq!(total("MemTotal:       2048 kB\nMemFree: 1 kB\n"), Some(2 << 20));
        assert_eq!(total("MemFree: 1 kB\n"), None);
        assert_eq!(total("MemTotal: much\n"), None);
    }
}
