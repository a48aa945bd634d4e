//! `cargo xtask deploy metrics`: the demo's figures, scraped by a real Prometheus, and every question
//! of every dashboard and rule put to it.

use super::boards::{self, Query};
use super::http::Server;
use super::query::Scraped;
use super::running::Running;
use super::sites::Database;
use super::story::Story;
use super::tools::Tools;
use super::verdict;
use crate::cli::Context;
use crate::postgres::{Throwaway, free_port};
use crate::process;
use crate::say::{note, say};
use crate::setup;
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

const STARTS_WITHIN: Duration = Duration::from_mins(1);
/// All rules have been evaluated by then: their groups take turns every few seconds here.
const EVALUATES_WITHIN: Duration = Duration::from_secs(90);
/// Figures that are read from the database are read this often, and must have been once at the end.
const SAMPLES_EVERY: Duration = Duration::from_secs(16);

/// Sets up, builds, runs the demo under Prometheus' eyes, and asks.
pub(super) fn run(context: &Context) -> Result<()> {
    let machine = context.set_up()?;
    let tools = Tools::provide(context)?;
    process::run(&mut context.workspace.cargo(&["build", "--locked", "--package=waymark"]))?;
    let database = Throwaway::start(&context.place)?;
    let folder = setup::workbench(&context.place, "deploy")?;
    note!("deploy: running the demo under Prometheus' eyes");
    let settings = [("DATABASE_URL", database.url())];
    let mut story = Story::begin(context, &machine, &folder, &settings)?;
    let (mut watching, prometheus) = watch(context, &tools, &folder, story.port)?;
    watching.until(STARTS_WITHIN, || {
        let ready = prometheus.get("/-/ready").ok()?;
        (ready.status == 200).then_some(())
    })?;
    story.told()?;
    let metrics = Server::open(story.port).get("/metrics")?;
    ensure!(metrics.status == 200, "GET /metrics answers {}", metrics.status);
    for _ in 0..3 {
        story.clients()?;
        thread::sleep(SAMPLES_EVERY / 3);
    }
    let rules = watching.until(EVALUATES_WITHIN, || evaluated(&prometheus))?;
    let mut faults = ask(context, &prometheus, &rules)?;
    let queries = queries(context, "postgres")?;
    let (wrong, shown) = Database::new(context, database.url()).faults(&queries)?;
    faults.extend(wrong);
    say!("deploy: {shown} of {} questions to the database show something", queries.len());
    drop(watching);
    drop(story);
    setup::clear(&folder)?;
    verdict(&faults)
}

/// Starts a Prometheus that scrapes a port of this machine each second, with our rules.
fn watch(context: &Context, tools: &Tools, folder: &Path, port: u16) -> Result<(Running, Server)> {
    let rules = context.workspace.root().join("deploy/prometheus");
    let rules = ["recording.yml", "alerts.yml"].map(|name| rules.join(name));
    let config = serde_json::json!({
        "global": { "scrape_interval": "1s", "evaluation_interval": "2s" },
        "rule_files": rules,
        "scrape_configs": [{
            "job_name": "waymark", "static_configs": [{ "targets": [format!("127.0.0.1:{port}")] }]
        }],
    });
    let file = folder.join("prometheus.yml");
    // Every JSON is YAML.
    fs::write(&file, config.to_string())?;
    let server = Server::open(free_port()?);
    let mut command = tools.prometheus("prometheus");
    command.arg(format!("--config.file={}", file.display()));
    command.arg(format!("--storage.tsdb.path={}", folder.join("prometheus").display()));
    command.arg(format!("--web.listen-address=127.0.0.1:{}", server.port));
    Ok((Running::start("prometheus", &mut command, folder)?, server))
}

/// The rules, once all of them have been evaluated.
fn evaluated(prometheus: &Server) -> Option<Vec<Value>> {
    let answer = prometheus.json("/api/v1/rules").ok()?;
    let groups = answer.pointer("/data/groups")?.as_array()?;
    let rules: Vec<_> =
        groups.iter().filter_map(|group| group["rules"].as_array()).flatten().cloned().collect();
    let done =
        |rule: &Value| rule["lastEvaluation"].as_str().is_some_and(|at| !at.starts_with("0001"));
    (!rules.is_empty() && rules.iter().all(done)).then_some(rules)
}

/// Puts every question of dashboards and rules.
fn ask(context: &Context, prometheus: &Server, rules: &[Value]) -> Result<Vec<String>> {
    let recorded: BTreeSet<_> = rules
        .iter()
        .filter(|rule| rule["type"] == "recording")
        .filter_map(|rule| rule["name"].as_str().map(str::to_owned))
        .collect();
    let scraped = Scraped::new(prometheus.clone(), recorded);
    let mut questions = queries(context, "prometheus")?;
    let asked = questions.len();
    for rule in rules {
        let name = rule["name"].as_str().unwrap_or_default();
        questions.push(Query {
            place: format!("rule {name}"),
            source: "prometheus".to_owned(),
            text: rule["query"].as_str().context("a rule without a query")?.to_owned(),
            legend: String::new(),
        });
    }
    let (mut faults, mut shown) = (Vec::new(), 0);
    for rule in rules.iter().filter(|rule| rule["health"] != "ok") {
        faults.push(format!("rule {} is not well: {}", rule["name"], rule["lastError"]));
    }
    for (at, question) in questions.iter().enumerate() {
        let verdict = scraped.judge(&question.text, &question.legend)?;
        shown += usize::from(verdict.shows && at < asked);
        faults.extend(verdict.faults.into_iter().map(|what| format!("{} {what}", question.place)));
    }
    scraped.expect_labels_of_failures()?;
    say!("deploy: {} rules are evaluated", rules.len());
    say!("deploy: {shown} of {asked} questions of dashboards to Prometheus show something");
    Ok(faults)
}

/// What the dashboards ask of one source.
fn queries(context: &Context, source: &str) -> Result<Vec<Query>> {
    let boards = boards::read(context.workspace.root())?;
    let all = boards.iter().flat_map(boards::Board::queries);
    Ok(all.filter(|query| query.source == source).collect())
}
