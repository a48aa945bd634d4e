//! Compose, the Dockerfile and the Kubernetes manifests, against schemas and linters of others.

use super::tools::Tools;
use crate::cli::Context;
use crate::process;
use crate::say::say;
use crate::setup;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which versions of Kubernetes the manifests have to fit: the oldest we care for, and the newest.
const KUBERNETES: [&str; 2] = ["1.32.0", "1.37.0"];

/// Resources of operators, whose schemas no package carries in a form that can be used here.
const OPERATORS: [&str; 3] = ["ScaledObject", "TriggerAuthentication", "Cluster"];

/// What is wrong with them.
pub(super) fn faults(context: &Context, tools: &Tools) -> Result<Vec<String>> {
    let root = context.workspace.root();
    let mut faults = Vec::new();
    faults.extend(compose(root, tools)?);
    faults.extend(dockerfile(root, tools)?);
    faults.extend(other_model(root)?);
    faults.extend(kubernetes(context, tools)?);
    Ok(faults)
}

fn compose(root: &Path, tools: &Tools) -> Result<Option<String>> {
    let mut command = tools.script("check-jsonschema");
    command.args(["--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]);
    Ok(fault_of(command.current_dir(root))?.map(|said| format!("docker-compose.yml: {said}")))
}

fn dockerfile(root: &Path, tools: &Tools) -> Result<Option<String>> {
    let mut command = tools.program("hadolint");
    command.args(["--no-color", "--failure-threshold=info", "deploy/Dockerfile"]);
    fault_of(command.current_dir(root))
}

/// What a program says when it finds something.
fn fault_of(command: &mut Command) -> Result<Option<String>> {
    let output = command.output().with_context(|| format!("no `{}`", process::shown(command)))?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Ok((!output.status.success()).then_some(said))
}

/// The image carries the model that set-up brings.
pub(super) fn other_model(root: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(root.join("deploy/Dockerfile"))?;
    let pins = setup::model_pins().into_iter().filter(|pin| !text.contains(pin));
    let fault = |pin| format!("deploy/Dockerfile brings another model than set-up: no {pin}");
    Ok(pins.map(fault).collect())
}

/// Builds the base and every overlay, and validates what comes out.
fn kubernetes(context: &Context, tools: &Tools) -> Result<Vec<String>> {
    let folder = context.workspace.root().join("deploy/kubernetes");
    let bench = setup::workbench(&context.place, "kubernetes")?;
    let mut faults = Vec::new();
    let mut passed_over = Vec::new();
    for (at, source) in kustomizations(&folder)?.into_iter().enumerate() {
        let name = source.strip_prefix(context.workspace.root()).unwrap_or(&source).display();
        let built = match process::capture(tools.program("kubectl").arg("kustomize").arg(&source)) {
            Ok(built) => built,
            Err(error) => {
                faults.push(format!("{name}: {error:#}"));
                continue;
            }
        };
        let (known, operators) = split(&built);
        passed_over.extend(operators);
        let file = bench.join(format!("{at}.yaml"));
        fs::write(&file, known)?;
        for version in KUBERNETES {
            let mut command = tools.script("kubernetes-validate");
            command.args(["--strict", "--quiet", "-k", version]).arg(&file);
            let output = command.output()?;
            let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            // What has no schema passes with a warning, so a warning is a fault.
            if !output.status.success() || !said.is_empty() {
                faults.push(format!("{name} for Kubernetes {version}: {said}"));
            }
        }
    }
    setup::clear(&bench)?;
    say!("deploy: built, but without a schema here: {}", passed_over.join(", "));
    Ok(faults)
}

fn kustomizations(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = vec![folder.join("base")];
    for overlay in fs::read_dir(folder.join("overlays"))? {
        found.push(overlay?.path());
    }
    found.sort();
    Ok(found)
}

/// The documents that have a schema, and the kinds of those that have none.
fn split(built: &str) -> (String, Vec<String>) {
    let mut known = Vec::new();
    let mut operators = Vec::new();
    for document in built.split("\n---\n") {
        let kind = document.lines().find_map(|line| line.strip_prefix("kind: "));
        match kind {
            Some(kind) if OPERATORS.contains(&kind) => operators.push(kind.to_owned()),
            _ => known.push(document),
        }
    }
    (known.join("\n---\n"), operators)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_resources_of_operators_are_passed_over() {
        let built = "kind: Service\nspec: {}\n---\nkind: Cluster\nspec:\n  kind: Service\n---\n\
                     kind: Deployment\n";
        let (known, operators) = split(built);
        assert_eq!(known, "kind: Service\nspec: {}\n---\nkind: Deployment\n");
        assert_eq!(operators, ["Cluster"]);
    }
}
