//! Access lists of files and folders on Windows: who else may read or change them.

use std::{fs::File, io, path::Path};

pub use countenance_native::windows::access::Right;
use countenance_native::windows::access::{self, open_folder};

/// Those besides the current user, the system and administrators who have `right` to `file`, or own it: their security
/// identifiers, such as `S-1-1-0` for everybody.
pub fn others(file: &File, right: Right) -> io::Result<Vec<String>> {
    access::others(file, right)
}

/// As [`others`], of the folder at `path`.
pub fn others_in_folder(path: &Path, right: Right) -> io::Result<Vec<String>> {
    access::others(&open_folder(path)?, right)
}
