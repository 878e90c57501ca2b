//! The life of an award through the front door: corrected, renewed.

use serde_json::{Value, json};

use super::platform::{Platform, award_body};
use crate::app::TestApp;

fn path(award: &Value, rest: &str) -> String {
    format!("/v1/assertions/{}{rest}", award["id"].as_str().unwrap())
}

async fn page(app: &TestApp, award: &Value) -> String {
    let link = format!("/b/{}", award["id"].as_str().unwrap());
    app.get(&link).header("Accept", "text/html").send().await.expect(200).text()
}

#[tokio::test]
async fn a_corrected_award_is_the_same_award_everywhere() {
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let link = format!("/b/{}", award["id"].as_str().unwrap());
    let hosted = format!("/ob2/assertions/{}", award["id"].as_str().unwrap());
    let png = app.get(&format!("{link}.png")).send().await.expect(200).body;
    app.get(&format!("{link}.jwt")).send().await.expect(200);

    app.set_time("2026-07-01T09:00:00Z");
    let body = json!({
        "narrative": "Led two cycles, not one.",
        "recipient": { "name": "Amara Berg", "namePublic": true },
        "reason": "she married", "publicReason": "Name and narrative corrected",
    });
    let done = platform.post(&path(&award, "/reissue"), &body).await.expect(200);
    let after = done.json();
    assert_eq!((&after["id"], &after["issuedOn"]), (&award["id"], &award["issuedOn"]));
    assert_eq!(after["validFrom"], "2026-07-01T09:00:00Z");
    assert_eq!((&after["revision"], &after["links"]), (&json!(2), &award["links"]));
    let read = platform.get(&path(&award, "")).await.expect(200);
    assert_eq!((read.json(), read.header("etag")), (after, done.header("etag")));

    let credential = app.get(&link).header("Accept", "application/json").send().await.json();
    assert_eq!(credential["credentialSubject"]["narrative"], "Led two cycles, not one.");
    assert_eq!(credential["awardedDate"], award["issuedOn"]);
    assert_eq!(credential["credentialSubject"]["identifier"][1]["identityHash"], "Amara Berg");
    let ob2 = app.get(&hosted).send().await.expect(200).json();
    assert!(ob2["narrative"].as_str().unwrap().starts_with("Led two cycles, not one."));
    assert_ne!(app.get(&format!("{link}.png")).send().await.expect(200).body, png);
    let shown = page(&app, &award).await;
    for said in ["Corrected", "Name and narrative corrected", "Amara Berg", "two cycles"] {
        assert!(shown.contains(said), "{said}");
    }
    assert!(!shown.contains("married"));
    let report = json!({ "url": credential["id"] });
    let report = app.post("/v1/verifications").json(&report).send().await.expect(200).json();
    assert_eq!(report["verdict"], "valid", "{report:#}");

    let wrong = json!({ "issuedOn": "2026-01-01", "results": [{ "resultDescription": "x" }] });
    let wrong = platform.post(&path(&award, "/reissue"), &wrong).await.expect(422).json();
    assert_eq!(wrong["errors"].as_array().unwrap().len(), 2, "{wrong:#}");
    platform.post(&path(&award, "/revoke"), &json!({ "reason": "x" })).await.expect(200);
    let late = platform.post(&path(&award, "/reissue"), &json!({ "role": "Coach" })).await;
    assert_eq!(late.expect(409).slug(), "conflict");
    let nobody = json!({ "id": "as_0123456789abcdefghijAB" });
    platform.post(&path(&nobody, "/reissue"), &json!({})).await.expect(404);
    let reader = app.token(&["assertions:read", "status:write"]).await;
    let refused = app.post(&path(&award, "/reissue")).token(&reader).json(&json!({}));
    assert_eq!(refused.send().await.expect(403).slug(), "forbidden-scope");
}

#[tokio::test]
async fn a_renewal_is_made_once_for_its_key_and_linked_both_ways() {
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    app.set_time("2027-06-01T12:00:00Z");
    let body = json!({ "externalId": "row-8", "publicReason": "Second cycle" });
    let renew = || {
        let ask = app.post(&path(&award, "/renew")).token(&platform.token);
        ask.header("Idempotency-Key", "renew-7").json(&body).send()
    };
    let first = renew().await.expect(201);
    let again = renew().await.expect(201);
    assert_eq!((first.json(), again.header("idempotency-replayed")), (again.json(), "true"));
    let successor = first.json();
    assert_eq!(
        first.header("location"),
        format!("https://badges.example.org{}", path(&successor, ""))
    );
    assert_eq!(successor["renews"], award["id"]);
    assert_eq!(
        (&successor["externalId"], &successor["state"]),
        (&json!("row-8"), &json!("active"))
    );
    let former = platform.get(&path(&award, "")).await.expect(200).json();
    assert_eq!(former["renewedBy"], successor["id"]);
    assert_eq!(former["validFrom"], award["validFrom"]);
    let all = platform.get("/v1/assertions").await.json();
    assert_eq!(all["data"].as_array().unwrap().len(), 2);

    let (old, new) = (page(&app, &award).await, page(&app, &successor).await);
    assert!(old.contains("Renewed by") && old.contains(successor["url"].as_str().unwrap()));
    assert!(new.contains("An older badge") && new.contains(award["url"].as_str().unwrap()));
    let spanish = app.get(&format!("/b/{}?lang=es", award["id"].as_str().unwrap()));
    let spanish = spanish.header("Accept", "text/html").send().await.expect(200).text();
    assert!(spanish.contains("Renovada por"), "{spanish}");
    for one in [&award, &successor] {
        let report = json!({ "url": one["url"] });
        let report = app.post("/v1/verifications").json(&report).send().await.expect(200).json();
        assert_eq!(report["verdict"], "valid", "{report:#}");
        let hosted = json!({ "url": one["links"]["ob2"] });
        let report = app.post("/v1/verifications").json(&hosted).send().await.expect(200).json();
        assert_eq!(report["verdict"], "valid", "{report:#}");
    }
    let refused = platform.post(&path(&award, "/renew"), &json!({})).await.expect(409);
    assert!(refused.text().contains(successor["id"].as_str().unwrap()), "{}", refused.text());

    // A link to what nobody may read is no link.
    let mut private = award_body(award["badgeClass"].as_str().unwrap());
    private["externalId"] = json!("row-9");
    private["visibility"] = json!("private");
    let private = platform.post("/v1/assertions", &private).await.expect(201).json();
    let body = json!({ "visibility": "unlisted", "issuedOn": "2027-07-01" });
    let shown = platform.post(&path(&private, "/renew"), &body).await.expect(201).json();
    assert!(!page(&app, &shown).await.contains(private["id"].as_str().unwrap()));
}
