//! Files a page gives.

use super::Pump;
use crate::cdp::Event;
use crate::session::journal::{Arrived, DownloadEnd, DownloadState};
use crate::session::state::State;
use domain::observation::Change;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Begun {
    frame_id: String,
    guid: String,
    suggested_filename: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Progress {
    guid: String,
    state: String,
    #[serde(default)]
    received_bytes: f64,
    #[serde(default)]
    total_bytes: f64,
}

fn download_begun(state: &mut State, begun: Begun) {
    let ours = state.tabs.iter().any(|tab| tab.frames.contains_key(&begun.frame_id));
    if ours {
        state.journal.downloads.push(DownloadState {
            id: begun.guid,
            name: begun.suggested_filename,
            end: DownloadEnd::Pending,
        });
    }
}

impl Pump {
    /// The browser reports downloads to every session; ours are known by their frame.
    pub(super) fn download(&self, event: &Event) {
        match event.method.as_str() {
            "Browser.downloadWillBegin" => {
                let Some(begun) = event.read::<Begun>() else { return };
                self.watched.change(|state| download_begun(state, begun));
            }
            "Browser.downloadProgress" => {
                if let Some(progress) = event.read() {
                    self.progressed(&progress);
                }
            }
            _ => {}
        }
    }

    fn progressed(&self, progress: &Progress) {
        let limit = self.max_download_bytes;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the protocol counts bytes in floating point; they are whole and positive"
        )]
        let bytes = progress.received_bytes.max(progress.total_bytes) as u64;
        let too_big = self.watched.change(|state| {
            let download = state.journal.download(&progress.guid)?;
            if download.end != DownloadEnd::Pending {
                return None;
            }
            download.end = match progress.state.as_str() {
                _ if bytes > limit => {
                    DownloadEnd::Failed(format!("it is larger than the {limit} bytes allowed"))
                }
                "completed" if self.downloads.is_some() => DownloadEnd::Arrived,
                "completed" => DownloadEnd::Failed(
                    "it arrived on the machine of the remote browser, out of reach".into(),
                ),
                "canceled" => DownloadEnd::Failed("it was interrupted".into()),
                _ => return None,
            };
            let (name, end) = (download.name.clone(), download.end.clone());
            if let (DownloadEnd::Arrived, Some(folder)) = (&end, &self.downloads) {
                let path = folder.join(&progress.guid);
                state.journal.changes.push(Change::Downloaded { name: name.clone(), bytes });
                state.journal.arrived.push(Arrived { name, path });
            }
            (bytes > limit).then_some(())
        });
        if too_big.is_some() {
            drop(self.connection.start(
                None,
                "Browser.cancelDownload",
                json!({ "guid": progress.guid }),
            ));
        }
    }
}
