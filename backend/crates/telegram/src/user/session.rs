//! The session file: the key to the account, and how far each followed channel was read.
//!
//! Whoever has the file is the account, so it is readable for its owner alone, and no `Debug` or
//! error text shows what is in it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::net::{SocketAddrV4, SocketAddrV6};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use grammers_session::SessionData;
use grammers_session::types::DcOption;
use serde::{Deserialize, Serialize};

/// What a connection needs to be the same one as before.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// The account's data centre.
    pub home: i32,
    /// Where the data centres are, and the keys agreed with them.
    pub centres: Vec<Centre>,
}

/// A data centre of Telegram.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Centre {
    /// Its number, from 1.
    pub id: i32,
    /// Its address.
    pub ipv4: SocketAddrV4,
    /// Its other address.
    pub ipv6: SocketAddrV6,
    /// The key agreed with it, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auth_key: Option<String>,
}

/// How far a channel was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The channel's counter of changes ("pts") up to which everything is in the journal.
    pub pts: i32,
    /// The highest message id that is in the journal.
    pub last_message: i32,
}

/// Everything in the file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The key to the account.
    pub keys: Keys,
    /// The account's user id; [`None`] until somebody signed in.
    pub user: Option<i64>,
    /// By the channel's own id, without the Bot API's -100.
    #[serde(default)]
    pub marks: BTreeMap<i64, Mark>,
}

/// The file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// There is none.
    #[error("{0} is not there: sign in with `levibot telegram login`")]
    Absent(PathBuf),
    /// Somebody else could read it.
    #[error("{0} can be read by others, and it is a key to the account: chmod 600 it")]
    Open(PathBuf),
    /// It is not what was written.
    #[error("{0} is no session file of this version: delete it and sign in again")]
    Unreadable(PathBuf),
    /// Another process uses it.
    #[error("{0} is used by another levibot; stop that one first")]
    InUse(PathBuf),
    /// The system refused.
    #[error("{path}: {source}")]
    System {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The file at its place.
#[derive(Debug, Clone)]
pub struct SessionFile(PathBuf);

/// Held as long as one process works with the session.
#[derive(Debug)]
pub struct SessionLock(#[expect(dead_code, reason = "held, never read")] File);

impl Default for Keys {
    /// The data centres as everybody knows them, without keys.
    fn default() -> Self {
        let data = SessionData::default();
        let centres = data.dc_options.values().map(Centre::of).collect();
        Self { home: data.home_dc, centres }.sorted()
    }
}

impl Keys {
    fn sorted(mut self) -> Self {
        self.centres.sort_by_key(|centre| centre.id);
        self
    }

    /// The same data centres without the keys agreed with them.
    pub fn forgotten(mut self) -> Self {
        self.centres.iter_mut().for_each(|centre| centre.auth_key = None);
        self
    }

    /// From the parts of a connection.
    pub(crate) fn of<'a>(home: i32, options: impl Iterator<Item = &'a DcOption>) -> Self {
        Self { home, centres: options.map(Centre::of).collect() }.sorted()
    }

    /// As a connection takes them.
    pub(crate) fn to_data(&self) -> SessionData {
        let options = self.centres.iter().map(|centre| (centre.id, centre.to_option()));
        SessionData { home_dc: self.home, dc_options: options.collect(), ..SessionData::default() }
    }
}

impl Centre {
    fn of(option: &DcOption) -> Self {
        Self {
            id: option.id,
            ipv4: option.ipv4,
            ipv6: option.ipv6,
            auth_key: option.auth_key.map(hex::encode),
        }
    }

    fn to_option(&self) -> DcOption {
        let key = self.auth_key.as_deref().and_then(|key| hex::decode(key).ok());
        let auth_key = key.and_then(|key| key.try_into().ok());
        DcOption { id: self.id, ipv4: self.ipv4, ipv6: self.ipv6, auth_key }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys(home {})", self.home)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("user", &self.user)
            .field("marks", &self.marks)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// A session nobody signed in to yet.
    pub fn fresh() -> Self {
        Self { keys: Keys::default(), user: None, marks: BTreeMap::new() }
    }
}

impl SessionFile {
    /// The file at this path.
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Keeps other processes from working with the session.
    ///
    /// # Errors
    /// [`SessionError::InUse`], or what the system says.
    pub fn lock(&self) -> Result<SessionLock, SessionError> {
        self.make_folder()?;
        let path = self.0.with_extension("lock");
        let lock = private(&path).map_err(|source| system(&path, source))?;
        match lock.try_lock() {
            Ok(()) => Ok(SessionLock(lock)),
            Err(TryLockError::WouldBlock) => Err(SessionError::InUse(self.0.clone())),
            Err(TryLockError::Error(source)) => Err(system(&path, source)),
        }
    }

    /// What is in it.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn load(&self) -> Result<Session, SessionError> {
        let metadata = match fs::metadata(&self.0) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(SessionError::Absent(self.0.clone()));
            }
            Err(source) => return Err(system(&self.0, source)),
        };
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(SessionError::Open(self.0.clone()));
        }
        let text = fs::read(&self.0).map_err(|source| system(&self.0, source))?;
        // What serde says may quote the file.
        serde_json::from_slice(&text).map_err(|_| SessionError::Unreadable(self.0.clone()))
    }

    /// Writes it, whole or not at all: beside, synced, and moved into place.
    ///
    /// # Errors
    /// What the system says.
    pub fn save(&self, session: &Session) -> Result<(), SessionError> {
        self.make_folder()?;
        let beside = self.0.with_extension("new");
        let write = || {
            let mut file = private(&beside)?;
            file.set_len(0)?;
            file.write_all(&serde_json::to_vec(session)?)?;
            file.sync_all()?;
            fs::rename(&beside, &self.0)
        };
        write().map_err(|source| system(&self.0, source))
    }

    /// Forgets the session.
    ///
    /// # Errors
    /// What the system says; a file that is not there is none.
    pub fn remove(&self) -> Result<(), SessionError> {
        match fs::remove_file(&self.0) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(system(&self.0, source)),
            _ => Ok(()),
        }
    }

    fn make_folder(&self) -> Result<(), SessionError> {
        let Some(folder) = self.0.parent() else { return Ok(()) };
        fs::create_dir_all(folder).map_err(|source| system(folder, source))
    }
}

/// A file for its owner alone.
fn private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)
}

fn system(path: &Path, source: io::Error) -> SessionError {
    SessionError::System { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> (tempfile::TempDir, SessionFile) {
        let dir = tempfile::tempdir().unwrap();
        let file = SessionFile::at(&dir.path().join("deep/telegram.session"));
        (dir, file)
    }

    fn signed_in() -> Session {
        let mut session = Session::fresh();
        session.user = Some(42);
        session.keys.centres[1].auth_key = Some(hex::encode([0xab; 256]));
        session.marks.insert(7, Mark { pts: 100, last_message: 9 });
        session
    }

    #[test]
    fn a_session_comes_back_as_it_was_and_only_its_owner_reads_it() {
        let (_dir, file) = file();
        assert!(matches!(file.load(), Err(SessionError::Absent(_))));
        file.save(&signed_in()).unwrap();
        assert!(file.load().unwrap() == signed_in());
        let mode = fs::metadata(file.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(file.load(), Err(SessionError::Open(_))));
        file.remove().unwrap();
        file.remove().unwrap();
        assert!(matches!(file.load(), Err(SessionError::Absent(_))));
    }

    #[test]
    fn a_connection_gets_the_keys_that_were_kept() {
        let keys = signed_in().keys;
        let data = keys.to_data();
        assert_eq!(data.dc_options[&2].auth_key, Some([0xab; 256]));
        assert!(Keys::of(data.home_dc, data.dc_options.values()) == keys);
    }

    #[test]
    fn one_process_at_a_time_works_with_a_session() {
        let (_dir, file) = file();
        let lock = file.lock().unwrap();
        assert!(matches!(file.lock(), Err(SessionError::InUse(_))));
        drop(lock);
        file.lock().unwrap();
    }

    #[test]
    fn no_text_shows_the_key() {
        let (_dir, file) = file();
        file.save(&signed_in()).unwrap();
        assert!(!format!("{:?}", file.load().unwrap()).contains("abab"));
        let text = fs::read_to_string(file.path()).unwrap().replace("\"home\"", "\"hom\"");
        fs::write(file.path(), text).unwrap();
        let error = file.load().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("abab"), "{error}");
    }
}
