//! What comes from the distribution: the browser, Python with pip, a C compiler.

use super::{Machine, chrome, pip};
use crate::place::{DATABASE_USERS, Place};
use crate::process;
use crate::say::{Unavailable, note};
use anyhow::{Context, Result};
use nix::unistd::User;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const BROWSER_PACKAGE: &str = "chromium-headless-shell";

/// Something the distribution has and this machine lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Chrome,
    Python,
    Compiler,
}

impl Part {
    const fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Chrome => &[BROWSER_PACKAGE, "fonts-liberation", "ca-certificates"],
            Self::Python => &["python3", "python3-pip", "ca-certificates"],
            Self::Compiler => &["build-essential"],
        }
    }

    const fn in_words(self) -> &'static str {
        match self {
            Self::Chrome => {
                "headless Chromium, Chromium or Google Chrome (name another place with CHROME)"
            }
            Self::Python => "Python 3 with pip (`python3 -m pip --version` must answer)",
            Self::Compiler => "a C compiler (`cc`)",
        }
    }
}

/// What a look around found.
struct Found {
    chrome: Option<PathBuf>,
    python: Option<PathBuf>,
    compiler: bool,
}

impl Found {
    fn look(wanted: &Wanted<'_>) -> Result<Self> {
        let compilers = ["cc", "gcc", "clang"];
        Ok(Self {
            chrome: chrome::find(wanted.chrome)?,
            python: pip::find_python(wanted.pip),
            compiler: compilers.iter().any(|name| process::on_path(name).is_some()),
        })
    }

    fn missing(&self) -> Vec<Part> {
        let parts = [
            (Part::Chrome, self.chrome.is_some()),
            (Part::Python, self.python.is_some()),
            (Part::Compiler, self.compiler),
        ];
        let missing = parts.into_iter().filter(|(_, there)| !there);
        missing.map(|(part, _)| part).collect()
    }
}

/// What the caller wants found.
pub(super) struct Wanted<'a> {
    /// The browser a person named.
    pub(super) chrome: Option<&'a Path>,
    /// Whether Python must have pip: asking it takes a while, so only when something is to come.
    pub(super) pip: bool,
}

/// Finds all parts, installing what is missing where that is possible.
pub(super) fn provide(place: &Place, wanted: &Wanted<'_>) -> Result<Machine> {
    let mut found = Found::look(wanted)?;
    let missing = found.missing();
    if !missing.is_empty() {
        if !place.is_root() || process::on_path("apt-get").is_none() {
            return Err(tell(&missing, &Distribution::read()));
        }
        let guard = super::lock(place)?;
        install(&missing)?;
        drop(guard);
        found = Found::look(wanted)?;
    }
    if place.is_root() {
        make_database_user()?;
    }
    match found {
        Found { chrome: Some(chrome), python: Some(python), compiler: true } => {
            Ok(Machine { chrome, python })
        }
        _ => Err(tell(&found.missing(), &Distribution::read())),
    }
}

fn install(missing: &[Part]) -> Result<()> {
    let packages = packages(missing);
    note!("set-up: installing {} with apt-get", packages.join(", "));
    process::run(&mut apt(&["update"])).context("apt-get cannot read its package lists")?;
    if missing.contains(&Part::Chrome) && !is_offered(BROWSER_PACKAGE) {
        return Err(no_browser_package(&Distribution::read()));
    }
    let mut args = vec!["install", "-y", "--no-install-recommends"];
    args.extend(packages);
    process::run(&mut apt(&args))
}

fn packages(missing: &[Part]) -> Vec<&'static str> {
    let mut packages: Vec<_> = missing.iter().flat_map(|part| part.packages()).collect();
    packages.sort_unstable();
    packages.dedup();
    packages.into_iter().copied().collect()
}

fn apt(args: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null()).stdout(std::io::stderr());
    command.args(["-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]);
    command.args(args);
    command
}

fn is_offered(package: &str) -> bool {
    let mut command = Command::new("apt-cache");
    process::capture(command.args(["show", package])).is_ok()
}

/// A user of its own for the database: Postgres refuses root, and `nobody` may own other things.
fn make_database_user() -> Result<()> {
    let name = DATABASE_USERS[0];
    if User::from_name(name)?.is_some() {
        return Ok(());
    }
    let Some(useradd) = process::on_path("useradd") else {
        return Ok(());
    };
    note!("set-up: adding the system user {name}, who runs the database when root starts it");
    let mut command = Command::new(useradd);
    command.args(["--system", "--user-group", "--no-create-home"]);
    command.args(["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", name]);
    process::run(&mut command)
}

/// The distribution, as far as it matters for advice.
struct Distribution {
    id: String,
    name: String,
}

impl Distribution {
    fn read() -> Self {
        Self::parse(&fs::read_to_string("/etc/os-release").unwrap_or_default())
    }

    fn parse(os_release: &str) -> Self {
        let field = |wanted: &str| {
            let mut pairs = os_release.lines().filter_map(|line| line.split_once('='));
            pairs
                .find(|(key, _)| *key == wanted)
                .map(|(_, value)| value.trim_matches('"').to_owned())
        };
        Self {
            id: field("ID").unwrap_or_default(),
            name: field("NAME").unwrap_or_else(|| "this distribution".to_owned()),
        }
    }

    /// Whether apt is there and has headless Chromium: Debian and what is Debian in all but name.
    fn has_browser_package(&self) -> bool {
        self.id == "debian" || (self.id != "ubuntu" && is_offered(BROWSER_PACKAGE))
    }
}

/// Exactly what to install, for somebody whom we cannot do it for.
fn tell(missing: &[Part], distribution: &Distribution) -> anyhow::Error {
    let mut words = "this machine lacks:".to_owned();
    for part in missing {
        words.push_str("\n  - ");
        words.push_str(part.in_words());
    }
    let by_apt: Vec<Part> = missing
        .iter()
        .copied()
        .filter(|part| *part != Part::Chrome || distribution.has_browser_package())
        .collect();
    if process::on_path("apt-get").is_none() {
        words.push_str("\nInstall them with the package manager of your system");
    } else if !by_apt.is_empty() {
        words.push_str(
            "\nAs root, run:\n  apt-get update && apt-get install -y --no-install-recommends ",
        );
        words.push_str(&packages(&by_apt).join(" "));
    }
    if by_apt.len() < missing.len() {
        words.push('\n');
        words.push_str(&no_browser_package(distribution).to_string());
    }
    words.push_str("\nThen run this again.");
    Unavailable(words).into()
}

fn no_browser_package(distribution: &Distribution) -> anyhow::Error {
    Unavailable(format!(
        "{} has no package {BROWSER_PACKAGE} (a Chromium that is a snap cannot be driven from \
         outside): install Google Chrome or chrome-headless-shell, and name its binary with \
         CHROME=/path/to/it unless it is in /opt/google/chrome",
        distribution.name
    ))
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(os_release: &str, missing: &[Part], says: &[&str], says_not: &[&str]) {
        let words = tell(missing, &Distribution::parse(os_release)).to_string();
        for part in says {
            assert!(words.contains(part), "{part:?} is not in {words}");
        }
        for part in says_not {
            assert!(!words.contains(part), "{part:?} is in {words}");
        }
    }

    #[test]
    fn debian_is_told_one_command() {
        let os_release = "NAME=\"Debian GNU/Linux\"\nID=debian\n";
        check(
            os_release,
            &[Part::Chrome, Part::Python],
            &["ca-certificates chromium-headless-shell fonts-liberation python3 python3-pip\n"],
            &["CHROME=/path"],
        );
    }

    #[test]
    fn ubuntu_is_told_that_it_has_no_headless_chromium() {
        let os_release = "NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\n";
        check(
            os_release,
            &[Part::Chrome, Part::Compiler],
            &["Ubuntu has no package", "CHROME=/path", "build-essential\n"],
            &["install -y --no-install-recommends chromium"],
        );
    }

    #[test]
    fn packages_are_named_once() {
        let all = packages(&[Part::Chrome, Part::Python]);
        assert_eq!(all.iter().filter(|name| **name == "ca-certificates").count(), 1);
    }
}
