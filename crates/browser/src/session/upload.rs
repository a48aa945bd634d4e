//! Giving files to a page.

use super::BrowserSession;
use super::budget::Budget;
use super::call::{Spot, Stop};
use super::mouse::Purpose;
use super::trouble::Answer;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::failure::{ErrorClass, Failure};
use domain::plan::{Target, UploadFile};
use domain::ports::Acted;
use domain::snapshot::Fingerprint;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Found {
    fingerprint: Option<Fingerprint>,
    /// It is not an input but something that opens the choice of files when it is clicked.
    #[serde(default)]
    chooser: bool,
}

impl BrowserSession {
    pub(super) async fn upload(
        &mut self,
        target: &Target,
        files: &[UploadFile],
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        let (begun, _) = self.begun();
        let several = files.len() > 1;
        let answer: Answer<Found> = self
            .ask(
                "fileInput",
                budget,
                |ms| json!({ "target": target, "ms": ms, "several": several }),
            )
            .await?;
        let found = answer.or_failure(target, budget)?;
        if found.chooser {
            self.through_chooser(target, files, budget).await?;
        } else {
            let spot = self.spot(budget).await?;
            self.give(&spot, files, budget).await?;
        }
        // Some pages send what they are given at once.
        self.flushed(budget).await?;
        self.arrived(begun, budget, true).await?;
        Ok(Acted { fingerprint: found.fingerprint, extracted: None })
    }

    async fn give(
        &self,
        spot: &Spot,
        files: &[UploadFile],
        budget: &Budget,
    ) -> Result<(), Failure> {
        let stopped = |stop| self.stopped(stop, budget);
        let object = self.held(spot, budget).await.map_err(stopped)?;
        if let Some(paths) = self.on_disk(files)? {
            let params = json!({ "files": paths, "objectId": object });
            return self.set_files(&spot.session, params, budget).await;
        }
        let encoded = |file: &UploadFile| json!({ "name": file.name, "base64": STANDARD.encode(file.content.reveal()) });
        let files: Vec<Value> = files.iter().map(encoded).collect();
        let at = (spot.session.as_str(), object.as_str());
        self.call_with::<Value>(at, "putFiles", &[json!(files)], budget)
            .await
            .map(|_| ())
            .map_err(stopped)
    }

    /// Clicks what opens the choice of files, and answers that instead of the system.
    async fn through_chooser(
        &mut self,
        target: &Target,
        files: &[UploadFile],
        budget: &Budget,
    ) -> Result<(), Failure> {
        let Some(paths) = self.on_disk(files)? else {
            return Err(Failure::new(
                ErrorClass::NotInteractable,
                format!("{target} is not a file input, which is what a remote browser needs"),
            ));
        };
        let session = self.tab_session()?;
        self.watched.change(|state| state.chooser = None);
        self.intercept_chooser(&session, true, budget).await?;
        let clicked = self.click_through(target, Purpose::Click, 1, budget).await.map(|_| ());
        let opened = match clicked {
            Ok(()) => self
                .watched
                .until(budget.deadline, |state| {
                    state.chooser.clone().or_else(|| state.is_dead().then_some((String::new(), 0)))
                })
                .await
                .ok_or_else(|| {
                    Failure::new(
                        ErrorClass::NotInteractable,
                        format!("{target} is not a file input, and clicking it asked for no file"),
                    )
                }),
            Err(failure) => Err(failure),
        };
        self.intercept_chooser(&session, false, budget).await?;
        let (session, node) = opened?;
        let params = json!({ "files": paths, "backendNodeId": node });
        self.set_files(&session, params, budget).await
    }

    async fn intercept_chooser(
        &self,
        session: &str,
        enabled: bool,
        budget: &Budget,
    ) -> Result<(), Failure> {
        let Some(connection) = self.connection() else { return Err(self.crashed()) };
        let reply = connection.start(
            Some(session),
            "Page.setInterceptFileChooserDialog",
            json!({ "enabled": enabled }),
        );
        self.answered(reply, budget).await
    }

    async fn set_files(
        &self,
        session: &str,
        params: Value,
        budget: &Budget,
    ) -> Result<(), Failure> {
        let Some(connection) = self.connection() else { return Err(self.crashed()) };
        let reply = connection.start(Some(session), "DOM.setFileInputFiles", params);
        match self.answer::<Value>(reply, budget).await {
            Ok(_) | Err(Stop::Gone | Stop::Dialog) => Ok(()),
            Err(stop) => Err(self.stopped(stop, budget)),
        }
    }

    /// Writes the files where the browser can read them, which it does when the form is sent: they
    /// stay until the session ends. `None` when the browser is on another machine.
    fn on_disk(&self, files: &[UploadFile]) -> Result<Option<Vec<String>>, Failure> {
        let Some(folder) = self.context.as_ref().and_then(|context| context.folder.as_ref()) else {
            return Ok(None);
        };
        let paths: std::io::Result<Vec<String>> = files
            .iter()
            .map(|file| {
                let path = folder.write(&file.name, file.content.reveal())?;
                Ok(path.to_string_lossy().into_owned())
            })
            .collect();
        paths.map(Some).map_err(|error| {
            Failure::new(
                ErrorClass::Unclassified,
                format!("the files cannot be put where the browser finds them: {error}"),
            )
        })
    }
}
