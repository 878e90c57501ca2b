//! How many rows of a CSV file are taken in and worked off in a second: `cargo bench --bench batches`.
//!
//! A store on disk, one badge class; the rows are accepted (all durable), worked off (each award signed,
//! judged and durable with its outcome), and sent once more (all duplicates); then as many come that are
//! all refused. What is printed is this machine's; nothing is asserted. `--rows N` sets how many
//! (10,000). Behind each step stand the processor time of a row, and by how much the memory of the
//! process grew at most, over what it held before the first row.

#![expect(clippy::unwrap_used, reason = "a bench that fails shall say so")]

mod desk;

use std::time::{Duration, Instant};

use accolade::issuer::Mandate;
use accolade::issuer::batches::{Batches, Format, Terms, Upload};
use desk::memory;

/// As in the service.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // `cargo test --benches` passes it, and then only wants to know that this compiles and runs.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let rows = desk::option("--rows").unwrap_or(if is_test { 20 } else { 10_000 });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run(u32::try_from(rows).unwrap()));
}

async fn run(rows: u32) {
    let folder = tempfile::tempdir().unwrap();
    let issuer = desk::open(folder.path());
    let (account, _) = desk::badge_class(&issuer).await;
    let (store, mandate) = (issuer.store().clone(), Mandate::of(&account, "bench"));
    let batches = Batches::new(&issuer, u32::MAX);
    let idle = memory("VmRSS:");
    for (what, level) in [("new", 3), ("sent again", 3), ("refused", 2)] {
        let mut spool = store.spool().await.unwrap();
        spool.write(b"email,name,badge class,awarded on,results,overall\n").await.unwrap();
        for at in 0..rows {
            let row = format!(
                "teacher{at}@schools.example.org,Teacher {at},F1,2026-01-15,agenda={level},earned\n"
            );
            spool.write(row.as_bytes()).await.unwrap();
        }
        let bytes = spool.end().await.unwrap();
        let upload = Upload { format: Format::Csv, bytes, mapping: String::new() };
        let terms = Terms { as_of: None, may_revoke: true, notify: false };
        let step = Step::begin();
        let inspected = batches.inspect(upload).await.unwrap();
        let batch = batches.accept(&mandate, inspected, &terms).await.unwrap().value;
        step.end("accepted", what, rows, idle);
        let step = Step::begin();
        while batches.step().await.unwrap() {}
        step.end("worked off", what, rows, idle);
        let counts = batches.batch(&account, &batch.id).await.unwrap().value.counts;
        let became = match what {
            "new" => counts.issued,
            "sent again" => counts.duplicate,
            _ => counts.refused,
        };
        assert_eq!(became, rows);
    }
}

/// A step that is measured.
struct Step {
    start: Instant,
    processor: Duration,
}

impl Step {
    fn begin() -> Self {
        // The most memory is counted anew; where the system does not allow it, from the beginning.
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        Self { start: Instant::now(), processor: processor() }
    }

    fn end(self, step: &str, what: &str, rows: u32, idle: u64) {
        let second = f64::from(rows) / self.start.elapsed().as_secs_f64();
        let each = (processor() - self.processor).as_secs_f64() * 1e6 / f64::from(rows);
        let most = memory("VmHWM:");
        println!(
            "{step:<10} {rows:>8} rows, {what:<10} {second:>8.0}/s, {each:>6.0} µs of processor \
             each, at most {:>4} MB over the {} MB before",
            most.saturating_sub(idle),
            idle,
        );
    }
}

/// Processor time of the process so far.
fn processor() -> Duration {
    let status = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = status.rsplit(") ").next().unwrap().split(' ').collect();
    let ticks = |at: usize| fields.get(at).unwrap().parse::<u64>().unwrap();
    // A hundred a second on every Linux.
    Duration::from_millis(10 * (ticks(11) + ticks(12)))
}
