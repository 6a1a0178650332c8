//! Files of `SQLite` that other tools keep their runs in, opened to read only.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, Row};

use crate::app::Failure;

/// The bytes that a file of `SQLite` begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// The longest wait for a program that is writing.
const PATIENCE: Duration = Duration::from_secs(5);

/// The advice for what nobody here understands.
const OTHER_VERSION: &str =
    "it may be of another version of its tool than this version of sweepkit knows";

/// A database of another tool, open to read.
pub(super) struct SourceDatabase<'p> {
    path: &'p Path,
    connection: Connection,
}

/// True if a file is one of `SQLite`, by its first bytes.
pub(super) fn is_database(path: &Path) -> bool {
    let mut head = [0; MAGIC.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && head == MAGIC
}

/// Returns the names of the tables of a database.
///
/// # Errors
///
/// When it is damaged or locked.
pub(super) fn tables(path: &Path) -> Result<Vec<String>, Failure> {
    let database = SourceDatabase::open(path)?;
    database.rows("SELECT name FROM sqlite_master WHERE type = 'table'", |row| row.get(0))
}

impl<'p> SourceDatabase<'p> {
    /// Opens a database, such that all that is read of it is of one moment.
    ///
    /// # Errors
    ///
    /// When it cannot be opened or another program has locked it.
    pub(super) fn open(path: &'p Path) -> Result<Self, Failure> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let connection = Connection::open_with_flags(path, flags)?;
            connection.busy_timeout(PATIENCE)?;
            connection.execute_batch("BEGIN")?;
            Ok(connection)
        };
        open().map(|connection| Self { path, connection }).map_err(|error| failure(path, &error))
    }

    /// Returns what a query finds, row by row.
    ///
    /// # Errors
    ///
    /// When the database is damaged, locked, or lacks what is asked for.
    pub(super) fn rows<T>(
        &self,
        query: &str,
        row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Failure> {
        let find = || self.connection.prepare(query)?.query_map([], row)?.collect();
        let found: rusqlite::Result<Vec<T>> = find();
        found.map_err(|error| failure(self.path, &error))
    }

    /// Returns the failure of a database that holds a text which nobody here understands.
    pub(super) fn lacks(&self, text: &str) -> Failure {
        Failure::Damaged {
            message: format!("cannot read `{}`: it holds `{text}`", self.path.display()),
            hint: Some(OTHER_VERSION.to_owned()),
        }
    }

    /// True if a table has a column.
    ///
    /// # Errors
    ///
    /// When the database is damaged or locked.
    pub(super) fn has_column(&self, table: &str, column: &str) -> Result<bool, Failure> {
        let names =
            self.rows(&format!("PRAGMA table_info({table})"), |row| row.get::<_, String>(1))?;
        Ok(names.iter().any(|name| name == column))
    }
}

/// Returns the failure of a database, with what to do about it.
fn failure(path: &Path, error: &rusqlite::Error) -> Failure {
    let hint = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program is writing to it: import again when it has finished, or copy the file"
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            "the file is damaged or cut off: copy it again from where it was made"
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen) => {
            "if a write was cut off, `sqlite3 FILE .tables` mends it"
        }
        _ => OTHER_VERSION,
    };
    Failure::Damaged {
        message: format!("cannot read `{}`: {error}", path.display()),
        hint: Some(hint.to_owned()),
    }
}
