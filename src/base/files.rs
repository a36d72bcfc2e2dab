//! Reads files that a user names: with a limit on their size, and never without end.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Read as _, Result};
use std::path::Path;

/// The treatment of a pipe or a terminal in place of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Streams {
    /// A path on the command line may be one: `--file /dev/stdin`.
    Taken,
    /// A path in a file may not: reading a pipe that nobody writes to would never end.
    Refused,
}

/// Reads a file of at most `most` bytes.
pub fn read_file(path: &Path, most: u64, streams: Streams) -> Result<Vec<u8>> {
    let about = fs::metadata(path)?;
    if !about.is_file() && !about.is_dir() && streams == Streams::Refused {
        return Err(Error::new(ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let too_large = || Error::new(ErrorKind::FileTooLarge, format!("at most {} MiB are read", most >> 20));
    if about.is_file() && about.len() > most {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(too_large()) } else { Ok(bytes) }
}

/// Reads a text of at most `most` bytes.
pub fn read_text(path: &Path, most: u64, streams: Streams) -> Result<String> {
    let bytes = read_file(path, most, streams)?;
    String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::InvalidData, "it is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_above_the_size_limit_are_refused() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let file = folder.path().join("file");
        fs::write(&file, "abc").expect("it is written");
        assert_eq!(read_text(&file, 3, Streams::Refused).expect("it is read"), "abc");
        assert_eq!(read_file(&file, 2, Streams::Refused).expect_err("too large").kind(), ErrorKind::FileTooLarge);
        assert!(read_file(folder.path(), 2, Streams::Taken).is_err());
        assert_eq!(
            read_file(&folder.path().join("x"), 2, Streams::Taken).expect_err("none").kind(),
            ErrorKind::NotFound
        );
        let sparse = File::create(&file).expect("it is made");
        sparse.set_len(3 << 30).expect("it grows");
        assert_eq!(read_file(&file, 8 << 20, Streams::Taken).expect_err("too large").kind(), ErrorKind::FileTooLarge);
    }

    #[cfg(unix)]
    #[test]
    fn endless_files_and_pipes_are_refused_without_waiting() {
        let zero = Path::new("/dev/zero");
        assert_eq!(read_file(zero, 99, Streams::Taken).expect_err("endless").kind(), ErrorKind::FileTooLarge);
        assert_eq!(read_file(zero, 99, Streams::Refused).expect_err("no file").kind(), ErrorKind::InvalidInput);
        let folder = tempfile::tempdir().expect("a folder can be made");
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
        assert_eq!(read_file(&pipe, 99, Streams::Refused).expect_err("no file").kind(), ErrorKind::InvalidInput);
    }
}
