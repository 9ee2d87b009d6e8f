//! The cookies of one browser at one service.

#[derive(Clone, Debug, Default)]
pub(crate) struct Jar(Vec<(Box<str>, Box<str>)>);

impl Jar {
    /// As the service sets it; one of the same name is replaced.
    pub(crate) fn keep(&mut self, set: &str) {
        let Some((name, rest)) = set.split_once('=') else { return };
        let value = rest.split(';').next().unwrap_or("");
        self.0.retain(|(known, _)| **known != *name);
        self.0.push((name.into(), value.into()));
    }

    /// What is sent back.
    pub(crate) fn header(&self) -> String {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }
}
