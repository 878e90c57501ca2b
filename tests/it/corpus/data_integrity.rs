//! Open Badges 3.0 with a Data Integrity proof: good ones in their variety, changed ones, and
//! everything that can be wrong with a proof, its key, and the document that lists the key.

use accolade::proof::did::KeyStatus;
use accolade::proof::key::PrivateKey;
use accolade::proof::suite::ProofOptions;
use serde_json::{Value, json};

use super::case::{Case, Page};
use super::issuer::{
    DID, DID_URL, V2, credential, did_document, did_key, did_key_method, method, own, proof, set,
    signed, signed_as, stranger, with, without,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = good();
    cases.extend(altered());
    cases.extend(proofs());
    cases.extend(keys());
    cases.extend(controllers());
    cases
}

/// Changed before it is signed.
fn badge(change: impl FnOnce(&mut Value)) -> Value {
    let mut badge = credential();
    change(&mut badge);
    signed(badge, &own())
}

fn good() -> Vec<Case> {
    let case = |id: &str, fault: &str, change: &dyn Fn(&mut Value)| {
        Case::json(&format!("data-integrity/{id}"), fault, &badge(change))
    };
    let drop_all = |names: &'static [&'static str]| {
        move |badge: &mut Value| names.iter().for_each(|name| set(badge, name, None))
    };
    let mut cases = vec![
        case("whole", "nothing: everything that has a place is there", &|_| ()),
        case(
            "least",
            "nothing: only what must be there",
            &drop_all(&[
                "/name",
                "/validUntil",
                "/awardedDate",
                "/evidence",
                "/credentialStatus",
                "/issuer/url",
                "/issuer/email",
                "/credentialSubject/identifier",
                "/credentialSubject/creditsEarned",
                "/credentialSubject/narrative",
                "/credentialSubject/role",
                "/credentialSubject/result",
                "/credentialSubject/achievement/achievementType",
                "/credentialSubject/achievement/alignment",
                "/credentialSubject/achievement/creditsAvailable",
                "/credentialSubject/achievement/tag",
                "/credentialSubject/achievement/resultDescription",
            ]),
        ),
        case("subject-by-identifier-alone", "nothing: no id but an identifier", &|b| {
            set(b, "/credentialSubject/id", None);
        }),
        case("subject-by-did", "nothing: the subject is a DID", &|b| {
            b["credentialSubject"]["id"] = json!(did_key(&stranger()));
        }),
        case("type-in-its-older-name", "nothing: AchievementCredential is the same type", &|b| {
            b["type"] = json!(["VerifiableCredential", "AchievementCredential"]);
        }),
        case("criteria-by-link-alone", "nothing: criteria may be a link", &|b| {
            set(b, "/credentialSubject/achievement/criteria/narrative", None);
        }),
        case("criteria-in-words-alone", "nothing: criteria may be words", &|b| {
            set(b, "/credentialSubject/achievement/criteria/id", None);
        }),
        case("no-end", "nothing: it never expires", &|b| set(b, "/validUntil", None)),
        case("dates-with-offset", "nothing: an offset is a date too", &|b| {
            b["validFrom"] = json!("2026-05-01T02:00:00+02:00");
        }),
        case("dates-with-fraction", "nothing: parts of a second are allowed", &|b| {
            b["validFrom"] = json!("2026-05-01T00:00:00.123Z");
        }),
        case("text-of-every-script", "nothing: names are in any script", &|b| {
            b["credentialSubject"]["narrative"] = json!("שלום — 指導 — “été” 👩🏽‍🏫 \u{1}\t\"\\");
        }),
        case("one-value-without-a-list", "nothing: sets of one need no list", &|b| {
            b["credentialSubject"]["achievement"]["tag"] = json!("coaching");
        }),
        case("result-in-words", "nothing: a result may be a value", &|b| {
            b["credentialSubject"]["result"] = json!([{"type": ["Result"], "value": "passed"}]);
        }),
        case("image-by-link", "nothing: a badge class may have a picture", &|b| {
            b["credentialSubject"]["achievement"]["image"] = json!(
                {"id": "https://issuer.example/c/1.png", "type": "Image", "caption": "A star"}
            );
        }),
        case("two-subjects-of-evidence", "nothing: evidence by link and by words", &|b| {
            set(b, "/evidence/-", Some(json!({"type": ["Evidence"], "narrative": "A talk."})));
        }),
    ];
    for version in ["3.0.2", "3.0.3"] {
        let url = format!("https://purl.imsglobal.org/spec/ob/v3p0/context-{version}.json");
        cases.push(case(
            &format!("context-{version}"),
            "nothing: the versions of the context that go with credentials of version 2",
            &|b| {
                b["@context"] = json!([V2, url]);
                // A term of the last version alone.
                set(b, "/awardedDate", None);
            },
        ));
    }
    let own_key = did_key(&own());
    let mut by_key = credential();
    by_key["issuer"]["id"] = json!(own_key);
    set(&mut by_key, "/credentialStatus", None);
    cases.push(Case::json(
        "data-integrity/issuer-is-its-key",
        "nothing: a did:key needs no web",
        &signed_as(by_key, &own(), &did_key_method(&own())),
    ));
    let whole = badge(|_| ()).to_string();
    let spaced = serde_json::to_string_pretty(&badge(|_| ())).unwrap();
    for (id, text) in [
        ("with-white-space", spaced),
        ("with-space-around", format!(" \n{whole}\r\n")),
        ("with-escapes", whole.replace("Coaches teachers.", "Coaches\\u0020teachers\\u002e")),
    ] {
        cases.push(Case::bytes(
            &format!("data-integrity/{id}"),
            "nothing: another spelling of the same document",
            "json",
            text.into_bytes(),
        ));
    }
    let mut reversed = serde_json::Map::new();
    for (name, value) in badge(|_| ()).as_object().unwrap().iter().rev() {
        reversed.insert(name.clone(), value.clone());
    }
    cases.push(Case::json(
        "data-integrity/members-in-another-order",
        "nothing: members have no order",
        &Value::Object(reversed),
    ));
    cases
}

/// Each signed value in turn is another one of its kind.
fn altered() -> Vec<Case> {
    let good = badge(|_| ());
    let mut cases = Vec::new();
    let mut altered = |id: &str, pointer: &str, value: Value| {
        cases.push(
            Case::json(
                &format!("altered/{id}"),
                &format!("{pointer} was changed after it was signed"),
                &with(&good, pointer, value),
            )
            .invalid(&["proof.signature"]),
        );
    };
    altered("id", "/id", json!("https://issuer.example/b/2"));
    altered("name", "/name", json!("Coaching II"));
    altered("issuer-name", "/issuer/name", json!("Another"));
    altered("issuer-url", "/issuer/url", json!("https://another.example"));
    altered("issuer-email", "/issuer/email", json!("x@issuer.example"));
    altered("valid-from", "/validFrom", json!("2026-05-02T00:00:00Z"));
    altered("valid-until", "/validUntil", json!("2036-05-01T00:00:00Z"));
    altered("awarded-date", "/awardedDate", json!("2020-05-01T00:00:00Z"));
    let subject = "/credentialSubject";
    altered(
        "subject",
        &format!("{subject}/id"),
        json!("urn:uuid:00000000-0000-4000-8000-0000000000aa"),
    );
    altered(
        "recipient-hash",
        &format!("{subject}/identifier/0/identityHash"),
        json!(format!("sha256${}", "0".repeat(64))),
    );
    altered("recipient-salt", &format!("{subject}/identifier/0/salt"), json!("Sea"));
    altered("recipient-kind", &format!("{subject}/identifier/0/identityType"), json!("userName"));
    altered("credits-earned", &format!("{subject}/creditsEarned"), json!(15.5));
    altered("narrative", &format!("{subject}/narrative"), json!("Led."));
    altered("role", &format!("{subject}/role"), json!("Head coach"));
    let class = "/credentialSubject/achievement";
    altered("class-name", &format!("{class}/name"), json!("Leadership"));
    altered("class-description", &format!("{class}/description"), json!("Leads schools."));
    altered("class-kind", &format!("{class}/achievementType"), json!("Degree"));
    altered("criteria-narrative", &format!("{class}/criteria/narrative"), json!("Nothing."));
    altered("criteria-link", &format!("{class}/criteria/id"), json!("https://issuer.example/x"));
    altered("alignment-name", &format!("{class}/alignment/0/targetName"), json!("Other"));
    altered(
        "alignment-url",
        &format!("{class}/alignment/0/targetUrl"),
        json!("https://framework.example/x"),
    );
    altered("alignment-code", &format!("{class}/alignment/0/targetCode"), json!("D9"));
    altered("credits-available", &format!("{class}/creditsAvailable"), json!(3));
    altered("tag", &format!("{class}/tag/0"), json!("teaching"));
    altered("rubric-name", &format!("{class}/resultDescription/0/name"), json!("Theory"));
    altered(
        "rubric-level-name",
        &format!("{class}/resultDescription/0/rubricCriterionLevel/1/name"),
        json!("Best"),
    );
    altered("evidence-link", "/evidence/0/id", json!("https://evidence.example/other"));
    altered("evidence-name", "/evidence/0/name", json!("Diary"));
    altered("evidence-narrative", "/evidence/0/narrative", json!("Nothing changed."));
    altered("evidence-added", "/evidence/-", json!({"type": ["Evidence"], "name": "More"}));
    altered("proof-created", "/proof/created", json!("2026-05-02T00:00:00Z"));
    altered("status-index", "/credentialStatus/statusListIndex", json!("6"));
    let level = json!("https://issuer.example/badge-classes/1/1#rd-a-1");
    altered("level", &format!("{subject}/result/0/achievedLevel"), level);
    let removed = |id: &str, pointer: &str| {
        Case::json(
            &format!("altered/without-{id}"),
            &format!("{pointer} was taken out after it was signed"),
            &without(&good, pointer),
        )
        .invalid(&["proof.signature"])
    };
    cases.push(removed("evidence", "/evidence"));
    cases.push(removed("end", "/validUntil"));
    cases.push(removed("status", "/credentialStatus"));
    cases.push(removed("result", "/credentialSubject/result"));
    cases.push(removed("identifier", "/credentialSubject/identifier"));
    cases.push(
        Case::json(
            "altered/another-issuer",
            "/issuer/id was changed after it was signed",
            &with(&good, "/issuer/id", json!("did:web:other.example")),
        )
        .invalid(&["proof.signature", "issuer.key"]),
    );
    cases
}

fn proofs() -> Vec<Case> {
    let case = |id: &str, fault: &str, options: ProofOptions<'_>, change: &dyn Fn(&mut Value)| {
        let mut badge = credential();
        let mut made = proof(&badge, &own(), &method(&own()), &options);
        change(&mut made);
        badge["proof"] = made;
        Case::json(&format!("proof/{id}"), fault, &badge)
    };
    let plain = ProofOptions::default;
    let at = |text: &str| Some(text.parse().unwrap());
    let good = badge(|_| ());
    let flipped = |at: usize| {
        let mut bytes = good["proof"]["proofValue"].as_str().unwrap().to_owned().into_bytes();
        let last = bytes.len() - 1;
        let at = at.min(last);
        bytes[at] = if bytes[at] == b'2' { b'3' } else { b'2' };
        with(&good, "/proof/proofValue", json!(String::from_utf8(bytes).unwrap()))
    };
    vec![
        Case::json("proof/none", "it carries no proof", &without(&good, "/proof"))
            .invalid(&["proof.present"]),
        Case::json(
            "proof/empty-list",
            "its list of proofs is empty",
            &with(&good, "/proof", json!([])),
        )
        .invalid(&["proof.present"]),
        Case::json("proof/in-a-list-of-one", "nothing: a list of one proof", &{
            let one = good["proof"].clone();
            with(&good, "/proof", json!([one]))
        }),
        Case::json(
            "proof/flipped-in-the-middle",
            "a character of the signature is another",
            &flipped(40),
        )
        .invalid(&["proof.signature"]),
        Case::json(
            "proof/flipped-at-the-start",
            "a character of the signature is another",
            &flipped(2),
        )
        .invalid(&["proof.signature"]),
        Case::json(
            "proof/flipped-at-the-end",
            "a character of the signature is another",
            &flipped(999),
        )
        .invalid(&["proof.signature"]),
        case(
            "another-purpose",
            "it was made to log in",
            ProofOptions { purpose: "authentication", ..plain() },
            &|_| (),
        )
        .invalid(&["proof.purpose"]),
        case(
            "over",
            "it has expired",
            ProofOptions { expires: at("2026-05-15T00:00:00Z"), ..plain() },
            &|_| (),
        )
        .invalid(&["proof.purpose"]),
        case(
            "not-over",
            "nothing: it expires later",
            ProofOptions { expires: at("2026-12-15T00:00:00Z"), ..plain() },
            &|_| (),
        ),
        case(
            "from-the-future",
            "it was made after now",
            ProofOptions { created: at("2026-07-01T00:00:00Z"), ..plain() },
            &|_| (),
        )
        .invalid(&["proof.purpose"]),
        case(
            "with-a-name",
            "nothing: a proof may have an id",
            ProofOptions { id: Some("urn:uuid:00000000-0000-4000-8000-0000000000ff"), ..plain() },
            &|_| (),
        ),
        case("of-a-suite-nobody-knows", "its cryptosuite is not known here", plain(), &|p| {
            p["cryptosuite"] = json!("bbs-2023")
        })
        .indeterminate(&["proof.form", "proof.signature"]),
        case("without-a-suite", "it names no cryptosuite", plain(), &|p| {
            set(p, "/cryptosuite", None)
        })
        .invalid(&["proof.form"]),
        case("without-a-method", "it names no key", plain(), &|p| {
            set(p, "/verificationMethod", None)
        })
        .invalid(&["proof.form"]),
        case("without-a-value", "it holds no signature", plain(), &|p| set(p, "/proofValue", None))
            .invalid(&["proof.form"]),
        case("without-a-purpose", "it has no purpose", plain(), &|p| set(p, "/proofPurpose", None))
            .invalid(&["proof.form"]),
        case("value-null", "its signature is null", plain(), &|p| p["proofValue"] = Value::Null)
            .invalid(&["proof.form"]),
        case("value-in-another-base", "its signature is not base58", plain(), &|p| {
            p["proofValue"] = json!("u1234")
        })
        .invalid(&["proof.signature"]),
        case("value-short", "its signature is cut short", plain(), &|p| {
            p["proofValue"] = json!("z1234")
        })
        .invalid(&["proof.signature"]),
        case("value-huge", "its signature is a megabyte", plain(), &|p| {
            p["proofValue"] = json!("z".repeat(200_000))
        })
        .invalid(&["proof.signature"]),
        case("created-is-no-date", "it was made on no date", plain(), &|p| {
            p["created"] = json!("yesterday")
        })
        .invalid(&["proof.form"]),
        case("type-nobody-knows", "the type of the proof is not known", plain(), &|p| {
            p["type"] = json!("MagicProof2030")
        })
        .indeterminate(&["proof.form", "proof.signature"]),
        case("suite-of-another-key", "the suite does not go with the key", plain(), &|p| {
            p["cryptosuite"] = json!("ecdsa-rdfc-2019")
        })
        .invalid(&["proof.signature"]),
        case("previous-that-is-not-there", "it follows a proof that is not there", plain(), &|p| {
            p["previousProof"] = json!("urn:uuid:0")
        })
        .invalid(&["proof.signature"]),
        two_proofs(
            "proof/two-of-which-one-is-a-strangers",
            "nothing: a stranger's proof beside the issuer's",
            &stranger(),
            true,
        ),
        two_proofs("proof/two-good-ones", "nothing: the issuer signed twice", &own(), true),
        two_proofs("proof/only-a-strangers", "a stranger signed it, twice", &stranger(), false)
            .invalid(&["issuer.key"]),
        many_proofs(),
    ]
}

/// A badge with a proof of the issuer or of the other signer, and one of the other signer.
fn two_proofs(id: &str, fault: &str, other: &PrivateKey, own_too: bool) -> Case {
    let mut badge = credential();
    let plain = ProofOptions::default();
    let own_proof = proof(&badge, &own(), &method(&own()), &plain);
    let theirs = match other.public() == own().public() {
        true => own_proof.clone(),
        false => proof(&badge, other, &did_key_method(other), &plain),
    };
    let first = if own_too { own_proof } else { theirs.clone() };
    badge["proof"] = json!([first, theirs]);
    Case::json(id, fault, &badge)
}

fn many_proofs() -> Case {
    let mut badge = credential();
    let one = proof(&badge, &own(), &method(&own()), &ProofOptions::default());
    badge["proof"] = Value::Array(vec![one; 200]);
    Case::json("proof/two-hundred", "it carries more proofs than are judged", &badge)
        .invalid(&["proof.form"])
}

fn keys() -> Vec<Case> {
    let multikey = stranger().public().to_multikey().unwrap();
    vec![
        Case::json(
            "key/stranger-under-the-issuers-name",
            "a stranger signed and named the issuer's key",
            &signed_as(credential(), &stranger(), &method(&own())),
        )
        .invalid(&["proof.signature"]),
        Case::json(
            "key/stranger-under-his-own-name",
            "a stranger signed with his own did:key",
            &signed_as(credential(), &stranger(), &did_key_method(&stranger())),
        )
        .invalid(&["issuer.key"]),
        Case::json(
            "key/written-into-the-fragment",
            "a stranger put his key into the fragment of the issuer's DID",
            &signed_as(credential(), &stranger(), &format!("{DID}#{multikey}")),
        )
        .invalid(&["proof.key", "issuer.key"]),
        Case::json(
            "key/that-the-issuer-does-not-list",
            "the issuer's document does not list the key",
            &signed_as(credential(), &own(), &format!("{DID}#other")),
        )
        .invalid(&["proof.key", "issuer.key"])
        .and_unknown(&["proof.signature"]),
        Case::json(
            "key/relative",
            "the key is named without its document",
            &with(&badge(|_| ()), "/proof/verificationMethod", json!("#key-1")),
        )
        .invalid(&["proof.key"])
        .and_unknown(&["proof.signature"]),
        Case::json(
            "key/of-another-scheme",
            "the key is said to lie in a file",
            &with(&badge(|_| ()), "/proof/verificationMethod", json!("file:///etc/passwd#k")),
        )
        .invalid(&["proof.key", "issuer.key"])
        .and_unknown(&["proof.signature"]),
        Case::json(
            "key/of-a-method-nobody-knows",
            "the DID of the key is of a method that is not known here",
            &with(&badge(|_| ()), "/proof/verificationMethod", json!("did:example:1#k")),
        )
        .invalid(&["issuer.key"])
        .and_unknown(&["proof.key", "proof.signature"]),
    ]
}

fn controllers() -> Vec<Case> {
    let good = || Case::json("", "", &badge(|_| ()));
    let case = |id: &str, fault: &str, page: Page| {
        let mut case = good().page(DID_URL, page);
        case.id = format!("controller/{id}");
        case.fault = fault.to_owned();
        case.input = Case::json(&case.id, "", &badge(|_| ())).input;
        case
    };
    let listed = |keys: &[(&PrivateKey, KeyStatus)]| Page::json(&did_document(keys));
    let active = KeyStatus::Active;
    let document = did_document(&[(&own(), active)]).to_string();
    let text = |text: String| Page::text("application/did+json", &text);
    let stolen = KeyStatus::Compromised("2026-05-20T00:00:00Z".parse().unwrap());
    // The list of statuses is the issuer's too: what is not known of one is not known of the other.
    let gone = ["proof.key", "issuer.key"];
    let open = ["proof.key", "issuer.key", "status.read"];
    vec![
        case(
            "retired-key",
            "nothing: a retired key's signatures go on to hold",
            listed(&[(&own(), KeyStatus::Retired)]),
        ),
        case("stolen-key", "the key was found compromised", listed(&[(&own(), stolen)]))
            .invalid(&["issuer.key"])
            .and_unknown(&["status.read"]),
        case(
            "another-key-alone",
            "the document lists another key alone",
            listed(&[(&stranger(), active)]),
        )
        .invalid(&["proof.key", "issuer.key"])
        .and_unknown(&["status.read"]),
        case(
            "key-for-something-else",
            "the key may not sign badges",
            text(document.replace("\"assertionMethod\"", "\"keyAgreement\"")),
        )
        .invalid(&["issuer.key"])
        .and_unknown(&["status.read"]),
        case(
            "of-somebody-else",
            "the document is another DID's",
            text(document.replace(DID, "did:web:evil.example")),
        )
        .invalid(&gone)
        .and_unknown(&["status.read"]),
        case("not-found", "the issuer's document is not there", Page::status(404))
            .invalid(&gone)
            .and_unknown(&["status.read"]),
        case("gone", "the issuer's document is gone", Page::status(410))
            .invalid(&gone)
            .and_unknown(&["status.read"]),
        case("broken", "the issuer's server fails", Page::status(500)).indeterminate(&open),
        case("overloaded", "the issuer's server is overloaded", Page::status(503))
            .indeterminate(&open),
        case("unreachable", "the issuer's server does not answer", Page::unreachable())
            .indeterminate(&open),
        case(
            "a-web-page",
            "the issuer's document is a web page",
            Page::text("text/html", "<html></html>"),
        )
        .invalid(&gone)
        .and_unknown(&["status.read"]),
        case("a-list", "the issuer's document is a list", text("[]".to_owned()))
            .invalid(&gone)
            .and_unknown(&["status.read"]),
        case(
            "said-twice",
            "a member of the issuer's document is there twice",
            text(document.replacen('{', "{\"id\":\"did:web:evil.example\",", 1)),
        )
        .invalid(&gone)
        .and_unknown(&["status.read"]),
        case(
            "moved-to-another-site",
            "the issuer's document is answered by another site",
            Page::redirect("https://evil.example/did.json"),
        )
        .page("https://evil.example/did.json", text(document))
        .invalid(&gone)
        .and_unknown(&["status.read"]),
        case("in-a-circle", "the issuer's document moves in a circle", Page::redirect(DID_URL))
            .invalid(&gone)
            .and_unknown(&["status.read"]),
        case(
            "huge",
            "the issuer's document is larger than is read",
            text(format!("{{\"id\":\"{DID}\",\"x\":\"{}\"}}", "x".repeat(600_000))),
        )
        .indeterminate(&open),
    ]
}
