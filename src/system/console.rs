//! Standard output and standard error whose readers may go away: `countenance doctor | head -1` is no failure.

use std::{
    fmt,
    io::{self, Write},
};

/// Lets a program that Windows starts without a console print to the one of its parent. Other systems have no such programs.
pub fn attach_to_parent() {
    #[cfg(windows)]
    countenance_native::windows::console::attach_to_parent();
}

/// Standard output. Once its reader has gone, what is written is dropped: the reader has seen enough, and the exit code
/// still has to be that of the result.
pub fn stdout() -> impl Write + Send {
    Lenient(io::stdout())
}

/// Writes a line to standard error. `eprintln!` panics if its reader has gone.
#[macro_export]
macro_rules! complain {
    ($($arg:tt)*) => {
        $crate::console::to_stderr(format_args!($($arg)*))
    };
}

/// Writes a line to standard output, where a failure to do so changes nothing. `println!` panics if its reader has gone.
#[macro_export]
macro_rules! say {
    ($($arg:tt)*) => {
        $crate::console::to_stdout(format_args!($($arg)*))
    };
}

/// For [`say`].
pub fn to_stdout(line: fmt::Arguments<'_>) {
    writeln!(io::stdout(), "{line}").ok();
}

/// For [`complain`]. There is nowhere to report that this fails.
pub fn to_stderr(line: fmt::Arguments<'_>) {
    writeln!(io::stderr(), "{line}").ok();
}

struct Lenient<W>(W);

impl<W: Write> Write for Lenient<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        unless_gone(self.0.write(bytes), bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        unless_gone(self.0.flush(), ())
    }
}

fn unless_gone<T>(done: io::Result<T>, otherwise: T) -> io::Result<T> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(otherwise),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails after some bytes.
    struct Fails(usize, io::ErrorKind);

    impl Write for Fails {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let written = bytes.len().min(self.0);
            self.0 -= written;
            if written == 0 { Err(self.1.into()) } else { Ok(written) }
        }

        fn flush(&mut self) -> io::Result<()> {
            if self.0 == 0 { Err(self.1.into()) } else { Ok(()) }
        }
    }

    #[test]
    fn a_reader_that_has_gone_is_no_failure_but_a_full_disk_is() {
        for (kind, is_fine) in [(io::ErrorKind::BrokenPipe, true), (io::ErrorKind::StorageFull, false)] {
            for bytes in [0, 1, 5] {
                let mut out = Lenient(Fails(bytes, kind));
                let written = writeln!(out, "longer than that").and_then(|()| out.flush());
                assert_eq!(written.is_ok(), is_fine, "{kind:?} after {bytes}");
            }
        }
    }
}
