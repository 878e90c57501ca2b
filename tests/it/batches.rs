//! Batches through the front door.

mod hostile;
mod kill;
mod life;
mod programme;
mod shell;

use accolade::domain::AccountId;
use accolade::issuer::Mandate;
use accolade::programme::import::import;
use accolade::store::backend::Key;
use serde_json::{Value, json};

use crate::api::platform::{class_body, issuer_body};
use crate::app::{Answer, TestApp};

/// A platform of its own, with a token that may do everything.
pub(crate) struct Desk {
    pub(crate) app: TestApp,
    pub(crate) account: AccountId,
    pub(crate) token: String,
}

impl Desk {
    pub(crate) async fn open() -> Self {
        let app = TestApp::start().await;
        let account = app.account().await;
        let token = app.token_of(&account, &["admin"]).await;
        Self { app, account, token }
    }

    /// One whose badge class `Coaching` has the code `C1`.
    pub(crate) async fn with_class() -> (Self, String) {
        let desk = Self::open().await;
        let issuer = desk.make("/v1/issuers", &issuer_body("River")).await;
        let mut class = class_body(issuer["id"].as_str().unwrap());
        class["humanCode"] = json!("C1");
        class.as_object_mut().unwrap().remove("requiresResults");
        class.as_object_mut().unwrap().remove("requiredEvidence");
        let class = desk.make("/v1/badge-classes", &class).await;
        let id = class["id"].as_str().unwrap().to_owned();
        (desk, id)
    }

    async fn make(&self, path: &str, body: &Value) -> Value {
        self.app.post(path).token(&self.token).json(body).send().await.expect(201).json()
    }

    pub(crate) async fn import(&self, text: &str) {
        let mandate = Mandate::of(&self.account, "test");
        import(&self.app.app.issuer, &mandate, text).await.unwrap();
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.app.get(path).token(&self.token).send().await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.app.post(path).token(&self.token).json(body).send().await
    }

    /// Sends a batch.
    pub(crate) async fn send(
        &self,
        query: &str,
        media_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        let ask = self.app.post(&format!("/v1/batches{query}")).token(&self.token);
        ask.body(media_type, body).send().await
    }

    /// Sends a CSV file with a mapping.
    pub(crate) async fn send_form(&self, query: &str, file: &[u8], mapping: &Value) -> Answer {
        let (body, media_type) = form(file, &mapping.to_string());
        self.send(query, &media_type, body).await
    }

    /// Works everything off.
    pub(crate) async fn work(&self) {
        while self.app.app.batches.step().await.unwrap() {}
    }

    /// Takes a batch in, works it off, and gives it with all its rows.
    pub(crate) async fn done(&self, accepted: Answer) -> (Value, Vec<Value>) {
        let batch = accepted.expect(202).json();
        let id = batch["id"].as_str().unwrap();
        self.work().await;
        let batch = self.get(&format!("/v1/batches/{id}")).await.expect(200).json();
        assert_eq!(batch["state"], "done", "{batch}");
        assert_eq!(batch["counts"]["pending"], 0, "{batch}");
        let rows = self.rows(id, "").await;
        assert_eq!(rows.len() as u64, batch["counts"]["rows"].as_u64().unwrap());
        (batch, rows)
    }

    pub(crate) async fn rows(&self, id: &str, filter: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/v1/batches/{id}/rows?limit=50{filter}{cursor}");
            let page = self.get(&path).await.expect(200).json();
            rows.extend(page["data"].as_array().unwrap().iter().cloned());
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return rows,
            }
        }
    }

    /// Every award of the account.
    pub(crate) async fn awards(&self) -> Vec<Value> {
        let mut awards = Vec::new();
        let mut cursor = String::new();
        loop {
            let page =
                self.get(&format!("/v1/assertions?limit=500{cursor}")).await.expect(200).json();
            awards.extend(page["data"].as_array().unwrap().iter().cloned());
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return awards,
            }
        }
    }

    /// Everything that is in the store.
    pub(crate) async fn everything(&self) -> Vec<(Key, Vec<u8>)> {
        let backend = self.app.app.store.backend();
        let found = backend.scan(&Key::new(Vec::new()), None, usize::MAX).await.unwrap();
        assert!(!found.is_empty());
        found.into_iter().map(|(key, stored)| (key, stored.bytes)).collect()
    }
}

/// The outcomes of rows, in order.
pub(crate) fn outcomes(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["outcome"].as_str().unwrap()).collect()
}

/// A form with a file and a mapping, and its media type.
pub(crate) fn form(file: &[u8], mapping: &str) -> (Vec<u8>, String) {
    let mut body = Vec::new();
    body.extend(b"--b0\r\nContent-Disposition: form-data; name=\"mapping\"\r\n\r\n");
    body.extend(mapping.as_bytes());
    body.extend(
        b"\r\n--b0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n",
    );
    body.extend(b"Content-Type: text/csv\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--b0--\r\n");
    (body, "multipart/form-data; boundary=b0".to_owned())
}

/// A line of a CSV file.
pub(crate) fn line(cells: &[String], separator: char) -> String {
    let quoted = |cell: &String| match cell.contains(['"', '\n', '\r', ',', ';', '\t']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.clone(),
    };
    let cells: Vec<String> = cells.iter().map(quoted).collect();
    cells.join(&separator.to_string()) + "\r\n"
}

/// The cells of a CSV file, by our own reader of one row.
pub(crate) fn table(text: &str, separator: u8) -> Vec<Vec<String>> {
    use accolade::wire::rows::{Frame, Splitter, cells};
    let mut splitter = Splitter::new(Frame::Csv(separator));
    let mut rows = Vec::new();
    splitter.feed(text.as_bytes(), &mut rows).unwrap();
    splitter.end(&mut rows).unwrap();
    rows.iter().map(|row| cells(&row.bytes, separator).unwrap()).collect()
}
