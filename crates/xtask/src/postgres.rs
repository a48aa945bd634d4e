//! A Postgres for one test run: made in the scratch folder, gone when it is dropped.

use crate::place::Place;
use crate::process;
use crate::say::note;
use crate::setup::{clear, hex};
use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User};
use std::fs::{self, File, Permissions};
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const STARTS_WITHIN: Duration = Duration::from_mins(1);
const STOPS_WITHIN: Duration = Duration::from_secs(15);
/// A free port may be gone when Postgres wants it.
const PORTS_TRIED: usize = 5;

/// A running database server of our own.
pub(crate) struct Throwaway {
    server: Child,
    folder: PathBuf,
    url: String,
}

impl Throwaway {
    /// Makes and starts one, sweeping what killed runs left behind.
    pub(crate) fn start(place: &Place) -> Result<Self> {
        let scratch = place.scratch();
        sweep(&scratch)?;
        let folder = scratch.join(format!("postgres-{}", std::process::id()));
        let cluster = Cluster { user: place.database_user()?, place, folder };
        let password = cluster.make()?;
        for _ in 0..PORTS_TRIED {
            let port = free_port()?;
            if let Some(server) = cluster.serve(port)? {
                let url = format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres");
                let folder = cluster.folder;
                return Ok(Self { server, folder, url });
            }
        }
        let said = fs::read_to_string(cluster.folder.join("log")).unwrap_or_default();
        clear(&cluster.folder)?;
        bail!("the database for the tests does not start; it says:\n{said}")
    }

    /// Where it listens, as its superuser, password included.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        let stopped = stop(&mut self.server).and_then(|()| clear(&self.folder));
        if let Err(error) = stopped {
            note!("cannot clean up the tests' database: {error:#}");
        }
    }
}

/// SIGINT is Postgres' fast stop: it ends sessions and writes what it must.
fn stop(server: &mut Child) -> Result<()> {
    let pid = Pid::from_raw(i32::try_from(server.id())?);
    for signal in [Signal::SIGINT, Signal::SIGQUIT] {
        kill(pid, signal).ok();
        if process::wait(server, STOPS_WITHIN)?.is_some() {
            return Ok(());
        }
    }
    server.kill()?;
    server.wait()?;
    Ok(())
}

/// A cluster on disk and who runs it.
struct Cluster<'a> {
    place: &'a Place,
    user: Option<User>,
    folder: PathBuf,
}

impl Cluster<'_> {
    /// Runs initdb; the superuser's password.
    fn make(&self) -> Result<String> {
        clear(&self.folder)?;
        fs::create_dir_all(&self.folder)?;
        fs::set_permissions(&self.folder, Permissions::from_mode(0o700))?;
        let password = random_hex()?;
        let password_file = self.folder.join("password");
        fs::write(&password_file, &password)?;
        fs::set_permissions(&password_file, Permissions::from_mode(0o600))?;
        for path in [&self.folder, &password_file] {
            self.give(path)?;
        }
        let mut command = self.command("initdb");
        command.args(["--username=postgres", "--encoding=UTF8", "--locale=C"]);
        command.args(["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]);
        command.args(["--auth=scram-sha-256", "--no-instructions", "--no-sync"]);
        // Tests connect all the time, and most of that would be hashing in a debug build.
        command.args(["--set", "scram_iterations=1"]);
        command.arg("--pwfile").arg(&password_file);
        command.arg("--pgdata").arg(self.data());
        process::capture(&mut command)?;
        Ok(password)
    }

    /// Starts the server; `None` when it ended at once, as it does when the port is taken.
    fn serve(&self, port: u16) -> Result<Option<Child>> {
        let log = File::create(self.folder.join("log"))?;
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data());
        command.args(["-h", "127.0.0.1", "-p", &port.to_string()]);
        command.args(["-c", "unix_socket_directories=", "-c", "max_connections=200"]);
        // Nothing is flushed: nobody misses the data of tests.
        command.args(["-c", "fsync=off", "-c", "synchronous_commit=off"]);
        command.args(["-c", "full_page_writes=off"]);
        // A group of its own: Ctrl-C is for the tests, the database goes last.
        command.process_group(0).stdin(Stdio::null());
        let mut server = command.stdout(log.try_clone()?).stderr(log).spawn()?;
        let answers = process::wait_for(STARTS_WITHIN, || {
            if server.try_wait()?.is_some() {
                return Ok(Some(false));
            }
            Ok(self.answers(port).then_some(true))
        })?;
        match answers {
            Some(true) => Ok(Some(server)),
            Some(false) => Ok(None),
            None => {
                stop(&mut server)?;
                Ok(None)
            }
        }
    }

    fn answers(&self, port: u16) -> bool {
        let mut command = self.command("pg_isready");
        command.args(["--quiet", "-h", "127.0.0.1", "-p", &port.to_string()]);
        process::capture(&mut command).is_ok()
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn give(&self, path: &Path) -> Result<()> {
        if let Some(user) = &self.user {
            chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw()))?;
        }
        Ok(())
    }

    /// A program of the wheel, in a clean environment, as the database's user.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.place.pg_program(program));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C");
        command.current_dir("/");
        if let Some(user) = &self.user {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        command
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

fn random_hex() -> Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(hex(&bytes))
}

/// Ends and removes the databases of runs that were killed before they could.
fn sweep(scratch: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(scratch) else {
        return Ok(());
    };
    for entry in entries {
        let folder = entry?.path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let Some(owner) = name.strip_prefix("postgres-") else {
            continue;
        };
        if !is_xtask(owner) {
            end_postmaster(&folder.join("data"))?;
            clear(&folder)?;
        }
    }
    Ok(())
}

fn is_xtask(pid: &str) -> bool {
    command_line(pid).is_some_and(|words| words.contains("xtask"))
}

/// The arguments of a live process.
pub(crate) fn command_line(pid: &str) -> Option<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    Some(String::from_utf8_lossy(&bytes).replace('\0', " "))
}

/// Ends the server of a data folder, if one runs.
pub(crate) fn end_postmaster(data: &Path) -> Result<()> {
    let Ok(about) = fs::read_to_string(data.join("postmaster.pid")) else {
        return Ok(());
    };
    let pid = about.lines().next().unwrap_or_default().trim();
    let is_ours =
        || command_line(pid).is_some_and(|words| words.contains(&*data.to_string_lossy()));
    if !is_ours() {
        return Ok(());
    }
    let process = Pid::from_raw(pid.parse().context("postmaster.pid holds no number")?);
    kill(process, Signal::SIGINT).ok();
    process::wait_for(STOPS_WITHIN, || Ok((!is_ours()).then_some(())))?;
    Ok(())
}
