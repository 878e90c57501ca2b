//! A wallet made of published packages takes an award from its offer, over VC-API and OpenID4VCI.

use serde_json::{Value, json};

use super::process::{Peer, node};
use super::service::Service;
use crate::require::{say, shared};

#[test]
fn a_wallet_of_published_packages_takes_a_badge() {
    let Some(shared) = shared() else { return };
    let Some(mut wallet) = node("@openid4vc/openid4vci", "wallet.mjs") else { return };
    let service = Service::start(None, &[]);
    let issuer = json!({
        "name": "River Teachers", "url": "https://river.example.org/",
        "email": "badges@river.example.org",
    });
    let issuer = service.post("/v1/issuers", &issuer);
    let class = json!({
        "issuer": issuer["id"], "name": "Data Analyst", "description": "Guides data analysis.",
        "criteria": { "narrative": "Lead a data cycle." },
    });
    let class = service.post("/v1/badge-classes", &class);
    let award = json!({ "badgeClass": class["id"], "recipient": { "email": "t@example.org" } });
    let award = service.post("/v1/assertions", &award);
    let offers = format!("/v1/assertions/{}/offers", award["id"].as_str().unwrap());
    let offer = service.post(&offers, &json!({}));
    wallet.arg(offer["url"].as_str().unwrap()).arg(shared.join("contexts"));
    let output = wallet.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let found: Value = serde_json::from_str(&printed).unwrap_or_else(|error| {
        panic!("{error}: {printed}\n{}", String::from_utf8_lossy(&output.stderr))
    });
    let did = found["did"].as_str().unwrap();
    assert_eq!(found["refused"].as_array().unwrap().len(), 2, "{}", found["refused"]);
    for (name, member) in
        [("vcapi", "credential"), ("ldp_vc", "credential"), ("jwt_vc_json", "token")]
    {
        let report = service.post("/v1/verifications", &json!({ member: found[name] }));
        assert_eq!(report["verdict"], "valid", "{name}: {report:#}");
        assert!(report["badge"]["recipient"].to_string().contains(did), "{name}: {report:#}");
    }
    let list = found["vcapi"]["credentialStatus"]["statusListCredential"].as_str().unwrap();
    let documents = json!({ list: service.document(list) });
    for peer in [Peer::digitalbazaar(), Peer::digitalcredentials()].into_iter().flatten() {
        let mut peer = peer;
        for name in ["vcapi", "ldp_vc"] {
            let asked = json!({ "credential": found[name], "documents": documents });
            peer.must_accept(name, asked);
        }
    }
    say(format_args!("wallet: a badge taken in three forms, bound to {did}"));
}
