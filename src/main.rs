//! The `accolade` command.

fn main() -> std::process::ExitCode {
    accolade::cli::main()
}
