//! Text cut into lines, each line in the order in which it is seen.

use unicode_bidi::BidiInfo;

use super::letters::{Letters, Run, Weight};

/// How text is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// Font size in points.
    pub(super) size: f32,
    pub(super) weight: Weight,
    /// Distance of base lines, in units of the size.
    pub(super) leading: f32,
}

impl Style {
    pub(super) const fn new(size: f32, weight: Weight) -> Self {
        Self { size, weight, leading: 1.36 }
    }

    pub(super) fn line_height(&self) -> f32 {
        self.size * self.leading
    }
}

/// One line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// From left to right.
    pub(super) runs: Vec<Run>,
    /// Width in points.
    pub(super) width: f32,
    /// Font size in points.
    pub(super) size: f32,
}

/// Lines of one paragraph.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    pub(super) lines: Vec<Line>,
    /// Whether the paragraph reads from right to left.
    pub(super) right_to_left: bool,
    pub(super) style: Style,
}

impl Lines {
    /// Height in points.
    pub(super) fn height(&self) -> f32 {
        self.lines.iter().fold(0.0, |height, _| height + self.style.line_height())
    }
}

impl Letters {
    /// Cuts a text into lines no wider than `width` points. A word that is wider is cut, so no text
    /// is lost. The text must be [settable](Letters::settable).
    pub(super) fn lines(&self, text: &str, style: Style, width: f32) -> Lines {
        let bidi = BidiInfo::new(text, None);
        let right_to_left = bidi.paragraphs.first().is_some_and(|all| all.level.is_rtl());
        let mut lines = Vec::new();
        for range in self.cuts(text, style, width) {
            lines.push(self.line(&bidi, range, style));
        }
        Lines { lines, right_to_left, style }
    }

    /// The largest of some sizes at which a text needs no more than `most` lines; the last size if
    /// there is none.
    pub(super) fn fitted(&self, text: &str, sizes: &[f32], most: usize, width: f32) -> Lines {
        let mut set = None;
        for size in sizes {
            let style = Style { leading: 1.2, ..Style::new(*size, Weight::Bold) };
            let lines = self.lines(text, style, width);
            let fits = lines.lines.len() <= most;
            set = Some(lines);
            if fits {
                break;
            }
        }
        set.unwrap_or_else(|| self.lines(text, Style::new(12.0, Weight::Bold), width))
    }

    /// Where each line begins and ends, spaces at the end included.
    fn cuts(&self, text: &str, style: Style, width: f32) -> Vec<std::ops::Range<usize>> {
        let space = self.measure(" ", style);
        let mut cuts = Vec::new();
        let (mut start, mut at, mut used) = (0, 0, 0.0);
        for piece in text.split_inclusive(' ') {
            let word = piece.trim_end_matches(' ');
            let wide = self.measure(word, style);
            if used > 0.0 && used + wide > width {
                cuts.push(start..at);
                (start, used) = (at, 0.0);
            }
            if wide > width {
                // Longer than a line: cut between letters.
                for (offset, c) in word.char_indices() {
                    let letter = self.measure(c.encode_utf8(&mut [0; 4]), style);
                    if used > 0.0 && used + letter > width {
                        cuts.push(start..at + offset);
                        (start, used) = (at + offset, 0.0);
                    }
                    used += letter;
                }
                used += space;
            } else {
                used += wide + space;
            }
            at += piece.len();
        }
        if start < text.len() {
            cuts.push(start..text.len());
        }
        cuts
    }

    /// The width of a text in points.
    fn measure(&self, text: &str, style: Style) -> f32 {
        let runs = self.by_face(text, style.weight);
        let width = |(face, part): (usize, &str)| self.shape(part, face, is_rtl(part)).width;
        runs.into_iter().map(width).sum::<f32>() * style.size
    }

    fn line(&self, bidi: &BidiInfo<'_>, range: std::ops::Range<usize>, style: Style) -> Line {
        let mut runs: Vec<Run> = Vec::new();
        if let Some(paragraph) = bidi.paragraphs.first() {
            let (levels, order) = bidi.visual_runs(paragraph, range);
            for part in order {
                let right_to_left = levels.get(part.start).is_some_and(|level| level.is_rtl());
                let text = bidi.text.get(part).unwrap_or_default();
                let mut set: Vec<Run> = self
                    .by_face(text, style.weight)
                    .into_iter()
                    .map(|(face, text)| self.shape(text, face, right_to_left))
                    .collect();
                if right_to_left {
                    set.reverse();
                }
                runs.extend(set);
            }
        }
        let width = runs.iter().map(|run| run.width).sum::<f32>() * style.size;
        // The space at the end separates the words for readers by machine; the eye does not see it.
        let ends_in_space = runs.iter().any(|run| run.text.ends_with(' '));
        let trailing = if ends_in_space { self.trailing(&runs) * style.size } else { 0.0 };
        Line { runs, width: width - trailing, size: style.size }
    }

    /// A text in pieces of one font each. Joiners go with what they join.
    fn by_face<'t>(&self, text: &'t str, weight: Weight) -> Vec<(usize, &'t str)> {
        let mut pieces = Vec::new();
        let (mut start, mut face) = (0, None);
        for (at, c) in text.char_indices() {
            if matches!(c, '\u{200c}' | '\u{200d}') && face.is_some() {
                continue;
            }
            let next = self.face_of(c, weight);
            match face {
                Some(known) if known != next => {
                    pieces.push((known, text.get(start..at).unwrap_or_default()));
                    (start, face) = (at, Some(next));
                }
                Some(_) => {}
                None => face = Some(next),
            }
        }
        if let Some(face) = face {
            pieces.push((face, text.get(start..).unwrap_or_default()));
        }
        pieces
    }

    /// The width of the spaces at the end of a line, in units of the size.
    fn trailing(&self, runs: &[Run]) -> f32 {
        runs.last()
            .filter(|run| run.text.ends_with(' '))
            .map_or(0.0, |run| self.shape(" ", run.face, false).width)
    }
}

fn is_rtl(text: &str) -> bool {
    text.chars()
        .any(|c| matches!(u32::from(c), 0x0590..=0x08ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff))
}

#[cfg(test)]
mod tests {
    use super::super::letters::letters;
    use super::*;

    const STYLE: Style = Style::new(10.0, Weight::Regular);

    /// The text of the lines as it is read.
    fn read(lines: &Lines) -> Vec<String> {
        let text = |line: &Line| line.runs.iter().map(|run| run.text.as_str()).collect();
        lines.lines.iter().map(text).collect()
    }

    #[test]
    fn no_line_is_wider_than_its_room_and_nothing_is_lost() {
        let letters = letters().unwrap();
        let long = "Ääß".repeat(60);
        let text =
            format!("Leads coaching cycles that change what happens in classrooms {long} end");
        for width in [40.0, 90.0, 300.0] {
            let lines = letters.lines(&text, STYLE, width);
            assert!(lines.lines.iter().all(|line| line.width <= width + 0.01), "{width}");
            assert_eq!(read(&lines).concat(), text);
            assert!(lines.lines.len() > 1);
        }
        assert!(letters.lines("", STYLE, 100.0).lines.is_empty());
    }

    #[test]
    fn mixed_directions_are_seen_in_their_order() {
        let letters = letters().unwrap();
        let lines = letters.lines("שלום abc 12", STYLE, 500.0);
        assert!(lines.right_to_left);
        let seen = read(&lines).concat();
        assert!(seen.starts_with("abc 12"), "{seen:?}");
        assert!(!letters.lines("abc שלום", STYLE, 500.0).right_to_left);
    }

    #[test]
    fn a_name_is_set_as_large_as_it_fits() {
        let letters = letters().unwrap();
        let size = |text: &str| letters.fitted(text, &[28.0, 22.0, 16.0], 2, 300.0).style.size;
        assert!(size("Amara Okafor") > size(&"Amara Okafor ".repeat(5)));
    }
}
