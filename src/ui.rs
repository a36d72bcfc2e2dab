//! The two streams: data on standard output, all else on standard error. The only place that prints, and so the place
//! that escapes whatever a terminal would obey.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::base::escaped;
use crate::cli::{Common, Format};
use crate::error::CommandError;
use crate::report::{Paint, folded};

/// The narrowest terminal whose lines are folded.
const NARROWEST: usize = 40;

/// The interface to the user.
#[derive(Debug, Clone)]
pub struct Ui {
    /// The format of the data.
    pub format: Format,
    output: Option<PathBuf>,
    lines: Arc<Mutex<Option<File>>>,
    no_color: bool,
    verbose: bool,
}

impl Ui {
    /// Reads the settings of the command line and the environment.
    pub fn new(common: &Common) -> Self {
        let wish = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            format: common.format,
            output: common.output.clone(),
            lines: Arc::default(),
            no_color: common.no_color || wish || std::env::var("TERM").is_ok_and(|term| term == "dumb"),
            verbose: common.verbose,
        }
    }

    /// The same interface without the file of `--output`: data goes to standard output.
    #[must_use]
    pub fn without_output(&self) -> Self {
        Self { output: None, ..self.clone() }
    }

    /// Colour of standard output (or of a file, which is never coloured).
    pub fn paint_out(&self) -> Paint {
        let colour = !self.no_color && self.output.is_none() && io::stdout().is_terminal();
        if colour { Paint::Colour } else { Paint::Plain }
    }

    /// Colour of standard error.
    pub fn paint_err(&self) -> Paint {
        if !self.no_color && io::stderr().is_terminal() { Paint::Colour } else { Paint::Plain }
    }

    /// Folds a text for people to the width of the terminal of standard output; elsewhere lines stay whole.
    pub fn folded(&self, text: String) -> String {
        match terminal_size::terminal_size_of(io::stdout()) {
            Some((width, _)) if self.output.is_none() && self.format == Format::Text => fitted(text, width),
            _ => text,
        }
    }

    /// The same for standard error.
    pub fn folded_err(&self, text: String) -> String {
        match terminal_size::terminal_size_of(io::stderr()) {
            Some((width, _)) => fitted(text, width),
            None => text,
        }
    }

    /// Returns whether there is a user at a terminal who can be asked.
    pub fn can_ask(&self) -> bool {
        self.format == Format::Text && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Returns whether the user at the prompt sees the data that was written before.
    pub fn shows_data(&self) -> bool {
        self.output.is_none() && io::stdout().is_terminal()
    }

    /// Returns whether progress may be drawn.
    pub fn can_draw(&self) -> bool {
        self.format == Format::Text && io::stderr().is_terminal()
    }

    /// Writes the data: to standard output, or to the file of `--output`, which is complete or unchanged.
    pub fn data(&self, text: &str) -> Result<(), CommandError> {
        let text = &*escaped(text);
        match &self.output {
            None => match io::stdout().lock().write_all(text.as_bytes()) {
                // The reader has closed the pipe (`| head`).
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    Err(CommandError::failed("failed to write to standard output", &error))
                }
                _ => Ok(()),
            },
            Some(file) => {
                write_whole(file, text, Readers::Usual)?;
                if self.format == Format::Text {
                    self.say(&format!("Written to {}.", file.display()));
                }
                Ok(())
            }
        }
    }

    /// Writes one line of data now, a JSON line: to standard output, or to the file of `--output`, which grows.
    pub fn line(&self, text: &str) {
        let Some(file) = &self.output else { return write_line(text) };
        let text = escaped(text);
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.is_none() {
            match File::create(file) {
                Ok(new) => *lines = Some(new),
                Err(error) => return self.error(&CommandError::io("write", file, &error)),
            }
        }
        if let Some(Err(error)) = lines.as_mut().map(|lines| writeln!(lines, "{text}")) {
            self.error(&CommandError::io("write", file, &error));
        }
    }

    /// Writes one line into the file of `--output`, if there is one: it is complete or unchanged.
    pub fn into_file(&self, line: &str) -> Result<(), CommandError> {
        let Some(file) = &self.output else { return Ok(()) };
        write_whole(file, &format!("{}\n", escaped(line)), Readers::Usual)
    }

    /// Prints a text on standard error.
    pub fn say(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{}", escaped(text.trim_end_matches('\n')));
    }

    /// Returns whether the user wants to see AWS's calls: `-v`.
    pub fn listens(&self) -> bool {
        self.verbose
    }

    /// Reports an error: on standard error, and as data if the format is JSON.
    pub fn error(&self, error: &CommandError) {
        self.say(&error.text(self.paint_err()));
        // The file of `--output` has the requested data, or is unchanged.
        if self.format.is_json() {
            write_line(&error.json().to_string());
        }
    }

    /// Returns whether progress may be drawn beside data that is being written.
    pub fn can_draw_beside_data(&self) -> bool {
        io::stderr().is_terminal() && !self.shows_data()
    }

    /// The width of the terminal that shows the data; `None` if no terminal does.
    pub fn width(&self) -> Option<u16> {
        let (width, _) = terminal_size::terminal_size_of(io::stdout()).filter(|_| self.output.is_none())?;
        (usize::from(width.0) >= NARROWEST).then_some(width.0)
    }

    /// Begins data that is written in parts: to standard output, or to the file of `--output`, which is complete or
    /// unchanged.
    pub fn parts(&self) -> Result<Parts, CommandError> {
        let file = match &self.output {
            Some(file) => Some((file.clone(), NewFile::beside(file, Readers::Usual)?)),
            None => None,
        };
        Ok(Parts { file, text: self.format == Format::Text })
    }

    /// Asks on the terminal, and reads a line.
    pub fn ask(&self, question: &str) -> String {
        {
            // An interrupt is answered on the same stream: the stream is not locked while waiting.
            let mut err = io::stderr().lock();
            let _ = write!(err, "{} ", escaped(question)).and_then(|()| err.flush());
        }
        let mut answer = String::new();
        let _ = io::stdin().read_line(&mut answer);
        answer.trim().to_owned()
    }
}

/// Data that is written in parts.
#[derive(Debug)]
pub struct Parts {
    file: Option<(PathBuf, NewFile)>,
    text: bool,
}

impl Parts {
    /// Writes a part. Returns whether somebody still reads: of a closed pipe (`| head`) nobody does.
    pub fn write(&mut self, text: &str) -> Result<bool, CommandError> {
        let text = &*escaped(text);
        if let Some((file, new)) = &mut self.file {
            new.file.write_all(text.as_bytes()).map_err(|error| CommandError::io("write", file, &error))?;
            return Ok(true);
        }
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(CommandError::failed("failed to write to standard output", &error)),
        }
    }

    /// Ends the data: the file of `--output` is replaced now.
    pub fn end(self, ui: &Ui) -> Result<(), CommandError> {
        if let Some((file, new)) = self.file {
            new.keep(&file)?;
            if self.text {
                ui.say(&format!("Written to {}.", file.display()));
            }
        }
        Ok(())
    }
}

/// Reports errors of a command line that could not be parsed as data, if it asks for JSON.
pub fn usage_as_data(arguments: &[OsString], rendered: &str) {
    let wants_json = |pair: &[OsString]| pair[0] == "--format" && pair[1] == "json";
    if arguments.windows(2).any(wants_json) || arguments.iter().any(|argument| argument == "--format=json") {
        let (first, rest) = rendered.split_once('\n').unwrap_or((rendered, ""));
        let mut error = CommandError::usage(first.strip_prefix("error: ").unwrap_or(first).trim());
        if let Some(tip) = rest.lines().find_map(|line| line.trim().strip_prefix("tip: ")) {
            error = error.hint(tip);
        }
        write_line(&error.json().to_string());
    }
}

/// Writes the last line of data to standard output.
pub fn last_line(text: &str) {
    write_line(text);
}

fn write_line(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{}", escaped(text)).and_then(|()| out.flush());
}

fn fitted(text: String, width: terminal_size::Width) -> String {
    let width = usize::from(width.0);
    if width < NARROWEST { text } else { folded(&text, width) }
}

/// The users who may read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// As the process's mask allows, as for a file that a shell writes.
    Usual,
    /// Its owner only.
    Owner,
}

/// Writes a file so that it is either complete or unchanged. The target of a link is written, and the link stays;
/// anything but a regular file (a pipe, a device) is written to, and stays what it is. Permissions of an existing file
/// stay as they are.
pub fn write_whole(file: &std::path::Path, text: &str, readers: Readers) -> Result<(), CommandError> {
    write_by(file, readers, |out| out.write_all(text.as_bytes()))
}

/// The same with a function that writes the content: it need not be held whole.
pub fn write_by(
    file: &std::path::Path,
    readers: Readers,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), CommandError> {
    let _writing = whole_files();
    let mut new = NewFile::beside(file, readers)?;
    let mut out = io::BufWriter::new(&mut new.file);
    let written = content(&mut out).and_then(|()| out.flush());
    written.map_err(|error| CommandError::io("write", file, &error))?;
    drop(out);
    new.keep(file)
}

/// Waits until no file is half written, and keeps others from beginning one: whoever ends the program at once would leave
/// its new content behind.
pub fn whole_files() -> MutexGuard<'static, ()> {
    static WRITING: Mutex<()> = Mutex::new(());
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The new content of a file, beside it until it is kept; of a pipe or a device, the thing itself.
#[derive(Debug)]
struct NewFile {
    file: File,
    /// The place of the new content, and the file that it is to replace.
    replaces: Option<(tempfile::TempPath, PathBuf)>,
}

impl NewFile {
    /// Begins the new content of a file.
    fn beside(file: &std::path::Path, readers: Readers) -> Result<Self, CommandError> {
        let failed = |error: &io::Error| CommandError::io("write", file, error);
        let target = file.canonicalize();
        if target.as_ref().is_ok_and(|target| !target.is_file() && !target.is_dir()) {
            let file = File::options().write(true).open(file).map_err(|error| failed(&error))?;
            return Ok(Self { file, replaces: None });
        }
        let target = target.unwrap_or_else(|_| file.to_owned());
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut builder = tempfile::Builder::new();
        if readers == Readers::Usual {
            as_usual(&mut builder);
        }
        let new = builder.tempfile_in(folder.unwrap_or(std::path::Path::new("."))).map_err(|error| failed(&error))?;
        if let Ok(there) = std::fs::metadata(&target) {
            new.as_file().set_permissions(there.permissions()).map_err(|error| failed(&error))?;
        }
        let (file, path) = new.into_parts();
        Ok(Self { file, replaces: Some((path, target)) })
    }

    /// Replaces the file.
    fn keep(self, file: &std::path::Path) -> Result<(), CommandError> {
        let Some((path, target)) = self.replaces else { return Ok(()) };
        path.persist(target).map_err(|error| CommandError::io("write", file, &error.error))
    }
}

/// Allows all; the process's mask removes its bits.
#[cfg(unix)]
fn as_usual(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt as _;
    builder.permissions(std::fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn as_usual(_: &mut tempfile::Builder<'_, '_>) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn output_file_mode_follows_umask_unless_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder can be made");
        let mode = |file: &std::path::Path| std::fs::metadata(file).expect("it is there").permissions().mode() & 0o777;
        let (usual, owners, shells) = (folder.path().join("a"), folder.path().join("b"), folder.path().join("c"));
        write_whole(&usual, "x", Readers::Usual).expect("it is written");
        write_whole(&owners, "x", Readers::Owner).expect("it is written");
        std::fs::write(&shells, "x").expect("it is written");
        assert_eq!((mode(&usual), mode(&owners)), (mode(&shells), 0o600));
        std::fs::set_permissions(&owners, std::fs::Permissions::from_mode(0o640)).expect("it is the test's");
        write_whole(&owners, "y", Readers::Owner).expect("it is written");
        assert_eq!(mode(&owners), 0o640, "who may read it was somebody's choice");
    }

    #[cfg(unix)]
    #[test]
    fn symlink_is_kept_and_its_target_is_written() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::fs::write(&file, "old").expect("it is written");
        std::os::unix::fs::symlink(&file, &link).expect("a link can be made");
        write_whole(&link, "new", Readers::Usual).expect("it is written");
        assert!(link.is_symlink());
        assert_eq!(std::fs::read_to_string(&file).expect("it is read"), "new");
        let made = folder.path().join("made");
        write_whole(&made, "made", Readers::Usual).expect("it is written");
        assert_eq!(std::fs::read_to_string(&made).expect("it is read"), "made");
        assert!(write_whole(folder.path(), "a folder is no file", Readers::Usual).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn output_to_a_named_pipe_keeps_the_pipe() {
        use std::os::unix::fs::FileTypeExt;
        let folder = tempfile::tempdir().expect("a folder can be made");
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("mkfifo runs").success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || std::fs::read_to_string(pipe)
        });
        write_whole(&pipe, "through", Readers::Usual).expect("it is written");
        assert_eq!(reader.join().expect("it reads").expect("it is read"), "through");
        assert!(std::fs::metadata(&pipe).expect("it is there").file_type().is_fifo());
    }
}
