//! The browsers' sessions on disk: digests only, readable for the owner alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use api::session::{StoredSession, Vault};

/// `LOG_DIR/sessions.json`.
pub(crate) struct SessionFile {
    path: PathBuf,
}

impl SessionFile {
    pub(crate) fn within(dir: &Path) -> Self {
        Self { path: dir.join("sessions.json") }
    }

    /// What is kept. Sessions that cannot be read are over: people sign in again.
    pub(crate) fn load(&self) -> Vec<StoredSession> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => return self.unreadable(&error),
        };
        serde_json::from_str(&text).unwrap_or_else(|error| self.unreadable(&error))
    }

    fn unreadable(&self, error: &dyn std::fmt::Display) -> Vec<StoredSession> {
        tracing::warn!(file = %self.path.display(), %error, "sessions are over: they cannot be read");
        Vec::new()
    }
}

impl Vault for SessionFile {
    /// Whole or not at all: written beside and moved into place.
    fn save(&self, sessions: &[StoredSession]) -> io::Result<()> {
        let beside = self.path.with_extension("json.new");
        let mut file = create_private(&beside)?;
        file.write_all(&serde_json::to_vec(sessions)?)?;
        file.sync_all()?;
        fs::rename(&beside, &self.path)
    }
}

fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_come_back_as_they_were_and_only_the_owner_reads_them() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let file = SessionFile::within(dir.path());
        assert!(file.load().is_empty());
        let text = r#"[{"digest":"ab","expires_at":"2025-10-07T12:00:00.000000Z"}]"#;
        let kept: Vec<StoredSession> = serde_json::from_str(text).unwrap();
        file.save(&kept).unwrap();
        assert_eq!(file.load(), kept);
        let mode = fs::metadata(&file.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::write(&file.path, "{").unwrap();
        assert!(file.load().is_empty());
    }
}
