//! What an uploaded SVG may say; everything that is not listed is dropped.

/// Elements that draw. Not among them: pictures inside pictures, which are not rendered here, and
/// markers and the filters whose work grows with a number that they state.
pub(super) const ELEMENTS: &str = "svg g defs title desc path rect circle ellipse line polyline polygon text \
    tspan textPath linearGradient radialGradient stop clipPath mask pattern symbol use style filter \
    feBlend feColorMatrix feComponentTransfer feComposite feDropShadow feFlood feFuncA feFuncB \
    feFuncG feFuncR feGaussianBlur feMerge feMergeNode feOffset feTile";

/// The elements of which at least one must be left.
pub(super) const SHAPES: &str = "path rect circle ellipse line polyline polygon text use";

/// Properties allowed as attributes and in style sheets.
pub(super) const PROPERTIES: &str = "alignment-baseline baseline-shift clip-path clip-rule color \
    color-interpolation color-interpolation-filters direction display dominant-baseline \
    enable-background fill fill-opacity fill-rule flood-color flood-opacity font-family font-size \
    font-size-adjust font-stretch font-style font-variant font-weight isolation letter-spacing \
    line-height mix-blend-mode opacity overflow paint-order shape-rendering stop-color \
    stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin \
    stroke-miterlimit stroke-opacity stroke-width text-anchor text-decoration text-rendering \
    unicode-bidi visibility word-spacing writing-mode";

/// Attributes of geometry and structure. `filter` and `mask` stand here and not among the
/// properties: their cost is counted where they are used.
pub(super) const ATTRIBUTES: &str = "amplitude aria-label class clipPathUnits cx cy d dx dy exponent filter \
    filterUnits fr fx fy gradientTransform gradientUnits height id in in2 intercept k1 k2 k3 k4 \
    lang lengthAdjust mask maskContentUnits maskUnits method mode offset operator pathLength \
    patternContentUnits patternTransform patternUnits points preserveAspectRatio primitiveUnits r \
    refX refY result role rotate rx ry side slope spacing spreadMethod startOffset stdDeviation \
    tableValues textLength transform transform-origin type values version viewBox width x x1 x2 y \
    y1 y2";

/// Whether an attribute of that name may be kept.
pub(super) fn allowed_name(name: &str) -> bool {
    listed(ATTRIBUTES, name).or_else(|| listed(PROPERTIES, name)).is_some()
}

/// The entry of a list that is `name`.
pub(super) fn listed(list: &'static str, name: &str) -> Option<&'static str> {
    list.split_ascii_whitespace().find(|entry| *entry == name)
}
