//! The layers: which crate may use which. The table is the design's, and this keeps it true.

use crate::workspace::{Metadata, Package};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fs;

/// A crate, its layer, and the crates of ours that it may use.
struct Row {
    name: &'static str,
    layer: u8,
    may_use: &'static [&'static str],
}

/// Above all layers: what only developers run.
const DEV: u8 = 5;

/// A new crate needs a row here in the same commit.
const TABLE: [Row; 13] = [
    row("domain", 0, &[]),
    row("wire", 1, &["domain"]),
    row("store", 1, &["domain"]),
    row("embed", 1, &["domain"]),
    row("browser", 1, &["domain"]),
    row("telemetry", 1, &[]),
    row("agent", 2, &["domain", "telemetry"]),
    row("worker", 3, &["agent", "domain", "telemetry"]),
    row("api", 3, &["store", "wire", "domain", "telemetry"]),
    row("waymark", 4, &UP_TO_3),
    row("testkit", DEV, &UP_TO_3),
    row("xtask", DEV, &[]),
    row("tests", DEV, &["testkit", "wire"]),
];

const UP_TO_3: [&str; 9] =
    ["domain", "wire", "store", "embed", "browser", "telemetry", "agent", "worker", "api"];

/// What every crate may use in its tests.
const IN_TESTS: &str = "testkit";

/// Crates of others that only some of ours may name: the testkit makes databases.
const CAGED: [(&str, &[&str]); 3] =
    [("headless_chrome", &["browser"]), ("sqlx", &["store", "testkit"]), ("pgvector", &["store"])];

const fn row(name: &'static str, layer: u8, may_use: &'static [&'static str]) -> Row {
    Row { name, layer, may_use }
}

/// Fails with every edge that is not in the table.
pub(super) fn check(metadata: &Metadata) -> Result<()> {
    let mut faults = faults(metadata);
    for package in &metadata.packages {
        let manifest = fs::read_to_string(&package.manifest_path)
            .with_context(|| format!("cannot read {}", package.manifest_path.display()))?;
        if !inherits_lints(&manifest) {
            faults.push(format!("{} does not say `[lints] workspace = true`", package.name));
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    bail!("{}", faults.join("; "))
}

fn faults(metadata: &Metadata) -> Vec<String> {
    let ours: BTreeSet<&str> = metadata.packages.iter().map(|each| &*each.name).collect();
    metadata.packages.iter().flat_map(|package| package_faults(package, &ours)).collect()
}

fn package_faults(package: &Package, ours: &BTreeSet<&str>) -> Vec<String> {
    let name = &package.name;
    let Some(row) = TABLE.iter().find(|row| row.name == name) else {
        return vec![format!("{name} has no row in the table of layers")];
    };
    let mut faults = Vec::new();
    if package.folder().file_name().is_none_or(|folder| folder != name.as_str()) {
        faults.push(format!("{name} is not in a folder of its name"));
    }
    for dependency in &package.dependencies {
        let used = &*dependency.name;
        if ours.contains(used) {
            let is_for_tests = dependency.is_dev() && used == IN_TESTS && row.layer > 0;
            if !is_for_tests && !row.may_use.contains(&used) {
                faults.push(format!("{name} may not use {used}"));
            }
        }
        let cage = CAGED.iter().find(|(caged, _)| *caged == used).map(|(_, owners)| *owners);
        if let Some(owners) = cage.filter(|owners| !owners.contains(&name.as_str())) {
            faults.push(format!("{name} may not use {used}: only {} may", owners.join(" and ")));
        }
    }
    faults
}

fn inherits_lints(manifest: &str) -> bool {
    let mut lines = manifest.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.by_ref().any(|line| line == "[lints]") && lines.next() == Some("workspace = true")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;
    use std::path::PathBuf;

    fn package(name: &str, uses: &[(&str, Option<&str>)]) -> Package {
        let dependency = |(name, kind): &(&str, Option<&str>)| Dependency {
            name: (*name).to_owned(),
            kind: kind.map(str::to_owned),
        };
        Package {
            name: name.to_owned(),
            manifest_path: PathBuf::from(format!("/repo/crates/{name}/Cargo.toml")),
            dependencies: uses.iter().map(dependency).collect(),
        }
    }

    #[track_caller]
    fn check(name: &str, uses: &[(&str, Option<&str>)], expected: &[&str]) {
        let rows = TABLE.iter().filter(|row| row.name != name);
        let mut packages: Vec<_> = rows.map(|row| package(row.name, &[])).collect();
        packages.push(package(name, uses));
        let metadata =
            Metadata { packages, workspace_root: PathBuf::new(), target_directory: PathBuf::new() };
        assert_eq!(faults(&metadata), expected);
    }

    #[test]
    fn an_edge_of_the_table_is_fine() {
        check("api", &[("store", None), ("domain", None), ("axum", None)], &[]);
        check("testkit", &[("api", None), ("browser", None)], &[]);
    }

    #[test]
    fn an_edge_that_is_not_in_the_table_is_refused() {
        check("api", &[("browser", None)], &["api may not use browser"]);
        check("domain", &[("wire", Some("build"))], &["domain may not use wire"]);
        check("worker", &[("store", None)], &["worker may not use store"]);
        check("xtask", &[("domain", None)], &["xtask may not use domain"]);
    }

    #[test]
    fn tests_may_use_the_testkit_and_nothing_else() {
        check("api", &[("testkit", Some("dev"))], &[]);
        check("api", &[("testkit", None)], &["api may not use testkit"]);
        check("api", &[("browser", Some("dev"))], &["api may not use browser"]);
        check("domain", &[("testkit", Some("dev"))], &["domain may not use testkit"]);
    }

    #[test]
    fn a_crate_without_a_row_is_refused() {
        check("helpers", &[], &["helpers has no row in the table of layers"]);
    }

    #[test]
    fn a_caged_crate_is_named_by_its_owner_only() {
        check("browser", &[("headless_chrome", None)], &[]);
        let refused = "agent may not use headless_chrome: only browser may";
        check("agent", &[("headless_chrome", None)], &[refused]);
    }

    #[test]
    fn every_edge_of_the_table_leads_down() {
        for row in TABLE {
            for used in row.may_use {
                let below = TABLE.iter().find(|each| each.name == *used).unwrap();
                let is_harness = row.name == "tests" && below.name == "testkit";
                assert!(below.layer < row.layer || is_harness, "{} to {used}", row.name);
            }
        }
    }

    #[test]
    fn lints_must_be_the_workspaces() {
        assert!(inherits_lints("[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n"));
        assert!(!inherits_lints("[package]\nname = \"a\"\nworkspace = true\n"));
        assert!(!inherits_lints("[lints]\n\n[dependencies]\nworkspace = true\n"));
    }
}
