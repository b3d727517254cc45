//! Memory that a call of Windows has allocated for its caller.

use std::ptr;

use windows_sys::Win32::Foundation::{HLOCAL, LocalFree};

/// A pointer that is freed with `LocalFree` when it is dropped.
#[derive(Debug)]
pub(super) struct Local<T>(*mut T);

impl<T> Local<T> {
    /// Nothing yet: for [`out`](Self::out).
    pub(super) fn empty() -> Self {
        Self(ptr::null_mut())
    }

    /// Takes over what a call returned.
    pub(super) fn of(pointer: *mut T) -> Self {
        Self(pointer)
    }

    /// Where a call writes the pointer. Only while it is empty, otherwise the memory before would be lost.
    pub(super) fn out(&mut self) -> *mut *mut T {
        debug_assert!(self.0.is_null(), "written once");
        &raw mut self.0
    }

    /// The pointer, valid while this is.
    pub(super) fn get(&self) -> *mut T {
        self.0
    }
}

impl<T> Drop for Local<T> {
    fn drop(&mut self) {
        // SAFETY: null, or allocated by a call that documents `LocalFree`, and freed nowhere else.
        unsafe { LocalFree(self.0.cast::<core::ffi::c_void>() as HLOCAL) };
    }
}
