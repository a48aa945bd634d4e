//! Tabs.

use super::BrowserSession;
use super::budget::Budget;
use super::state::{State, Tab as OpenTab};
use domain::failure::{ErrorClass, Failure};
use domain::plan::Tab;
use domain::ports::Acted;
use serde_json::json;

impl BrowserSession {
    /// Goes on in another tab, waiting for it to open and for its document.
    pub(super) async fn switch_tab(
        &mut self,
        wanted: &Tab,
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        let found = self
            .watched
            .until(budget.deadline, |state| {
                state.is_dead().then_some(None).or_else(|| {
                    find(state, wanted).map(|tab| Some((tab.target.clone(), tab.session.clone())))
                })
            })
            .await;
        let (target, session) = match found {
            Some(Some(found)) => found,
            Some(None) => return Err(self.crashed()),
            None => return Err(self.no_tab(wanted, budget)),
        };
        self.watched.change(|state| state.current = target);
        self.frame = None;
        if let Some(connection) = self.connection() {
            drop(connection.start(Some(&session), "Page.bringToFront", json!({})));
        }
        self.document_there(budget).await?;
        Ok(Acted::default())
    }

    fn no_tab(&self, wanted: &Tab, budget: &Budget) -> Failure {
        let open = self.watched.see(|state| {
            state.tabs.iter().map(|tab| tab.url.clone()).collect::<Vec<_>>().join(", ")
        });
        let wanted = match wanted {
            Tab::Newest => "no other tab has opened".into(),
            Tab::First => "there is no tab".into(),
            Tab::Url(glob) => format!("no tab has a URL like {glob}"),
        };
        Failure::new(
            ErrorClass::ElementNotFound,
            format!("{wanted} within {}; open are: {open}", budget.shown()),
        )
    }
}

/// The tab that is meant, if it is there. The newest tab of a single one is one that is yet to
/// open.
fn find<'a>(state: &'a State, wanted: &Tab) -> Option<&'a OpenTab> {
    match wanted {
        Tab::First => state.tabs.first(),
        Tab::Newest => state.tabs.last().filter(|_| state.tabs.len() > 1),
        Tab::Url(glob) => state.tabs.iter().rev().find(|tab| glob.matches(&tab.url)),
    }
}
