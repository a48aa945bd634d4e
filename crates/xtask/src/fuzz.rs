//! `cargo xtask fuzz-api`: schemathesis against a service of its own, from its OpenAPI document.

use crate::cli::Context;
use crate::interrupt::Interrupts;
use crate::postgres::free_port;
use crate::process;
use crate::say::note;
use crate::setup::{self, Machine, Pip, clear, digest_of, replace};
use crate::test::{forget_settings, name_parts};
use anyhow::{Result, bail};
use clap::Args;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const STARTS_WITHIN: Duration = Duration::from_mins(1);
const STOPS_WITHIN: Duration = Duration::from_secs(30);

/// How to fuzz.
#[derive(Args)]
pub(crate) struct FuzzArgs {
    /// Arguments for `schemathesis run`, as `--max-examples=500`.
    #[arg(last = true)]
    passed_on: Vec<String>,
}

/// Sets up, builds, serves, fuzzes, stops.
pub(crate) fn run(context: &Context, args: &FuzzArgs) -> Result<()> {
    let machine = context.set_up()?;
    let packages = provide(context, &machine)?;
    process::run(&mut context.workspace.cargo(&["build", "--locked", "--package=waymark"]))?;
    let interrupts = Interrupts::catch()?;
    let service = Service::start(context, &machine)?;
    let mut command = Command::new(&machine.python);
    command.args(["-m", "schemathesis.cli"]);
    command.arg("--config-file").arg(config(context)).arg("run");
    command.arg("--url").arg(&service.url).args(&args.passed_on);
    command.arg(format!("{}/openapi.json", service.url));
    command.env("PYTHONPATH", packages).env("PYTHONNOUSERSITE", "1");
    // The configuration reads it from here, so that no list of processes shows it.
    command.env("WAYMARK_KEY", &service.key).current_dir(&service.folder);
    let fuzzed = interrupts.run(&mut command);
    let stopped = service.stop();
    fuzzed.and(stopped)
}

fn config(context: &Context) -> PathBuf {
    context.workspace.root().join("tests/schemathesis.toml")
}

/// Brings schemathesis once.
fn provide(context: &Context, machine: &Machine) -> Result<PathBuf> {
    let requirements = context.workspace.root().join("tests/fuzz-requirements.txt");
    let packages = context.place.fuzz().join("site-packages");
    let tag = setup::python_tag(&machine.python)?;
    let stamp = format!("{} {tag}\n", digest_of(&requirements)?);
    if fs::read_to_string(packages.join(".stamp")).is_ok_and(|found| found == stamp) {
        return Ok(packages);
    }
    setup::require_pip(&machine.python)?;
    let _guard = setup::lock(&context.place)?;
    note!("fuzz: fetching schemathesis");
    let ready = setup::workbench(&context.place, "packages")?;
    let pip = Pip { python: &machine.python, requirements: &requirements, target: &ready };
    pip.install_pinned()?;
    fs::write(ready.join(".stamp"), stamp)?;
    replace(&ready, &packages)?;
    Ok(packages)
}

/// `waymark serve` on an empty data directory.
struct Service {
    process: Child,
    folder: PathBuf,
    url: String,
    key: String,
}

impl Service {
    fn start(context: &Context, machine: &Machine) -> Result<Self> {
        let folder = setup::workbench(&context.place, "fuzz")?;
        let port = free_port()?;
        let mut command = Command::new(context.workspace.binary("debug", "waymark"));
        command.arg("serve").arg("--listen").arg(format!("127.0.0.1:{port}"));
        forget_settings(&mut command);
        name_parts(&mut command, &context.place, machine);
        command.env("WAYMARK_DATA_DIR", &folder);
        let log = File::create(folder.join("log"))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let mut service = Self {
            process: command.process_group(0).spawn()?,
            url: format!("http://127.0.0.1:{port}"),
            key: String::new(),
            folder,
        };
        let up = process::wait_for(STARTS_WITHIN, || {
            let ended = service.process.try_wait()?.is_some();
            Ok((ended || is_ready(port)).then_some(!ended))
        })?;
        if up != Some(true) {
            let said = service.log();
            service.stop().ok();
            bail!("waymark serve does not become ready; it says:\n{said}");
        }
        let key = fs::read_to_string(service.folder.join("local.key"))?;
        key.trim().clone_into(&mut service.key);
        Ok(service)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Ends it; an error if it had crashed meanwhile.
    fn stop(mut self) -> Result<()> {
        let crashed = self.process.try_wait()?;
        kill(Pid::from_raw(i32::try_from(self.process.id())?), Signal::SIGTERM).ok();
        if process::wait(&mut self.process, STOPS_WITHIN)?.is_none() {
            self.process.kill()?;
            self.process.wait()?;
        }
        let said = self.log();
        clear(&self.folder)?;
        if let Some(status) = crashed {
            bail!("waymark serve ended under the fuzzer ({status}):\n{said}");
        }
        Ok(())
    }
}

/// Whether `/readyz` answers 200.
fn is_ready(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream
            .write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
