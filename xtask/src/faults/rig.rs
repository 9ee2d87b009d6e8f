//! Where the power can be cut: ext4 in a loop file that lies on a reflink XFS. A copy by reflink is, at one instant,
//! what has really reached the block layer; what was only written, and not synced, is not in it.
use super::{missing_program, missing_to_mount, sh};
use crate::process::TempDir;
use anyhow::{Context as _, Result};
use std::fs::File;
use std::path::{Path, PathBuf};

const XFS_BYTES: u64 = 1 << 30;
const DISK_BYTES: u64 = 192 << 20;

pub(crate) fn missing() -> Option<String> {
    missing_program("/usr/sbin/mkfs.xfs", "xfsprogs").or_else(missing_to_loop)
}

pub(super) fn missing_to_loop() -> Option<String> {
    missing_program("/usr/sbin/mkfs.ext4", "e2fsprogs").or_else(missing_to_mount).or_else(|| {
        (!Path::new("/dev/loop-control").exists()).then(|| "there are no loop devices".to_owned())
    })
}

pub(crate) struct Rig {
    folder: TempDir,
}

/// The disk as it was when the power went, mounted until it is dropped.
pub(crate) struct Copy<'a> {
    rig: &'a Rig,
}

impl Rig {
    pub(crate) fn build() -> Result<Self> {
        let rig = Self { folder: TempDir::new()? };
        let xfs = rig.path("x.img");
        sparse(&xfs, XFS_BYTES)?;
        sh("mkfs.xfs", &["-q", "-m", "reflink=1", text(&xfs)?])?;
        for folder in ["X", "D", "S"] {
            std::fs::create_dir(rig.path(folder))?;
        }
        sh("mount", &["-o", "loop", text(&xfs)?, text(&rig.path("X"))?])?;
        let disk = rig.path("X/disk.img");
        sparse(&disk, DISK_BYTES)?;
        sh("mkfs.ext4", &["-q", text(&disk)?])?;
        sh("mount", &["-o", "loop", text(&disk)?, text(&rig.path("D"))?])?;
        Ok(rig)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// On the disk whose power is cut.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("D/data")
    }

    /// On the disk of those who watch.
    pub(crate) fn beside(&self) -> PathBuf {
        self.path("told")
    }

    /// Cuts the power now.
    pub(crate) fn cut(&self) -> Result<()> {
        let (disk, copy) = (self.path("X/disk.img"), self.path("X/copy.img"));
        sh("cp", &["--reflink=always", text(&disk)?, text(&copy)?])
    }

    /// Switches the machine on again.
    pub(crate) fn power_on(&self) -> Result<Copy<'_>> {
        sh("mount", &["-o", "loop", text(&self.path("X/copy.img"))?, text(&self.path("S"))?])?;
        Ok(Copy { rig: self })
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        for folder in ["D", "X"] {
            unmount(&self.path(folder));
        }
    }
}

/// A small disk, unmounted when it is dropped.
pub(super) struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    pub(super) fn mount(bytes: u64) -> Result<Self> {
        let disk = Self { folder: TempDir::new()? };
        let image = disk.folder.path().join("disk.img");
        sparse(&image, bytes)?;
        sh("mkfs.ext4", &["-q", "-m", "0", text(&image)?])?;
        std::fs::create_dir(disk.path())?;
        sh("mount", &["-o", "loop", text(&image)?, text(&disk.path())?])?;
        Ok(disk)
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("D")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        unmount(&self.path());
    }
}

impl Copy<'_> {
    pub(crate) fn data(&self) -> PathBuf {
        self.rig.path("S/data")
    }
}

impl Drop for Copy<'_> {
    fn drop(&mut self) {
        unmount(&self.rig.path("S"));
        if let Err(error) = std::fs::remove_file(self.rig.path("X/copy.img")) {
            eprintln!("xtask: a copy is left behind: {error}");
        }
    }
}

/// The namespace ends with the process, and what is still mounted then goes with it.
fn unmount(folder: &Path) {
    if let Err(error) = text(folder).and_then(|folder| sh("umount", &[folder])) {
        eprintln!("xtask: {error:#}");
    }
}

fn sparse(path: &Path, bytes: u64) -> Result<()> {
    Ok(File::create(path)?.set_len(bytes)?)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path that is no text")
}
