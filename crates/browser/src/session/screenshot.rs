//! Pictures of the page.

use super::BrowserSession;
use super::budget::Budget;
use super::call::Stop;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::failure::{ErrorClass, Failure};
use headless_chrome::protocol::cdp::Page::CaptureScreenshot;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

const WITHIN: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
struct Captured {
    data: String,
}

impl BrowserSession {
    /// Takes a picture of what the window shows, in PNG. Whatever shows a secret is covered
    /// meanwhile, in every frame; if that cannot be done, there is no picture.
    pub(super) async fn picture(&mut self) -> Result<Vec<u8>, Failure> {
        let budget = Budget::new(WITHIN);
        self.no_dialog()?;
        let spots =
            if self.secrets.is_empty() { Vec::new() } else { self.all_spots(&budget).await };
        for spot in &spots {
            match self.call::<Value>(spot, "cover", &json!(self.secrets), &budget).await {
                // A document that is no longer there shows nothing.
                Ok(_) | Err(Stop::Gone) => {}
                Err(stop) => return Err(self.stopped(stop, &budget)),
            }
        }
        let session = self.tab_session()?;
        let Some(connection) = self.connection() else { return Err(self.crashed()) };
        let capture = json!({ "format": "png", "optimizeForSpeed": true });
        let reply = connection.start(
            Some(&session),
            <CaptureScreenshot as headless_chrome::protocol::cdp::types::Method>::NAME,
            capture,
        );
        let captured = self.answer::<Captured>(reply, &budget).await;
        for spot in &spots {
            if let Ok(reply) = self.start_call(spot, "uncover", &json!({})) {
                drop(reply);
            }
        }
        let captured = captured.map_err(|stop| self.stopped(stop, &budget))?;
        STANDARD.decode(captured.data).map_err(|error| {
            Failure::new(ErrorClass::Unclassified, format!("the picture cannot be read: {error}"))
        })
    }
}
