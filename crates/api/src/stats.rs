//! `GET /v1/stats`: is the fleet learning?

use crate::AppState;
use crate::extract::{Caller, Date, Query, TracesRead, Word};
use crate::problem::{ApiError, Lists};
use axum::Json;
use axum::extract::State;
use chrono::{Days, NaiveDate};
use domain::fleet::Span;
use domain::invalid::Invalid;
use serde::Deserialize;
use store::StatFilter;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How many days are told when nobody says how many.
const USUAL: u64 = 30;

/// How many days are told at most: a year, and the day of the year before.
const MOST: u64 = 366;

/// The operation with its path.
pub(crate) fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_stats))
}

/// Which figures.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// The first day (UTC); 29 days before the last one when left out.
    #[param(value_type = Option<String>, format = Date, example = "2026-12-01")]
    since: Option<Date>,
    /// The last day (UTC); today when left out.
    #[param(value_type = Option<String>, format = Date, example = "2026-12-31")]
    until: Option<Date>,
    /// Only what happened on this site.
    #[param(value_type = Option<String>, min_length = 1, pattern = "^[!-~]+$")]
    site: Option<Word>,
    /// Only what this agent did.
    #[param(value_type = Option<String>, min_length = 1, pattern = "^[!-~]+$")]
    agent: Option<Word>,
}

/// Show whether the fleet learns
///
/// By day, in all, and the earlier half of the tasks beside the later one: success, attempts per task,
/// failures met and overcome (by where the way past them came from, and by tactic), what was foreseen,
/// what of memory's advice failed or was wrong, questions to humans, and how long tasks took. At most
/// 366 days.
#[utoipa::path(get, path = "/v1/stats", tag = "memory", security(("api_key" = ["traces:read"])),
    params(Asked), responses(Lists, (status = 200, description = "The figures", body = wire::Stats)))]
pub(crate) async fn get_stats(
    State(app): State<AppState>,
    caller: Caller<TracesRead>,
    Query(asked): Query<Asked>,
) -> Result<Json<wire::Stats>, ApiError> {
    let span = span(&asked, app.clock.now().date_naive())
        .map_err(|fault| ApiError::InvalidQuery(vec![fault]))?;
    let filter = StatFilter {
        span,
        site: asked.site.map(|site| site.0),
        agent: asked.agent.map(|agent| agent.0),
    };
    let stats = app.store.stats().get(caller.project, &filter).await?;
    Ok(Json(stats.into()))
}

fn span(asked: &Asked, today: NaiveDate) -> Result<Span, Invalid> {
    let until = asked.until.map_or(today, |until| until.0);
    let usual = until.checked_sub_days(Days::new(USUAL - 1)).unwrap_or(until);
    let since = asked.since.map_or(usual, |since| since.0);
    let span = Span { since, until };
    let fault = |message: String| Invalid { field: "since".to_owned(), message };
    match span.days() {
        0 => Err(fault(format!("must not be after the last day, {until}"))),
        1..=MOST => Ok(span),
        days => Err(fault(format!(
            "must be less than {MOST} days before the last one, {until}: these are {days} days"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(since: Option<&str>, until: Option<&str>, expected: Option<(&str, &str)>) {
        let given = |text: Option<&str>| text.map(|text| Date(date(text)));
        let asked = Asked { since: given(since), until: given(until), site: None, agent: None };
        let expected = expected.map(|(since, until)| (date(since), date(until)));
        let found = span(&asked, date("2026-03-31")).ok();
        assert_eq!(found.map(|span| (span.since, span.until)), expected, "{since:?} {until:?}");
    }

    #[test]
    fn a_month_is_told_unless_days_are_given_and_never_more_than_a_year() {
        check(None, None, Some(("2026-03-02", "2026-03-31")));
        check(None, Some("2026-01-30"), Some(("2026-01-01", "2026-01-30")));
        check(Some("2026-03-31"), None, Some(("2026-03-31", "2026-03-31")));
        check(Some("2025-03-31"), None, Some(("2025-03-31", "2026-03-31")));
        check(Some("2025-03-30"), None, None);
        check(Some("2026-04-01"), None, None);
        check(Some("0001-01-01"), Some("0001-01-02"), Some(("0001-01-01", "0001-01-02")));
    }
}
