//! The outline of a badge, by its kind.

use std::f64::consts::PI;
use std::fmt::Write;

use super::palette::Palette;

/// The outlines we draw, all inside 600 × 600.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Micro-credentials, competencies, badges: standing on a corner, corners rounded.
    Hexagon,
    /// Certificates, diplomas, degrees: a round seal with a scalloped edge.
    Seal,
    /// Licences and certifications.
    Shield,
    /// Courses, assignments, everything that is a piece of work.
    Tile,
}

impl Shape {
    /// The outline for an achievement type.
    pub(super) fn of(kind: Option<&str>) -> Self {
        let kind = kind.unwrap_or("Badge");
        let has = |words: &[&str]| words.iter().any(|word| kind.contains(word));
        if has(&["License", "Certification", "Membership", "QualityAssurance"]) {
            Self::Shield
        } else if has(&["Degree", "Certificate", "Diploma", "Doctorate", "Award"]) {
            Self::Seal
        } else if has(&[
            "Course",
            "Assignment",
            "Assessment",
            "Fieldwork",
            "LearningProgram",
            "Community",
        ]) {
            Self::Tile
        } else {
            Self::Hexagon
        }
    }

    /// Width for the name in the middle.
    pub(super) fn name_width(self) -> f64 {
        match self {
            Self::Hexagon => 410.0,
            Self::Seal => 400.0,
            Self::Shield => 420.0,
            Self::Tile => 440.0,
        }
    }

    /// Width for the issuer below.
    pub(super) fn issuer_width(self) -> f64 {
        match self {
            Self::Hexagon => 228.0,
            Self::Seal => 300.0,
            Self::Shield => 250.0,
            Self::Tile => 420.0,
        }
    }

    /// The ground, and a thin line inside its edge.
    pub(super) fn outline(self, palette: &Palette) -> String {
        let (ground, line) = match self {
            Self::Hexagon => (polygon(6, 286.0, 46.0), polygon(6, 262.0, 38.0)),
            Self::Seal => (scallops(290.0, 277.0, 28), circle(252.0)),
            Self::Shield => (shield(0.0), shield(24.0)),
            Self::Tile => (tile(18.0, 84.0), tile(42.0, 62.0)),
        };
        format!(
            "<path d=\"{ground}\" fill=\"url(#g)\"/><path d=\"{line}\" fill=\"none\" \
             stroke=\"{}\" stroke-width=\"4\"/>",
            palette.accent
        )
    }
}

const CENTRE: f64 = 300.0;

/// A regular polygon standing on a corner, its corners rounded from `cut` before each.
fn polygon(corners: u32, radius: f64, cut: f64) -> String {
    let corner = |n: u32| {
        let angle = 2.0 * PI * f64::from(n) / f64::from(corners) - PI / 2.0;
        (CENTRE + radius * angle.cos(), CENTRE + radius * angle.sin())
    };
    let side = 2.0 * radius * (PI / f64::from(corners)).sin();
    let toward = |from: (f64, f64), to: (f64, f64)| {
        let part = cut / side;
        (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
    };
    let mut path = String::new();
    for n in 0..corners {
        let (before, here, after) = (corner(n + corners - 1), corner(n), corner(n + 1));
        let (start, end) = (toward(here, before), toward(here, after));
        let step = if n == 0 { 'M' } else { 'L' };
        let _ = write!(
            path,
            "{step}{:.2} {:.2}Q{:.2} {:.2} {:.2} {:.2}",
            start.0, start.1, here.0, here.1, end.0, end.1
        );
    }
    path + "Z"
}

/// A circle whose edge runs in small waves.
fn scallops(outer: f64, inner: f64, count: u32) -> String {
    let point = |radius: f64, at: f64| {
        let angle = PI * at / f64::from(count);
        (CENTRE + radius * angle.cos(), CENTRE + radius * angle.sin())
    };
    let start = point(inner, 0.0);
    let mut path = format!("M{:.2} {:.2}", start.0, start.1);
    for n in 0..count {
        let at = f64::from(2 * n);
        let (over, end) = (point(outer * 1.03, at + 1.0), point(inner, at + 2.0));
        let _ = write!(path, "Q{:.2} {:.2} {:.2} {:.2}", over.0, over.1, end.0, end.1);
    }
    path + "Z"
}

fn circle(radius: f64) -> String {
    let (left, right) = (CENTRE - radius, CENTRE + radius);
    format!("M{left} 300A{radius} {radius} 0 1 1 {right} 300A{radius} {radius} 0 1 1 {left} 300Z")
}

fn shield(inset: f64) -> String {
    let (left, right, top) = (44.0 + inset, 556.0 - inset, 40.0 + inset);
    let bottom = 586.0 - inset * 1.15;
    let corner = 34.0 - inset / 3.0;
    format!(
        "M{} {top}H{}Q{right} {top} {right} {}V{}C{right} 470 {} 545 300 {bottom}C{} 545 {left} 470 {left} {}V{}Q{left} {top} {} {top}Z",
        left + corner,
        right - corner,
        top + corner,
        330.0,
        430.0 - inset / 3.0,
        170.0 + inset / 3.0,
        330.0,
        top + corner,
        left + corner,
    )
}

fn tile(inset: f64, corner: f64) -> String {
    let (low, high) = (inset, 600.0 - inset);
    let (from, to) = (low + corner, high - corner);
    format!(
        "M{from} {low}H{to}Q{high} {low} {high} {from}V{to}Q{high} {high} {to} {high}H{from}Q{low} {high} {low} {to}V{from}Q{low} {low} {from} {low}Z"
    )
}
