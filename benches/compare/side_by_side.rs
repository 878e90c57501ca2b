//! How long operations take, printed beside each other.

use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

/// One measurement: how long an operation takes in the middle.
#[derive(Clone, Copy)]
pub(crate) struct Bench {
    /// For how long each operation is repeated.
    pub(crate) seconds: f64,
}

impl Bench {
    pub(crate) fn time<T>(self, mut work: impl FnMut() -> T) -> f64 {
        for _ in 0..20 {
            black_box(work());
        }
        let limit = Duration::from_secs_f64(self.seconds);
        let start = Instant::now();
        let mut count = 0_u32;
        while start.elapsed() < limit {
            for _ in 0..8 {
                black_box(work());
            }
            count += 8;
        }
        start.elapsed().as_secs_f64() / f64::from(count)
    }
}

/// Times side by side, with how many times ours goes into theirs.
pub(crate) struct Table {
    ours: Vec<Option<f64>>,
}

impl Table {
    pub(crate) fn new(columns: &[&str]) -> Self {
        print!("  {:<44}", "");
        for column in columns {
            print!("{column:>26}");
        }
        println!();
        Self { ours: Vec::new() }
    }

    pub(crate) fn ours(&mut self, times: &[Option<f64>]) {
        self.ours = times.to_vec();
        self.row("accolade", times);
    }

    pub(crate) fn row(&self, name: &str, times: &[Option<f64>]) {
        print!("  {name:<44}");
        for (time, ours) in times.iter().zip(&self.ours) {
            let cell = match (time, ours) {
                (Some(time), Some(ours)) if time != ours => {
                    let ratio = time / ours;
                    let digits = usize::from(ratio < 10.0);
                    format!("{} ({ratio:.digits$}×)", micros(*time))
                }
                (Some(time), _) => micros(*time),
                (None, _) => "–".to_owned(),
            };
            print!("{cell:>26}");
        }
        println!();
    }
}

fn micros(seconds: f64) -> String {
    let micros = seconds * 1e6;
    if micros < 1000.0 { format!("{micros:.1} µs") } else { format!("{:.2} ms", micros / 1e3) }
}

/// What this runs on.
pub(crate) fn machine() {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("a processor", |name| name.trim_start_matches(['\t', ' ', ':']));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{model}, {cores} cores; one core is used at a time");
    println!("{}; {}; {}", version("rustc"), version("node"), version("python3"));
}

fn version(program: &str) -> String {
    let output = Command::new(program).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    match text {
        Ok(text) if text.starts_with('v') => format!("{program} {text}"),
        Ok(text) => text,
        Err(_) => format!("no {program}"),
    }
}
