//! What a target took at most: said at the end of its run, for people to look at.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

/// The most that a process of fuzz targets may hold, in bytes: one case may hold no more.
const MEMORY: u64 = 256 << 20;

/// The longest case of a target, and how its cases ended.
pub(crate) struct Maxima {
    target: &'static str,
    cases: u64,
    taken: u64,
    longest: Duration,
}

impl Maxima {
    pub(crate) fn of(target: &'static str) -> Self {
        Self { target, cases: 0, taken: 0, longest: Duration::ZERO }
    }

    /// Runs one case; `work` says whether the input was taken, in whole or in part.
    pub(crate) fn case(&mut self, work: impl FnOnce() -> bool) {
        let start = Instant::now();
        let taken = work();
        self.longest = self.longest.max(start.elapsed());
        self.cases += 1;
        self.taken += u64::from(taken);
    }

    /// Says what was seen. Some input must have been taken and some refused: a target that knows only
    /// one answer tries nothing.
    pub(crate) fn report(self) {
        let Self { target, cases, taken, longest } = self;
        let mut line =
            format!("fuzz {target}: {cases} cases, {taken} taken, longest {longest:.1?}");
        if let Some(peak) = peak_memory() {
            let _ = write!(line, ", process at most {} MB", peak >> 20);
            assert!(peak < MEMORY, "{line}");
        }
        // A closed standard error is no reason to fail a test.
        let _ = writeln!(std::io::stderr().lock(), "{line}");
        assert!(taken > 0 && taken < cases, "{line}");
    }
}

/// The most memory that the process ever held, in bytes, where the system says so.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes << 10)
}
