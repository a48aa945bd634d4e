//! The tasks and their truths, as tests/drift holds them.

use super::modes::Mode;
use super::options::Options;
use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::fs;
use std::path::{Path, PathBuf};

/// How long a recorder's author gives a step.
const TIMEOUT_MS: u32 = 3000;

/// How long a step has when the truth is found out: a slow page must not end it.
const LABEL_TIMEOUT_MS: u32 = 30_000;

/// `app.json`: an application with its upgrades.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AppFile {
    upgrades: Vec<(String, String)>,
}

/// A task as its file has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Task {
    pub(super) goal: String,
    /// Where it begins; the application says where when left out.
    pub(super) start: Option<String>,
    #[serde(default)]
    pub(super) inputs: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) secrets: BTreeMap<String, String>,
    pub(super) steps: Vec<TaskStep>,
    /// What must hold afterwards.
    pub(super) check: Vec<Check>,
    /// Of which application; its folder says so when left out.
    app: Option<String>,
    /// From which release to which.
    upgrade: Option<(String, String)>,
    /// What the owner has removed from the new one.
    #[serde(default)]
    without: Vec<String>,
    /// The site whose memory it shares; named after the application when left out.
    site: Option<String>,
    /// Where the same words mean something else, and are healed first.
    elsewhere: Option<Elsewhere>,
}

/// Another site, on which the same plan is carried out before.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Elsewhere {
    site: String,
    release: String,
    /// What its people mean by these steps, by the step's number.
    truth: BTreeMap<usize, Truth>,
    check: Vec<Check>,
}

/// A step as a client posts it, and what it means.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct TaskStep {
    pub(super) truth: Option<Truth>,
    /// Whether the new release has nothing left to do it with.
    #[serde(default)]
    pub(super) gone: bool,
    #[serde(flatten)]
    pub(super) form: Map<String, Value>,
}

/// The element a step means.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Truth {
    /// On every release.
    Everywhere(String),
    /// By release; `*` is any other. `null` where the step is not needed any more.
    ByRelease(BTreeMap<String, Option<Way>>),
}

/// How a step is rightly done on a release.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Way {
    /// On this element.
    At(String),
    /// On this element, after other steps, or with other words.
    Full {
        at: String,
        #[serde(default)]
        before: Vec<Value>,
        #[serde(default)]
        with: Map<String, Value>,
        /// Other elements that do the same.
        #[serde(default)]
        also: Vec<String>,
    },
}

/// What the application, or the result, must say afterwards.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Check {
    /// Asked of the application's database.
    pub(super) sql: String,
    /// What it must answer.
    pub(super) rows: Option<Vec<Value>>,
    /// Or: under which name the task must have read the answer's one value, `v`.
    pub(super) result: Option<String>,
    /// Whether it is enough that the value is in what was read.
    #[serde(default)]
    pub(super) contains: bool,
}

/// A task on its way from one release to another.
#[derive(Debug, Clone)]
pub(super) struct Trial {
    pub(super) name: String,
    pub(super) app: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) without: Vec<String>,
    pub(super) site: String,
    pub(super) task: Task,
    /// The same on another site, to be done first.
    pub(super) first: Option<Box<Trial>>,
}

/// The tasks of one row of the table.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) app: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) trials: Vec<Trial>,
}

impl Display for Group {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} to {}", self.app, self.from, self.to)
    }
}

impl Group {
    /// Whether this mode says something about these tasks.
    pub(super) fn has(&self, mode: Mode) -> bool {
        let elsewhere = self.trials.iter().any(|trial| trial.first.is_some());
        !elsewhere || matches!(mode, Mode::Empty | Mode::Fleet)
    }
}

/// Everything that was asked for.
pub(super) fn groups(options: &Options) -> Result<Vec<Group>> {
    let mut groups = Vec::new();
    for folder in sorted(&Options::data())?.into_iter().filter(|path| path.join("tasks").is_dir()) {
        let name = stem(&folder);
        if !options.wants_app(&name) {
            continue;
        }
        let tasks = tasks(options, &folder.join("tasks"))?;
        match folder.join("app.json") {
            file if file.is_file() => groups.extend(upgrades(&name, &read(&file)?, &tasks)),
            _ => groups.push(set(&name, tasks)?),
        }
    }
    groups.retain(|group| !group.trials.is_empty());
    Ok(groups)
}

fn tasks(options: &Options, folder: &Path) -> Result<Vec<(String, Task)>> {
    let files = sorted(folder)?.into_iter().map(|file| (stem(&file), file));
    let files = files.filter(|(name, _)| options.wants_task(name));
    files.map(|(name, file)| Ok((name, read(&file)?))).collect()
}

fn upgrades(app: &str, about: &AppFile, tasks: &[(String, Task)]) -> Vec<Group> {
    let group = |(from, to): &(String, String)| Group {
        app: app.to_owned(),
        from: from.clone(),
        to: to.clone(),
        trials: tasks
            .iter()
            .map(|(name, task)| Trial {
                name: name.clone(),
                app: app.to_owned(),
                from: from.clone(),
                to: to.clone(),
                without: Vec::new(),
                site: app.to_owned(),
                task: task.clone(),
                first: None,
            })
            .collect(),
    };
    about.upgrades.iter().map(group).collect()
}

/// Tasks of several applications that belong together.
fn set(name: &str, tasks: Vec<(String, Task)>) -> Result<Group> {
    let trials = tasks.into_iter().map(|(task_name, task)| {
        let app = task.app.clone().with_context(|| format!("{task_name}: no `app`"))?;
        let (from, to) =
            task.upgrade.clone().with_context(|| format!("{task_name}: no `upgrade`"))?;
        let site = task.site.clone().unwrap_or_else(|| app.clone());
        let mut trial = Trial {
            name: task_name,
            app,
            from,
            to,
            without: task.without.clone(),
            site,
            first: None,
            task,
        };
        trial.first =
            trial.task.elsewhere.take().map(|place| elsewhere(&trial, place)).map(Box::new);
        Ok(trial)
    });
    let trials = trials.collect::<Result<_>>()?;
    Ok(Group { app: name.to_owned(), from: "old".into(), to: "new".into(), trials })
}

fn elsewhere(trial: &Trial, place: Elsewhere) -> Trial {
    let mut first = trial.clone();
    first.site = place.site;
    first.to = place.release;
    first.task.check = place.check;
    for (at, truth) in place.truth {
        if let Some(step) = first.task.steps.get_mut(at) {
            step.truth = Some(truth);
        }
    }
    first
}

impl TaskStep {
    /// How it is rightly done on a release; `None` when it is not needed there.
    pub(super) fn way(&self, release: &str) -> Option<Way> {
        match self.truth.as_ref()? {
            Truth::Everywhere(at) => Some(Way::At(at.clone())),
            Truth::ByRelease(ways) => ways.get(release).or_else(|| ways.get("*"))?.clone(),
        }
    }

    /// Whether it is left out on a release.
    pub(super) fn is_left_out(&self, release: &str) -> bool {
        self.truth.is_some() && self.way(release).is_none()
    }

    /// As it was recorded.
    pub(super) fn recorded(&self) -> Value {
        patient(self.form.clone(), TIMEOUT_MS)
    }

    /// As it is rightly done on a release.
    pub(super) fn rightly(&self, release: &str) -> Value {
        let mut form = self.form.clone();
        match self.way(release) {
            Some(Way::At(at)) => drop(form.insert("target".into(), target(&at))),
            Some(Way::Full { at, with, .. }) => {
                form.insert("target".into(), target(&at));
                form.extend(with);
            }
            None => {}
        }
        patient(form, LABEL_TIMEOUT_MS)
    }
}

/// A selector as a target.
pub(super) fn target(selector: &str) -> Value {
    let kind = if selector.starts_with(['/', '(']) { "xpath" } else { "css" };
    json!({ kind: selector })
}

fn patient(mut form: Map<String, Value>, timeout_ms: u32) -> Value {
    form.entry("timeout_ms").or_insert_with(|| timeout_ms.into());
    Value::Object(form)
}

fn read<T: DeserializeOwned>(file: &Path) -> Result<T> {
    let text = fs::read(file).with_context(|| file.display().to_string())?;
    serde_json::from_slice(&text).with_context(|| file.display().to_string())
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    ensure!(!paths.is_empty(), "{} is empty", folder.display());
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
