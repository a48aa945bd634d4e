//! The dashboards, as files: what they ask, and whether somebody can read them.

use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The data sources that are provisioned.
const SOURCES: [&str; 4] = ["prometheus", "postgres", "tempo", "loki"];

/// Variables that Grafana brings.
const BUILT_IN: [&str; 2] = ["__rate_interval", "__range"];

/// A dashboard.
pub(super) struct Board {
    file: String,
    json: Value,
}

/// Something a dashboard asks.
#[derive(Debug)]
pub(super) struct Query {
    /// The dashboard and the panel.
    pub(super) place: String,
    /// The data source.
    pub(super) source: String,
    /// The question itself.
    pub(super) text: String,
    /// How its answers are called: `{{label}}`.
    pub(super) legend: String,
}

/// Reads them all.
pub(super) fn read(root: &Path) -> Result<Vec<Board>> {
    let mut boards = Vec::new();
    for entry in fs::read_dir(root.join("deploy/grafana/dashboards"))? {
        let path = entry?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let json = serde_json::from_str(&fs::read_to_string(&path)?)
            .with_context(|| format!("{file} is no JSON"))?;
        boards.push(Board { file, json });
    }
    boards.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(boards)
}

/// What is wrong with them.
pub(super) fn faults(root: &Path) -> Result<Vec<String>> {
    let boards = read(root)?;
    let mut faults = Vec::new();
    let mut uids = BTreeMap::new();
    for board in &boards {
        let uid = text(&board.json, "/uid");
        if let Some(other) = uids.insert(uid, &board.file) {
            faults.push(format!("{} has the uid of {other}: {uid}", board.file));
        }
        faults.extend(board.faults(root));
    }
    Ok(faults)
}

impl Board {
    /// Everything it asks, its variables included.
    pub(super) fn queries(&self) -> Vec<Query> {
        let mut queries = Vec::new();
        for panel in self.panels() {
            for target in list(panel, "/targets") {
                let texts = ["/expr", "/rawSql", "/query"].map(|name| text(target, name));
                let question = texts.into_iter().find(|text| !text.is_empty());
                queries.push(Query {
                    place: self.place(panel),
                    source: text(target, "/datasource/uid").to_owned(),
                    text: question.unwrap_or_default().to_owned(),
                    legend: text(target, "/legendFormat").to_owned(),
                });
            }
        }
        for variable in list(&self.json, "/templating/list") {
            let question = text(variable, "/definition");
            queries.push(Query {
                place: format!("{}, variable {}", self.file, text(variable, "/name")),
                source: text(variable, "/datasource/uid").to_owned(),
                text: as_expression(question).unwrap_or_else(|| question.to_owned()),
                legend: String::new(),
            });
        }
        queries
    }

    /// Without the rows that only divide.
    fn panels(&self) -> impl Iterator<Item = &Value> {
        list(&self.json, "/panels").iter().filter(|panel| text(panel, "/type") != "row")
    }

    fn place(&self, panel: &Value) -> String {
        format!("{}, {:?}", self.file, text(panel, "/title"))
    }

    fn faults(&self, root: &Path) -> Vec<String> {
        let mut faults = Vec::new();
        for panel in self.panels() {
            let place = self.place(panel);
            faults.extend(unreadable(panel, root).map(|what| format!("{place} {what}")));
        }
        for query in self.queries() {
            let place = &query.place;
            if query.text.is_empty() {
                faults.push(format!("{place} asks nothing"));
            }
            if !SOURCES.contains(&query.source.as_str()) {
                faults.push(format!("{place} asks {:?}, which is not provisioned", query.source));
            }
            let unknown = self.unknown_variable(&query.text);
            faults.extend(unknown.map(|name| format!("{place} has no variable ${name}")));
        }
        faults.extend(self.overlap());
        faults
    }

    fn unknown_variable(&self, question: &str) -> Option<String> {
        let known: Vec<_> = list(&self.json, "/templating/list")
            .iter()
            .map(|variable| text(variable, "/name"))
            .chain(BUILT_IN)
            .collect();
        let named = question.split('$').skip(1).map(|rest| {
            let rest = rest.trim_start_matches('{');
            rest.split(|next: char| !next.is_ascii_alphanumeric() && next != '_')
                .next()
                .unwrap_or_default()
        });
        // A macro of the data source has a bracket behind it.
        let is_macro = |name: &str| question.contains(&format!("${name}("));
        let mut unknown = named.filter(|name| !known.contains(name) && !is_macro(name));
        unknown.next().map(str::to_owned)
    }

    /// Two panels in one place, or one that has the id of another.
    fn overlap(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut taken = BTreeSet::new();
        let mut ids = BTreeSet::new();
        for panel in list(&self.json, "/panels") {
            let at = |name: &str| panel.pointer(name).and_then(Value::as_u64).unwrap_or_default();
            let (x, y) = (at("/gridPos/x"), at("/gridPos/y"));
            let (right, below) = (x + at("/gridPos/w"), y + at("/gridPos/h"));
            let mut cells = (x..right).flat_map(|x| (y..below).map(move |y| (x, y)));
            if right > 24 || !cells.all(|cell| taken.insert(cell)) {
                faults.push(format!("{} lies over another one", self.place(panel)));
            }
            if !ids.insert(at("/id")) {
                faults.push(format!("{} has the id of another one", self.place(panel)));
            }
        }
        faults
    }
}

/// Why a person could not make sense of a panel.
fn unreadable(panel: &Value, root: &Path) -> Option<String> {
    let description = text(panel, "/description");
    if text(panel, "/title").is_empty() || description.is_empty() {
        return Some("needs a title and a description".to_owned());
    }
    let shows_figures = ["stat", "timeseries"].contains(&text(panel, "/type"));
    if shows_figures && text(panel, "/fieldConfig/defaults/unit").is_empty() {
        return Some("needs a unit".to_owned());
    }
    let missing = runbooks(description)
        .into_iter()
        .find(|name| !root.join(format!("deploy/runbooks/{name}.md")).is_file());
    missing.map(|name| format!("names a runbook that is not there: {name}"))
}

/// The names behind `Runbook:` or `Runbooks:`.
fn runbooks(description: &str) -> Vec<&str> {
    let behind = ["Runbook: ", "Runbooks: "]
        .into_iter()
        .find_map(|words| description.split_once(words))
        .map_or("", |(_, behind)| behind);
    behind.trim_end_matches('.').split(", ").filter(|name| !name.is_empty()).collect()
}

/// `label_values(metric, label)` is Grafana's, not Prometheus'.
fn as_expression(question: &str) -> Option<String> {
    let inner = question.strip_prefix("label_values(")?.strip_suffix(')')?;
    let (metric, label) = inner.rsplit_once(", ")?;
    Some(format!("count by ({label}) ({metric})"))
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn board(panel: &Value) -> Board {
        let json = json!({
            "panels": [panel],
            "templating": { "list": [{
                "name": "job", "datasource": { "uid": "prometheus" },
                "definition": "label_values(up, job)"
            }] },
        });
        Board { file: "a.json".to_owned(), json }
    }

    fn panel() -> Value {
        json!({
            "id": 1, "type": "stat", "title": "T", "description": "D",
            "gridPos": { "x": 0, "y": 0, "w": 4, "h": 4 },
            "fieldConfig": { "defaults": { "unit": "s" } },
            "targets": [{ "datasource": { "uid": "prometheus" },
                "expr": "rate(a{job=\"$job\"}[$__rate_interval])", "legendFormat": "{{b}}" }],
        })
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Value), fault: Option<&str>) {
        let mut panel = panel();
        change(&mut panel);
        let faults = board(&panel).faults(Path::new("/no/such/folder"));
        match fault {
            None => assert_eq!(faults, [""; 0]),
            Some(words) => {
                assert!(faults.len() == 1 && faults[0].contains(words), "{faults:?}");
            }
        }
    }

    #[test]
    fn a_panel_that_can_be_read_has_no_fault() {
        check(|_| (), None);
    }

    #[test]
    fn what_a_reader_would_miss_is_named() {
        check(|panel| panel["description"] = json!(""), Some("description"));
        check(|panel| panel["fieldConfig"] = json!({}), Some("unit"));
        check(|panel| panel["gridPos"]["x"] = json!(21), Some("lies over"));
        check(|panel| panel["targets"][0]["datasource"]["uid"] = json!("x"), Some("provisioned"));
        check(|panel| panel["targets"][0]["expr"] = json!("a{b=\"$c\"}"), Some("$c"));
        check(|panel| panel["targets"][0]["expr"] = json!(""), Some("asks nothing"));
        check(|panel| panel["description"] = json!("D. Runbook: gone."), Some("gone"));
    }

    #[test]
    fn variables_are_asked_too() {
        let queries = board(&panel()).queries();
        let texts: Vec<_> = queries.iter().map(|query| &*query.text).collect();
        assert_eq!(texts, ["rate(a{job=\"$job\"}[$__rate_interval])", "count by (job) (up)"]);
    }

    #[test]
    fn macros_of_a_data_source_are_no_variables() {
        let board = board(&panel());
        assert_eq!(board.unknown_variable("where $__timeFilter(day)"), None);
        assert_eq!(board.unknown_variable("in (${site:sqlstring})"), Some("site".to_owned()));
    }
}
