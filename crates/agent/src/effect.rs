//! The effect a step had before, as the check of a step that has no conditions.

use domain::observation::Observation;
use domain::plan::{Conditions, Glob};
use domain::ports::Seen;
use std::time::Duration;

/// How long an effect that was immediate before may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);

/// Whether nothing at all came of a step.
pub(crate) fn is_nothing(seen: &Observation) -> bool {
    seen.changes.is_empty() && seen.dialogs.is_empty()
}

/// The condition that a page has been reached, from its normalised form.
pub(crate) fn arrival(page: &str) -> Conditions {
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let path = path.replace("{id}", "*");
    let glob = if query.is_empty() { format!("**{path}") } else { format!("**{path}?**") };
    Conditions { url: Some(Glob::new(glob)), ..Conditions::default() }
}

/// Adds what was seen later to what was seen first.
pub(crate) fn add(seen: &mut Seen, later: Seen) {
    let first = std::mem::replace(seen, later);
    let (now, before) = (&mut seen.observation, first.observation);
    now.changes.splice(0..0, before.changes);
    now.console.splice(0..0, before.console);
    now.network.splice(0..0, before.network);
    now.dialogs.splice(0..0, before.dialogs);
    seen.downloads.splice(0..0, first.downloads);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_reached_whatever_its_ids_and_query_values_are() {
        let reached = |page: &str, url: &str| arrival(page).url.unwrap().matches(url);
        assert!(reached("/orders/{id}/edit", "http://shop.example/orders/17/edit"));
        assert!(!reached("/orders/{id}/edit", "http://shop.example/orders/17/"));
        assert!(reached("/list?page&q", "http://shop.example/list?q=a&page=2"));
        assert!(!reached("/list?page&q", "http://shop.example/list"));
    }
}
