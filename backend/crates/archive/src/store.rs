//! The object store: S3 and what speaks its language, Google Cloud Storage, Azure, or a folder.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use futures_util::StreamExt as _;
use jiff::civil::Date;
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::client::{HttpClient, HttpConnector};
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt as _, RetryConfig, WriteMultipart};
use secrecy::{ExposeSecret, SecretString};

use crate::ArchiveError;
use crate::digest::{Content, Digest};

/// Uploaded in one request up to this size, in parts above.
const PART: usize = 8 << 20;
/// Parts on their way at a time.
const PARTS_AT_ONCE: usize = 2;

/// What the stores are told of the account, by the names they know: `aws_access_key_id`,
/// `azure_storage_account_key`, `google_service_account_key` …
pub type Credentials = Vec<(&'static str, SecretString)>;

/// Where archived days go.
#[derive(Debug, Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    prefix: Key,
    url: String,
}

/// The address of a day's object below `url`.
pub(crate) fn address(url: &str, date: Date) -> String {
    format!("{}/{date}/{}", url.trim_end_matches('/'), journal::COMPRESSED_NAME)
}

/// The three builders have the same methods and no trait in common. Each takes the names it knows.
macro_rules! cloud {
    ($builder:ty, $url:expr, $credentials:expr, $http:expr) => {{
        let builder = <$builder>::from_env().with_url($url).with_retry(retries());
        let builder =
            $credentials.iter().fold(builder, |builder, (name, value)| match name.parse() {
                Ok(key) => builder.with_config(key, value.expose_secret()),
                Err(_) => builder,
            });
        let built = builder.with_http_connector(Connector($http)).build();
        built.map(|store| Arc::new(store) as Arc<dyn ObjectStore>)
    }};
}

impl Store {
    /// The store at `url`: `s3://bucket/folder`, `gs://…`, `az://container/…` or `file:///folder`
    /// (which must exist). What `credentials` leave open comes from the process's environment, as
    /// the makers of these stores document it. `http` carries the requests.
    ///
    /// # Errors
    /// [`ArchiveError::Url`]. Nothing is asked of the store yet.
    pub fn open(
        url: &str,
        credentials: &Credentials,
        http: reqwest::Client,
    ) -> Result<Self, ArchiveError> {
        let wrong = |reason: String| ArchiveError::Url { url: url.to_owned(), reason };
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| wrong("is no address: s3://, gs://, az:// or file:///".to_owned()))?;
        let failed = |error: object_store::Error| wrong(error.to_string());
        let store: Arc<dyn ObjectStore> = match scheme {
            "file" => return Self::folder(Path::new(rest)),
            "s3" | "s3a" => cloud!(AmazonS3Builder, url, credentials, http).map_err(failed)?,
            "gs" => cloud!(GoogleCloudStorageBuilder, url, credentials, http).map_err(failed)?,
            "az" | "azure" | "abfs" | "abfss" => {
                cloud!(MicrosoftAzureBuilder, url, credentials, http).map_err(failed)?
            }
            _ => {
                return Err(wrong(format!("{scheme}:// is none of s3://, gs://, az://, file:///")));
            }
        };
        let prefix = rest.split_once('/').map_or("", |(_, path)| path);
        Ok(Self::of(store, prefix, url))
    }

    /// A folder that is there: an unmounted disk must not become a folder of the disk below it.
    fn folder(path: &Path) -> Result<Self, ArchiveError> {
        let url = format!("file://{}", path.display());
        let wrong =
            |reason: &str| ArchiveError::Url { url: url.clone(), reason: reason.to_owned() };
        if !path.is_absolute() {
            return Err(wrong("is no absolute folder: file:///srv/archive"));
        }
        if !path.is_dir() {
            return Err(wrong("is no folder that is there: create it, or mount its disk"));
        }
        let store =
            LocalFileSystem::new_with_prefix(path).map_err(|error| wrong(&error.to_string()))?;
        Ok(Self::of(Arc::new(store.with_fsync(true)), "", &url))
    }

    /// Any store, below `prefix`; `url` is its name in messages and in `events.jsonl.stored`.
    pub fn of(store: Arc<dyn ObjectStore>, prefix: &str, url: &str) -> Self {
        let url = url.trim_end_matches('/').to_owned();
        Self { objects: store, prefix: Key::from(prefix.trim_end_matches('/')), url }
    }

    /// Its address, without a trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn key(&self, date: Date, name: &str) -> Key {
        self.prefix.clone().join(date.to_string()).join(name)
    }

    fn failed(
        &self,
        doing: &'static str,
        date: Date,
    ) -> impl Fn(object_store::Error) -> ArchiveError {
        let url = address(&self.url, date);
        move |error| ArchiveError::Store { url: url.clone(), doing, reason: error.to_string() }
    }

    /// Uploads a day. The store shows it whole or not at all.
    pub(crate) async fn put(&self, date: Date, compressed: &Path) -> Result<(), ArchiveError> {
        let failed = self.failed("upload it", date);
        let mut file = File::open(compressed).map_err(ArchiveError::io("open", compressed))?;
        let key = self.key(date, journal::COMPRESSED_NAME);
        let mut part = next_part(&mut file, compressed)?;
        if part.len() < PART {
            return self.objects.put(&key, part.into()).await.map(drop).map_err(failed);
        }
        let upload = self.objects.put_multipart(&key).await.map_err(&failed)?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, PART);
        while !part.is_empty() {
            upload.wait_for_capacity(PARTS_AT_ONCE).await.map_err(&failed)?;
            upload.write(&part);
            part = next_part(&mut file, compressed)?;
        }
        upload.finish().await.map(drop).map_err(failed)
    }

    /// Puts the digest beside a day, for people and other programs.
    pub(crate) async fn put_digest(&self, date: Date, digest: &Digest) -> Result<(), ArchiveError> {
        let key = self.key(date, "events.jsonl.sha256");
        let put = self.objects.put(&key, digest.line().into_bytes().into()).await;
        put.map(drop).map_err(self.failed("upload its digest", date))
    }

    /// The digest that was put beside a day.
    pub(crate) async fn recorded_digest(&self, date: Date) -> Result<Option<Digest>, ArchiveError> {
        let failed = self.failed("read its digest", date);
        let got = match self.objects.get(&self.key(date, "events.jsonl.sha256")).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            got => got.map_err(&failed)?,
        };
        let bytes = got.bytes().await.map_err(failed)?;
        Ok(Digest::from_line(&String::from_utf8_lossy(&bytes)))
    }

    /// Reads a day back: the digest of what it holds. [`None`] when the store does not have it.
    pub(crate) async fn digest(&self, date: Date) -> Result<Option<Digest>, ArchiveError> {
        self.read_back(date, &mut std::io::sink()).await
    }

    /// The same, keeping the compressed bytes.
    pub(crate) async fn read_back(
        &self,
        date: Date,
        keep: &mut impl Write,
    ) -> Result<Option<Digest>, ArchiveError> {
        let failed = self.failed("read it back", date);
        let got = match self.objects.get(&self.key(date, journal::COMPRESSED_NAME)).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            got => got.map_err(&failed)?,
        };
        let unreadable = |error: std::io::Error| ArchiveError::Store {
            url: address(&self.url, date),
            doing: "decompress it",
            reason: error.to_string(),
        };
        let mut decoder =
            zstd::stream::write::Decoder::new(Content::default()).map_err(unreadable)?;
        let mut chunks = got.into_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(&failed)?;
            keep.write_all(&chunk).map_err(unreadable)?;
            decoder.write_all(&chunk).map_err(unreadable)?;
        }
        decoder.flush().map_err(unreadable)?;
        Ok(Some(decoder.into_inner().digest()))
    }
}

fn next_part(file: &mut File, path: &Path) -> Result<Vec<u8>, ArchiveError> {
    let mut part = Vec::new();
    let read = file.take(PART as u64).read_to_end(&mut part);
    read.map_err(ArchiveError::io("read", path))?;
    Ok(part)
}

/// A pass that fails is repeated later as a whole, so one request need not try for long.
fn retries() -> RetryConfig {
    let retry_timeout = std::time::Duration::from_mins(1);
    RetryConfig { max_retries: 3, retry_timeout, ..RetryConfig::default() }
}

/// Our own HTTP client: one TLS library, our root certificates.
#[derive(Debug)]
struct Connector(reqwest::Client);

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.0.clone()))
    }
}
