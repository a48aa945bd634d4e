//! How the fleet does: day by day, whether it learns, and how each site is.

mod site;
mod stats;

pub use site::{
    BEFORE_DAYS, Period, Questions, RECENT_DAYS, Reason, ReasonCode, SiteFacts, SiteHealth,
    SiteState, site_health,
};
pub use stats::{Day, Figures, Halves, Removed, Span, Stats};
