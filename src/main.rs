//! The `accolade` command.

/// A badge is many small pieces made and dropped together: of the time of a request, a fifth to a
/// quarter went to the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    accolade::cli::main()
}
