//! What the machine itself has to have.

use super::check::Check;
use nix::sys::statvfs::statvfs;
use nix::unistd::{AccessFlags, access};
use std::path::Path;

const MIB: u64 = 1024 * 1024;

/// Less than this is too little for a database and browser profiles.
const DISK: u64 = 512 * MIB;

/// What Chromium would like to have.
const SHARED: u64 = 512 * MIB;

const DATA: &str = "data directory";

/// Whether the data directory, or the folder it would be made in, can be written.
pub(super) fn data_dir(dir: &Path) -> Check {
    let how =
        "choose another directory with --data-dir (WAYMARK_DATA_DIR), or give it to this user";
    let place = nearest(dir);
    let shown = dir.display();
    if !place.is_dir() {
        return Check::broken(DATA, format!("{} is no directory", place.display()), how);
    }
    if let Err(error) = access(place, AccessFlags::W_OK | AccessFlags::X_OK) {
        let detail = format!("{} cannot be written: {}", place.display(), error.desc());
        return Check::broken(DATA, detail, how);
    }
    if place == dir {
        Check::ok(DATA, format!("{shown} can be written"))
    } else {
        Check::ok(DATA, format!("{shown} is made on the first start"))
    }
}

/// How much room is left where the data is.
pub(super) fn disk(dir: &Path) -> Check {
    let what = "free disk";
    match statvfs(nearest(dir)) {
        Ok(about) => {
            let free = about.blocks_available().saturating_mul(about.fragment_size());
            let detail = format!("{} MiB free at {}", free / MIB, dir.display());
            if free >= DISK {
                return Check::ok(what, detail);
            }
            let how = "make room, or choose another directory with --data-dir";
            Check::broken(what, format!("only {detail}; {} are needed", DISK / MIB), how)
        }
        Err(error) => {
            let detail = format!("cannot be told at {}: {}", dir.display(), error.desc());
            Check::broken(what, detail, "look at what is mounted there").optional()
        }
    }
}

/// The directory, or the closest one above it that exists.
fn nearest(dir: &Path) -> &Path {
    dir.ancestors().find(|dir| dir.exists()).unwrap_or(dir)
}

/// Chromium's sandbox is made of user namespaces.
pub(super) fn namespaces() -> Check {
    let what = "browser sandbox";
    let setting = |name: &str| std::fs::read_to_string(Path::new("/proc/sys").join(name)).ok();
    let is_zero = |name: &str| setting(name).is_some_and(|value| value.trim() == "0");
    let is_one = |name: &str| setting(name).is_some_and(|value| value.trim() == "1");
    let off = if is_zero("user/max_user_namespaces") {
        Some(("user namespaces are off", "sysctl user.max_user_namespaces=15000"))
    } else if is_zero("kernel/unprivileged_userns_clone") {
        Some(("user namespaces are root's only", "sysctl kernel.unprivileged_userns_clone=1"))
    } else if is_one("kernel/apparmor_restrict_unprivileged_userns") {
        let how = "sysctl kernel.apparmor_restrict_unprivileged_userns=0";
        Some(("AppArmor restricts user namespaces", how))
    } else {
        None
    };
    match off {
        None => Check::ok(what, "user namespaces are not forbidden").optional(),
        Some((why, how)) => {
            let detail = format!("{why}, so the browser runs without its sandbox");
            Check::missing(what, detail, &format!("as root on the host: {how}")).optional()
        }
    }
}

/// Where there is little shared memory, the browser uses files.
pub(super) fn shared_memory() -> Check {
    let what = "shared memory";
    let size = statvfs("/dev/shm").map(|it| it.blocks().saturating_mul(it.fragment_size()));
    match size {
        Ok(size) if size >= SHARED => {
            Check::ok(what, format!("{} MiB in /dev/shm", size / MIB)).optional()
        }
        Ok(size) => {
            let size = size / MIB;
            let detail = format!("{size} MiB in /dev/shm, so the browser uses files instead");
            Check::ok(what, detail).optional()
        }
        Err(_) => Check::ok(what, "no /dev/shm, so the browser uses files instead").optional(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::State;
    use super::*;

    #[test]
    fn a_directory_that_is_not_there_yet_is_not_made() {
        let dir = tempfile::tempdir().unwrap();
        let deep = dir.path().join("a/b/c");
        let check = data_dir(&deep);
        assert!(check.detail.contains("first start"), "{check:?}");
        assert!(!check.is_grave() && !disk(&deep).is_grave());
        assert!(!dir.path().join("a").exists());
    }

    #[test]
    fn a_file_in_the_place_of_the_directory_is_no_directory() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for dir in [file.path().to_owned(), file.path().join("below")] {
            assert_eq!(data_dir(&dir).state, State::Broken, "{}", dir.display());
        }
    }
}
