//! Reaching a browser's DevTools endpoint.

use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue, Request};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Where a browser listens.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// `ws://…`
    pub(crate) url: String,
    /// Headers of the opening request, as remote services want them.
    pub(crate) headers: Vec<(String, String)>,
}

impl Endpoint {
    /// Its address without what may hold a key.
    fn shown(&self) -> &str {
        self.url.split('?').next().unwrap_or_default()
    }
}

/// A page may be large, and so may its picture.
const MESSAGE_BYTES: usize = 256 << 20;

pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Connects to a browser.
pub(super) async fn dial(endpoint: &Endpoint, within: Duration) -> Result<Socket, String> {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_BYTES))
        .max_frame_size(Some(MESSAGE_BYTES));
    let request = request(endpoint)?;
    let connecting = tokio_tungstenite::connect_async_with_config(request, Some(config), true);
    let (socket, _) = tokio::time::timeout(within, connecting)
        .await
        .map_err(|_| format!("{} did not answer in time", endpoint.shown()))?
        .map_err(|error| format!("cannot connect to {}: {error}", endpoint.shown()))?;
    Ok(socket)
}

fn request(endpoint: &Endpoint) -> Result<Request<()>, String> {
    let mut request = endpoint
        .url
        .as_str()
        .into_client_request()
        .map_err(|error| format!("`{}` is not a ws:// address: {error}", endpoint.shown()))?;
    for (name, value) in &endpoint.headers {
        let name = HeaderName::try_from(name)
            .map_err(|_| format!("`{name}` is not the name of a header"))?;
        let value = HeaderValue::try_from(value)
            .map_err(|_| format!("the value of the header `{name}` has impossible characters"))?;
        request.headers_mut().insert(name, value);
    }
    Ok(request)
}
