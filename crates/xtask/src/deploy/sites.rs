//! The dashboard of sites, and what KEDA asks: SQL, put to the real schema with a fleet's data in it,
//! as the role that is made for it.

use super::boards::Query;
use crate::cli::Context;
use crate::process;
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::process::Command;

/// The role's password here.
const PASSWORD: &str = "reads";

/// What the role must not see.
const HIDDEN: [&str; 5] = [
    "select * from task",
    "select secret_hash from api_key",
    "select ask from escalation",
    "select * from step",
    "delete from site_day",
];

/// A database with a fleet's data.
pub(super) struct Database<'a> {
    context: &'a Context,
    /// Its superuser's address.
    url: &'a str,
}

impl<'a> Database<'a> {
    pub(super) const fn new(context: &'a Context, url: &'a str) -> Self {
        Self { context, url }
    }

    /// What is wrong with the questions; says how many show something.
    pub(super) fn faults(&self, queries: &[Query]) -> Result<(Vec<String>, usize)> {
        self.make_reader()?;
        let reader = self.as_reader()?;
        let projects =
            self.ask(&reader, "select project_id from site_day order by runs desc limit 1")?;
        let project = projects.trim();
        ensure!(!project.is_empty(), "the fleet has left no daily figures");
        let filled = |text: &str, sites: &str| {
            let text = text.replace("${project}", project).replace("${site:sqlstring}", sites);
            text.replace("$__timeFilter(day)", "day between now() - interval '30 days' and now()")
        };
        let sites = format!("select distinct site from site_day where project_id = '{project}'");
        let sites: Vec<_> =
            self.ask(&reader, &sites)?.lines().map(|site| format!("'{site}'")).collect();
        let (mut faults, mut shown) = (Vec::new(), 0);
        for query in queries {
            match self.ask(&reader, &filled(&query.text, &sites.join(","))) {
                Ok(answer) => shown += usize::from(!answer.trim().is_empty()),
                Err(error) => faults.push(format!("{}: {error:#}", query.place)),
            }
        }
        for hidden in HIDDEN {
            if self.ask(&reader, hidden).is_ok() {
                faults.push(format!("the role of the dashboards may `{hidden}`"));
            }
        }
        faults.extend(self.scaling()?);
        Ok((faults, shown))
    }

    /// As compose does it; twice, as after an upgrade.
    fn make_reader(&self) -> Result<()> {
        for _ in 0..2 {
            let file = self.context.workspace.root().join("deploy/postgres/reader.sql");
            let mut command = self.psql(self.url);
            command.arg("--file").arg(file).env("WAYMARK_READER_PASSWORD", PASSWORD);
            process::capture(&mut command)?;
        }
        Ok(())
    }

    fn as_reader(&self) -> Result<String> {
        let (_, address) = self.url.rsplit_once('@').context("the database's URL has no user")?;
        Ok(format!("postgres://waymark_reader:{PASSWORD}@{address}"))
    }

    /// KEDA's question gives one number.
    fn scaling(&self) -> Result<Option<String>> {
        let file = "deploy/kubernetes/components/keda/worker-scaling.yaml";
        let text = fs::read_to_string(self.context.workspace.root().join(file))?;
        let question =
            folded(&text, "query: >-").with_context(|| format!("{file} asks nothing"))?;
        let answer = self.ask(self.url, &question)?;
        let is_number = answer.trim().parse::<u64>().is_ok();
        Ok((!is_number).then(|| format!("{file} asks for no number: {answer}")))
    }

    fn ask(&self, url: &str, question: &str) -> Result<String> {
        process::capture(self.psql(url).args([
            "--tuples-only",
            "--no-align",
            "--command",
            question,
        ]))
    }

    fn psql(&self, url: &str) -> Command {
        let mut command = Command::new(self.context.place.pg_program("psql"));
        command.args(["--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--dbname", url]);
        command
    }
}

/// A folded text of YAML: the lines below its key that are further in.
fn folded(yaml: &str, key: &str) -> Option<String> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut lines = yaml.lines().skip_while(|line| line.trim() != key);
    let own = indent(lines.next()?);
    let text: Vec<_> = lines.take_while(|line| indent(line) > own).map(str::trim).collect();
    (!text.is_empty()).then(|| text.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folded_text_ends_where_its_indentation_does() {
        let yaml = "a:\n  query: >-\n    select 1\n    + 2\n  other: 3\n";
        assert_eq!(folded(yaml, "query: >-").as_deref(), Some("select 1 + 2"));
        assert_eq!(folded("query: >-\nother: 3\n", "query: >-"), None);
    }
}
