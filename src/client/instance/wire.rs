//! One message and its answer: length (two bytes, big endian), the link, one byte back.
//!
//! Streams are non-blocking: named pipes have no timeouts, and a timeout per read would let a peer that sends a byte
//! now and then block us for hours. Instead each exchange has one deadline.
//!
//! Windows reports an empty pipe as it does one whose other end is closed, and a full one as having taken no bytes.

#[cfg(windows)]
use std::os::windows::io::AsHandle;
use std::{
    io::{self, ErrorKind, Read, Write},
    time::{Duration, Instant},
};

use interprocess::local_socket::{Stream, traits::Stream as _};
use zeroize::Zeroizing;

use countenance_core::protocol::LINK_MAX_BYTES;

/// How often a stream without data is polled.
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// Maximum number of bytes written at once: less than the buffer of a pipe, which may take what fits whole or not at all.
const PART_BYTES: usize = 256;

/// Answer to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reply {
    /// It will be acted on.
    Taken,
    /// It was not UTF-8, or the queue is full.
    Refused,
}

/// When an exchange must be over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline(Instant);

impl Deadline {
    pub(super) fn after(limit: Duration) -> Self {
        Self(now() + limit)
    }

    pub(super) fn is_over(&self) -> bool {
        now() >= self.0
    }
}

/// Sends `link` and waits for the answer.
pub(super) fn ask(stream: &mut Stream, link: &str, deadline: &Deadline) -> io::Result<Reply> {
    stream.set_nonblocking(true)?;
    let length = u16::try_from(link.len()).map_err(|e| io::Error::new(ErrorKind::InvalidInput, e))?;
    let mut message = Zeroizing::new(Vec::with_capacity(2 + link.len()));
    message.extend_from_slice(&length.to_be_bytes());
    message.extend_from_slice(link.as_bytes());
    write(stream, &message, deadline)?;
    let mut answer = [0];
    read(stream, &mut answer, deadline)?;
    Ok(if answer == [Reply::Taken.byte()] { Reply::Taken } else { Reply::Refused })
}

/// Reads one message; `None` if it is not UTF-8.
pub(super) fn hear(stream: &mut Stream, deadline: &Deadline) -> io::Result<Option<Zeroizing<String>>> {
    stream.set_nonblocking(true)?;
    let mut length = [0; 2];
    read(stream, &mut length, deadline)?;
    let length = usize::from(u16::from_be_bytes(length));
    if length > LINK_MAX_BYTES {
        return Err(ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Zeroizing::new(vec![0; length]);
    read(stream, &mut bytes, deadline)?;
    Ok(std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned())))
}

/// Sends the answer.
pub(super) fn answer(stream: &mut Stream, answer: Reply, deadline: &Deadline) -> io::Result<()> {
    write(stream, &[answer.byte()], deadline)
}

impl Reply {
    fn byte(self) -> u8 {
        match self {
            Self::Taken => b'+',
            Self::Refused => b'-',
        }
    }
}

fn read(stream: &mut Stream, mut into: &mut [u8], deadline: &Deadline) -> io::Result<()> {
    while !into.is_empty() {
        match read_some(stream, into) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(read) => into = into.get_mut(read..).unwrap_or_default(),
            Err(e) => wait(e, deadline)?,
        }
    }
    Ok(())
}

fn write(stream: &mut Stream, mut bytes: &[u8], deadline: &Deadline) -> io::Result<()> {
    while !bytes.is_empty() {
        match stream.write(bytes.get(..PART_BYTES).unwrap_or(bytes)) {
            Ok(0) if cfg!(windows) => wait(ErrorKind::WouldBlock.into(), deadline)?,
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(e) => wait(e, deadline)?,
        }
    }
    Ok(())
}

/// Reads what there is.
#[cfg(windows)]
fn read_some(stream: &mut Stream, into: &mut [u8]) -> io::Result<usize> {
    let Stream::NamedPipe(pipe) = &*stream;
    if countenance_system::pipe::readable(pipe.as_handle())? == 0 {
        return Err(ErrorKind::WouldBlock.into());
    }
    stream.read(into)
}

/// Reads what there is.
#[cfg(not(windows))]
fn read_some(stream: &mut Stream, into: &mut [u8]) -> io::Result<usize> {
    stream.read(into)
}

/// Pauses if the stream is merely not ready and the deadline has not passed; otherwise returns the error.
fn wait(error: io::Error, deadline: &Deadline) -> io::Result<()> {
    match error.kind() {
        ErrorKind::Interrupted => Ok(()),
        ErrorKind::WouldBlock if deadline.is_over() => Err(ErrorKind::TimedOut.into()),
        ErrorKind::WouldBlock => {
            std::thread::sleep(POLL_INTERVAL);
            Ok(())
        }
        _ => Err(error),
    }
}

#[expect(clippy::disallowed_methods, reason = "measures how long a peer takes")]
fn now() -> Instant {
    Instant::now()
}
