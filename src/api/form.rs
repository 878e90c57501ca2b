//! Forms: `multipart/form-data` and `application/x-www-form-urlencoded`, read whole within the
//! limits of every body, then taken apart in memory.

use actix_multipart::Multipart;
use actix_web::HttpRequest;
use actix_web::web::{Bytes, Payload};
use futures_util::StreamExt as _;
use futures_util::stream;
use percent_encoding::percent_decode;

use super::body::{BodyLimit, BodyType, body_type, read, unsupported};
use super::problem::{Kind, Problem};

/// Most parts of a form.
const MOST_PARTS: usize = 16;

/// A form: named parts, each name once.
#[derive(Debug, Default)]
pub struct Form(Vec<(String, Vec<u8>)>);

impl Form {
    /// Reads a form of either kind.
    ///
    /// # Errors
    /// Those of [`read`], `unsupported-media-type`, `invalid-body` when it cannot be taken apart or
    /// has a part that the operation does not know.
    pub async fn read(
        request: &HttpRequest,
        payload: Payload,
        limit: BodyLimit,
        known: &[&str],
    ) -> Result<Self, Problem> {
        Self::read_parts(request, payload, limit, known, MOST_PARTS).await
    }

    /// The same for a form that may have more parts, at most `most`.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn read_parts(
        request: &HttpRequest,
        payload: Payload,
        limit: BodyLimit,
        known: &[&str],
        most: usize,
    ) -> Result<Self, Problem> {
        let form = match body_type(request) {
            BodyType::Multipart => {
                let body = read(request, payload, limit).await?;
                Self::multipart(request, body, most).await?
            }
            BodyType::Form => {
                let body = read(request, payload, limit).await?;
                Self::urlencoded(&body, most)?
            }
            other => {
                let read_here = "multipart/form-data or application/x-www-form-urlencoded";
                return Err(unsupported(&other, read_here));
            }
        };
        for (name, _) in &form.0 {
            if !known.contains(&name.as_str()) {
                return Err(Problem::invalid(
                    &format!("/{name}"),
                    "unknown-member",
                    format!("there is no such part; there are {}", known.join(", ")),
                ));
            }
        }
        Ok(form)
    }

    async fn multipart(request: &HttpRequest, body: Bytes, most: usize) -> Result<Self, Problem> {
        let broken = |error: actix_multipart::MultipartError| {
            Problem::new(Kind::MalformedBody, format!("The form cannot be taken apart: {error}."))
        };
        let whole = stream::iter([Ok::<_, actix_web::error::PayloadError>(body)]);
        let mut parts = Multipart::new(request.headers(), whole);
        let mut form = Self::default();
        while let Some(part) = parts.next().await {
            let mut part = part.map_err(broken)?;
            let name = part.name().unwrap_or_default().to_owned();
            let mut content = Vec::new();
            while let Some(bytes) = part.next().await {
                content.extend_from_slice(&bytes.map_err(broken)?);
            }
            form.add(name, content, most)?;
        }
        Ok(form)
    }

    fn urlencoded(body: &[u8], most: usize) -> Result<Self, Problem> {
        let mut form = Self::default();
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let (name, value) = pair.split_at(at);
            let name = String::from_utf8_lossy(&decode(name)).into_owned();
            form.add(name, decode(value.get(1..).unwrap_or_default()), most)?;
        }
        Ok(form)
    }

    fn add(&mut self, name: String, content: Vec<u8>, most: usize) -> Result<(), Problem> {
        if self.0.iter().any(|(known, _)| *known == name) {
            let shown: String = name.chars().take(60).collect();
            return Err(Problem::new(
                Kind::DuplicateMember,
                format!("The form has two parts called {shown:?}."),
            ));
        }
        if self.0.len() == most {
            return Err(Problem::new(Kind::MalformedBody, "The form has too many parts."));
        }
        self.0.push((name, content));
        Ok(())
    }

    /// The bytes of a part; an empty one counts as missing, because browsers send those.
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        let part = self.0.iter().find(|(known, content)| known == name && !content.is_empty());
        part.map(|(_, content)| content.as_slice())
    }

    /// The text of a part, without white space around it.
    ///
    /// # Errors
    /// `invalid-body` when it is not UTF-8.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Problem> {
        let Some(bytes) = self.bytes(name) else { return Ok(None) };
        let text = std::str::from_utf8(bytes)
            .map_err(|_| Problem::invalid(&format!("/{name}"), "not-utf-8", "not UTF-8 text"))?;
        Ok(Some(text.trim()).filter(|text| !text.is_empty()))
    }
}

fn decode(encoded: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> =
        encoded.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_forms_are_decoded() {
        let form = Form::urlencoded(b"input=a+b%26c&recipient=&at", 9).unwrap();
        assert_eq!(form.text("input").unwrap(), Some("a b&c"));
        assert_eq!(form.text("recipient").unwrap(), None);
        assert_eq!(Form::urlencoded(b"a=1&a=2", 9).unwrap_err().kind, Kind::DuplicateMember);
        assert!(Form::urlencoded("a=%FF".as_bytes(), 9).unwrap().text("a").is_err());
        let many: Vec<String> = (0..20).map(|n| format!("p{n}=1")).collect();
        assert!(Form::urlencoded(many.join("&").as_bytes(), 19).is_err());
    }
}
