//! The console from which a program of the window subsystem was started.
//!
//! Windows opens a console window for a console program that Explorer or a browser starts, which flashes up. Countenance
//! is therefore built for the window subsystem. Such a program has no console, so it has to ask for that of its parent.

use std::{fs::OpenOptions, os::windows::io::IntoRawHandle};

use windows_sys::Win32::{
    Foundation::{HANDLE, INVALID_HANDLE_VALUE},
    Storage::FileSystem::{FILE_TYPE_UNKNOWN, GetFileType},
    System::Console::{
        ATTACH_PARENT_PROCESS, AttachConsole, GetStdHandle, STD_ERROR_HANDLE, STD_HANDLE, STD_INPUT_HANDLE,
        STD_OUTPUT_HANDLE, SetStdHandle,
    },
};

/// Connects the standard streams to the console of the parent process, if it has one. Streams that the parent redirected
/// to a file or pipe stay so.
pub fn attach_to_parent() {
    let streams = [(STD_INPUT_HANDLE, "CONIN$"), (STD_OUTPUT_HANDLE, "CONOUT$"), (STD_ERROR_HANDLE, "CONOUT$")];
    // Attaching replaces all of them.
    let before = streams.map(|(stream, console)| (stream, console, usable(stream)));
    // SAFETY: no memory is passed.
    if unsafe { AttachConsole(ATTACH_PARENT_PROCESS) } == 0 {
        return;
    }
    for (stream, console, usable) in before {
        let handle = match usable {
            Some(handle) => handle,
            // Stays open for the whole process.
            None => match OpenOptions::new().read(true).write(true).open(console) {
                Ok(opened) => opened.into_raw_handle(),
                Err(_) => continue,
            },
        };
        // SAFETY: an open handle that nothing else closes: inherited, or given away by its file. If it fails, the stream
        // stays as it is.
        unsafe { SetStdHandle(stream, handle) };
    }
}

/// The handle of a standard stream, if it leads anywhere.
fn usable(stream: STD_HANDLE) -> Option<HANDLE> {
    // SAFETY: no memory is passed.
    let handle = unsafe { GetStdHandle(stream) };
    if handle.is_null() || handle == INVALID_HANDLE_VALUE {
        return None;
    }
    // SAFETY: a handle that is not open is reported as of unknown type.
    (unsafe { GetFileType(handle) } != FILE_TYPE_UNKNOWN).then_some(handle)
}
