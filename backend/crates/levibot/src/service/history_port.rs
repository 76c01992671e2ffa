//! The journal's past as the API sees it: files are read off the async threads.

use std::sync::Arc;

use api::ports::{BoxFuture, History, HistoryError, HistoryFilter};
use journal::{Filter, Reader};

/// Reads the day files beside the writer.
pub(crate) struct HistoryPort {
    reader: Arc<Reader>,
}

impl HistoryPort {
    pub(crate) fn new(reader: Reader) -> Self {
        Self { reader: Arc::new(reader) }
    }

    async fn scan(
        &self,
        read: impl FnOnce(&Reader) -> std::io::Result<Vec<String>> + Send + 'static,
    ) -> Result<Vec<String>, HistoryError> {
        let reader = Arc::clone(&self.reader);
        let lines = tokio::task::spawn_blocking(move || read(&reader)).await;
        lines
            .map_err(|error| HistoryError(error.to_string()))?
            .map_err(|error| HistoryError(error.to_string()))
    }
}

fn to_filter(filter: &HistoryFilter) -> Filter {
    Filter {
        event_types: filter.event_types().iter().map(|name| (*name).to_owned()).collect(),
        symbol: filter.symbol().cloned(),
        trace_ids: filter.trace_ids().to_vec(),
        ..Filter::default()
    }
}

impl History for HistoryPort {
    fn newest(
        &self,
        filter: HistoryFilter,
        before_seq: Option<u64>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<String>, HistoryError>> {
        let filter = to_filter(&filter);
        Box::pin(self.scan(move |reader| reader.scan_back(&filter, before_seq, limit)))
    }

    fn after(
        &self,
        filter: HistoryFilter,
        after_seq: u64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<String>, HistoryError>> {
        let filter = to_filter(&filter);
        Box::pin(self.scan(move |reader| reader.scan_forward(&filter, after_seq, limit)))
    }
}
