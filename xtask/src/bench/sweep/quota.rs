//! A part of the core for some processes, by a control group; whole again when dropped.
use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Short, so that nothing stands still for long.
const PERIOD_US: u32 = 20_000;
const SHARES_MAX: &str = "262144";
const WEIGHT_MAX: &str = "10000";
const V1: &str = "/sys/fs/cgroup/cpu";
const V2: &str = "/sys/fs/cgroup";

pub(super) struct Quota {
    group: PathBuf,
    home: PathBuf,
}

impl Quota {
    /// Why there can be none here.
    pub(super) fn missing() -> Option<String> {
        let tried = Self::group();
        match tried {
            Ok((group, _)) => fs::remove_dir(group).err().map(|error| error.to_string()),
            Err(error) => Some(format!("{error:#}")),
        }
    }

    pub(super) fn set(ids: &[u32], part: f64) -> Result<Self> {
        let (group, home) = Self::group()?;
        let quota = Self { group, home };
        let quota_us = (f64::from(PERIOD_US) * part) as u32;
        if quota.home == Path::new(V1) {
            fs::write(quota.group.join("cpu.cfs_period_us"), PERIOD_US.to_string())?;
            fs::write(quota.group.join("cpu.cfs_quota_us"), quota_us.to_string())?;
            // Whatever else runs here: nothing but the quota limits them.
            fs::write(quota.group.join("cpu.shares"), SHARES_MAX)?;
        } else {
            fs::write(quota.group.join("cpu.max"), format!("{quota_us} {PERIOD_US}"))?;
            fs::write(quota.group.join("cpu.weight"), WEIGHT_MAX)?;
        }
        ids.iter().try_for_each(|id| fs::write(quota.group.join("cgroup.procs"), id.to_string()))?;
        Ok(quota)
    }

    /// A new group, and where it was made.
    fn group() -> Result<(PathBuf, PathBuf)> {
        let home = PathBuf::from(if Path::new(V1).join("cgroup.procs").exists() { V1 } else { V2 });
        let group = home.join(format!("charye-xtask-{}", std::process::id()));
        fs::create_dir(&group).context("a control group cannot be made")?;
        let file = if home == Path::new(V1) { "cpu.cfs_quota_us" } else { "cpu.max" };
        if !group.join(file).exists() {
            fs::remove_dir(&group)?;
            anyhow::bail!("control groups here have no {file}");
        }
        Ok((group, home))
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        let members = fs::read_to_string(self.group.join("cgroup.procs")).unwrap_or_default();
        let home = self.home.join("cgroup.procs");
        // Whoever has ended cannot be moved, and need not be.
        members.lines().for_each(|id| drop(fs::write(&home, id)));
        if let Err(error) = fs::remove_dir(&self.group) {
            eprintln!("xtask: {} is left behind: {error}", self.group.display());
        }
    }
}
