//! The life of keys through the front door.

use serde_json::{Value, json};

use super::platform::Platform;
use crate::app::TestApp;

async fn keys(platform: &Platform<'_>, issuer: &str) -> Vec<Value> {
    let list = platform.get(&format!("/v1/issuers/{issuer}/keys")).await.expect(200).json();
    list["data"].as_array().unwrap().clone()
}

fn key_path(key: &Value, rest: &str) -> String {
    let text = |name: &str| key[name].as_str().unwrap();
    format!("/v1/issuers/{}/keys/{}{rest}", text("issuer"), text("id"))
}

#[tokio::test]
async fn a_key_is_rotated_out_and_what_it_signed_holds() {
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let issuer = award["issuer"].as_str().unwrap();
    let link = format!("/b/{}", award["id"].as_str().unwrap());
    let jws = app.get(&format!("{link}.jwt?v=2")).send().await.expect(200).text();
    let rsa = keys(&platform, issuer).await.remove(1);
    let why = json!({ "reason": "yearly rotation" });
    let refused = platform.post(&key_path(&rsa, "/retire"), &why).await.expect(409);
    assert!(refused.text().contains("another rsa key first"), "{}", refused.text());
    let path = format!("/v1/issuers/{issuer}/keys");
    platform.post(&path, &json!({ "type": "rsa" })).await.expect(201);
    app.set_time("2026-07-01T00:00:00Z");
    let retired = platform.post(&key_path(&rsa, "/retire"), &why).await.expect(200).json();
    assert_eq!(
        (&retired["life"], &retired["since"]),
        (&json!("retired"), &json!("2026-07-01T00:00:00Z"))
    );
    let again = platform.post(&key_path(&rsa, "/retire"), &why).await.expect(200).json();
    assert_eq!(again, retired);
    assert_eq!(keys(&platform, issuer).await[1], retired, "it stays listed");

    assert_eq!(app.get(&format!("{link}.jwt?v=2")).send().await.expect(200).text(), jws);
    let report = app.post("/v1/verifications").json(&json!({ "token": jws })).send().await;
    assert_eq!(report.expect(200).json()["verdict"], "valid");
    let first = app.get(&format!("{link}.jwt?alg=RS256")).send().await.expect(200).text();
    let report = app.post("/v1/verifications").json(&json!({ "token": first })).send().await;
    assert_eq!(report.expect(200).json()["verdict"], "valid");

    platform.post(&key_path(&rsa, "/retire"), &json!({})).await.expect(422);
    let wrong = json!({ "reason": "x", "since": "2026-01-01" });
    platform.post(&key_path(&rsa, "/retire"), &wrong).await.expect(422);
    let nobody = format!("/v1/issuers/{issuer}/keys/key_0123456789abcdefghijAB/retire");
    platform.post(&nobody, &why).await.expect(404);
    platform.post(&format!("/v1/issuers/{issuer}/keys/2/retire"), &why).await.expect(404);
    let stranger = Platform::new(&app).await;
    for rest in ["/retire", "/compromise"] {
        stranger.post(&key_path(&rsa, rest), &why).await.expect(404);
    }
    stranger.get(&key_path(&rsa, "/assertions")).await.expect(404);
    let ask = app.post(&key_path(&rsa, "/resign")).token(&stranger.token);
    ask.send().await.expect(404);
    let minter = app.token(&["assertions:write"]).await;
    let ask = app.post(&key_path(&rsa, "/retire")).token(&minter).json(&why);
    ask.send().await.expect(403);
}

#[tokio::test]
async fn awards_of_a_compromised_key_are_listed_and_signed_anew() {
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let mut body = super::platform::award_body(award["badgeClass"].as_str().unwrap());
    for row in ["row-8", "row-9"] {
        body["externalId"] = json!(row);
        platform.post("/v1/assertions", &body).await.expect(201);
    }
    let issuer = award["issuer"].as_str().unwrap();
    let key = keys(&platform, issuer).await.remove(0);
    let resign = async |query: &str| {
        let ask = app.post(&key_path(&key, &format!("/resign{query}"))).token(&platform.token);
        ask.send().await
    };
    assert_eq!(resign("").await.expect(409).slug(), "conflict");
    app.set_time("2026-07-01T00:00:00Z");
    let future = json!({ "reason": "x", "since": "2027-01-01" });
    platform.post(&key_path(&key, "/compromise"), &future).await.expect(422);
    let stolen = json!({ "reason": "laptop stolen" });
    let done = platform.post(&key_path(&key, "/compromise"), &stolen).await.expect(200).json();
    assert_eq!(done["life"], "compromised");
    let all = keys(&platform, issuer).await;
    assert_eq!(all.iter().filter(|key| key["life"] == "active").count(), 2, "{all:#?}");
    let jwk = format!("/issuers/riverside-schools/keys/{}", key["id"].as_str().unwrap());
    app.get(&jwk).send().await.expect(410);

    let first = platform.get(&key_path(&key, "/assertions?limit=2")).await.expect(200).json();
    assert_eq!(first["data"].as_array().unwrap().len(), 2);
    assert_eq!(first["data"][0]["forms"], json!(["ob3"]));
    let next = format!("/assertions?limit=2&cursor={}", first["nextCursor"].as_str().unwrap());
    let second = platform.get(&key_path(&key, &next)).await.expect(200).json();
    assert_eq!(
        (second["data"].as_array().unwrap().len(), &second["nextCursor"]),
        (1, &Value::Null)
    );

    let report = json!({ "url": award["url"] });
    let judge = || app.post("/v1/verifications").json(&report).send();
    let before = judge().await.expect(200).json();
    assert_eq!(before["verdict"], "valid", "it is on record: {before:#}");
    let first = resign("?limit=2").await.expect(200).json();
    assert_eq!(first["resigned"].as_array().unwrap().len(), 2);
    let cursor = first["nextCursor"].as_str().unwrap();
    let rest = resign(&format!("?limit=2&cursor={cursor}")).await.expect(200).json();
    assert_eq!(
        (rest["resigned"].as_array().unwrap().len(), &rest["nextCursor"]),
        (1, &Value::Null)
    );
    assert_eq!(resign("").await.expect(200).json()["resigned"], json!([]));
    let standing = platform.get(&key_path(&key, "/assertions")).await.expect(200).json();
    assert!(standing["data"].as_array().unwrap().iter().all(|one| one["forms"] == json!([])));
    let after = judge().await.expect(200).json();
    assert_eq!(after["verdict"], "valid", "{after:#}");
    assert!(!after.to_string().contains("issuance record"));
}
