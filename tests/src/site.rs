//! A site of a test's own, on a port of its own.

use axum::Router;
use tokio::task::AbortHandle;

/// A running site; it ends when dropped.
pub(crate) struct Site {
    pub(crate) url: String,
    server: AbortHandle,
}

impl Site {
    /// Serves this.
    pub(crate) async fn serve(router: Router) -> Self {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", socket.local_addr().unwrap());
        let mut servers = tokio::task::JoinSet::new();
        let server = servers.spawn(async move {
            axum::serve(socket, router).await.unwrap();
        });
        servers.detach_all();
        Self { url, server }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}
