//! The trace that a request belongs to, as its caller says (W3C Trace Context).

use actix_web::http::header::{HeaderMap, HeaderName};

/// The header.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The id of the trace; `None` when the header is missing, given twice, or not as the standard has it
/// (§3.2.2: version, trace id, parent id, flags, in lower-case hex; ids are never all zeros).
pub(super) fn trace_of(headers: &HeaderMap) -> Option<String> {
    let mut given = headers.get_all(TRACEPARENT);
    let (header, None) = (given.next()?.to_str().ok()?, given.next()) else { return None };
    let mut parts = header.split('-');
    let mut part = |length: usize| {
        let part = parts.next()?;
        let hex = part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (part.len() == length && hex).then_some(part)
    };
    let (version, trace, parent, _flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
    let zeros = |id: &str| id.bytes().all(|byte| byte == b'0');
    // A later version may have more behind it; this one has not.
    let ends = version != "00" || parts.next().is_none();
    (version != "ff" && ends && !zeros(trace) && !zeros(parent)).then(|| trace.to_owned())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn read(values: &[&str]) -> Option<String> {
        let request = values.iter().fold(TestRequest::get(), |request, value| {
            request.append_header((TRACEPARENT, *value))
        });
        trace_of(request.to_http_request().headers())
    }

    #[test]
    fn a_trace_is_read_and_nothing_else_is_taken_for_one() {
        let good = format!("00-{TRACE}-00f067aa0ba902b7-01");
        assert_eq!(read(&[&good]).as_deref(), Some(TRACE));
        assert_eq!(
            read(&[&format!("cc-{TRACE}-00f067aa0ba902b7-01-more")]).as_deref(),
            Some(TRACE)
        );
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[&good, &good]), None);
        for wrong in [
            "",
            "00",
            &good.to_uppercase(),
            &good.replace("00-4", "ff-4"),
            &format!("{good}-more"),
            &good.replace(TRACE, &"0".repeat(32)),
            &good.replace("00f067aa0ba902b7", &"0".repeat(16)),
            &good.replace("-01", "-0"),
            &good.replace("4736", "47\"6"),
        ] {
            assert_eq!(read(&[wrong]), None, "{wrong}");
        }
    }
}
