//! One question in `PromQL`, put to a Prometheus that has scraped us: it is answered, and everything it
//! names is there. A question about a metric that does not exist is answered too, with nothing; that
//! is what makes a dashboard lie.

use super::http::{Server, encode};
use super::promql::{Matcher, Names, Selector, names};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Labels that a series gets when something fails. Enough that one metric has it.
const WHEN_FAILING: [&str; 1] = ["error_type"];

/// The labels of one series.
type Labels = BTreeMap<String, String>;

/// A Prometheus that has scraped.
pub(super) struct Scraped {
    server: Server,
    /// The names that recording rules make.
    recorded: BTreeSet<String>,
    known: RefCell<BTreeMap<String, Rc<Vec<Labels>>>>,
}

/// How a question was answered.
pub(super) struct Verdict {
    pub(super) faults: Vec<String>,
    /// Whether there is something to see.
    pub(super) shows: bool,
}

impl Scraped {
    /// With the names that recording rules make.
    pub(super) fn new(server: Server, recorded: BTreeSet<String>) -> Self {
        Self { server, recorded, known: RefCell::default() }
    }

    /// Asks it.
    pub(super) fn judge(&self, question: &str, legend: &str) -> Result<Verdict> {
        let question = substituted(question);
        let names = names(&question);
        let mut faults = Vec::new();
        let answer = self.server.get(&format!("/api/v1/query?query={}", encode(&question)))?;
        if answer.status != 200 {
            faults.push(format!("is refused: {}", answer.body));
        }
        let shows = serde_json::from_str::<Value>(&answer.body).is_ok_and(|answer| {
            let result = answer.pointer("/data/result").and_then(Value::as_array);
            result.is_some_and(|result| !result.is_empty())
        });
        for selector in &names.selectors {
            faults.extend(self.absent(selector)?);
        }
        let mut lacking = Vec::new();
        let in_legend = labels_of(legend);
        for label in names.grouped.iter().chain(&in_legend).filter(|_| faults.is_empty()) {
            lacking.extend(self.ungrouped(&names, label)?);
        }
        faults.extend(lacking);
        Ok(Verdict { faults, shows })
    }

    /// What a selector names and nothing has.
    fn absent(&self, selector: &Selector) -> Result<Option<String>> {
        let metric = &selector.metric;
        if self.recorded.contains(metric) {
            return Ok(None);
        }
        let series = self.series(metric)?;
        if series.is_empty() {
            return Ok(Some(format!("names {metric}, which is not there")));
        }
        for Matcher { label, exactly } in &selector.matchers {
            let mut values = series.iter().filter_map(|labels| labels.get(label)).peekable();
            let wanting = match exactly {
                _ if WHEN_FAILING.contains(&label.as_str()) => None,
                _ if values.peek().is_none() => Some(format!("names {metric}{{{label}}}")),
                Some(value) if !values.any(|found| found == value) => {
                    Some(format!("names {metric}{{{label}=\"{value}\"}}"))
                }
                _ => None,
            };
            if let Some(wanting) = wanting {
                return Ok(Some(format!("{wanting}, which is not there")));
            }
        }
        Ok(None)
    }

    /// A label that none of the named metrics has.
    fn ungrouped(&self, names: &Names, label: &str) -> Result<Option<String>> {
        if WHEN_FAILING.contains(&label) {
            return Ok(None);
        }
        for selector in &names.selectors {
            let is_recorded = self.recorded.contains(&selector.metric);
            if is_recorded || self.series(&selector.metric)?.iter().any(|of| of.contains_key(label))
            {
                return Ok(None);
            }
        }
        Ok(Some(format!("groups by {label}, which nothing it names has")))
    }

    /// Every series of a metric that was scraped.
    fn series(&self, metric: &str) -> Result<Rc<Vec<Labels>>> {
        if let Some(known) = self.known.borrow().get(metric) {
            return Ok(known.clone());
        }
        let matcher = encode(&format!("{{__name__=\"{metric}\"}}"));
        let answer = self.server.json(&format!("/api/v1/series?match[]={matcher}"))?;
        let series: Vec<Labels> = serde_json::from_value(answer["data"].clone())
            .context("Prometheus' list of series is not as expected")?;
        let series = Rc::new(series);
        self.known.borrow_mut().insert(metric.to_owned(), series.clone());
        Ok(series)
    }

    /// Every label name of what was scraped.
    pub(super) fn expect_labels_of_failures(&self) -> Result<()> {
        let labels = self.server.json("/api/v1/labels")?;
        let labels: Vec<String> = serde_json::from_value(labels["data"].clone())?;
        for label in WHEN_FAILING {
            ensure!(
                labels.iter().any(|found| found == label),
                "nothing that was scraped has the label {label}, though steps had failed"
            );
        }
        Ok(())
    }
}

/// Grafana's variables, as Grafana would fill them in.
fn substituted(question: &str) -> String {
    question.replace("$__rate_interval", "1m").replace("$__range", "10m").replace("$job", ".+")
}

/// The labels that a legend shows.
fn labels_of(legend: &str) -> Vec<String> {
    let parts = legend.split("{{").skip(1);
    parts.filter_map(|part| part.split_once("}}")).map(|(label, _)| label.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legends_name_labels() {
        assert_eq!(labels_of("{{a}} {{b}} in all"), ["a", "b"]);
        assert_eq!(labels_of("p95"), [""; 0]);
    }

    #[test]
    fn no_variable_is_left() {
        let question = "rate(a{job=~\"$job\"}[$__rate_interval]) / increase(b[$__range])";
        assert_eq!(substituted(question), "rate(a{job=~\".+\"}[1m]) / increase(b[10m])");
    }
}
