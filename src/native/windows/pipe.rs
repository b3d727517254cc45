//! Named pipes.

use std::{
    io,
    os::windows::io::{AsRawHandle, BorrowedHandle},
    ptr,
};

use windows_sys::Win32::System::Pipes::PeekNamedPipe;

/// Number of bytes that can be read from `pipe` at once; does not wait for any.
///
/// # Errors
///
/// [`BrokenPipe`](io::ErrorKind::BrokenPipe) once everything was read and the other end is closed.
pub fn readable(pipe: BorrowedHandle<'_>) -> io::Result<usize> {
    let mut bytes = 0;
    let (handle, nothing, unasked) = (pipe.as_raw_handle(), ptr::null_mut(), ptr::null_mut());
    // SAFETY: a handle that is open for the call, no buffer, and one number to write to.
    if unsafe { PeekNamedPipe(handle, nothing, 0, unasked, &raw mut bytes, unasked) } == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(bytes as usize)
}
