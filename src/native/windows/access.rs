//! Who may access a file or folder: reads its access list, and restricts it to the current user.

use std::{
    fs::{File, OpenOptions},
    io,
    os::windows::{
        fs::OpenOptionsExt,
        io::{AsRawHandle, FromRawHandle, OwnedHandle},
    },
    path::Path,
    ptr, slice,
};

use windows_sys::Win32::{
    Foundation::{ERROR_SUCCESS, GENERIC_ALL, GENERIC_READ, GENERIC_WRITE, HANDLE},
    Security::{
        ACCESS_ALLOWED_ACE, ACE_HEADER, ACL, Authorization as auth, DACL_SECURITY_INFORMATION, GetAce,
        GetTokenInformation, INHERIT_ONLY_ACE, OWNER_SECURITY_INFORMATION, PROTECTED_DACL_SECURITY_INFORMATION, PSID,
        SetKernelObjectSecurity, TOKEN_QUERY, TOKEN_USER, TokenUser,
    },
    Storage::FileSystem::{
        DELETE, FILE_APPEND_DATA, FILE_DELETE_CHILD, FILE_FLAG_BACKUP_SEMANTICS, FILE_GENERIC_WRITE, FILE_READ_DATA,
        FILE_WRITE_DATA, READ_CONTROL, WRITE_DAC, WRITE_OWNER,
    },
    System::{
        SystemServices::{
            ACCESS_ALLOWED_ACE_TYPE, ACCESS_ALLOWED_CALLBACK_ACE_TYPE, ACCESS_DENIED_ACE_TYPE,
            ACCESS_DENIED_CALLBACK_ACE_TYPE,
        },
        Threading::{GetCurrentProcess, OpenProcessToken},
    },
};

use super::local::Local;

/// Rights that let somebody change content, or who may.
const WRITES: u32 = FILE_WRITE_DATA
    | FILE_APPEND_DATA
    | FILE_DELETE_CHILD
    | DELETE
    | WRITE_DAC
    | WRITE_OWNER
    | GENERIC_WRITE
    | GENERIC_ALL;
/// Rights that let somebody read content, or more.
const READS: u32 = WRITES | FILE_READ_DATA | GENERIC_READ;

/// The system, administrators, and whoever owns the file: they are the counterpart of root.
const TRUSTED: [&str; 3] = ["S-1-5-18", "S-1-5-32-544", "S-1-3-4"];
/// Everybody, in the place of an access list that does not exist.
const EVERYONE: &str = "S-1-1-0";

/// What others may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Read it, or change it.
    Read,
    /// Change it.
    Write,
}

/// Sets `options` so that [`restrict_to_user`] works on the file that they open for writing.
pub fn restrictable(options: &mut OpenOptions) -> &mut OpenOptions {
    options.access_mode(FILE_GENERIC_WRITE | WRITE_DAC | READ_CONTROL)
}

/// Opens a folder to inspect its access list.
pub fn open_folder(path: &Path) -> io::Result<File> {
    OpenOptions::new().access_mode(READ_CONTROL).custom_flags(FILE_FLAG_BACKUP_SEMANTICS).open(path)
}

/// Lets nobody but the current user access `file`, and takes nothing over from its folder. The file must be opened with
/// [`restrictable`].
pub fn restrict_to_user(file: &File) -> io::Result<()> {
    // D: the list; P: without inheritance; A: allow; FA: full access.
    set_list(file, &format!("D:P(A;;FA;;;{})", user()?))
}

/// Replaces the access list of `file` by `list`, in the security descriptor definition language.
fn set_list(file: &File, list: &str) -> io::Result<()> {
    let wanted: Vec<u16> = list.encode_utf16().chain([0]).collect();
    let mut descriptor = Local::empty();
    // SAFETY: the text ends with a zero; the size may be null.
    let made = unsafe {
        auth::ConvertStringSecurityDescriptorToSecurityDescriptorW(
            wanted.as_ptr(),
            auth::SDDL_REVISION_1,
            descriptor.out(),
            ptr::null_mut(),
        )
    };
    succeeded(made)?;
    let what = DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION;
    // Not `SetSecurityInfo`, which may add what the folder passes on.
    // SAFETY: the handle is open, and the descriptor valid.
    succeeded(unsafe { SetKernelObjectSecurity(handle(file), what, descriptor.get()) })
}

/// Those besides the current user, the system and administrators who may access `file`, or own it: their security
/// identifiers, in the order of the list, each once.
pub fn others(file: &File, right: Right) -> io::Result<Vec<String>> {
    let (mut owner, mut list): (PSID, *mut ACL) = (ptr::null_mut(), ptr::null_mut());
    let mut descriptor = Local::empty();
    // SAFETY: the handle is open; owner and list point into the descriptor, which outlives them.
    let code = unsafe {
        auth::GetSecurityInfo(
            handle(file),
            auth::SE_FILE_OBJECT,
            OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
            &raw mut owner,
            ptr::null_mut(),
            &raw mut list,
            ptr::null_mut(),
            descriptor.out(),
        )
    };
    checked(code)?;
    let user = user()?;
    let mut found = Vec::new();
    let mut note = |sid: String| {
        if sid != user && !TRUSTED.contains(&sid.as_str()) && !found.contains(&sid) {
            found.push(sid);
        }
    };
    note(text_of(owner)?);
    if list.is_null() {
        note(EVERYONE.to_owned());
        return Ok(found);
    }
    // SAFETY: not null, and part of the descriptor.
    let entries = unsafe { (*list).AceCount };
    for index in 0..u32::from(entries) {
        if let Some(sid) = entry(list, index, right)? {
            note(sid);
        }
    }
    Ok(found)
}

/// To whom an entry of the list gives `right`.
fn entry(list: *const ACL, index: u32, right: Right) -> io::Result<Option<String>> {
    let mut entry = ptr::null_mut();
    // SAFETY: a valid list; an index beyond its end is an error.
    succeeded(unsafe { GetAce(list, index, &raw mut entry) })?;
    // SAFETY: each entry begins with its header. Entries are aligned to four bytes.
    let header = unsafe { *entry.cast::<ACE_HEADER>() };
    match u32::from(header.AceType) {
        ACCESS_DENIED_ACE_TYPE | ACCESS_DENIED_CALLBACK_ACE_TYPE => return Ok(None),
        ACCESS_ALLOWED_ACE_TYPE | ACCESS_ALLOWED_CALLBACK_ACE_TYPE => {}
        // Files have no others; what is not understood counts as open.
        _ => return Ok(Some(EVERYONE.to_owned())),
    }
    let allows = entry.cast::<ACCESS_ALLOWED_ACE>();
    // SAFETY: both types begin so.
    let mask = unsafe { (*allows).Mask };
    let rights = if right == Right::Read { READS } else { WRITES };
    if u32::from(header.AceFlags) & INHERIT_ONLY_ACE != 0 || mask & rights == 0 {
        return Ok(None);
    }
    // SAFETY: in both types the identifier begins here.
    let sid = unsafe { &raw mut (*allows).SidStart };
    text_of(sid.cast()).map(Some)
}

/// The current user's security identifier, as text.
fn user() -> io::Result<String> {
    /// A `TOKEN_USER` and the longest identifier (68 bytes).
    const BYTES: usize = 256;
    let mut token: HANDLE = ptr::null_mut();
    // SAFETY: no memory but the result is passed.
    let process = unsafe { GetCurrentProcess() };
    // SAFETY: the pseudo handle of this process is always open.
    succeeded(unsafe { OpenProcessToken(process, TOKEN_QUERY, &raw mut token) })?;
    // SAFETY: just opened, and closed nowhere else.
    let token = unsafe { OwnedHandle::from_raw_handle(token) };
    // Aligned as the structure at its start.
    let mut memory = [0_u64; BYTES / size_of::<u64>()];
    let mut written = 0;
    // SAFETY: the memory has the size that is passed.
    let read = unsafe {
        GetTokenInformation(
            token.as_raw_handle(),
            TokenUser,
            memory.as_mut_ptr().cast(),
            BYTES as u32,
            &raw mut written,
        )
    };
    succeeded(read)?;
    // SAFETY: the call has written the structure; its identifier points into `memory`.
    let sid = unsafe { (*memory.as_ptr().cast::<TOKEN_USER>()).User.Sid };
    text_of(sid)
}

/// A security identifier as text: `S-1-5-18`.
fn text_of(sid: PSID) -> io::Result<String> {
    let mut text = Local::empty();
    // SAFETY: a valid identifier, from a descriptor, a list or a token.
    succeeded(unsafe { auth::ConvertSidToStringSidW(sid, text.out()) })?;
    // SAFETY: on success, the text ends with a zero.
    let length = (0..).take_while(|&at| unsafe { *text.get().add(at) } != 0).count();
    // SAFETY: as many as were just counted.
    Ok(String::from_utf16_lossy(unsafe { slice::from_raw_parts(text.get(), length) }))
}

fn handle(file: &File) -> HANDLE {
    file.as_raw_handle()
}

fn succeeded(done: i32) -> io::Result<()> {
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

fn checked(code: u32) -> io::Result<()> {
    if code == ERROR_SUCCESS { Ok(()) } else { Err(io::Error::from_raw_os_error(code.cast_signed())) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_restricted_file_is_the_users_alone_and_still_usable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let mut file = restrictable(&mut options).open(&path).unwrap();
        restrict_to_user(&file).unwrap();
        file.write_all(b"x").unwrap();
        drop(file);
        assert_eq!(std::fs::read(&path).unwrap(), b"x");
        assert_eq!(others(&File::open(&path).unwrap(), Right::Read).unwrap(), [""; 0]);
        assert!(user().unwrap().starts_with("S-1-5-"));
        assert!(others(&open_folder(folder.path()).unwrap(), Right::Write).is_ok());
    }

    #[test]
    fn a_file_open_to_everyone_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("open");
        let mut options = OpenOptions::new();
        let file = restrictable(options.write(true).create_new(true)).open(&path).unwrap();
        let own = format!("D:P(A;;FA;;;{})", user().unwrap());
        set_list(&file, &format!("{own}(A;;FR;;;WD)")).unwrap();
        assert_eq!(others(&file, Right::Read).unwrap(), [EVERYONE]);
        assert_eq!(others(&file, Right::Write).unwrap(), [""; 0], "reading only");
        set_list(&file, &format!("{own}(A;;FA;;;WD)")).unwrap();
        assert_eq!(others(&file, Right::Write).unwrap(), [EVERYONE]);
    }
}
