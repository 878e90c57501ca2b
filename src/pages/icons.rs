//! Small drawings beside words; they never stand for a word, so readers of the screen skip them.

macro_rules! icon {
    ($inner:literal) => {
        concat!(
            "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\" focusable=\"false\" fill=\"none\" ",
            "stroke=\"currentColor\" stroke-width=\"2\" stroke-linecap=\"round\" ",
            "stroke-linejoin=\"round\">",
            $inner,
            "</svg>"
        )
    };
}

pub(super) const CHECK: &str =
    icon!("<circle cx=\"12\" cy=\"12\" r=\"10\"/><path d=\"m7.5 12.4 3 3 6-6.4\"/>");
pub(super) const CROSS: &str =
    icon!("<circle cx=\"12\" cy=\"12\" r=\"10\"/><path d=\"m8.5 8.5 7 7m0-7-7 7\"/>");
pub(super) const CLOCK: &str =
    icon!("<circle cx=\"12\" cy=\"12\" r=\"10\"/><path d=\"M12 6.5V12l3.6 2.4\"/>");
pub(super) const PAUSE: &str =
    icon!("<circle cx=\"12\" cy=\"12\" r=\"10\"/><path d=\"M9.8 8.5v7m4.4-7v7\"/>");
pub(super) const WARNING: &str = icon!("<path d=\"M12 2.8 22.4 21H1.6ZM12 10v5m0 3v.01\"/>");
pub(super) const INFO: &str =
    icon!("<circle cx=\"12\" cy=\"12\" r=\"10\"/><path d=\"M12 11v6m0-9.5v.01\"/>");
pub(super) const PERSON: &str = icon!(
    "<circle cx=\"12\" cy=\"8\" r=\"4.5\"/><path d=\"M3.5 21.5c1-5 4.5-7 8.5-7s7.5 2 8.5 7\"/>"
);
pub(super) const DASH: &str = icon!("<circle cx=\"12\" cy=\"12\" r=\"10\"/><path d=\"M8 12h8\"/>");
pub(super) const QUESTION: &str = icon!(
    "<circle cx=\"12\" cy=\"12\" r=\"10\"/><path d=\"M9.3 9.3a2.8 2.8 0 1 1 3.6 3.1c-.7.3-.9.8-.9 \
     1.6m0 3v.01\"/>"
);
