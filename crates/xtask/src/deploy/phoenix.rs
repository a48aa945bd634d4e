//! `cargo xtask deploy traces`: the demo's traces, sent to Arize Phoenix, and one run read back from it
//! as the tree that it is.

mod tree;

use super::http::Server;
use super::running::Running;
use super::story::Story;
use crate::cli::Context;
use crate::postgres::free_port;
use crate::process;
use crate::say::{note, say};
use crate::setup;
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tree::{Span, Tree};

const PHOENIX: &str = "arize-phoenix==20.26.1";
const STARTS_WITHIN: Duration = Duration::from_mins(3);
/// Exporters send in batches, and Phoenix stores them when it comes to it.
const ARRIVES_WITHIN: Duration = Duration::from_mins(1);

/// How spans are sent.
#[derive(Clone, Copy)]
enum Protocol {
    Grpc,
    Http,
}

impl Protocol {
    /// By its name in `OTEL_EXPORTER_OTLP_PROTOCOL`.
    const fn name(self) -> &'static str {
        match self {
            Self::Grpc => "grpc",
            Self::Http => "http/protobuf",
        }
    }
}

/// Sets up, builds, runs the demo once for each protocol, and reads back.
pub(super) fn run(context: &Context) -> Result<()> {
    let machine = context.set_up()?;
    let programs = provide(context)?;
    process::run(&mut context.workspace.cargo(&["build", "--locked", "--package=waymark"]))?;
    for protocol in [Protocol::Grpc, Protocol::Http] {
        let folder = setup::workbench(&context.place, "phoenix")?;
        let mut phoenix = Phoenix::start(&programs, &folder)?;
        let endpoint = phoenix.endpoint(protocol);
        let settings = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol.name()),
            ("OTEL_METRICS_EXPORTER", "none"),
            ("OTEL_LOGS_EXPORTER", "none"),
        ];
        note!("deploy: running the demo, its traces go to Phoenix over {}", protocol.name());
        let mut story = Story::begin(context, &machine, &folder, &settings)?;
        story.told()?;
        // What is still held is sent when it stops.
        drop(story);
        let tree = phoenix.whole_run()?;
        say!("deploy: over {}, Phoenix has this run:\n\n{tree}", protocol.name());
        drop(phoenix);
        setup::clear(&folder)?;
    }
    Ok(())
}

/// The programs of Phoenix, in an environment of their own.
fn provide(context: &Context) -> Result<PathBuf> {
    let folder = context.workspace.metadata.target_directory.join("phoenix");
    let programs = folder.join("bin");
    if fs::read_to_string(folder.join(".stamp")).is_ok_and(|found| found == PHOENIX) {
        return Ok(programs);
    }
    note!("deploy: fetching {PHOENIX} into {}", folder.display());
    setup::clear(&folder)?;
    let python = setup::python()?;
    process::run(Command::new(python).args(["-m", "venv"]).arg(&folder))?;
    let mut pip = Command::new(programs.join("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PHOENIX]);
    process::run(pip.stdout(std::io::stderr()))?;
    fs::write(folder.join(".stamp"), PHOENIX)?;
    Ok(programs)
}

/// A running Phoenix with an empty database.
struct Phoenix {
    running: Running,
    server: Server,
    grpc: u16,
}

impl Phoenix {
    fn start(programs: &Path, folder: &Path) -> Result<Self> {
        let (server, grpc) = (Server::open(free_port()?), free_port()?);
        let mut command = Command::new(programs.join("phoenix"));
        command.arg("serve").env("PHOENIX_WORKING_DIR", folder.join("phoenix"));
        command.env("PHOENIX_HOST", "127.0.0.1").env("PHOENIX_PORT", server.port.to_string());
        command.env("PHOENIX_GRPC_PORT", grpc.to_string());
        command.env("PHOENIX_TELEMETRY_ENABLED", "false");
        let mut running = Running::start("phoenix", &mut command, folder)?;
        running.until(STARTS_WITHIN, || {
            let ready = server.get("/healthz").ok()?;
            (ready.status == 200).then_some(())
        })?;
        Ok(Self { running, server, grpc })
    }

    fn endpoint(&self, protocol: Protocol) -> String {
        let port = match protocol {
            Protocol::Grpc => self.grpc,
            Protocol::Http => self.server.port,
        };
        format!("http://127.0.0.1:{port}")
    }

    /// The largest run that is there from the request to the last step; what lacks if none is.
    fn whole_run(&mut self) -> Result<Tree> {
        let mut lacks = String::new();
        let server = self.server.clone();
        let found = self.running.until(ARRIVES_WITHIN, || {
            let trees = match spans(&server) {
                Ok(spans) => tree::grow(spans),
                Err(error) => {
                    lacks = format!("{error:#}");
                    return None;
                }
            };
            lacks = tree::why_none_is_whole(&trees);
            trees.into_iter().filter(|tree| tree.lacks().is_empty()).max_by_key(Tree::size)
        });
        match found {
            Ok(tree) => Ok(tree),
            Err(_) => bail!("no run is whole in Phoenix; {lacks}"),
        }
    }
}

/// Every span that Phoenix has.
fn spans(server: &Server) -> Result<Vec<Span>> {
    let mut spans = Vec::new();
    let mut path = "/v1/projects/default/spans?limit=1000".to_owned();
    loop {
        let page = server.json(&path)?;
        for span in page["data"].as_array().context("no list of spans")? {
            spans.extend(read(span));
        }
        match page["next_cursor"].as_str() {
            Some(next) => path = format!("/v1/projects/default/spans?limit=1000&cursor={next}"),
            None => return Ok(spans),
        }
    }
}

fn read(span: &Value) -> Option<Span> {
    let text = |pointer: &str| span.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    Some(Span {
        id: text("/context/span_id")?,
        trace: text("/context/trace_id")?,
        parent: text("/parent_id"),
        name: text("/name")?,
        begun: text("/start_time")?,
        failed: text("/status_code").is_some_and(|code| code == "ERROR"),
    })
}
