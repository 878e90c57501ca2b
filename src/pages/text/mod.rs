//! Every word that pages say: English here, other languages through [`Language`].

mod en;

use std::sync::LazyLock;

use jiff::Timestamp;

use crate::language::Language;

static SPANISH: LazyLock<Text> = LazyLock::new(|| en::TEXT.spoken_in(Language::Spanish));

/// The words of a language.
pub(super) fn text(language: Language) -> &'static Text {
    match language {
        Language::English => &en::TEXT,
        Language::Spanish => &SPANISH,
    }
}

/// A point in time for people and for machines.
#[derive(Clone, Debug)]
pub(super) struct When {
    pub(super) iso: String,
    pub(super) shown: String,
}

macro_rules! texts {
    ($($name:ident)*) => {
        /// The words of one language. `{}` stands for a value.
        pub(super) struct Text {
            /// The language they are in.
            pub(super) spoken: Language,
            $(pub(super) $name: &'static str,)*
        }

        impl Text {
            /// The same words in another language.
            fn spoken_in(&self, language: Language) -> Self {
                Self {
                    spoken: language,
                    $($name: language.word(self.$name),)*
                }
            }

            #[cfg(test)]
            /// Every word with its name.
            pub(super) fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name)),*]
            }
        }
    };
}

texts! {
    locale skip_to_content navigation footer
    verify_a_badge state_of_badge reason_given checked check_again
    valid_word valid_text expired_word expired_text revoked_word revoked_text suspended_word
    suspended_text early_word early_text altered_word altered_text unchecked_word unchecked_text
    unknown_issuer_word unknown_issuer_text
    holder holder_private issuer issuer_title issued expires never_expires corrected renewed_by newer_badge renews older_badge code kind badge version validity
    website email identifier
    what_it_shows alignment other_framework tags criteria criteria_page no_criteria
    required_evidence results rubric level_reached level_required all_levels reached_here points

    evidence no_evidence open_evidence unnamed_evidence fingerprint genre audience assessed_by
    endorsed_by inside
    contact_hours credits role term activity activity_to licence human_code field specialisation
    language
    verify_it_yourself verify_explained every_check details documents_read downloads
    share add_to_linkedin post_on_linkedin send_by_mail mail_subject copy_fields not_shared
    share_on print for_signature signature_hint copy_signature for_resume
    copy_line qr_code qr_hint qr_alt for_web_site embed_hint
    copy_code for_backpack backpack_download backpack_upload backpack_address check_on_verifier_plus
    copy_link copied see_badge choice_title choice_text
    badge_link field_name field_organisation field_issued field_expires field_id field_url
    form_ob3 form_jwt form_ob2 form_ob2_jws form_png form_svg form_pdf form_pdf_letter form_missing
    authentic_question authentic_yes authentic_no authentic_unknown
    force_question force_yes force_no force_unknown
    issuer_question issuer_trusted issuer_pinned issuer_domain issuer_self issuer_unknown issuer_own
    passed failed unknown note skipped
    passed_count failed_count unknown_count note_count skipped_count
    document_got document_missing document_refused
    verify_lead verify_privacy form_link form_link_hint form_file form_file_hint form_text
    form_text_hint form_recipient form_recipient_hint verify_button verify_another
    receipt receipt_hint
    result_title judged_input what_was_checked foreign_text unnamed_badge unnamed_issuer
    home_title home_lead examples examples_lead for_holders for_holders_text for_platforms
    for_platforms_text
    badges_of_issuer no_badges framework framework_lead competencies competency competency_source
    competency_stated competency_badges badges_for badges_with_it not_all_shown newer_version see_newest coming coming_explained
    wallet_title wallet_lead wallet_lcw wallet_other wallet_badge wallet_scan wallet_link
    wallet_until wallet_note wallet_qr
    years months_of weeks days year month week day
    not_found_title not_found_text not_found_private gone_title gone_text error_title error_text
    own_page own_page_until own_keep own_saved own_stale own_foreign
    own_who own_public own_public_hint own_unlisted own_unlisted_hint own_private
    own_private_hint own_what own_name own_evidence own_copies own_save
    own_verified own_count own_verified_text own_take own_take_text own_record
    own_question own_question_text own_email own_send own_asked own_asked_text
    own_asked_kept own_back
    to_start request_id problem_type http_status problem_status_text
}

impl Text {
    /// The day, in UTC.
    pub(super) fn date(&self, at: Timestamp) -> When {
        When { iso: at.strftime("%Y-%m-%d").to_string(), shown: self.spoken.date(at) }
    }

    /// The minute, in UTC.
    pub(super) fn instant(&self, at: Timestamp) -> When {
        When { iso: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), shown: self.spoken.instant(at) }
    }

    /// An ISO 8601 duration of years, months, weeks and days in words.
    pub(super) fn duration(&self, iso: &str) -> String {
        let mut words = Vec::new();
        let mut number = String::new();
        for c in iso.trim_start_matches('P').chars() {
            if c.is_ascii_digit() {
                number.push(c);
                continue;
            }
            let (one, many) = match c.to_ascii_uppercase() {
                'Y' => (self.year, self.years),
                'M' => (self.month, self.months_of),
                'W' => (self.week, self.weeks),
                'D' => (self.day, self.days),
                _ => return iso.to_owned(),
            };
            words.push(format!("{number} {}", if number == "1" { one } else { many }));
            number.clear();
        }
        words.join(", ")
    }
}

/// A number of things in words: `{} note|{} notes` has one word for one, the other for the rest.
pub(super) fn counted(sentence: &str, count: usize) -> String {
    let (one, many) = sentence.split_once('|').unwrap_or((sentence, sentence));
    fill(if count == 1 { one } else { many }, &count.to_string())
}

/// A sentence of ours as it stands in running text: a capital at its beginning, a stop at its end.
pub(super) fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{first}{}{end}", characters.as_str())
}

/// A sentence with a value in the place of `{}`.
pub(super) fn fill(sentence: &str, value: &str) -> String {
    sentence.replacen("{}", value, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_missing_in_any_language() {
        let english: Vec<_> = text(Language::English).all();
        for language in Language::ALL {
            assert_eq!(text(language).spoken, language);
            for ((name, word), (_, english)) in text(language).all().into_iter().zip(&english) {
                assert!(!word.trim().is_empty(), "{name} in {language:?}");
                let known = language == Language::English || language.is_known(english);
                assert!(known, "{name} in {language:?}: {english}");
            }
        }
        assert!(english.len() > 150, "{}", english.len());
    }

    #[test]
    fn numbers_of_things_read_well() {
        let english = text(Language::English);
        let spanish = text(Language::Spanish);
        assert_eq!(counted(english.note_count, 1), "1 note");
        assert_eq!(counted(english.note_count, 2), "2 notes");
        assert_eq!(counted(english.passed_count, 1), "1 passed");
        assert_eq!(counted(spanish.passed_count, 1), "1 superada");
        assert_eq!(counted(spanish.skipped_count, 11), "11 no corresponden");
        assert_eq!(sentence("it expired"), "It expired.");
        assert_eq!(sentence("Él lo dijo."), "Él lo dijo.");
        assert_eq!(sentence(""), ".");
    }

    #[test]
    fn headings_contain_the_words_that_readers_look_for() {
        let text = text(Language::English);
        assert!(text.criteria.contains("Criteria") && text.evidence.contains("Evidence"));
    }

    #[test]
    fn dates_and_durations_are_written_for_people() {
        let text = text(Language::English);
        let at: Timestamp = "2026-11-02T23:59:59Z".parse().unwrap();
        assert_eq!(text.date(at).shown, "2 November 2026");
        assert_eq!(text.date(at).iso, "2026-11-02");
        assert_eq!(text.instant(at).shown, "2 November 2026, 23:59 UTC");
        assert_eq!(text.duration("P1Y6M"), "1 year, 6 months");
        assert_eq!(text.duration("P3Y"), "3 years");
        assert_eq!(text.duration("PT5H"), "PT5H");
        let text = super::text(Language::Spanish);
        assert_eq!(text.instant(at).shown, "2 de noviembre de 2026, 23:59 UTC");
        assert_eq!(text.duration("P1Y6M"), "1 año, 6 meses");
    }
}
