//! Open Badges 2.0, hosted: by its address and by a copy of it.

use serde_json::{Value, json};

use super::case::{Case, Page};
use super::issuer::{
    ASSERTION, CLASS, OB2, PROFILE, assertion, class, profile, set, with, without,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = good();
    cases.extend(copies());
    cases.extend(scope());
    cases.extend(members());
    cases.extend(withdrawn());
    cases.extend(answers());
    cases
}

/// By its address, with one document changed.
fn changed(id: &str, fault: &str, url: &str, document: &Value) -> Case {
    by_url(id, fault).page(url, Page::json(document))
}

fn by_url(id: &str, fault: &str) -> Case {
    Case::url(&format!("hosted/{id}"), fault, ASSERTION)
}

fn good() -> Vec<Case> {
    let mut aliases = assertion();
    let verification = aliases.as_object_mut().unwrap().shift_remove("verification").unwrap();
    aliases["verify"] = json!([verification]);
    aliases["type"] = json!(["Assertion"]);
    aliases["@context"] = json!([OB2]);
    aliases["badge"] = json!([CLASS]);
    let short = "https://issuer.example/short";
    let mut many = class();
    many["criteria"] = json!("https://issuer.example/criteria");
    let mut picture = class();
    picture["image"] =
        json!({"id": "https://issuer.example/c/1.png", "type": "Image", "caption": "A star"});
    let mut languages = assertion();
    languages["@language"] = json!("es");
    vec![
        by_url("by-address", "nothing"),
        Case::json("hosted/by-copy", "nothing: the copy is what is served", &assertion()),
        changed(
            "aliases-and-lists",
            "nothing: other spellings of the same document",
            ASSERTION,
            &aliases,
        ),
        changed(
            "unknown-member",
            "nothing: a member that no context defines is kept",
            ASSERTION,
            &with(&assertion(), "/surprise", json!(1)),
        ),
        changed("criteria-by-link", "nothing: criteria may be a link", CLASS, &many),
        changed("picture-with-words", "nothing: the picture has a caption", CLASS, &picture),
        changed(
            "no-end",
            "nothing: it never expires",
            ASSERTION,
            &without(&assertion(), "/expires"),
        ),
        changed("language", "nothing: it is in Spanish", ASSERTION, &languages),
        changed(
            "type-of-the-profile",
            "nothing: the issuer is a Profile",
            PROFILE,
            &with(&profile(), "/type", json!("Profile")),
        ),
        changed(
            "recipient-in-plain-text",
            "nothing: the recipient is not hashed",
            ASSERTION,
            &with(
                &assertion(),
                "/recipient",
                json!({"type": "email", "hashed": false, "identity": "a@example.com"}),
            ),
        ),
        changed(
            "wider-scope",
            "nothing: the issuer allows the origin",
            PROFILE,
            &with(
                &profile(),
                "/verification",
                json!({"type": "HostedBadge", "startsWith": "https://issuer.example/a/"}),
            ),
        ),
        Case::url(
            "hosted/by-another-address",
            "nothing: the address leads to the badge's own",
            short,
        )
        .page(short, Page::json(&assertion())),
    ]
}

/// A copy is only a pointer to what is served.
fn copies() -> Vec<Case> {
    let copy = |id: &str, fault: &str, pointer: &str, value: Value| {
        Case::json(&format!("hosted/copy-{id}"), fault, &with(&assertion(), pointer, value))
    };
    vec![
        copy(
            "with-another-date",
            "nothing: what counts is what is served",
            "/issuedOn",
            json!("2020-01-01T00:00:00Z"),
        ),
        copy(
            "with-another-class",
            "nothing: what counts is what is served",
            "/badge",
            json!({
                "id": "https://evil.example/c", "type": "BadgeClass", "name": "Doctor", "issuer": "https://evil.example/i"
            }),
        ),
        copy(
            "with-a-longer-life",
            "nothing: what counts is what is served",
            "/expires",
            json!("2099-01-01T00:00:00Z"),
        ),
        copy(
            "of-nothing",
            "the address that the copy names is not there",
            "/id",
            json!("https://issuer.example/a/none"),
        )
        .invalid(&["hosted.document"]),
        copy(
            "of-another-scheme",
            "the copy names a file as its address",
            "/id",
            json!("file:///etc/passwd"),
        )
        .invalid(&["hosted.document"]),
        copy(
            "of-a-local-address",
            "the copy names an address inside",
            "/id",
            json!("https://10.0.0.1/a"),
        )
        .indeterminate(&["hosted.document"]),
    ]
}

fn scope() -> Vec<Case> {
    let theirs = "https://evil.example/a/1";
    let forged = with(&assertion(), "/id", json!(theirs));
    let mut embedded = forged.clone();
    embedded["badge"] = class();
    embedded["badge"]["issuer"] =
        with(&profile(), "/verification", json!({"allowedOrigins": "evil.example"}));
    let evil = |id: &str, fault: &str, document: &Value| {
        Case::url(&format!("hosted/{id}"), fault, theirs).page(theirs, Page::json(document))
    };
    let rules = |id: &str, fault: &str, rules: Value| {
        changed(id, fault, PROFILE, &with(&profile(), "/verification", rules))
            .invalid(&["hosted.scope"])
    };
    vec![
        evil("on-a-foreign-site", "somebody hosts it on his own site", &forged)
            .invalid(&["hosted.scope"]),
        evil("with-a-policy-of-its-own", "it brings a profile that allows its site", &embedded)
            .invalid(&["hosted.scope"]),
        rules(
            "prefix-of-another-path",
            "the issuer's badges lie elsewhere",
            json!({"startsWith": "https://issuer.example/badges/"}),
        ),
        rules(
            "prefix-in-the-middle-of-a-name",
            "the prefix ends within a name",
            json!({"startsWith": "https://issuer.example/a/1/x"}),
        ),
        rules(
            "origin-of-another-site",
            "the issuer's badges lie on another site",
            json!({"allowedOrigins": "badges.example"}),
        ),
        rules(
            "origin-but-for-its-start",
            "the origin is that of a longer name",
            json!({"allowedOrigins": "suer.example"}),
        ),
    ]
}

fn members() -> Vec<Case> {
    let shape = ["shape.members"];
    let a = |id: &str, fault: &str, pointer: &str, value: Option<Value>| {
        let mut document = assertion();
        set(&mut document, pointer, value);
        changed(&format!("assertion-{id}"), fault, ASSERTION, &document)
    };
    let c = |id: &str, fault: &str, pointer: &str, value: Option<Value>| {
        let mut document = class();
        set(&mut document, pointer, value);
        changed(&format!("class-{id}"), fault, CLASS, &document)
    };
    let p = |id: &str, fault: &str, pointer: &str, value: Option<Value>| {
        let mut document = profile();
        set(&mut document, pointer, value);
        changed(&format!("profile-{id}"), fault, PROFILE, &document)
    };
    vec![
        a("without-recipient", "it has no recipient", "/recipient", None).invalid(&shape),
        a("without-verification", "it says not how it is verified", "/verification", None)
            .invalid(&shape),
        a("without-date", "it says not when it was issued", "/issuedOn", None)
            .invalid(&["shape.members", "time.dates"]),
        a("date-in-words", "it was issued on no date", "/issuedOn", Some(json!("yesterday")))
            .invalid(&["time.dates"]),
        a("hashed-in-words", "hashed is a text", "/recipient/hashed", Some(json!("true")))
            .invalid(&shape),
        a(
            "hash-said-to-be-plain",
            "a hash is said to be none",
            "/recipient/hashed",
            Some(json!(false)),
        )
        .invalid(&shape),
        a(
            "evidence-in-words",
            "its evidence is no address",
            "/evidence",
            Some(json!(["see the attic"])),
        )
        .invalid(&shape),
        a(
            "picture-of-nothing",
            "its picture cannot be read",
            "/image",
            Some(json!("data:image/png;base64,AA")),
        )
        .invalid(&shape),
        a("over", "it has expired", "/expires", Some(json!("2026-05-20T00:00:00Z")))
            .invalid(&["time.expired"]),
        a(
            "not-begun",
            "it is issued in the future",
            "/issuedOn",
            Some(json!("2026-12-01T00:00:00Z")),
        )
        .invalid(&["time.not-yet-valid"]),
        c("without-name", "its class has no name", "/name", None).invalid(&shape),
        c("without-description", "its class has no description", "/description", None)
            .invalid(&shape),
        c("without-picture", "its class has no picture", "/image", None).invalid(&shape),
        c("without-criteria", "its class says not how it is earned", "/criteria", None)
            .invalid(&["shape.members", "badge-class.criteria"]),
        c("without-issuer", "its class has no issuer", "/issuer", None).invalid(&[
            "shape.members",
            "issuer.resolved",
            "badge-class.issuer",
        ]),
        c("of-another-type", "its class is an assertion", "/type", Some(json!("Assertion")))
            .invalid(&shape),
        c(
            "alignment-no-address",
            "what its class is aligned to is no address",
            "/alignment/0/targetUrl",
            Some(json!("here")),
        )
        .invalid(&shape),
        c(
            "of-another-address",
            "its class carries another id",
            "/id",
            Some(json!("https://issuer.example/other")),
        )
        .invalid(&["hosted.id"]),
        p("without-name", "its issuer has no name", "/name", None).invalid(&shape),
        p("without-email", "its issuer has no address", "/email", None).invalid(&shape),
        p("without-url", "its issuer has no page", "/url", None).invalid(&shape),
        p(
            "page-no-address",
            "the page of its issuer is no address",
            "/url",
            Some(json!("somewhere")),
        )
        .invalid(&shape),
        p(
            "of-another-address",
            "its issuer carries another id",
            "/id",
            Some(json!("https://issuer.example/other")),
        )
        .invalid(&["issuer.resolved"]),
    ]
}

fn withdrawn() -> Vec<Case> {
    let rest = json!({
        "@context": OB2, "id": ASSERTION, "revoked": true, "revocationReason": "by mistake"
    });
    let gone = |id: &str, fault: &str, body: &str| {
        let page = Page { status: 410, ..Page::text("application/ld+json", body) };
        by_url(&format!("revoked-{id}"), fault).page(ASSERTION, page).invalid(&["status.revoked"])
    };
    let mut flagged = assertion();
    flagged["revoked"] = json!(true);
    flagged["revocationReason"] = json!("by mistake");
    vec![
        gone("with-a-reason", "it is gone, with the reason", &rest.to_string()),
        gone("without-words", "it is gone", ""),
        gone(
            "with-a-whole-body",
            "it is gone, and its whole text is there",
            &assertion().to_string(),
        ),
        changed("revoked-by-a-flag", "it says itself that it is revoked", ASSERTION, &flagged)
            .invalid(&["status.revoked"]),
        Case::json("hosted/revoked-and-a-copy", "what the copy names is gone", &assertion())
            .page(ASSERTION, Page { status: 410, ..Page::json(&rest) })
            .invalid(&["status.revoked"]),
    ]
}

/// What happened to each document decides.
fn answers() -> Vec<Case> {
    let mut cases = Vec::new();
    let parts = [
        ("assertion", ASSERTION, &["hosted.document"][..]),
        ("class", CLASS, &["badge-class.resolved"][..]),
        ("profile", PROFILE, &["issuer.resolved"][..]),
    ];
    for (name, url, checks) in parts {
        let case = |id: &str, fault: &str, page: Page| {
            Case::json(&format!("hosted/{name}-{id}"), fault, &assertion()).page(url, page)
        };
        cases.push(case("not-found", "a document is not there", Page::status(404)).invalid(checks));
        cases.push(
            case("broken", "the server of a document fails", Page::status(500))
                .indeterminate(checks),
        );
        cases.push(
            case("unreachable", "the server of a document does not answer", Page::unreachable())
                .indeterminate(checks),
        );
        cases.push(
            case(
                "a-web-page",
                "a document is a web page",
                Page::text("text/html", "<html></html>"),
            )
            .invalid(checks),
        );
        cases.push(
            case("in-a-circle", "a document moves in a circle", Page::redirect(url))
                .invalid(checks),
        );
        cases.push(
            case(
                "huge",
                "a document is larger than is read",
                Page::text("application/json", &format!("{{\"x\":\"{}\"}}", "x".repeat(600_000))),
            )
            .indeterminate(checks),
        );
    }
    cases
}
