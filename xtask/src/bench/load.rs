//! What is asked of a server, and what came of it.
use super::histogram::Histogram;
use std::time::Duration;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Connections {
    KeptAlive,
    NewEach,
}

#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) port: u16,
    pub(crate) request: Vec<u8>,
    pub(crate) expected_status: u16,
    pub(crate) connections: Connections,
}

pub(crate) struct Outcome {
    pub(crate) requests: u64,
    pub(crate) errors: u64,
    pub(crate) elapsed: Duration,
    pub(crate) latency: Histogram,
}

impl Outcome {
    pub(crate) fn new() -> Self {
        Self { requests: 0, errors: 0, elapsed: Duration::ZERO, latency: Histogram::new() }
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.requests as f64 / self.elapsed.as_secs_f64()
    }
}

impl Load {
    pub(crate) fn get(port: u16, path: &str, connections: Connections) -> Self {
        Self::new(port, "GET", path, "", connections)
    }

    /// With header lines of the asker's own.
    pub(crate) fn get_with(port: u16, path: &str, headers: &str, connections: Connections) -> Self {
        Self::new(port, "GET", path, headers, connections)
    }

    /// A POST without a body; what it makes is expected to be created.
    pub(crate) fn post(port: u16, path: &str, connections: Connections) -> Self {
        let fields = "content-type: application/json\r\ncontent-length: 0\r\n";
        Self { expected_status: 201, ..Self::new(port, "POST", path, fields, connections) }
    }

    fn new(port: u16, method: &str, path: &str, fields: &str, connections: Connections) -> Self {
        let close = if connections == Connections::NewEach { "connection: close\r\n" } else { "" };
        let request = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n{fields}{close}\r\n");
        Self { port, request: request.into_bytes(), expected_status: 200, connections }
    }

    pub(crate) fn run(&self, duration: Duration) -> anyhow::Result<Outcome> {
        match self.connections {
            Connections::KeptAlive => super::kept_alive::run(self, duration),
            Connections::NewEach => super::new_each::run(self, duration),
        }
    }
}
