//! Formats whose files are written as a whole: read anew whenever they have changed.

use std::borrow::Cow;
use std::io::{self, Read};

use super::{LogFileReader, RecordSink, UnreadTail};
use crate::collect::diagnostic::DiagnosticKind;

/// The greatest size in bytes; a larger file holds more than results.
const MAX_FILE: u64 = 64 << 20;

/// A format whose file is one document.
pub(crate) trait WholeFileFormat: Send + Sync {
    /// Takes the text of a file.
    fn file(&self, text: &str, sink: &mut RecordSink<'_>);
}

/// The reader of a format whose file is one document.
pub(crate) struct WholeFile<F>(pub(crate) F);

impl<F: WholeFileFormat> LogFileReader for WholeFile<F> {
    fn read(
        &self,
        input: &mut dyn Read,
        buffer: &mut Vec<u8>,
        sink: &mut RecordSink<'_>,
    ) -> io::Result<UnreadTail> {
        buffer.clear();
        let read = input.take(MAX_FILE + 1).read_to_end(buffer)?;
        if read as u64 > MAX_FILE {
            sink.report(DiagnosticKind::LongLine, 1);
            return Ok(UnreadTail::default());
        }
        let text = String::from_utf8_lossy(buffer);
        if matches!(text, Cow::Owned(_)) {
            sink.report(DiagnosticKind::NotUtf8, 1);
        }
        self.0.file(&text, sink);
        Ok(UnreadTail::default())
    }
}
