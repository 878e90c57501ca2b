//! What a certificate says, from the top of its first page to the end of its last.

use std::num::NonZeroU16;

use krilla::tagging::{ListNumbering, TableHeaderScope, Tag};

use super::flow::{Align, Area, Colour, Flow, Item, MARGIN, PartId};
use super::letters::{Letters, Weight};
use super::lines::{Lines, Style};
use super::words::{Words, fill};
use super::{ATTACHMENT, Alignment, Certificate, Sheet, Standing};
use crate::art::Palette;

/// Text.
const INK: Colour = (0x22, 0x26, 0x2b);
/// Text that matters less; its contrast on white is above 7.
const SOFT: Colour = (0x4a, 0x4f, 0x57);
/// Lines.
const RULE: Colour = (0xd5, 0xd8, 0xdc);
/// What must not be missed.
const ALARM: Colour = (0x9b, 0x1c, 0x1c);

const BODY: Style = Style::new(10.0, Weight::Regular);
const STRONG: Style = Style::new(10.0, Weight::Bold);
const SMALL: Style = Style::new(8.5, Weight::Regular);
const LABEL: Style = Style::new(8.0, Weight::Regular);
const HEADING: Style = Style::new(12.5, Weight::Bold);

/// Side of the badge picture.
const ART: f32 = 126.0;
/// Side of the QR code: 30 mm, three times what a telephone needs at arm's length.
const QR: f32 = 85.0;
/// Room that the part about verifying takes.
const VERIFY: f32 = 118.0;
/// Alignments and results that are written out; a page has them all.
const MOST_ALIGNMENTS: usize = 8;
const MOST_RESULTS: usize = 40;

/// The level of a heading.
const FIRST: NonZeroU16 = NonZeroU16::MIN;

struct Writer<'w, 'l> {
    flow: Flow<'l>,
    words: Words,
    about: &'w Certificate,
    palette: Palette,
}

/// Puts a certificate on pages.
pub(super) fn compose<'l>(about: &Certificate, sheet: Sheet, letters: &'l Letters) -> Flow<'l> {
    let flow = Flow::new(sheet.paper, letters);
    let palette = Palette::of(&about.issuer);
    let mut writer = Writer { flow, words: Words(sheet.language), about, palette };
    writer.flow.reserve(VERIFY);
    writer.head();
    writer.facts();
    // Read after the facts, though it stands at the foot of the first page.
    writer.verify(sheet);
    writer.competency();
    writer.alignments();
    writer.criteria();
    writer.results();
    writer.flow
}

impl Writer<'_, '_> {
    /// Picture, holder, badge, issuer.
    fn head(&mut self) {
        let width = self.flow.size.0;
        let band = Area { x: 0.0, y: 0.0, width, height: 12.0 };
        self.flow.add(Item::Box { area: band, colour: self.palette.light() });
        let line = Area { x: 0.0, y: 12.0, width, height: 2.5 };
        self.flow.add(Item::Box { area: line, colour: self.palette.accent() });
        self.flow.y = 38.0;
        let alt = [&self.about.art_alt, &self.about.name];
        let alt = alt.into_iter().find(|text| !text.trim().is_empty());
        let alt = alt.map_or_else(|| self.words.certificate().to_owned(), Clone::clone);
        let figure = self.flow.part(Tag::Figure(Some(alt)), None);
        let (x, y) = ((width - ART) / 2.0, self.flow.y);
        let area = Area { x, y, width: ART, height: ART };
        self.flow.add(Item::Art { area, part: figure });
        self.flow.space(ART + 12.0);

        let words = self.words;
        let holder = self.about.holder.as_deref();
        let known = holder.and_then(|text| self.settable(text));
        let opening = if holder.is_some() { words.certifies() } else { words.certificate() };
        self.centred(opening, Style::new(11.0, Weight::Regular), SOFT);
        if let Some(name) = &known {
            self.flow.space(2.0);
            let lines = self.large(name, &[27.0, 24.0, 21.0, 18.0, 15.0]);
            let part = self.flow.part(Tag::P, None);
            self.flow.paragraph(lines, Align::Centre, INK, Some(part));
            self.flow.space(4.0);
        } else if holder.is_some() {
            self.centred(words.holder_elsewhere(), BODY, SOFT);
        }
        if holder.is_some() {
            self.centred(words.has_earned(), Style::new(11.0, Weight::Regular), SOFT);
        }
        self.flow.space(3.0);
        let name = self.settable(&self.about.name);
        let title = name.as_deref().unwrap_or(words.text_elsewhere());
        self.flow.note_heading(title);
        let lines = self.large(title, &[24.0, 21.0, 18.0, 15.0, 13.0]);
        let part = self.flow.part(
            Tag::Hn(FIRST, Some(title.to_owned())).with_lang(self.foreign(name.is_some())),
            None,
        );
        self.flow.paragraph(lines, Align::Centre, self.palette.deep(), Some(part));
        self.flow.space(4.0);
        let issuer = self.settable(&self.about.issuer);
        let issuer = issuer.as_deref().unwrap_or(words.text_elsewhere());
        let kind = self.about.kind.as_deref().and_then(|text| self.settable(text));
        let kind = kind.map(|kind| format!("{kind} · ")).unwrap_or_default();
        let awarded = format!("{kind}{}", fill(words.awarded_by(), issuer));
        self.centred(&awarded, Style::new(11.5, Weight::Regular), INK);
        if holder.is_none() {
            self.centred(words.holder_private(), SMALL, SOFT);
        }
        self.flow.space(8.0);
        self.standing();
    }

    /// The text as it can be set, see [`Letters::settable`].
    fn settable(&self, text: &str) -> Option<String> {
        self.flow.letters().settable(text)
    }

    /// A badge that is not in force says so where nobody can miss it.
    fn standing(&mut self) {
        if self.about.standing == Standing::Valid {
            return;
        }
        let (word, sentence) = self.words.standing(self.about.standing);
        let mut text = format!("{word}. {sentence}");
        if let Some(reason) = self.about.reason.as_deref().and_then(|text| self.settable(text)) {
            text = format!("{text} {} {reason}", self.words.reason_given());
        }
        let alarm = matches!(self.about.standing, Standing::Revoked | Standing::Suspended);
        let colour = if alarm { ALARM } else { INK };
        let width = self.flow.width();
        let lines = self.flow.letters().lines(&text, STRONG, width - 24.0);
        let height = lines.height() + 14.0;
        self.flow.need(height);
        let area = Area { x: MARGIN, y: self.flow.y, width, height };
        self.frame(area, colour);
        let part = self.flow.part(Tag::P, None);
        let within = Area { x: MARGIN + 12.0, y: area.y + 7.0, width: width - 24.0, height };
        self.flow.block(lines, within, Align::Centre, colour, Some(part));
        self.flow.space(height + 8.0);
    }

    fn frame(&mut self, area: Area, colour: Colour) {
        let Area { x, y, width, height } = area;
        for side in [
            Area { height: 1.0, ..area },
            Area { y: y + height - 1.0, height: 1.0, ..area },
            Area { width: 1.0, ..area },
            Area { x: x + width - 1.0, width: 1.0, ..area },
        ] {
            self.flow.add(Item::Box { area: side, colour });
        }
    }

    /// Dates and what else is said in a word, four to a row.
    fn facts(&mut self) {
        let (words, about) = (self.words, self.about);
        let date = |at| words.0.date(at);
        let mut facts = vec![(words.issued(), date(about.issued))];
        let end = about.expires.map_or_else(|| words.never_expires().to_owned(), date);
        facts.push((words.expires(), end));
        for (fact, value) in &about.facts {
            facts.extend(self.settable(value).map(|value| (words.fact(*fact), value)));
        }
        facts.push((words.code(), about.code.clone()));
        let list = self.flow.part(Tag::L(ListNumbering::None), None);
        for row in facts.chunks(4) {
            self.fact_row(row, list);
        }
        self.rule();
        self.flow.space(6.0);
    }

    fn fact_row(&mut self, row: &[(&str, String)], list: PartId) {
        self.rule();
        self.flow.space(5.0);
        let width = self.flow.width() / row.iter().fold(0.0, |count, _| count + 1.0);
        let mut height: f32 = 0.0;
        for (at, (label, value)) in row.iter().enumerate() {
            let x = row.iter().take(at).fold(MARGIN, |x, _| x + width);
            let letters = self.flow.letters();
            let label = letters.lines(label, LABEL, width - 8.0);
            let value = letters.lines(value, STRONG, width - 8.0);
            let item = self.flow.part(Tag::LI, Some(list));
            let name = self.flow.part(Tag::Lbl, Some(item));
            let body = self.flow.part(Tag::LBody, Some(item));
            let top = Area { x: x + 4.0, y: self.flow.y, width: width - 8.0, height: 0.0 };
            let below = Area { y: top.y + label.height(), ..top };
            height = height.max(label.height() + value.height());
            self.flow.block(label, top, Align::Centre, SOFT, Some(name));
            self.flow.block(value, below, Align::Centre, INK, Some(body));
        }
        self.flow.space(height + 5.0);
    }

    /// What it shows.
    fn competency(&mut self) {
        self.heading(self.words.what_it_shows());
        let text = self.settable(&self.about.description);
        self.foreign_paragraph(text);
    }

    fn alignments(&mut self) {
        let about = self.about;
        if about.alignments.is_empty() {
            return;
        }
        self.heading(self.words.alignment());
        let shown = about.alignments.iter().take(MOST_ALIGNMENTS);
        let mut frameworks: Vec<Option<&str>> = Vec::new();
        for alignment in shown.clone() {
            let name = alignment.framework.as_deref();
            if !frameworks.contains(&name) {
                frameworks.push(name);
            }
        }
        for framework in frameworks {
            if let Some(name) = framework {
                self.foreign_paragraph(self.settable(name));
            }
            let list = self.flow.part(Tag::L(ListNumbering::Disc), None);
            for alignment in shown.clone().filter(|of| of.framework.as_deref() == framework) {
                self.alignment(list, alignment);
            }
        }
        self.more(about.alignments.len(), MOST_ALIGNMENTS);
    }

    fn alignment(&mut self, list: PartId, alignment: &Alignment) {
        let code = alignment.code.as_ref().map(|code| format!("{code} ")).unwrap_or_default();
        let text = self.settable(&format!("{code}{}", alignment.name));
        let lang = self.foreign(text.is_some());
        let text = text.unwrap_or_else(|| self.words.text_elsewhere().to_owned());
        let item = self.flow.part(Tag::LI, Some(list));
        let body = self.flow.part(Tag::LBody.with_lang(lang), Some(item));
        let lines = self.body(&format!("• {text}"));
        self.flow.paragraph(lines, Align::Start, INK, Some(body));
    }

    fn criteria(&mut self) {
        let about = self.about;
        if about.criteria.is_none() && about.criteria_url.is_none() {
            return;
        }
        self.heading(self.words.criteria());
        if let Some(text) = &about.criteria {
            self.foreign_paragraph(self.settable(text));
        }
        if let Some(url) = about.criteria_url.as_deref().and_then(|text| self.settable(text)) {
            self.link(&url);
        }
    }

    /// The rubric: criterion, level, meaning.
    fn results(&mut self) {
        let about = self.about;
        if about.results.is_empty() {
            return;
        }
        self.flow.need(90.0);
        self.heading(self.words.results());
        let table = self.flow.part(Tag::Table, None);
        let (words, lang) = (self.words, self.foreign(true));
        // The third column is there for all or for none.
        let explained = about.results.iter().any(|reached| reached.meaning.is_some());
        let meaning = if explained { words.meaning() } else { "" };
        let head = [words.criterion(), words.level(), meaning].map(str::to_owned);
        let row = self.flow.part(Tag::TR, Some(table));
        let cells =
            std::array::from_fn(|_| self.flow.part(Tag::TH(TableHeaderScope::Column), Some(row)));
        self.row(head, cells, [LABEL; 3], SOFT);
        for reached in about.results.iter().take(MOST_RESULTS) {
            let elsewhere = || words.text_elsewhere().to_owned();
            let letters = self.flow.letters();
            let text = |text: &str| letters.settable(text).unwrap_or_else(elsewhere);
            let lacking = || if explained { "–".to_owned() } else { String::new() };
            let meaning = reached.meaning.as_deref().map_or_else(lacking, text);
            let row = self.flow.part(Tag::TR.with_lang(lang.clone()), Some(table));
            let first = self.flow.part(Tag::TH(TableHeaderScope::Row), Some(row));
            let second = self.flow.part(Tag::TD, Some(row));
            let third = self.flow.part(Tag::TD, Some(row));
            let cells = [text(&reached.criterion), text(&reached.level), meaning];
            self.row(cells, [first, second, third], [BODY, STRONG, BODY], INK);
        }
        self.more(about.results.len(), MOST_RESULTS);
    }

    fn row(&mut self, cells: [String; 3], parts: [PartId; 3], styles: [Style; 3], colour: Colour) {
        let whole = self.flow.width();
        let letters = self.flow.letters();
        let [_, _, third] = &cells;
        let shares = if third.is_empty() { [0.64, 0.36, 0.0] } else { [0.34, 0.2, 0.46] };
        let widths = shares.map(|share: f32| whole * share);
        let mut set: Vec<(Lines, f32, PartId)> = Vec::new();
        for (((text, part), style), width) in cells.iter().zip(parts).zip(styles).zip(widths) {
            set.push((letters.lines(text, style, width - 10.0), width, part));
        }
        let height = set.iter().map(|(lines, ..)| lines.height()).fold(0.0, f32::max) + 7.0;
        self.flow.need(height);
        let mut x = MARGIN;
        let top = self.flow.y;
        for (lines, width, part) in set {
            let area = Area { x, y: top + 3.0, width: width - 10.0, height };
            self.flow.block(lines, area, Align::Start, colour, Some(part));
            x += width;
        }
        self.flow.space(height);
        self.rule();
    }

    /// Where to look, with the code to scan: at the foot of the first page.
    fn verify(&mut self, sheet: Sheet) {
        let (words, about) = (self.words, self.about);
        let (width, resume) = (self.flow.width(), self.flow.y);
        self.flow.y = self.flow.size.1 - 64.0 - VERIFY;
        self.rule();
        let top = self.flow.y + 10.0;
        let qr = Area { x: MARGIN, y: top + 4.0, width: QR, height: QR };
        let beside = Area { x: MARGIN + QR + 16.0, y: top, width: width - QR - 16.0, height: QR };
        let title = words.verify();
        self.flow.note_heading(title);
        let second = FIRST.saturating_add(1);
        let part = self.flow.part(Tag::Hn(second, Some(title.to_owned())), None);
        let mut y = self.beside(title, HEADING, self.palette.deep(), beside, Some(part));
        let figure = self.flow.part(Tag::Figure(Some(fill(words.qr_alt(), &about.link))), None);
        self.flow.add(Item::Qr { area: qr, part: figure });
        let part = self.flow.part(Tag::P, None);
        y = self.beside(words.verify_text(), SMALL, INK, Area { y, ..beside }, Some(part));
        let part = self.flow.part(Tag::P, None);
        let link = self.flow.part(Tag::Link, Some(part));
        let from = y;
        y = self.beside(
            &about.link,
            Style::new(9.0, Weight::Bold),
            self.palette.deep(),
            Area { y, ..beside },
            Some(link),
        );
        let area = Area { y: from, height: y - from, ..beside };
        let (url, alt) = (about.link.clone(), title.to_owned());
        self.flow.add(Item::Link { area, url, words: alt, part: link });
        let (word, _) = words.standing(about.standing);
        let stood = fill(words.stood(), &sheet.language.instant(about.made_at));
        let part = self.flow.part(Tag::P, None);
        let area = Area { y, ..beside };
        y = self.beside(&format!("{stood} {word}."), SMALL, INK, area, Some(part));
        let part = self.flow.part(Tag::P, None);
        let attached = fill(words.attached(), ATTACHMENT);
        self.beside(&attached, SMALL, SOFT, Area { y, ..beside }, Some(part));
        self.flow.y = resume;
    }

    /// Text in an area; where it ends.
    fn beside(
        &mut self,
        text: &str,
        style: Style,
        colour: Colour,
        area: Area,
        part: Option<PartId>,
    ) -> f32 {
        let lines = self.flow.letters().lines(text, style, area.width);
        let end = area.y + lines.height() + 1.5;
        self.flow.block(lines, area, Align::Start, colour, part);
        end
    }

    fn heading(&mut self, text: &str) {
        self.flow.need(52.0);
        self.flow.space(9.0);
        self.flow.note_heading(text);
        let second = FIRST.saturating_add(1);
        let part = self.flow.part(Tag::Hn(second, Some(text.to_owned())), None);
        let lines = self.flow.letters().lines(text, HEADING, self.flow.width());
        self.flow.paragraph(lines, Align::Start, self.palette.deep(), Some(part));
        self.flow.space(1.0);
    }

    /// Text of the issuer, or where it is to be read.
    fn foreign_paragraph(&mut self, text: Option<String>) {
        let part = Tag::P.with_lang(self.foreign(text.is_some()));
        let part = self.flow.part(part, None);
        let text = text.unwrap_or_else(|| self.words.text_elsewhere().to_owned());
        let lines = self.body(&text);
        self.flow.paragraph(lines, Align::Start, INK, Some(part));
    }

    fn link(&mut self, url: &str) {
        let part = self.flow.part(Tag::P, None);
        let link = self.flow.part(Tag::Link, Some(part));
        let lines = self.flow.letters().lines(url, SMALL, self.flow.width());
        let height = lines.height();
        self.flow.need(height);
        let area = Area { x: MARGIN, y: self.flow.y, width: self.flow.width(), height };
        self.flow.paragraph(lines, Align::Start, self.palette.deep(), Some(link));
        let words = self.words.criteria().to_owned();
        self.flow.add(Item::Link { area, url: url.to_owned(), words, part: link });
    }

    fn more(&mut self, all: usize, shown: usize) {
        if all > shown {
            let text = fill(self.words.more(), &(all - shown).to_string());
            let part = self.flow.part(Tag::P, None);
            let lines = self.flow.letters().lines(&text, SMALL, self.flow.width());
            self.flow.paragraph(lines, Align::Start, SOFT, Some(part));
        }
    }

    fn centred(&mut self, text: &str, style: Style, colour: Colour) {
        let part = self.flow.part(Tag::P, None);
        let lines = self.flow.letters().lines(text, style, self.flow.width());
        self.flow.paragraph(lines, Align::Centre, colour, Some(part));
    }

    fn large(&self, text: &str, sizes: &[f32]) -> Lines {
        self.flow.letters().fitted(text, sizes, 2, self.flow.width() - 24.0)
    }

    fn body(&self, text: &str) -> Lines {
        self.flow.letters().lines(text, BODY, self.flow.width())
    }

    fn rule(&mut self) {
        let area = Area { x: MARGIN, y: self.flow.y, width: self.flow.width(), height: 0.7 };
        self.flow.add(Item::Box { area, colour: RULE });
    }

    /// The language of what the issuer wrote, if that is what is shown.
    fn foreign(&self, is: bool) -> Option<String> {
        self.about.written_in.clone().filter(|_| is)
    }
}
