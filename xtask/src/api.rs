//! The JSON API of a service on this machine, asked as a program asks it.
use crate::http::{self, Header};
use anyhow::{Context, Result, ensure};
use serde_json::Value;

pub(crate) fn call(port: u16, path: &str, headers: &[Header], body: &Value) -> Result<Value> {
    read(&http::post(port, path, headers, &body.to_string())?).with_context(|| path.to_owned())
}

/// An answer that is not an error.
pub(crate) fn read(answer: &http::Answer) -> Result<Value> {
    let body = String::from_utf8_lossy(&answer.body);
    ensure!(answer.status < 300, "answered {}: {body}", answer.status);
    serde_json::from_slice(&answer.body).context("an answer that is no JSON")
}

/// What stands at a JSON pointer.
pub(crate) fn text(value: &Value, pointer: &str) -> Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.map(str::to_owned).with_context(|| format!("no {pointer} in {value}"))
}
