//! Counts and times for Prometheus. Labels are routes, methods, statuses and verdicts: few, and
//! never of a person.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// Media type of [`Metrics::text`] (OpenMetrics 1.0).
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What the service counts.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    seconds: Family<Route, Histogram>,
    verifications: Family<Judged, Counter>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Request {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Judged {
    verdict: &'static str,
}

impl Metrics {
    /// All at nothing; `started` is the start of the process in seconds since 1970.
    pub fn new(started: i64) -> Self {
        let mut registry = Registry::with_prefix("accolade");
        let requests = Family::<Request, Counter>::default();
        // From a quarter of a millisecond to eight seconds.
        let seconds = Family::<Route, Histogram>::new_with_constructor(|| {
            Histogram::new(exponential_buckets(0.000_25, 2.0, 16))
        });
        let verifications = Family::<Judged, Counter>::default();
        registry.register("requests", "Requests answered", requests.clone());
        registry.register_with_unit(
            "request_duration",
            "Time from the head of a request to its answer",
            Unit::Seconds,
            seconds.clone(),
        );
        registry.register("verifications", "Badges judged", verifications.clone());
        registry.register_with_unit(
            "start_time",
            "When the process began, in seconds since 1970",
            Unit::Seconds,
            ConstGauge::new(started),
        );
        Self { registry, requests, seconds, verifications }
    }

    /// Counts a request. `route` is the pattern of its path, not the path.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        // A client may call its method anything; each word would be a series of its own.
        const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
        let method = if METHODS.contains(&method) { method } else { "other" };
        let (method, route) = (method.to_owned(), route.to_owned());
        self.seconds.get_or_create(&Route { route: route.clone() }).observe(took.as_secs_f64());
        self.requests.get_or_create(&Request { method, route, status }).inc();
    }

    /// Counts a badge that was judged.
    pub fn judged(&self, verdict: &'static str) {
        self.verifications.get_or_create(&Judged { verdict }).inc();
    }

    /// All of it as text, in the form of [`CONTENT_TYPE`].
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_told() {
        let metrics = Metrics::new(1_700_000_000);
        metrics.answered("GET", "/b/{id}", 200, Duration::from_millis(3));
        metrics.answered("GET", "/b/{id}", 200, Duration::from_millis(3));
        metrics.judged("valid");
        let text = metrics.text();
        for line in [
            "accolade_requests_total{method=\"GET\",route=\"/b/{id}\",status=\"200\"} 2",
            "accolade_request_duration_seconds_count{route=\"/b/{id}\"} 2",
            "accolade_verifications_total{verdict=\"valid\"} 1",
            "accolade_start_time_seconds 1700000000",
            "# EOF",
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
    }
}
