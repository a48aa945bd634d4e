//! What a browser takes: the proportional set size of all its processes.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::time::Duration;

/// What a browser takes once it has come to rest: the least of a few looks.
pub(super) async fn settled(pid: u32) -> Option<f64> {
    let mut least = f64::INFINITY;
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        least = least.min(of_tree(pid)?);
    }
    Some(least)
}

/// Of the process and all that descend from it, in megabytes; `None` when the system does not tell
/// us, as it does not tell others about sandboxed processes.
fn of_tree(pid: u32) -> Option<f64> {
    let parents = parents();
    let mut tree = HashSet::from([pid]);
    loop {
        let children = parents.iter().filter(|(_, parent)| tree.contains(*parent));
        let children: Vec<u32> = children.map(|(pid, _)| *pid).collect();
        let before = tree.len();
        tree.extend(children);
        if tree.len() == before {
            break;
        }
    }
    let mut sum = 0.0;
    for pid in tree {
        // One that has just ended takes nothing.
        if fs::metadata(format!("/proc/{pid}")).is_ok() {
            sum += of(pid)?;
        }
    }
    Some(sum)
}

fn of(pid: u32) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes / 1024.0)
}

/// Of every process, which one made it.
fn parents() -> HashMap<u32, u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return HashMap::new();
    };
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid: u32| Some((pid, parent(pid)?))).collect()
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; the numbers follow the last one.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}
