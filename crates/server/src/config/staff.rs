//! The staff's listener.

use crate::cli::Role;
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use web::staff::addresses::Addresses;

/// Where the staff's pages are. None of them is on the public address.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StaffConfig {
    /// An address of its own, e.g. `127.0.0.1:8090`. Left out: there is none, unless a process is started with the role
    /// `desk`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) listen: Option<SocketAddr>,
    /// Networks or addresses from which staff may ask, e.g. `10.1.0.0/16`. This machine always may.
    pub(crate) addresses: Vec<String>,
}

impl StaffConfig {
    /// Where a process of that role answers the staff, beside whatever else it is for. Beside a booking process a desk
    /// process does.
    pub(crate) fn listen_as(&self, role: Role) -> Option<SocketAddr> {
        self.listen.filter(|_| role == Role::All)
    }

    pub(crate) fn addresses(&self) -> Result<Addresses> {
        Addresses::parse(&self.addresses).map_err(|wrong| {
            anyhow::anyhow!(
                "staff.addresses: {wrong}: 10.1.0.0/16 형식이어야 합니다 / must look like 10.1.0.0/16"
            )
        })
    }
}
