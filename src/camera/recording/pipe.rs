//! A pipe as a recording: standard input, or a named pipe. It is read on a thread, because opening and reading one blocks
//! until the other side writes, and every wait has an end.

use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
    sync::mpsc::{Receiver, RecvTimeoutError, sync_channel},
    thread,
    time::Duration,
};

/// Maximum wait for the other side to write: shorter than a run may take to end after a signal, so that one that waits here
/// still tells the verifier.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes read at a time.
const BLOCK_BYTES: usize = 64 << 10;
/// Blocks that may wait for the reader, so that a fast writer does not fill the memory.
const BLOCKS: usize = 16;

/// The end of a pipe that is read.
pub(super) enum PipeEnd {
    /// Standard input.
    Stdin,
    /// A named pipe, or one under `/dev/fd`.
    Path(PathBuf),
}

/// The reading end.
pub(super) struct Pipe {
    blocks: Receiver<io::Result<Vec<u8>>>,
    block: Vec<u8>,
    /// Bytes of `block` that were read.
    taken: usize,
    timeout: Duration,
}

impl Pipe {
    /// Starts to read. The thread ends with the pipe, with this reader, or with the program.
    pub(super) fn open(end: PipeEnd, timeout: Duration) -> io::Result<Self> {
        let (sender, blocks) = sync_channel(BLOCKS);
        let work = move || {
            let mut source: Box<dyn Read> = match end {
                PipeEnd::Stdin => Box::new(io::stdin()),
                PipeEnd::Path(path) => match File::open(path) {
                    Ok(file) => Box::new(file),
                    Err(error) => return drop(sender.send(Err(error))),
                },
            };
            loop {
                let mut block = vec![0; BLOCK_BYTES];
                let read = source.read(&mut block).map(|length| {
                    block.truncate(length);
                    block
                });
                let last = read.as_ref().map_or(true, Vec::is_empty);
                if sender.send(read).is_err() || last {
                    return;
                }
            }
        };
        thread::Builder::new().name("pipe".into()).spawn(work)?;
        Ok(Self { blocks, block: Vec::new(), taken: 0, timeout })
    }
}

impl Read for Pipe {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.block.len() {
            self.block = match self.blocks.recv_timeout(self.timeout) {
                Ok(block) => block?,
                Err(RecvTimeoutError::Timeout) => return Err(io::ErrorKind::TimedOut.into()),
                Err(RecvTimeoutError::Disconnected) => Vec::new(),
            };
            self.taken = 0;
        }
        let rest = self.block.get(self.taken..).unwrap_or_default();
        let count = rest.len().min(to.len());
        if let (Some(to), Some(from)) = (to.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.taken += count;
        Ok(count)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_into_which_nobody_writes_ends_the_wait() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let mut pipe = Pipe::open(PipeEnd::Path(path), Duration::from_millis(50)).unwrap();
        assert_eq!(pipe.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::TimedOut);
        let silent = super::super::RecordingError::from(io::Error::from(io::ErrorKind::TimedOut));
        assert_eq!(silent.to_string(), "nothing came through the pipe for 5 seconds");
    }
}
