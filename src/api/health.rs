//! Whether the service lives, whether it can work, and what it counts.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::app::App;
use crate::telemetry::metrics;

/// `GET /livez`: the process answers.
pub async fn livez() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

/// `GET /metrics`, on the admin address only: OpenMetrics text for Prometheus.
pub async fn metrics(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok().content_type(metrics::CONTENT_TYPE).body(app.metrics.text())
}

/// `GET /readyz`: the store takes writes; 503 with the reason when not.
pub async fn readyz(app: web::Data<App>) -> HttpResponse {
    let report = app.readiness();
    let answer = json!({
        "status": if report.ready { "ok" } else { "stopped" },
        "reason": report.reason,
        "check": report.check.map(|check| json!({
            "sound": check.sound, "damaged": check.damaged, "finished": check.finished,
        })),
    });
    if report.ready {
        HttpResponse::Ok().json(answer)
    } else {
        HttpResponse::ServiceUnavailable().json(answer)
    }
}
