//! Requests and answers.

use super::Pump;
use crate::cdp::Event;
use crate::egress;
use crate::session::state::{DocumentAnswer, Load, State, Stillborn};
use domain::observation::NetworkError;
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    request_id: String,
    request: Request,
    #[serde(default)]
    loader_id: String,
    frame_id: Option<String>,
    redirect_response: Option<Response>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    url: String,
    #[serde(default)]
    url_fragment: String,
    method: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Received {
    request_id: String,
    #[serde(default)]
    loader_id: String,
    response: Response,
}

#[derive(Deserialize)]
struct Response {
    url: String,
    status: u16,
    #[serde(default)]
    headers: HashMap<String, String>,
}

impl Response {
    /// Whether our proxy says that it could not or would not go there.
    fn is_ours(&self) -> bool {
        self.headers.keys().any(|name| name.eq_ignore_ascii_case(egress::MARK.as_str()))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failed {
    request_id: String,
    #[serde(default)]
    error_text: String,
    #[serde(default)]
    canceled: bool,
    blocked_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Finished {
    request_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SocketMade {
    request_id: String,
    url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SocketError {
    request_id: String,
    error_message: String,
}

impl Pump {
    pub(super) fn network(&self, session: &str, event: &Event) {
        match event.method.as_str() {
            "Network.requestWillBeSent" => {
                if let Some(sent) = event.read() {
                    self.watched.change(|state| request_sent(state, session, sent));
                }
            }
            "Network.responseReceived" => {
                if let Some(received) = event.read::<Received>() {
                    let trouble = self.trouble(&received.response);
                    self.watched.change(|state| answered(state, session, received, trouble));
                }
            }
            "Network.loadingFinished" => {
                if let Some(Finished { request_id }) = event.read() {
                    self.watched.change(|state| state.journal.request_ended(&request_id));
                }
            }
            "Network.loadingFailed" => {
                if let Some(failed) = event.read() {
                    self.failed(session, failed);
                }
            }
            "Network.webSocketCreated" => {
                if let Some(SocketMade { request_id, url }) = event.read() {
                    self.watched
                        .change(|state| state.journal.request_sent(request_id, "GET".into(), url));
                }
            }
            "Network.webSocketFrameError" => {
                if let Some(SocketError { request_id, error_message }) = event.read() {
                    self.request_failed(&request_id, &error_message);
                }
            }
            _ => {}
        }
    }

    /// What our proxy has to say about an answer that is its own.
    fn trouble(&self, response: &Response) -> Option<String> {
        let log = self.egress.as_ref().filter(|_| response.is_ours())?;
        log.about(&response.url, self.began).map(|trouble| trouble.message)
    }

    fn failed(&self, session: &str, failed: Failed) {
        let error = failed.blocked_reason.unwrap_or(failed.error_text);
        let aborted = failed.canceled || error == "net::ERR_ABORTED";
        self.watched.change(|state| {
            let Some(tab) = state.tab_of(session) else { return };
            let under = Load::Under { loader: failed.request_id.clone() };
            if tab.load == under {
                let answer = tab.answers.remove(&failed.request_id).unwrap_or_default();
                tab.stillborn = Some(Stillborn {
                    url: answer.url,
                    status: answer.status,
                    error: error.clone(),
                    harmless: aborted,
                });
                // An error page may still come, and begins anew then.
                tab.load = Load::Idle;
            }
        });
        if aborted {
            // The page or the user changed their mind; nothing went wrong.
            self.watched.change(|state| state.journal.request_ended(&failed.request_id));
        } else {
            self.request_failed(&failed.request_id, &error);
        }
    }

    fn request_failed(&self, id: &str, error: &str) {
        let Some((method, url)) = self.watched.change(|state| state.journal.request_ended(id))
        else {
            return;
        };
        let ours = self.egress.as_ref().and_then(|log| log.about(&url, self.began));
        let error = ours.map_or_else(|| error.to_owned(), |trouble| trouble.message);
        self.watched.change(|state| {
            state.journal.network_error(NetworkError {
                method,
                url,
                status: None,
                error: Some(error),
            });
        });
    }

    /// A request of a browser that does not come through our proxy: judged by what its host
    /// resolves to here, which is the best that can be done from outside. Resolving takes time, so
    /// it is done beside the pump.
    pub(super) fn paused_request(&self, session: &str, event: &Event) {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Paused {
            request_id: String,
            request: Request,
        }
        let Some(Paused { request_id, request }) = event.read() else { return };
        if self.watched.see(|state| state.made_up) {
            let empty = json!({
                "requestId": request_id,
                "responseCode": 200,
                "responseHeaders": [{ "name": "content-type", "value": "text/html" }],
                "body": "",
            });
            drop(self.connection.start(Some(session), "Fetch.fulfillRequest", empty));
            return;
        }
        let (connection, session) = (Arc::clone(&self.connection), session.to_owned());
        let (rules, log) = (self.rules.clone(), self.egress.clone());
        self.tracker.spawn(async move {
            let refused = match &rules {
                Some(rules) => refusal(rules, &request.url).await,
                None => None,
            };
            let (method, params) = match &refused {
                None => ("Fetch.continueRequest", json!({ "requestId": request_id })),
                Some(_) => (
                    "Fetch.failRequest",
                    json!({ "requestId": request_id, "errorReason": "BlockedByClient" }),
                ),
            };
            if let (Some(trouble), Some(log)) = (refused, log) {
                log.add(trouble);
            }
            drop(connection.start(Some(&session), method, params));
        });
    }
}

async fn refusal(rules: &egress::Rules, url: &str) -> Option<egress::Trouble> {
    let url = url::Url::parse(url).ok()?;
    let host = url.host_str()?;
    let port = url.port_or_known_default()?;
    egress::resolve(rules, host, port).await.err().filter(|trouble| trouble.refused)
}

fn request_sent(state: &mut State, session: &str, sent: Sent) {
    if let Some(redirect) = sent.redirect_response {
        state.journal.request_answered(&sent.request_id, redirect.url, redirect.status, None);
    }
    let is_document = sent.request_id == sent.loader_id;
    if is_document
        && let Some(tab) = state.tab_of(session)
        && sent.frame_id.as_deref().is_some_and(|frame| tab.is_main(frame))
    {
        let answer = DocumentAnswer {
            url: format!("{}{}", sent.request.url, sent.request.url_fragment),
            status: None,
        };
        tab.answers.insert(sent.loader_id, answer);
    }
    state.journal.request_sent(sent.request_id, sent.request.method, sent.request.url);
}

fn answered(state: &mut State, session: &str, received: Received, trouble: Option<String>) {
    let Received { request_id, loader_id, response } = received;
    if request_id == loader_id
        && let Some(tab) = state.tab_of(session)
    {
        if let Some(answer) = tab.answers.get_mut(&loader_id) {
            answer.status = Some(response.status);
        } else if tab.document.loader == loader_id {
            tab.document.status = Some(response.status);
        }
    }
    state.journal.request_answered(&request_id, response.url, response.status, trouble);
}
