//! Spans as trees, and what a whole run has in its one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A span, as far as its place in the tree goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) id: String,
    pub(super) trace: String,
    pub(super) parent: Option<String>,
    pub(super) name: String,
    pub(super) begun: String,
    pub(super) failed: bool,
}

/// The way from a request to a step: each is below the one before, not necessarily at once.
const WAY: [&str; 5] = ["POST /v1/tasks", "send ", "process ", "invoke_agent", "execute_tool "];

/// What else a run that met a failure has below it.
const BESIDE: [&str; 2] = ["search_memory", "_memory"];

/// The spans of one trace, by their parent.
pub(super) struct Tree {
    spans: BTreeMap<String, Span>,
    below: BTreeMap<Option<String>, Vec<String>>,
}

/// Sorts spans into their traces.
pub(super) fn grow(spans: Vec<Span>) -> Vec<Tree> {
    let mut traces: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    for span in spans {
        traces.entry(span.trace.clone()).or_default().push(span);
    }
    traces.into_values().map(Tree::new).collect()
}

/// What the tree that comes nearest lacks.
pub(super) fn why_none_is_whole(trees: &[Tree]) -> String {
    let nearest = trees.iter().min_by_key(|tree| tree.lacks().len());
    nearest.map_or_else(
        || "nothing has arrived".to_owned(),
        |tree| format!("the nearest lacks {}:\n\n{tree}", tree.lacks().join(", ")),
    )
}

impl Tree {
    fn new(mut spans: Vec<Span>) -> Self {
        spans.sort_by(|one, other| one.begun.cmp(&other.begun));
        let ids: BTreeSet<_> = spans.iter().map(|span| span.id.clone()).collect();
        let mut below: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for span in &spans {
            // A parent that never arrived leaves a root, which a whole tree has one of.
            let parent = span.parent.clone().filter(|parent| ids.contains(parent));
            below.entry(parent).or_default().push(span.id.clone());
        }
        let spans = spans.into_iter().map(|span| (span.id.clone(), span)).collect();
        Self { spans, below }
    }

    pub(super) fn size(&self) -> usize {
        self.spans.len()
    }

    /// What a whole run has and this lacks.
    pub(super) fn lacks(&self) -> Vec<String> {
        let mut lacks = Vec::new();
        let steps = self.spans.values().filter(|span| span.name.starts_with(WAY[4]));
        if !steps.clone().any(|step| self.is_below_the_way(step)) {
            lacks.push(format!("a step below {}", WAY[..4].join(" › ")));
        }
        for name in BESIDE {
            let mut run = self.spans.values().filter(|span| span.name.contains(name));
            if !run.any(|span| self.above(span).iter().any(|name| name.starts_with(WAY[3]))) {
                lacks.push(format!("a {name:?} below {}", WAY[3]));
            }
        }
        let roots = self.below.get(&None).map_or(0, Vec::len);
        if roots != 1 {
            lacks.push(format!("one root (it has {roots})"));
        }
        lacks
    }

    /// The names from a span's parent up to the root.
    fn above(&self, span: &Span) -> Vec<&str> {
        let mut names = Vec::new();
        let mut at = span;
        while let Some(parent) = at.parent.as_ref().and_then(|parent| self.spans.get(parent)) {
            names.push(parent.name.as_str());
            at = parent;
        }
        names
    }

    fn is_below_the_way(&self, step: &Span) -> bool {
        let mut above = self.above(step).into_iter();
        WAY[..4].iter().rev().all(|wanted| above.any(|name| name.starts_with(wanted)))
    }

    fn draw(
        &self,
        parent: Option<&String>,
        deep: usize,
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        for id in self.below.get(&parent.cloned()).into_iter().flatten() {
            let span = &self.spans[id];
            let mark = if span.failed { "✗" } else { "·" };
            writeln!(f, "{:indent$}{mark} {}", "", span.name, indent = deep * 2)?;
            self.draw(Some(id), deep + 1, f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.draw(None, 0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(id: &str, parent: &str, name: &str) -> Span {
        Span {
            id: id.to_owned(),
            trace: "t".to_owned(),
            parent: (!parent.is_empty()).then(|| parent.to_owned()),
            name: name.to_owned(),
            begun: id.to_owned(),
            failed: name.contains("click"),
        }
    }

    fn whole() -> Vec<Span> {
        vec![
            span("1", "", "POST /v1/tasks"),
            span("2", "1", "send browser_tasks"),
            span("3", "2", "process browser_tasks"),
            span("4", "3", "invoke_agent scout"),
            span("5", "4", "execute_tool click"),
            span("6", "4", "search_memory"),
            span("7", "6", "embeddings"),
            span("8", "4", "create_memory"),
        ]
    }

    #[track_caller]
    fn check(spans: Vec<Span>, lacks: &[&str]) {
        let trees = grow(spans);
        assert_eq!(trees.len(), 1);
        let found = trees[0].lacks();
        assert_eq!(found.len(), lacks.len(), "{found:?}");
        for (found, wanted) in found.iter().zip(lacks) {
            assert!(found.contains(wanted), "{found:?}");
        }
    }

    #[test]
    fn a_whole_run_lacks_nothing() {
        check(whole(), &[]);
    }

    #[test]
    fn what_is_lost_on_the_way_is_named() {
        check(
            whole().into_iter().filter(|span| span.id != "4").collect(),
            &["a step", "search_memory", "_memory", "one root"],
        );
        check(whole().into_iter().filter(|span| span.id != "5").collect(), &["a step"]);
        let mut apart = whole();
        apart[2].parent = None;
        check(apart, &["a step", "one root"]);
    }

    #[test]
    fn a_tree_is_drawn_in_the_order_of_time() {
        let drawn = grow(whole())[0].to_string();
        assert!(drawn.starts_with("· POST /v1/tasks\n  · send browser_tasks\n"), "{drawn}");
        assert!(drawn.contains("        ✗ execute_tool click\n        · search_memory\n"));
    }

    #[test]
    fn the_nearest_tree_is_told_of() {
        assert_eq!(why_none_is_whole(&[]), "nothing has arrived");
        let trees = grow(whole()[..4].to_vec());
        assert!(why_none_is_whole(&trees).contains("a step"));
    }
}
