//! A badge class on its way to the public: who may do which step, what the public sees of it, and
//! what awards take meanwhile.

use serde_json::{Value, json};

use super::platform::{Platform, award_body, class_body};
use crate::app::{Answer, TestApp};

/// People of a programme, each with the token of a role.
struct People<'a> {
    platform: Platform<'a>,
}

impl<'a> People<'a> {
    async fn new(app: &'a TestApp) -> Self {
        Self { platform: Platform::new(app).await }
    }

    async fn token(&self, role: &str, person: &str) -> String {
        let body = json!({ "label": role, "role": role, "person": person });
        let made = self.platform.post("/v1/tokens", &body).await.expect(201).json();
        assert_eq!((&made["role"], &made["person"]), (&json!(role), &json!(person)));
        made["token"].as_str().unwrap().to_owned()
    }

    async fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.platform.app.post(path).token(token).json(body).send().await
    }

    async fn stage(&self, token: &str, class: &Value, stage: &str) -> Answer {
        let path = format!("/v1/badge-classes/{}/stage", text(&class["id"]));
        self.post(token, &path, &json!({ "stage": stage })).await
    }

    async fn trail(&self) -> Vec<Value> {
        let trail = self.platform.get("/v1/audit?limit=1000").await.expect(200).json();
        trail["data"].as_array().unwrap().clone()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn path(url: &Value) -> String {
    let url = url::Url::parse(text(url)).unwrap();
    url.path().to_owned()
}

#[tokio::test]
async fn a_class_goes_from_draft_to_the_public_by_other_hands_than_its_authors() {
    let app = TestApp::start().await;
    let people = People::new(&app).await;
    let issuer = people.platform.issuer().await;
    let author = people.token("author", "staff-1").await;
    let reviewer = people.token("reviewer", "staff-2").await;
    let writing_reviewer = people.token("reviewer", "staff-1").await;
    let body = class_body(text(&issuer["id"]));

    let mut published = body.clone();
    published["stage"] = json!("published");
    let refused = people.post(&author, "/v1/badge-classes", &published).await.expect(403);
    assert_eq!(refused.slug(), "forbidden-scope");
    // Nor does a reviewer publish at once what she writes herself.
    people.post(&reviewer, "/v1/badge-classes", &published).await.expect(403);
    let own = people.post(&reviewer, "/v1/badge-classes", &body).await.expect(201).json();
    assert_eq!(own["stage"], "draft");
    people.stage(&reviewer, &own, "published").await.expect(403);
    people.stage(&writing_reviewer, &own, "published").await.expect(200);
    let class = people.post(&author, "/v1/badge-classes", &body).await.expect(201).json();
    assert_eq!((&class["stage"], &class["author"]), (&json!("draft"), &json!("staff-1")));
    assert_eq!((&class["version"], &class["inForce"]), (&json!(1), &json!(null)));

    // Nobody outside sees it, and nobody is awarded it.
    let url = path(&class["url"]);
    for path in [url.as_str(), &path(&class["links"]["newest"]), &format!("{url}/image.png")] {
        for accept in ["text/html", "application/json"] {
            app.get(path).header("Accept", accept).send().await.expect(404);
        }
    }
    let award = award_body(text(&class["id"]));
    let refused = people.platform.post("/v1/assertions", &award).await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/badgeClass");
    assert_eq!(refused["errors"][0]["code"], "not-published");

    // It is written on, reviewed, and written on again, which takes it back from review.
    let path_of = format!("/v1/badge-classes/{}", text(&class["id"]));
    let edit = async |body: Value| {
        let tag = app.get(&path_of).token(&author).send().await.expect(200);
        let ask = app.put(&path_of).token(&author).header("If-Match", tag.header("etag"));
        ask.json(&body).send().await
    };
    people.stage(&author, &class, "review").await.expect(200);
    let again = edit(json!({ "name": "Coaching Cycles" })).await.expect(200).json();
    assert_eq!((&again["stage"], &again["version"]), (&json!("draft"), &json!(1)));
    let wrong = edit(json!({ "stage": "review" })).await.expect(422).json();
    assert_eq!(wrong["errors"][0]["pointer"], "/stage");
    people.stage(&author, &class, "review").await.expect(200);
    people.stage(&author, &class, "published").await.expect(403);
    let own = people.stage(&writing_reviewer, &class, "published").await.expect(403);
    assert!(own.text().contains("was written by this person"), "{}", own.text());

    // Announced: everyone reads it, nobody is awarded it.
    let coming = people.stage(&reviewer, &class, "coming").await.expect(200).json();
    assert_eq!((&coming["stage"], &coming["inForce"]), (&json!("coming"), &json!(null)));
    let page = app.get(&url).header("Accept", "text/html").send().await.expect(200).text();
    assert!(page.contains("Coming") && page.contains("Coaching Cycles"), "{page}");
    let shown = app.get(&path(&issuer["page"])).header("Accept", "text/html").send().await;
    assert!(shown.expect(200).text().contains("Coming"));
    people.platform.post("/v1/assertions", &award).await.expect(422);
    edit(json!({ "name": "Behind the reviewer" })).await.expect(403);
    let tag = app.get(&path_of).token(&reviewer).send().await.expect(200);
    let alone = app.put(&path_of).token(&reviewer).header("If-Match", tag.header("etag"));
    alone.json(&json!({ "name": "Alone" })).send().await.expect(403);

    let published = people.stage(&reviewer, &class, "published").await.expect(200);
    assert_eq!(published.json()["stage"], "published");
    let same = people.stage(&reviewer, &class, "published").await.expect(200);
    assert_eq!(same.json(), published.json(), "a repetition changes nothing");
    assert_eq!(people.stage(&reviewer, &class, "draft").await.expect(409).slug(), "conflict");
    people.platform.post("/v1/assertions", &award).await.expect(201);

    let told = people.platform.get("/v1/events?limit=1000").await.expect(200).json().to_string();
    for kind in ["submitted", "announced", "published"] {
        assert!(told.contains(&format!("badgeClass.{kind}")), "{kind}: {told}");
    }
}

#[tokio::test]
async fn awards_take_the_former_version_until_the_next_is_published() {
    let app = TestApp::start().await;
    let people = People::new(&app).await;
    let class = people.platform.class().await;
    let path_of = format!("/v1/badge-classes/{}", text(&class["id"]));
    let mint = async |who: &str| {
        let mut body = award_body(text(&class["id"]));
        body["externalId"] = json!(who);
        people.platform.post("/v1/assertions", &body).await.expect(201).json()
    };
    assert_eq!(mint("one").await["badgeClassVersion"], 1);

    let tag = people.platform.get(&path_of).await.header("etag").to_owned();
    let next = json!({ "name": "Coaching for All", "stage": "draft" });
    let second = people.platform.put(&path_of, &tag, &next).await.expect(200).json();
    assert_eq!((&second["version"], &second["stage"]), (&json!(2), &json!("draft")));
    assert_eq!(second["inForce"], 1);
    assert_eq!(mint("two").await["badgeClassVersion"], 1);
    let row = json!([{
        "badgeClass": class["id"],
        "recipient": { "email": "b@schools.example.org" },
        "results": [{ "resultDescription": "lead", "achievedLevel": "meets" }],
    }]);
    let batch = people.platform.post("/v1/batches", &row).await.expect(202).json();
    while app.app.batches.step().await.unwrap() {}
    let rows = format!("/v1/batches/{}/rows", text(&batch["id"]));
    let rows = people.platform.get(&rows).await.expect(200).json();
    let award = format!("/v1/assertions/{}", text(&rows["data"][0]["assertion"]));
    assert_eq!(people.platform.get(&award).await.expect(200).json()["badgeClassVersion"], 1);
    let newest = path(&class["links"]["newest"]);
    let json = |path: String| app.get(&path).header("Accept", "application/json").send();
    assert_eq!(json(newest.clone()).await.expect(200).json()["name"], "Coaching for Equity");
    json(path(&second["url"])).await.expect(404);

    people.stage(&people.platform.token, &class, "published").await.expect(200);
    assert_eq!(mint("three").await["badgeClassVersion"], 2);
    assert_eq!(json(newest).await.expect(200).json()["name"], "Coaching for All");
    let versions = people.platform.get(&format!("{path_of}/versions")).await.expect(200).json();
    let stages: Vec<&Value> =
        versions["data"].as_array().unwrap().iter().map(|version| &version["stage"]).collect();
    assert_eq!(stages, ["superseded", "published"]);
    let credential = json(path(&class["url"])).await.expect(200).json();
    assert_eq!(credential["name"], "Coaching for Equity", "each version keeps its address");
    let page = app.get(&path(&class["url"])).header("Accept", "text/html").send().await;
    assert!(page.expect(200).text().contains("newer version"));
    let second = json(path(&second["url"])).await.expect(200).json();
    assert_eq!(second["related"][0]["id"], class["url"], "{second}");
}

#[tokio::test]
async fn a_role_does_its_own_work_and_what_else_it_tries_stands_in_the_trail() {
    let app = TestApp::start().await;
    let people = People::new(&app).await;
    let award = people.platform.award().await;
    let award_path = format!("/v1/assertions/{}", text(&award["id"]));
    let mut body = award_body(text(&award["badgeClass"]));
    body["externalId"] = json!("row-8");
    let why = json!({ "reason": "issued in error" });
    let revoke = format!("{award_path}/revoke");
    let expected = [
        ("author", 403, 403, 403),
        ("reviewer", 403, 403, 403),
        ("assessor", 200, 403, 403),
        ("approver", 200, 201, 403),
        ("registrar", 200, 403, 200),
    ];
    let mut refusals = 0;
    for (role, read, minted, revoked) in expected {
        let token = people.token(role, &format!("staff:{role}")).await;
        app.get(&award_path).token(&token).send().await.expect(read);
        people.post(&token, "/v1/assertions", &body).await.expect(minted);
        people.post(&token, &revoke, &why).await.expect(revoked);
        refusals += [read, minted, revoked].iter().filter(|status| **status == 403).count();
    }
    let trail = people.trail().await;
    let refused: Vec<&Value> =
        trail.iter().filter(|row| row["action"] == "access.refused").collect();
    assert_eq!(refused.len(), refusals);
    let author = refused.iter().find(|row| row["detail"]["role"] == "author").unwrap();
    assert!(text(&author["actor"]).starts_with("tok_") && author["request"].is_string());
    // A program's token has no role: what it may not do is no act of a person.
    let program = app.token(&["verify"]).await;
    people.post(&program, "/v1/assertions", &body).await.expect(403);
    assert_eq!(people.trail().await.len(), trail.len());

    for (body, pointer) in [
        (json!({ "label": "x", "role": "king" }), "/role"),
        (json!({ "label": "x", "role": "author", "scopes": ["admin"] }), "/scopes"),
        (json!({ "label": "x", "role": "author", "person": "ada@example.org" }), "/person"),
    ] {
        let problem = people.platform.post("/v1/tokens", &body).await.expect(422).json();
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
}
