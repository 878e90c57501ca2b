//! What stands inside: endorsements, transcripts, presentations, envelopes; and newer issues.

use accolade::proof::jws::{SignHeader, sign};
use accolade::proof::suite::ProofOptions;
use serde_json::{Value, json};

use super::case::{Case, Page};
use super::issuer::{
    ASSERTION, DID, LIST, OB2, OB3, UUID, V2, assertion, claims, credential, did_key,
    did_key_method, ed25519, list, method, own, profile, proof, set, signed, signed_as, stranger,
    token, with,
};

const BADGE: &str = "https://issuer.example/b/1";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = endorsements();
    cases.extend(hosted_endorsements());
    cases.extend(transcripts());
    cases.extend(presentations());
    cases.extend(envelopes());
    cases.extend(refreshed());
    cases.extend(older_status());
    cases
}

fn endorsement(of: &str) -> Value {
    let key = ed25519(7);
    let plain = json!({
        "@context": [V2, OB3], "id": "urn:uuid:3f4e7a56-9c3e-4b0e-8f3b-1f6f4b9c6a77",
        "type": ["VerifiableCredential", "EndorsementCredential"], "name": "We vouch for it",
        "issuer": {"id": did_key(&key), "type": ["Profile"], "name": "Board"},
        "validFrom": "2026-05-02T00:00:00Z",
        "credentialSubject": {"id": of, "type": ["EndorsementSubject"], "endorsementComment": "Good."}
    });
    signed_as(plain, &key, &did_key_method(&key))
}

fn endorsements() -> Vec<Case> {
    let alone = |id: &str, fault: &str, endorsement: &Value| {
        Case::json(&format!("endorsement/{id}"), fault, endorsement)
    };
    let inside = |id: &str, fault: &str, endorsements: Value| {
        let badge = with(&credential(), "/endorsement", endorsements);
        Case::json(&format!("endorsement/{id}"), fault, &signed(badge, &own()))
    };
    let good = endorsement(BADGE);
    let forged = with(&good, "/credentialSubject/endorsementComment", json!("Bad."));
    let mut nobody = good.clone();
    set(&mut nobody, "/credentialSubject/id", None);
    vec![
        alone("alone", "nothing: an endorsement by itself", &good),
        alone("alone-altered", "its comment was changed after it was signed", &forged)
            .invalid(&["proof.signature"]),
        alone("alone-of-nothing", "it does not say what it endorses", &nobody)
            .invalid(&["shape.members"]),
        inside("inside", "nothing: the endorsement holds", json!([good])),
        inside(
            "inside-altered",
            "nothing: a forged endorsement never sinks a badge",
            json!([forged]),
        ),
        inside(
            "inside-of-something-else",
            "nothing: an endorsement of something else never sinks a badge",
            json!([endorsement("https://issuer.example/b/2")]),
        ),
    ]
}

fn hosted_endorsements() -> Vec<Case> {
    let (url, board) = ("https://board.example/e/1", "https://board.example/board");
    let good = json!({
        "@context": OB2, "type": "Endorsement", "id": url, "issuer": board,
        "claim": {"id": ASSERTION, "endorsementComment": "Good."},
        "issuedOn": "2026-05-02T00:00:00Z", "verification": {"type": "HostedBadge"}
    });
    let publisher =
        with(&with(&profile(), "/id", json!(board)), "/url", json!("https://board.example"));
    let alone = |id: &str, fault: &str, at: &str, document: &Value| {
        Case::url(&format!("endorsement/{id}"), fault, at)
            .page(at, Page::json(document))
            .page(board, Page::json(&publisher))
    };
    let theirs = "https://evil.example/e/1";
    let mut claimless = good.clone();
    set(&mut claimless, "/claim", None);
    vec![
        alone("2.0-hosted", "nothing", url, &good),
        alone(
            "2.0-hosted-by-a-stranger",
            "a stranger hosts it",
            theirs,
            &with(&good, "/id", json!(theirs)),
        )
        .invalid(&["hosted.scope"]),
        alone("2.0-without-claim", "it claims nothing", url, &claimless)
            .invalid(&["shape.members"]),
        alone(
            "2.0-of-an-assertion",
            "nothing: an assertion with an endorsement",
            ASSERTION,
            &with(&assertion(), "/endorsement", json!([url])),
        )
        .page(url, Page::json(&good)),
        alone(
            "2.0-withdrawn",
            "nothing: a withdrawn endorsement never sinks a badge",
            ASSERTION,
            &with(&assertion(), "/endorsement", json!([url])),
        )
        .page(url, Page::status(410)),
    ]
}

fn transcript(parts: Value) -> Value {
    json!({
        "@context": [V2, "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", OB3],
        "id": "https://issuer.example/t/1", "type": ["VerifiableCredential", "ClrCredential"],
        "name": "Transcript", "issuer": {"id": DID, "type": ["Profile"], "name": "Issuer"},
        "validFrom": "2026-05-10T00:00:00Z",
        "credentialSubject": {"id": UUID, "type": ["ClrSubject"], "verifiableCredential": parts}
    })
}

fn badge() -> Value {
    signed(credential(), &own())
}

fn forged() -> Value {
    with(&badge(), "/credentialSubject/achievement/name", json!("Doctor"))
}

fn expired() -> Value {
    signed(with(&credential(), "/validUntil", json!("2026-05-02T00:00:00Z")), &own())
}

fn transcripts() -> Vec<Case> {
    let case = |id: &str, fault: &str, transcript: Value| {
        Case::json(&format!("transcript/{id}"), fault, &signed(transcript, &own()))
    };
    let of_another_subject = with(
        &transcript(json!([badge()])),
        "/credentialSubject/type",
        json!(["AchievementSubject"]),
    );
    let altered = with(&signed(transcript(json!([badge()])), &own()), "/name", json!("Doctorate"));
    vec![
        case("whole", "nothing: two badges", transcript(json!([badge(), badge()]))),
        case(
            "forged-part",
            "a badge in it was changed after it was signed",
            transcript(json!([badge(), forged()])),
        )
        .invalid(&["parts.authentic"]),
        case(
            "expired-part",
            "nothing: a badge in it has expired since, which its own report says",
            transcript(json!([badge(), expired()])),
        ),
        Case::json("transcript/altered", "its name was changed after it was signed", &altered)
            .invalid(&["proof.signature"]),
        case("without-name", "it has no name", {
            let mut t = transcript(json!([badge()]));
            set(&mut t, "/name", None);
            t
        })
        .invalid(&["shape.members"]),
        Case::token(
            "transcript/of-another-subject",
            "its subject is of another type",
            &token(&claims(&of_another_subject), &own()),
        )
        .invalid(&["shape.members"]),
    ]
}

fn presentation(parts: Value) -> Value {
    json!({"@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": parts})
}

fn presented(parts: Value, purpose: &str) -> Value {
    let key = ed25519(9);
    let mut shown = presentation(parts);
    shown["holder"] = json!(did_key(&key));
    let options = ProofOptions { purpose, ..ProofOptions::default() };
    shown["proof"] = proof(&shown, &key, &did_key_method(&key), &options);
    shown
}

fn presentations() -> Vec<Case> {
    let case = |id: &str, fault: &str, presentation: &Value| {
        Case::json(&format!("presentation/{id}"), fault, presentation)
    };
    let shown = presented(json!([badge()]), "authentication");
    vec![
        case("bare", "nothing: a presentation need not be signed", &presentation(json!([badge()]))),
        case("signed", "nothing: signed by its holder", &shown),
        case(
            "for-another-purpose",
            "its proof is for agreeing on keys",
            &presented(json!([badge()]), "keyAgreement"),
        )
        .invalid(&["proof.purpose"]),
        case(
            "of-another-holder",
            "its holder is somebody else than who signed",
            &with(&shown, "/holder", json!(did_key(&ed25519(8)))),
        )
        .invalid(&["proof.signature"]),
        case(
            "forged-part",
            "the badge in it was changed after it was signed",
            &presentation(json!([forged()])),
        )
        .invalid(&["parts.authentic"]),
        case(
            "expired-part",
            "the badge in it has expired",
            &presentation(json!([badge(), expired()])),
        )
        .invalid(&["parts.in-force"]),
        case("empty", "there is nothing in it", &presentation(json!([])))
            .invalid(&["shape.members"]),
        Case::token(
            "presentation/token",
            "nothing: a token of presentations",
            &jwt(&presented_bare(), "vp+jwt"),
        ),
        Case::token(
            "presentation/token-of-another-type",
            "its token says that it is a credential",
            &jwt(&presented_bare(), "vc+jwt"),
        )
        .invalid(&["proof.claims"]),
    ]
}

/// Before it goes into a token of its holder.
fn presented_bare() -> Value {
    with(&presentation(json!([badge()])), "/holder", json!(did_key(&ed25519(9))))
}

fn jwt(payload: &Value, typ: &str) -> String {
    let key = ed25519(9);
    let header = SignHeader { kid: Some(&did_key_method(&key)), typ: Some(typ), cty: None };
    sign(payload.to_string().as_bytes(), &header, &key).unwrap()
}

fn envelopes() -> Vec<Case> {
    let header = SignHeader { kid: Some(&method(&own())), typ: Some("vc+jwt"), cty: Some("vc") };
    let inner = sign(credential().to_string().as_bytes(), &header, &own()).unwrap();
    let envelope = |media: &str, content: &str| json!({"@context": [V2], "id": format!("data:{media},{content}"), "type": "EnvelopedVerifiableCredential"});
    let case = |id: &str, fault: &str, envelope: &Value| {
        Case::json(&format!("envelope/{id}"), fault, envelope)
    };
    let good = envelope("application/vc+jwt", &inner);
    vec![
        case("whole", "nothing", &good),
        case(
            "in-a-presentation",
            "nothing: it stands in a presentation",
            &presented(json!([good]), "authentication"),
        ),
        case(
            "of-another-kind",
            "its envelope is of a kind that is not opened here",
            &envelope("application/vc+sd-jwt", "a.b.c~"),
        )
        .indeterminate(&["input.read"]),
        case("broken", "there is no token in it", &envelope("application/vc+jwt", "eyJ.e30.AA"))
            .invalid(&["input.read"]),
        case(
            "at-an-address",
            "its id is no data URL",
            &with(&good, "/id", json!("https://issuer.example/b/1")),
        )
        .invalid(&["input.read"]),
    ]
}

fn refreshed() -> Vec<Case> {
    let service = "https://issuer.example/refresh/1";
    let issue = |from: &str, until: &str| {
        let mut badge = credential();
        badge["@context"] =
            json!([V2, OB3, "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]);
        badge["refreshService"] = json!({"id": service, "type": "1EdTechCredentialRefresh"});
        badge["validFrom"] = json!(from);
        badge["validUntil"] = json!(until);
        signed(badge, &own())
    };
    let old = issue("2026-05-01T00:00:00Z", "2026-05-20T00:00:00Z");
    let newer = issue("2026-05-19T00:00:00Z", "2028-05-20T00:00:00Z");
    let case = |id: &str, fault: &str, answer: Page| {
        Case::json(&format!("refresh/{id}"), fault, &old).page(service, answer)
    };
    let forged = with(&newer, "/name", json!("Doctor"));
    let foreign = signed_as(
        with(&credential(), "/issuer/id", json!(did_key(&stranger()))),
        &stranger(),
        &did_key_method(&stranger()),
    );
    vec![
        case(
            "newer",
            "nothing: it has expired, and its issuer gives out a newer issue",
            Page::json(&newer),
        ),
        case("forged", "it has expired, and the newer issue is forged", Page::json(&forged))
            .invalid(&["time.expired"]),
        case(
            "of-somebody-else",
            "it has expired, and the newer issue is somebody else's",
            Page::json(&foreign),
        )
        .invalid(&["time.expired"]),
        case("nothing-newer", "it has expired, and there is nothing newer", Page::status(404))
            .invalid(&["time.expired"]),
    ]
}

fn older_status() -> Vec<Case> {
    let entry = json!({"id": format!("{LIST}#77"), "type": "StatusList2021Entry",
        "statusPurpose": "revocation", "statusListIndex": "77", "statusListCredential": LIST});
    let list_2021 = |set: &[u32]| {
        let mut list = list("revocation", set);
        let encoded = list["credentialSubject"]["encodedList"].as_str().unwrap()[1..].to_owned();
        list["@context"] = json!([
            "https://www.w3.org/2018/credentials/v1",
            "https://w3id.org/vc/status-list/2021/v1",
            "https://w3id.org/security/data-integrity/v2"
        ]);
        list["type"] = json!(["VerifiableCredential", "StatusList2021Credential"]);
        list["issuanceDate"] = list.as_object_mut().unwrap().shift_remove("validFrom").unwrap();
        list["credentialSubject"]["type"] = json!("StatusList2021");
        list["credentialSubject"]["encodedList"] = json!(encoded);
        list["credentialSubject"].as_object_mut().unwrap().shift_remove("ttl");
        signed(list, &own())
    };
    let listed = "https://issuer.example/revoked";
    let of = |context: &str, status: Value| {
        let mut badge = with(&credential(), "/credentialStatus", status);
        badge["@context"].as_array_mut().unwrap().push(json!(context));
        token(&claims(&badge), &own())
    };
    let v2021 = of("https://w3id.org/vc/status-list/2021/v1", entry);
    let by_list = of(
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        json!({"id": listed, "type": "1EdTechRevocationList"}),
    );
    let case =
        |id: &str, fault: &str, token: &str| Case::token(&format!("status/{id}"), fault, token);
    vec![
        case("2021-clear", "nothing: its bit is not set in a list of 2021", &v2021)
            .page(LIST, Page::json(&list_2021(&[78]))),
        case("2021-revoked", "its bit is set in a list of 2021", &v2021)
            .page(LIST, Page::json(&list_2021(&[77])))
            .invalid(&["status.revoked"]),
        case("2021-list-of-another-kind", "its list is of another kind than its entry", &v2021)
            .indeterminate(&["status.read"]),
        case("1edtech-clear", "nothing: it is not on the list of ids", &by_list)
            .page(listed, Page::json(&json!({"revokedCredential": []}))),
        case("1edtech-revoked", "it is on the list of ids", &by_list)
            .page(listed, Page::json(&json!({"revokedCredential": [{"id": BADGE}]})))
            .invalid(&["status.revoked"]),
        case("1edtech-taken-back", "nothing: the list takes its revocation back", &by_list).page(
            listed,
            Page::json(&json!({"revokedCredential": [{"id": BADGE, "revoked": false}]})),
        ),
        case("1edtech-unreachable", "the list of ids cannot be reached", &by_list)
            .page(listed, Page::unreachable())
            .indeterminate(&["status.read"]),
    ]
}
