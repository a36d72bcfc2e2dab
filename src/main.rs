//! The `underpin` command.

fn main() -> std::process::ExitCode {
    underpin::commands::main().into()
}
