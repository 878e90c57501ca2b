//! Alignment of a badge class, a result or a level with a competency framework.

use sha2::{Digest, Sha256};

use super::{Invalid, WebUrl, hex};

/// Says that something meets an entry of a framework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alignment {
    /// Title or statement of the entry.
    pub target_name: String,
    /// Where the entry stands.
    pub target_url: WebUrl,
    /// More about it.
    pub target_description: Option<String>,
    /// Name of the framework.
    pub target_framework: Option<String>,
    /// The entry's code in the framework, such as `TLMS.D2.b`.
    pub target_code: Option<String>,
    /// What kind of thing the entry is (Open Badges 3.0 only).
    pub target_type: Option<AlignmentType>,
}

impl Alignment {
    /// What it points to: the entry, and the framework if it names one.
    pub fn targets(&self) -> impl Iterator<Item = AlignmentTarget> {
        let framework = self.target_framework.as_deref().map(AlignmentTarget::framework);
        std::iter::once(AlignmentTarget::competency(&self.target_url)).chain(framework)
    }
}

/// A competency framework, or an entry of one, by the name it has in our addresses: 32 hexadecimal
/// digits that depend on the framework's name, or on the entry's address, alone. So everyone who is
/// aligned with the same thing is found under one name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AlignmentTarget {
    /// A framework.
    Framework(String),
    /// An entry.
    Competency(String),
}

impl AlignmentTarget {
    /// The framework with this name.
    pub fn framework(name: &str) -> Self {
        Self::Framework(Self::digits(name))
    }

    /// The entry that stands at this address.
    pub fn competency(url: &WebUrl) -> Self {
        Self::Competency(Self::digits(url.as_str()))
    }

    /// The target in a `collection` (see [`collection`](Self::collection)) with these digits; `None`
    /// if there can be none.
    pub fn parse(collection: &str, digits: &str) -> Option<Self> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if digits.len() != 32 || !digits.bytes().all(hex) {
            return None;
        }
        match collection {
            "frameworks" => Some(Self::Framework(digits.to_owned())),
            "competencies" => Some(Self::Competency(digits.to_owned())),
            _ => None,
        }
    }

    /// The collection that it stands in: `frameworks` or `competencies`.
    pub fn collection(&self) -> &'static str {
        match self {
            Self::Framework(_) => "frameworks",
            Self::Competency(_) => "competencies",
        }
    }

    /// Its name in that collection.
    pub fn as_digits(&self) -> &str {
        match self {
            Self::Framework(digits) | Self::Competency(digits) => digits,
        }
    }

    fn digits(text: &str) -> String {
        let mut digits = hex(&Sha256::digest(text.trim().as_bytes()));
        digits.truncate(32);
        digits
    }
}

/// What an alignment points to (Open Badges 3.0, AlignmentTargetType): one of its terms, or one of
/// our own that begins with `ext:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlignmentType(String);

impl AlignmentType {
    const KNOWN: [&str; 7] = [
        "ceasn:Competency",
        "ceterms:Credential",
        "CFItem",
        "CFRubric",
        "CFRubricCriterion",
        "CFRubricCriterionLevel",
        "CTDL",
    ];

    /// Reads one.
    ///
    /// # Errors
    /// `bad-target-type`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        open_term(text, &Self::KNOWN)
            .map(Self)
            .map_err(|detail| Invalid::new("bad-target-type", detail))
    }

    /// The term.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A term of an open list of Open Badges 3.0: a known one or `ext:` and `[A-Za-z0-9.|_-]+`.
pub(super) fn open_term(text: &str, known: &[&str]) -> Result<String, String> {
    let own = text.strip_prefix("ext:").is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b".|_-".contains(&b))
    });
    if own || known.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "{text:?} is not one of {}, nor a name that begins with ext:",
            known.join(", ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_named_by_what_they_are_and_read_back() {
        let alignment = |framework: Option<&str>| Alignment {
            target_name: "Coaching".into(),
            target_url: WebUrl::parse("https://framework.example/d2b").unwrap(),
            target_description: None,
            target_framework: framework.map(str::to_owned),
            target_code: None,
            target_type: None,
        };
        assert_eq!(alignment(None).targets().count(), 1);
        let targets: Vec<_> = alignment(Some("TLMS")).targets().collect();
        assert_eq!(targets, alignment(Some(" TLMS ")).targets().collect::<Vec<_>>());
        assert_ne!(targets, alignment(Some("tlms")).targets().collect::<Vec<_>>());
        for target in &targets {
            let read = AlignmentTarget::parse(target.collection(), target.as_digits());
            assert_eq!(read.as_ref(), Some(target));
        }
        let digits = "0".repeat(32);
        for (collection, digits) in
            [("issuers", digits.as_str()), ("frameworks", &digits[1..]), ("frameworks", "ABC")]
        {
            assert_eq!(AlignmentTarget::parse(collection, digits), None);
        }
    }
}
