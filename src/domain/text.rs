//! Small texts with rules of their own.

use std::fmt;

use url::Url;

use super::Invalid;

/// Reads a text that must not be blank and not be longer than `most` characters.
///
/// # Errors
/// `required` or `too-long`.
pub fn bounded(text: &str, most: usize) -> Result<String, Invalid> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Invalid::new("required", "must not be empty"));
    }
    if trimmed.chars().count() > most {
        return Err(Invalid::new("too-long", format!("longer than {most} characters")));
    }
    Ok(trimmed.to_owned())
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_type!(
    /// An absolute http or https URL without user information, in the form that was given.
    WebUrl
);

impl WebUrl {
    /// Reads one.
    ///
    /// # Errors
    /// `bad-url`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let bad = |why: &str| Invalid::new("bad-url", why);
        if text.len() > 2048 {
            return Err(bad("a URL longer than 2,048 bytes"));
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(bad("a URL with white space, a control character or a backslash"));
        }
        let url =
            Url::parse(text).map_err(|error| bad(&format!("not an absolute URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(bad("must begin with https:// or http://"));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(bad("a URL without a host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("a URL with a user name or password"));
        }
        Ok(Self(text.to_owned()))
    }
}

text_type!(
    /// An e-mail address in its normal form: trimmed, lower case.
    Email
);

impl Email {
    /// Reads one: something before and after one `@`, a dot in the domain, nothing that a mailbox
    /// cannot have.
    ///
    /// # Errors
    /// `bad-email`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let normal = text.trim().to_lowercase();
        let valid = normal.len() <= 254
            && !normal
                .chars()
                .any(|c| c.is_control() || c.is_whitespace() || "<>()[],;:\\\"".contains(c))
            && normal.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty()
                    && local.len() <= 64
                    && !local.starts_with('.')
                    && !local.ends_with('.')
                    && !local.contains("..")
                    && !domain.contains('@')
                    && domain.contains('.')
                    && domain.split('.').all(|label| {
                        !label.is_empty()
                            && label.len() <= 63
                            && !label.starts_with('-')
                            && !label.ends_with('-')
                            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
                    })
            });
        if valid {
            Ok(Self(normal))
        } else {
            Err(Invalid::new("bad-email", "not an e-mail address"))
        }
    }
}

text_type!(
    /// The part of a public URL that names an issuer: lower-case letters, digits and single
    /// hyphens, 1 to 64 of them. Fixed for ever, never used again.
    Slug
);

impl Slug {
    /// Reads one.
    ///
    /// # Errors
    /// `bad-slug`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let valid = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--");
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(
                "bad-slug",
                "use 1 to 64 lower-case letters, digits and single hyphens between them",
            ))
        }
    }

    /// A slug made of a name: its ASCII letters and digits in lower case, hyphens between words.
    /// `None` when nothing of the name is left.
    pub fn from_name(name: &str) -> Option<Self> {
        let words: Vec<String> = name
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_ascii_lowercase)
            .collect();
        let mut slug = words.join("-");
        slug.truncate(64);
        Self::parse(slug.trim_end_matches('-')).ok()
    }
}

text_type!(
    /// The name of a result description or rubric level within its badge class:
    /// `[A-Za-z0-9._-]{1,64}`. It becomes a URL fragment.
    Code
);

impl Code {
    /// Reads one.
    ///
    /// # Errors
    /// `bad-code`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let valid = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(
                "bad-code",
                "use 1 to 64 letters, digits, dots, underscores and hyphens",
            ))
        }
    }
}

text_type!(
    /// A language tag (BCP 47), well-formed by the shape of its subtags.
    LanguageTag
);

impl LanguageTag {
    /// Reads one.
    ///
    /// # Errors
    /// `bad-language`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let mut subtags = text.split('-');
        let primary = subtags.next().unwrap_or_default();
        let valid = (2..=8).contains(&primary.len())
            && primary.bytes().all(|b| b.is_ascii_alphabetic())
            && subtags.all(|subtag| {
                (1..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric())
            });
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new("bad-language", "not a language tag such as en or es-MX"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails_are_kept_in_one_normal_form() {
        let email = Email::parse(" Amara.Okafor+badges@Schools.Example.ORG ").unwrap();
        assert_eq!(email.as_str(), "amara.okafor+badges@schools.example.org");
        for bad in
            ["", "a", "a@b", "a@@b.c", "a b@c.d", "@c.d", "a@.d", "a@c.", "a..b@c.d", "a@b\n.c"]
        {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn urls_with_tricks_are_refused() {
        assert!(WebUrl::parse("https://example.org/a?b=c#d").is_ok());
        for bad in [
            "",
            "example.org",
            "ftp://example.org",
            "javascript:alert(1)",
            "https://u:p@example.org",
            "https://example.org\\@evil.org",
            "https://exa mple.org",
            "//example.org",
            "https://",
        ] {
            assert!(WebUrl::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn slugs_come_from_names() {
        assert_eq!(
            Slug::from_name("Riverside  School (District) #4").unwrap().as_str(),
            "riverside-school-district-4"
        );
        assert_eq!(Slug::from_name("教育"), None);
        assert!(Slug::parse("a--b").is_err());
        assert!(Slug::parse("-a").is_err());
    }
}
