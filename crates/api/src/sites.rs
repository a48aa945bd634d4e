//! Operations on sites.

mod get_site;
mod list_sites;

use crate::AppState;
use store::SiteOverview;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The operations with their paths.
pub(crate) fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_sites::list_sites)).routes(routes!(get_site::get_site))
}

/// A site as clients see it.
fn shown(overview: SiteOverview) -> wire::Site {
    let SiteOverview {
        site,
        facts,
        health,
        runs,
        succeeded,
        failed,
        patterns,
        first_day,
        last_day,
    } = overview;
    let reason = health.reasons.first().map(|reason| reason.text.clone()).unwrap_or_default();
    wire::Site {
        site,
        state: health.state,
        reason,
        reasons: health.reasons,
        runs,
        succeeded,
        failed,
        recent: facts.recent.into(),
        before: facts.before.into(),
        open_escalations: facts.questions.open,
        oldest_escalation_at: facts.questions.oldest,
        patterns,
        first_day,
        last_day,
    }
}
