//! Numbers as RDF and as RFC 8785 write them.

/// The canonical form of an integer-valued double (JSON-LD 1.1 API §8.6): ECMAScript `toFixed(0)`.
/// Only below 1e21.
pub(super) fn canonical_integer(value: f64) -> String {
    if value == 0.0 { "0".to_owned() } else { format!("{value:.0}") }
}

/// The canonical form of a double (JSON-LD 1.1 API §8.6): ECMAScript `toExponential(15)` without
/// trailing zeros, with one digit after the point at least, and `E`.
pub(super) fn canonical_double(value: f64) -> String {
    if value == 0.0 {
        return "0.0E0".to_owned();
    }
    // Eighths below a million million have fifteen digits at most: the shortest text is exact.
    let is_short = (value * 8.0).fract() == 0.0 && value.abs() < 1e12;
    let text = if is_short { format!("{value:e}") } else { exponential_half_up(value) };
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let fraction = match fraction.trim_end_matches('0') {
        "" => "0",
        trimmed => trimmed,
    };
    format!("{whole}.{fraction}E{exponent}")
}

/// Sixteen significant digits. Rust rounds a tie to the even digit, ECMAScript away from zero.
fn exponential_half_up(value: f64) -> String {
    let text = format!("{value:.15e}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    let Some(upper) = tie_at(value, 16).and_then(|lower| lower.checked_add(1)) else { return text };
    let sign = if digits.starts_with('-') { "-" } else { "" };
    let upper = upper.to_string();
    // A tie never carries into a seventeenth digit: ….9995 has sixteen digits before the 5.
    let (first, rest) = upper.split_at(1);
    format!("{sign}{first}.{rest}e{exponent}")
}

/// If `value` lies exactly between two numbers of `count` significant digits: the digits of the
/// one nearer to zero.
fn tie_at(value: f64, count: usize) -> Option<u64> {
    let ends_in_5 =
        |text: &str| text.split_once('e').is_some_and(|(digits, _)| digits.ends_with('5'));
    if !ends_in_5(&format!("{value:.count$e}")) {
        return None;
    }
    // No double has more than 767 significant digits.
    let exact = format!("{:.770e}", value.abs());
    let (digits, _) = exact.split_once('e')?;
    let digits: String = digits.chars().filter(|digit| *digit != '.').collect();
    let (kept, tail) = digits.split_at_checked(count)?;
    (tail.trim_end_matches('0') == "5").then(|| kept.parse().ok()).flatten()
}

/// A number as ECMAScript's `Number::toString` writes it, which RFC 8785 §3.2.2.3 asks for.
pub(super) fn ecmascript(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    // The shortest digits that read back as the same double, nearest to it; of two that are as
    // near, ECMAScript takes the even one.
    let text = format!("{:e}", value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mut digits: String = mantissa.chars().filter(|digit| *digit != '.').collect();
    if let Some(lower) = tie_at(value, digits.len()) {
        let even = (lower + lower % 2).to_string();
        let (first, rest) = even.split_at(1);
        // Below a power of two doubles lie closer, and the even one may be another double.
        if format!("{first}.{rest}e{exponent}").parse() == Ok(value.abs()) {
            digits = even;
        }
    }
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if value < 0.0 { "-" } else { "" };
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let point = exponent + 1;
    let body = if (count..=21).contains(&point) {
        let zeros = "0".repeat(usize::try_from(point - count).unwrap_or(0));
        format!("{digits}{zeros}")
    } else if (1..=21).contains(&point) {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        format!("{whole}.{fraction}")
    } else if (-5..=0).contains(&point) {
        format!("0.{}{digits}", "0".repeat(usize::try_from(-point).unwrap_or(0)))
    } else {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let plus = if exponent > 0 { "+" } else { "" };
        format!("{first}{dot}{rest}e{plus}{exponent}")
    };
    format!("{sign}{body}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_have_one_canonical_form() {
        for (value, form) in [
            (5.3, "5.3E0"),
            (0.0, "0.0E0"),
            (10.0, "1.0E1"),
            (-1.5, "-1.5E0"),
            (1e21, "1.0E21"),
            (5.123e-7, "5.122999999999999E-7"),
            (1.0 / 3.0, "3.333333333333333E-1"),
            // 2^-24 has seventeen digits, the last a 5.
            (2_f64.powi(-24), "5.960464477539063E-8"),
            (-2_f64.powi(-24), "-5.960464477539063E-8"),
            (f64::MAX, "1.797693134862316E308"),
            (5e-324, "4.940656458412465E-324"),
        ] {
            assert_eq!(canonical_double(value), form);
        }
        assert_eq!(canonical_integer(-0.0), "0");
        assert_eq!(canonical_integer(12_345_678_901_234_567_890.0), "12345678901234567168");
    }

    #[test]
    fn numbers_are_written_as_rfc_8785_appendix_b_has_them() {
        for (bits, form) in [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5555, "333333333.3333333"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            assert_eq!(ecmascript(f64::from_bits(bits)), form);
        }
    }
}
