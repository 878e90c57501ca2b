//! What the specifications demand of a verifier, number by number as the reference counts it, and
//! where it is checked and tested here.

use super::*;

/// A demand: its number, what it is, the checks that make it, and tests of it.
struct Demand {
    number: &'static str,
    what: &'static str,
    checks: &'static [&'static str],
    tests: &'static [&'static str],
}

const fn demand(
    number: &'static str,
    what: &'static str,
    checks: &'static [&'static str],
    tests: &'static [&'static str],
) -> Demand {
    Demand { number, what, checks, tests }
}

/// Open Badges 2.0 (V1 to V20) and its baking (K1 to K7).
const OPEN_BADGES_2: &[Demand] = &[
    demand(
        "V1",
        "inputs: URL, JSON, JWS, PNG, SVG; a trusted recipient",
        &["input.read", "recipient.expected"],
        &[
            "inputs_are_told_apart_by_their_bytes",
            "images_of_the_first_years_are_read",
            "the_recipient_of_a_hosted_badge_is_compared",
        ],
    ),
    demand(
        "V2",
        "JSON is only a pointer; a signed badge needs its token",
        &["hosted.copy", "proof.present"],
        &[
            "an_altered_copy_is_only_a_pointer",
            "a_badge_that_says_it_is_signed_and_is_not_is_invalid",
        ],
    ),
    demand(
        "V3",
        "each linked object answers 200, within bounds",
        &["hosted.document", "badge-class.resolved", "issuer.resolved"],
        &["what_happened_to_each_document_decides", "no_hostile_url_reaches_a_listener_inside"],
    ),
    demand(
        "V4",
        "an id that differs is fetched once and judged",
        &["hosted.id"],
        &["each_document_must_carry_its_own_address"],
    ),
    demand(
        "V5",
        "names by context, whatever their spelling",
        &["shape.context", "shape.terms"],
        &[
            "names_in_any_spelling_are_the_same_badge",
            "a_context_that_gives_our_names_another_meaning_is_not_ours",
        ],
    ),
    demand(
        "V6",
        "required members, kinds of values, single or several",
        &["shape.members"],
        &["members_are_judged_in_all_three_documents", "every_property_has_its_kind_and_number"],
    ),
    demand(
        "V7",
        "hosted scope from the hosted profile",
        &["hosted.scope"],
        &[
            "a_foreign_address_is_out_of_scope",
            "a_profile_inside_the_badge_sets_no_policy",
            "a_profile_may_set_its_scope_by_several_starts",
        ],
    ),
    demand(
        "V8",
        "hosted copies before embedded ones; embedded keys prove nothing",
        &["badge-class.resolved", "issuer.resolved", "issuer.key"],
        &["a_signed_badge_needs_the_issuers_own_key"],
    ),
    demand(
        "V9",
        "the issuer may award this badge class",
        &["badge-class.issuer", "hosted.scope"],
        &["a_foreign_address_is_out_of_scope"],
    ),
    demand(
        "V10",
        "signed: algorithms, keys of the hosted profile, creator, owner",
        &["proof.form", "proof.key", "proof.signature", "issuer.key"],
        &[
            "a_signed_badge_needs_the_issuers_own_key",
            "headers_that_readers_take_differently_are_refused",
        ],
    ),
    demand(
        "V11",
        "signed: the revocation list",
        &["status.read", "status.revoked"],
        &[
            "what_happens_to_keys_and_lists_of_signed_badges",
            "a_signed_badge_is_revoked_by_any_spelling_of_its_entry",
        ],
    ),
    demand(
        "V12",
        "hosted: 410 or revoked, either alone",
        &["status.revoked"],
        &["revoked_shows_as_410_or_as_a_flag", "what_is_left_of_a_revoked_badge_is_revoked"],
    ),
    demand(
        "V13",
        "expired, issued in the future, ending before it begins",
        &["time.dates", "time.not-yet-valid", "time.expired"],
        &["near_misses_of_1_0_are_refused", "time_is_judged_at_the_instant_asked_for"],
    ),
    demand(
        "V14",
        "the recipient, plain or hashed, but for letter case",
        &["recipient.expected"],
        &["identities_match_exactly_or_but_for_case", "recipients_hashed_with_md5_are_compared"],
    ),
    demand(
        "V15",
        "evidence, criteria, alignment, images",
        &["shape.members", "badge-class.criteria"],
        &["every_property_has_its_kind_and_number"],
    ),
    demand(
        "V16",
        "endorsements, each by itself",
        &["endorsement.verified", "subject.endorsed"],
        &[
            "hosted_endorsements_have_reports_and_never_sink_the_badge",
            "an_endorsement_of_2_0_by_itself_is_judged",
        ],
    ),
    demand(
        "V17",
        "extensions against their schemas",
        &["shape.extensions"],
        &["extensions_are_held_to_their_schemas"],
    ),
    demand(
        "V18",
        "0.5, 1.0 and 1.1",
        &["input.supported", "shape.members"],
        &[
            "a_badge_of_2011_is_hosted_by_the_origin_it_names",
            "a_hosted_badge_of_1_0_is_valid_by_url_and_by_copy",
            "a_badge_of_1_1_is_valid_and_needs_verify_by_its_name",
        ],
    ),
    demand(
        "V19",
        "bundled contexts, never fetched; revoked under either name",
        &["shape.context", "status.read"],
        &["every_bundled_context_is_sound", "a_revocation_list_is_read_under_either_name"],
    ),
    // V20 is a recommendation: the shape of one validator's report. Ours is that of our API, which
    // says the same and more; `POST /results` is not offered.
    demand("V20", "the report that the ecosystem expects: not offered, ours says more", &[], &[]),
    demand(
        "K1",
        "PNG: one iTXt, the rest as it was",
        &["input.image"],
        &["a_baked_badge_is_the_badge_in_it"],
    ),
    demand(
        "K2",
        "PNG: reading, also legacy tEXt",
        &["input.image"],
        &["images_of_the_first_years_are_read"],
    ),
    demand(
        "K3",
        "SVG: one element, first in the root",
        &["input.image"],
        &["a_baked_badge_is_the_badge_in_it"],
    ),
    demand("K4", "SVG: CDATA and prefix", &["input.read"], &["a_baked_badge_is_the_badge_in_it"]),
    demand(
        "K5",
        "SVG: the body before `verify`; disagreement is told",
        &["input.image"],
        &["images_of_the_first_years_are_read"],
    ),
    demand(
        "K6",
        "hostile images",
        &["input.read"],
        &["only_what_is_no_badge_at_all_gets_no_report"],
    ),
    // K7 tells of other programs.
    demand("K7", "what other bakers do wrong: nothing to check", &[], &[]),
];

/// Open Badges 3.0 (V1 to V16).
const OPEN_BADGES_3: &[Demand] = &[
    demand(
        "V1",
        "PNG, SVG, JSON, JWS",
        &["input.read", "input.image"],
        &["a_baked_badge_is_the_badge_in_it", "inputs_are_told_apart_by_their_bytes"],
    ),
    demand(
        "V2",
        "undefined terms are an error",
        &["shape.terms"],
        &[
            "members_that_no_context_defines_are_refused_by_name",
            "undefined_members_are_refused_in_tokens_too",
        ],
    ),
    demand(
        "V3",
        "contexts in their places, every version and alias",
        &["shape.context"],
        &["contexts_are_known_whole_and_at_the_top"],
    ),
    demand(
        "V4",
        "type",
        &["shape.members", "input.supported"],
        &["foreign_credentials_and_documents_are_not_badges"],
    ),
    demand(
        "V5",
        "the schema of its kind, on both data models",
        &["shape.schema"],
        &["what_the_specification_demands_is_named_by_its_place"],
    ),
    demand(
        "V6",
        "other schemas that it names: fetched and applied",
        &["shape.named-schemas"],
        &["schemas_of_others_are_fetched_after_the_proof_and_applied"],
    ),
    demand(
        "V7",
        "subject, identifiers, results, criteria",
        &["shape.members", "results.levels", "badge-class.criteria"],
        &[
            "what_the_specification_demands_is_named_by_its_place",
            "levels_and_descriptions_belong_to_the_class_of_the_same_credential",
        ],
    ),
    demand(
        "V8",
        "types of evidence, issuer, identifiers",
        &["shape.members"],
        &["what_the_specification_demands_is_named_by_its_place"],
    ),
    demand(
        "V9",
        "embedded proofs: any one valid proof suffices",
        &["proof.present", "proof.form", "proof.signature", "proof.others"],
        &[
            "of_several_proofs_the_issuers_decides_and_the_others_are_shown",
            "any_change_of_a_signed_member_is_refused",
        ],
    ),
    demand(
        "V10",
        "where keys are found, and whose they are",
        &["proof.key", "issuer.key"],
        &[
            "a_key_must_be_listed_for_assertions_and_not_be_revoked",
            "an_https_issuer_is_bound_by_listing_its_key",
            "a_key_in_the_fragment_proves_nothing",
        ],
    ),
    demand(
        "V11",
        "VC-JWT: algorithm, key, claims",
        &["proof.form", "proof.key", "proof.claims"],
        &[
            "claims_that_disagree_with_the_badge_are_refused",
            "a_key_in_the_header_counts_only_if_the_issuer_lists_it",
        ],
    ),
    demand(
        "V12",
        "refresh, once, after the proof",
        &["refresh.latest"],
        &[
            "a_valid_newer_issue_is_judged_in_place_of_the_one_given",
            "nobody_is_asked_for_a_badge_whose_proof_does_not_hold_and_only_once",
        ],
    ),
    demand(
        "V13",
        "status: every entry of every type",
        &["status.read", "status.revoked", "status.suspended", "status.other"],
        &[
            "every_entry_is_looked_at",
            "the_forerunner_of_2021_is_read",
            "a_list_of_1edtech_is_read_and_may_take_back_its_word",
            "values_of_several_bits_have_messages",
        ],
    ),
    demand(
        "V14",
        "in time",
        &["time.not-yet-valid", "time.expired"],
        &["time_is_judged_at_the_instant_asked_for"],
    ),
    demand(
        "V15",
        "the recipient",
        &["recipient.expected"],
        &["the_recipient_is_compared_when_asked_for"],
    ),
    demand(
        "V16",
        "endorsements anywhere, each in full",
        &["endorsement.verified", "subject.endorsed"],
        &[
            "endorsements_get_reports_wherever_they_stand_and_never_sink_the_badge",
            "endorsements_as_tokens_are_read_and_others_named",
        ],
    ),
];

/// The names of all tests of the library.
fn tests_of(folder: &std::path::Path, found: &mut std::collections::BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests_of(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut lines = text.lines().map(str::trim);
            while let Some(line) = lines.next() {
                if !(line == "#[test]" || line.starts_with("#[tokio::test")) {
                    continue;
                }
                let named = lines.find_map(|line| {
                    let rest = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ")?;
                    rest.split('(').next()
                });
                found.extend(named.map(str::to_owned));
            }
        }
    }
}

#[test]
fn every_demand_of_the_specifications_has_its_check_and_its_test() {
    let mut tests = std::collections::BTreeSet::new();
    tests_of(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut tests);
    for (demands, letters) in
        [(OPEN_BADGES_2, [("V", 20), ("K", 7)].as_slice()), (OPEN_BADGES_3, &[("V", 16)])]
    {
        let numbers: Vec<String> = letters
            .iter()
            .flat_map(|(letter, last)| (1..=*last).map(move |n| format!("{letter}{n}")))
            .collect();
        assert_eq!(demands.iter().map(|d| d.number).collect::<Vec<_>>(), numbers);
        for demand in demands {
            let place = format!("{} {}", demand.number, demand.what);
            assert_eq!(demand.checks.is_empty(), demand.tests.is_empty(), "{place}");
            for check in demand.checks {
                assert!(about(check).is_some(), "{place}: {check}");
            }
            for test in demand.tests {
                assert!(tests.contains(*test), "{place}: there is no test {test}");
            }
        }
    }
}
