//! As much of HTTP as a question to a program on this machine needs.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_mins(1);

/// A program that listens on a port of this machine.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) port: u16,
    /// What it is told with each question, as `Authorization: Bearer …`.
    pub(super) key: Option<String>,
}

/// What it said.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
}

impl Server {
    /// One that needs no key.
    pub(super) const fn open(port: u16) -> Self {
        Self { port, key: None }
    }

    /// Asks for something.
    pub(super) fn get(&self, path: &str) -> Result<Answer> {
        self.ask("GET", path, "")
    }

    /// Asks for JSON; anything but 200 is an error.
    pub(super) fn json(&self, path: &str) -> Result<Value> {
        let answer = self.get(path)?;
        ensure!(answer.status == 200, "GET {path} answers {}: {}", answer.status, answer.body);
        serde_json::from_str(&answer.body).with_context(|| format!("GET {path} answers no JSON"))
    }

    /// Sends JSON.
    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        self.ask("POST", path, &body.to_string())
    }

    /// HTTP/1.0, so that the answer comes in one piece and ends with the connection.
    fn ask(&self, method: &str, path: &str, body: &str) -> Result<Answer> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
            .with_context(|| format!("nothing listens on port {}", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut request = format!("{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{}\r\n", self.port);
        if let Some(key) = &self.key {
            write!(request, "Authorization: Bearer {key}\r\n")?;
        }
        if !body.is_empty() {
            request.push_str("Content-Type: application/json\r\n");
        }
        write!(request, "Content-Length: {}\r\n\r\n{body}", body.len())?;
        stream.write_all(request.as_bytes())?;
        let mut said = String::new();
        stream.read_to_string(&mut said)?;
        parse(&said).with_context(|| format!("{method} {path} gets no answer of HTTP"))
    }
}

fn parse(said: &str) -> Option<Answer> {
    let (head, body) = said.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, body: body.to_owned() })
}

/// A value for the query of a URL.
pub(super) fn encode(value: &str) -> String {
    value.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").ok();
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_a_status_and_a_body() {
        let answer = parse("HTTP/1.0 404 Not Found\r\nA: b\r\n\r\nno\r\n\r\nmore").unwrap();
        assert_eq!((answer.status, &*answer.body), (404, "no\r\n\r\nmore"));
        assert!(parse("SSH-2.0").is_none());
    }

    #[test]
    fn what_has_a_meaning_in_urls_is_encoded() {
        assert_eq!(encode("a{b=\"ü\"} + 1"), "a%7Bb%3D%22%C3%BC%22%7D%20%2B%201");
    }
}
