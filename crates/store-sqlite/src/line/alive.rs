//! Which nodes still have a process. Each holds a lock on a file of its own, and the system lets go of it when the
//! process dies, however it dies: what is not locked has ended for certain, and need not be waited for.

use crate::folder::FolderLock;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use store::StoreError;
use waiting_room::{CampaignTag, NodeId};

/// Held for as long as the process lives.
pub(super) struct Alive {
    _lock: FolderLock,
}

const FOLDER: &str = "line.nodes";

fn name(campaign: CampaignTag, node: NodeId) -> String {
    format!("{}-{}", campaign.0, node.incarnation)
}

fn path(folder: &Path, campaign: CampaignTag, node: NodeId) -> PathBuf {
    folder.join(FOLDER).join(name(campaign, node))
}

impl Alive {
    pub(super) fn take(folder: &Path, campaign: CampaignTag, node: NodeId) -> Result<Self, StoreError> {
        Ok(Self { _lock: FolderLock::take(&folder.join(FOLDER), &name(campaign, node))? })
    }
}

/// Where this cannot be told it is false: then silence decides.
pub(super) fn is_gone(folder: &Path, campaign: CampaignTag, node: NodeId) -> bool {
    let Ok(file) = File::options().write(true).open(path(folder, campaign, node)) else {
        return !path(folder, campaign, node).exists();
    };
    !matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock | TryLockError::Error(_)))
}

/// Of a node that is no more; its file says nothing to anybody.
pub(super) fn forget(folder: &Path, campaign: CampaignTag, node: NodeId) {
    if let Err(error) = fs::remove_file(path(folder, campaign, node)) {
        tracing::debug!(%error, "the file of a node that has gone stays");
    }
}
