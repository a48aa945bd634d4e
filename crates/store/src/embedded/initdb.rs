//! Making a new database: whole or not at all.

use super::place::Place;
use super::{EmbeddedError, NAME};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;

/// Makes the database unless there is one. It is made beside its name and then moved there, so an
/// interrupted attempt is swept away by the next one.
pub(super) async fn ensure(place: &Place) -> Result<(), EmbeddedError> {
    let data = place.data();
    if data.exists() {
        return Ok(());
    }
    let draft = place.draft();
    match std::fs::remove_dir_all(&draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(EmbeddedError::file("removing", draft)(error));
        }
        _ => {}
    }
    std::fs::create_dir(&draft).map_err(EmbeddedError::file("making", &draft))?;
    std::fs::set_permissions(&draft, std::fs::Permissions::from_mode(0o700))
        .map_err(EmbeddedError::file("closing", &draft))?;
    place.owner.give(&draft)?;
    tracing::info!("making a new database in {}", data.display());
    initdb(place).await?;
    std::fs::rename(&draft, &data).map_err(EmbeddedError::file("naming", data))
}

async fn initdb(place: &Place) -> Result<(), EmbeddedError> {
    let password = password_file(place)?;
    let program = place.program("initdb");
    let output = place
        .owner
        .command(&program)
        .args(["--username", NAME, "--encoding", "UTF8", "--data-checksums"])
        .args(["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"])
        .args(["--locale", "C", "--auth", "scram-sha-256", "--no-instructions"])
        // Stretching protects weak passwords; ours is random, and every connection would pay for it.
        .args(["--set", "scram_iterations=1"])
        .arg("--pwfile")
        .arg(password.path())
        .arg("--pgdata")
        .arg(place.draft())
        .output()
        .await
        .map_err(|cause| EmbeddedError::Spawn { program, cause })?;
    if output.status.success() {
        return Ok(());
    }
    Err(EmbeddedError::Initdb {
        data: place.data(),
        output: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}

/// The password in a file that the owner can read, for as long as `initdb` runs.
fn password_file(place: &Place) -> Result<tempfile::NamedTempFile, EmbeddedError> {
    let folder = place.socket();
    let failed = || EmbeddedError::file("writing a file in", folder);
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed())?;
    writeln!(file, "{}", place.password()?).map_err(failed())?;
    place.owner.give(file.path())?;
    Ok(file)
}
