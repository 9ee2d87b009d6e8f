//! Where the database is: `postgres://user:password@host:5432,other:5432/database`, or a folder of sockets by
//! `postgres://user@/database?host=/run/postgresql`.

use std::fmt;
use std::path::PathBuf;
use store::StoreError;

const PORT: u16 = 5432;

/// One primary, by the names under which it may be found. What it prints has no password.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) database: String,
    /// Asked in this order; whoever is no primary is passed over.
    pub(crate) hosts: Vec<Host>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Host {
    Network { name: String, port: u16 },
    Socket(PathBuf),
}

impl Address {
    /// # Errors
    /// [`StoreError::Unavailable`] with what is wrong; it never repeats the text, which may hold a password.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let wrong = |what| StoreError::unavailable(what);
        let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
        let rest = rest.ok_or_else(|| wrong("the address of a database begins with postgres://"))?;
        let (rest, options) = rest.split_once('?').unwrap_or((rest, ""));
        let (place, database) =
            rest.split_once('/').ok_or_else(|| wrong("the address names no database after the host"))?;
        let (who, hosts) = place.rsplit_once('@').unwrap_or(("", place));
        let (user, password) = who.split_once(':').unwrap_or((who, ""));
        let decoded =
            |part| decoded(part).ok_or_else(|| wrong("a % of the address is not followed by a byte"));
        let address = Self {
            user: decoded(user)?,
            password: decoded(password)?,
            database: decoded(database)?,
            hosts: found_hosts(hosts, options)
                .ok_or_else(|| wrong("a host of the address cannot be read"))?,
        };
        if address.user.is_empty() || address.database.is_empty() {
            return Err(wrong("the address names no user or no database"));
        }
        Ok(address)
    }
}

fn found_hosts(hosts: &str, options: &str) -> Option<Vec<Host>> {
    let option = |name: &str| options.split('&').find_map(|one| one.strip_prefix(name));
    let default_port = option("port=").map_or(Some(PORT), |port| port.parse().ok())?;
    if let Some(folder) = option("host=").and_then(decoded).filter(|folder| folder.starts_with('/')) {
        return Some(vec![Host::Socket(PathBuf::from(folder).join(format!(".s.PGSQL.{default_port}")))]);
    }
    hosts.split(',').map(|host| network(host, default_port)).collect()
}

fn network(host: &str, default_port: u16) -> Option<Host> {
    let (name, port) = match host.rsplit_once(':').filter(|_| !host.ends_with(']')) {
        Some((name, port)) => (name, port.parse().ok()?),
        None => (host, default_port),
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    (!name.is_empty()).then(|| Host::Network { name: name.to_owned(), port })
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let is_coded = byte == b'%';
        let mut digit = || char::from(rest.next()?).to_digit(16);
        bytes.push(if is_coded { (digit()? * 16 + digit()?) as u8 } else { byte });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, host) in self.hosts.iter().enumerate() {
            f.write_str(if position == 0 { "" } else { "," })?;
            match host {
                Host::Network { name, port } => write!(f, "{name}:{port}")?,
                Host::Socket(path) => write!(f, "{}", path.display())?,
            }
        }
        write!(f, "/{}", self.database)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(name: &str, port: u16) -> Host {
        Host::Network { name: name.to_owned(), port }
    }

    #[test]
    fn an_address_is_read_in_its_parts() {
        let address = Address::parse("postgres://charye:p%40ss@db1,[::1]:6432/booking").unwrap();
        assert_eq!((address.user.as_str(), address.password.as_str()), ("charye", "p@ss"));
        assert_eq!(address.hosts, [network("db1", 5432), network("::1", 6432)]);
        let socket = Address::parse("postgresql://me@/booking?host=/run/postgresql&port=5433").unwrap();
        assert_eq!(socket.hosts, [Host::Socket("/run/postgresql/.s.PGSQL.5433".into())]);
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in
            ["mysql://a@b/c", "postgres://a@b", "postgres://b/c", "postgres://a@b/", "postgres://a%4@b/c"]
        {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_password_is_ever_printed() {
        let address = Address::parse("postgres://charye:secret@db/booking").unwrap();
        assert_eq!(format!("{address} {address:?}"), "db:5432/booking db:5432/booking");
        let error = Address::parse("postgres://charye:secret@db").unwrap_err();
        assert!(!format!("{error:?}").contains("secret"));
    }
}
