//! What is kept of the journal, where and for how long; and where the journal is, for commands that
//! need to know nothing else.

use std::path::{Path, PathBuf};

use archive::{Credentials, Keep};
use jiff::tz::TimeZone;
use secrecy::SecretString;

use super::mistake::Mistake;
use super::parse;
use super::reader::Reader;
use super::sources::Sources;
use super::variables as v;
use super::{dotenv, env_here};

/// `LOG_KEEP_DAYS`, `ARCHIVE_*` and the accounts of the stores.
#[derive(Debug, Clone)]
pub(crate) struct Archiving {
    /// How long.
    pub(crate) keep: Keep,
    /// Where.
    pub(crate) url: Option<String>,
    /// With whose keys.
    pub(crate) credentials: Credentials,
}

/// The journal alone. Mistakes in other settings do not keep anyone from reading it.
#[derive(Debug, Clone)]
pub(crate) struct JournalPlace {
    /// `LOG_DIR`.
    pub(crate) dir: PathBuf,
    /// When its days begin.
    pub(crate) time_zone: TimeZone,
    /// Its archive.
    pub(crate) archiving: Archiving,
}

impl JournalPlace {
    /// From this process's environment and the `.env` of its working directory.
    ///
    /// # Errors
    /// Every mistake in the settings that matter here.
    pub(crate) fn load_here() -> Result<Self, Vec<Mistake>> {
        let file = dotenv::read(Path::new(".env")).map_err(|mistake| vec![mistake])?;
        let sources = Sources::new(env_here(), file.values);
        let mut reader = Reader::new(&sources);
        let place = Self {
            dir: reader.required(&v::LOG_DIR, parse::from_str),
            time_zone: time_zone(&mut reader),
            archiving: read(&mut reader),
        };
        let (_, mistakes) = reader.finish();
        if mistakes.is_empty() { Ok(place) } else { Err(mistakes) }
    }
}

pub(super) fn time_zone(from: &mut Reader<'_>) -> TimeZone {
    from.optional(&v::TZ, parse::time_zone).unwrap_or_else(TimeZone::system)
}

/// Reads the group, in the order of the table.
pub(super) fn read(from: &mut Reader<'_>) -> Archiving {
    let plain_days: u32 = from.whole(&v::LOG_KEEP_DAYS);
    let url = from.optional(&v::ARCHIVE_URL, parse::archive_url);
    let compressed_days = from.optional(&v::ARCHIVE_KEEP_DAYS, |text| {
        parse::whole(text, 0, 36_500)
            .and_then(|days| u32::try_from(days).map_err(|error| error.to_string()))
    });
    let text = |parsed: Option<String>| parsed.map(SecretString::from);
    let credentials = [
        ("aws_access_key_id", from.secret(&v::AWS_ACCESS_KEY_ID)),
        ("aws_secret_access_key", from.secret(&v::AWS_SECRET_ACCESS_KEY)),
        ("aws_region", text(from.optional(&v::AWS_REGION, parse::account))),
        ("aws_endpoint", text(from.optional(&v::AWS_ENDPOINT, parse::http_address))),
        (
            "google_service_account_key",
            from.optional(&v::GOOGLE_SERVICE_ACCOUNT_KEY, parse::json_key),
        ),
        (
            "azure_storage_account_name",
            text(from.optional(&v::AZURE_STORAGE_ACCOUNT_NAME, parse::account)),
        ),
        ("azure_storage_account_key", from.secret(&v::AZURE_STORAGE_ACCOUNT_KEY)),
    ];
    let credentials = credentials.into_iter().filter_map(|(name, value)| Some((name, value?)));
    Archiving {
        keep: Keep { plain_days: (plain_days > 0).then_some(plain_days), compressed_days },
        url,
        credentials: credentials.collect(),
    }
}
