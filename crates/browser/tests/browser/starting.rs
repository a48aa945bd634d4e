//! How browsers are started: what they may do, what they know, and why one does not start.

use super::harness::{chromium, options, profiles, runtime};
use super::lifecycle::{LONG, leftovers, with_pool};
use browser::{BrowserOptions, BrowserPool, BrowserSource};
use domain::plan::Conditions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use testkit::site::FixtureSite;

#[test]
fn the_browser_has_neither_our_user_nor_our_environment() {
    with_pool(
        |options| options,
        async |own| {
            let pid = own.browser().pid;
            let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap();
            let environment = String::from_utf8_lossy(&environment).replace('\0', " ");
            assert!(!environment.contains("CARGO"), "{environment}");
            if nix::unistd::Uid::effective().is_root() {
                let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
                let uids = status.lines().find(|line| line.starts_with("Uid:")).unwrap();
                assert!(!uids.split_whitespace().skip(1).any(|uid| uid == "0"), "{uids}");
            }
        },
    );
}

/// A browser whose sandbox does not work here, as in many containers.
#[test]
fn without_a_working_sandbox_the_browser_runs_without() {
    let scripts = profiles();
    let script = scripts.path().join("chrome");
    let text = format!(
        "#!/bin/sh\ncase \"$*\" in *--no-sandbox*) exec {} \"$@\";; esac\n\
         echo 'FATAL: No usable sandbox! Update your kernel' >&2\nexit 1\n",
        chromium().display()
    );
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let change = |options: BrowserOptions| {
        let BrowserSource::Local { profiles_dir, run_as, .. } = options.source else {
            unreachable!()
        };
        let source = BrowserSource::Local { executable: script, profiles_dir, run_as };
        BrowserOptions { source, ..options }
    };
    with_pool(change, async |own| {
        let mut session = own.open().await;
        own.go(&mut *session, "/form").await.unwrap();
        session.close().await;
        assert!(own.browser().command_line().contains("--no-sandbox"));
    });
}

/// The files below a folder that contain some bytes, and how many files there are.
fn containing(dir: &Path, wanted: &[u8]) -> (Vec<PathBuf>, usize) {
    let (mut found, mut count) = (Vec::new(), 0);
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        if kind.is_dir() {
            let (inner, more) = containing(&path, wanted);
            found.extend(inner);
            count += more;
        } else if kind.is_file() {
            count += 1;
            let text = std::fs::read(&path).unwrap_or_default();
            if text.windows(wanted.len()).any(|part| part == wanted) {
                found.push(path);
            }
        }
    }
    (found, count)
}

#[test]
fn what_a_page_writes_to_its_console_reaches_no_disk() {
    with_pool(
        |options| options,
        async |own| {
            let mut session = own.open().await;
            own.go(&mut *session, "/console?says=tops3cret").await.unwrap();
            let text = Some("said tops3cret".into());
            session.check(&Conditions { text, ..Conditions::default() }, LONG).await.unwrap();
            let console = session.observe().await.unwrap().observation.console;
            assert!(console.iter().any(|line| line.text.contains("tops3cret")), "{console:?}");
            let (found, files) = containing(own.profiles.path(), b"tops3cret");
            assert!(found.is_empty() && files > 3, "{found:?} of {files}");
            session.close().await;
        },
    );
}

#[test]
fn the_sandbox_is_on() {
    with_pool(
        |options| options,
        async |own| {
            assert!(!own.browser().command_line().contains("--no-sandbox"));
        },
    );
}

#[test]
fn a_broken_installation_is_known_at_once() {
    runtime().block_on(async {
        let (site, profiles) = (FixtureSite::start().await, profiles());
        for (executable, says) in [
            ("/bin/true", "ended at once"),
            ("/bin/false", "ended at once"),
            ("/no/such/chrome", "no browser at /no/such/chrome (No such file"),
            ("/etc/passwd", "install Chromium"),
        ] {
            let source = BrowserSource::Local {
                executable: executable.into(),
                profiles_dir: profiles.path().to_owned(),
                run_as: None,
            };
            let broken = BrowserOptions { source, ..options(&profiles, &site) };
            let error = BrowserPool::start(broken).await.map(|_| ()).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
            assert_eq!(leftovers(profiles.path()), 0, "{executable}");
        }
    });
}
