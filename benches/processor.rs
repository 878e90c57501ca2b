//! What a bench has used of the processor.

/// Seconds that all threads of this process have used so far (`/proc/self/stat`, in hundredths of a
/// second): what others do on the same machine is no part of it.
pub(crate) fn seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: f64 = fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    ticks / 100.0
}
