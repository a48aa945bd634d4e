//! Following the events of a task, through interruptions.

use super::Client;
use crate::exit::{Failed, UNAVAILABLE};
use anyhow::Result;
use domain::id::TaskId;
use futures::StreamExt as _;
use reqwest::Method;
use std::time::Duration;

const TRIES: u32 = 30;

impl Client {
    /// Calls `see` with every event of a task until the terminal one. A broken stream is taken up
    /// again where it broke.
    pub(crate) async fn follow(
        &self,
        task: TaskId,
        mut see: impl FnMut(&wire::TaskEvent),
    ) -> Result<()> {
        let mut last = None;
        let mut tries = 0;
        while tries < TRIES {
            match self.read_stream(task, &mut last, &mut see).await {
                Ok(true) => return Ok(()),
                Err(error) if tries == 0 && last.is_none() => return Err(error),
                // A server that ends the stream early is going down and comes back.
                Ok(false) | Err(_) => tries += 1,
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        Err(Failed::new(UNAVAILABLE, "the server does not come back; the task goes on").into())
    }

    /// Reads one stream; true when it ended with the terminal event.
    async fn read_stream(
        &self,
        task: TaskId,
        last: &mut Option<i64>,
        see: &mut impl FnMut(&wire::TaskEvent),
    ) -> Result<bool> {
        let mut request = self.request(Method::GET, &format!("/v1/tasks/{task}/events"))?;
        if let Some(id) = last {
            request = request.header("last-event-id", id.to_string());
        }
        let mut chunks = self.send(request).await?.bytes_stream();
        let mut lines = Lines::default();
        let mut ended = false;
        while let (false, Some(chunk)) = (ended, chunks.next().await) {
            for event in lines.push(&chunk?) {
                let event: wire::TaskEvent = serde_json::from_str(&event)?;
                *last = Some(event.id);
                see(&event);
                ended |= event.event.is_terminal();
            }
        }
        Ok(ended)
    }
}

/// Takes `data:` lines out of an event stream. Ours carry one line of data each.
#[derive(Default)]
struct Lines {
    rest: Vec<u8>,
}

impl Lines {
    fn push(&mut self, chunk: &[u8]) -> Vec<String> {
        self.rest.extend_from_slice(chunk);
        let mut data = Vec::new();
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            data.extend(line.strip_prefix("data:").map(|text| text.trim().to_owned()));
        }
        data
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn data_lines_are_found_across_chunks() {
        let mut lines = Lines::default();
        assert!(lines.push(b": hi\n\nid: 1\nevent: x\nda").is_empty());
        assert_eq!(lines.push(b"ta: {\"a\":1}\n\ndata: 2\n"), ["{\"a\":1}", "2"]);
    }
}
