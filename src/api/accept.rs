//! What a client wants: the `Accept` header (RFC 9110 §12.5.1) and who asks.

use crate::urls::BadgeForm;

/// A range of the `Accept` header with its weight in thousandths.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Range {
    kind: String,
    subtype: String,
    weight: u16,
}

/// An `Accept` header, read. One that cannot be read, or is missing, accepts everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accept(Vec<Range>);

/// More ranges than this are not looked at.
const MOST_RANGES: usize = 64;

impl Accept {
    /// Reads the header. Parameters other than `q` are left out of account.
    pub fn parse(header: Option<&str>) -> Self {
        let ranges: Vec<Range> = header
            .unwrap_or_default()
            .split(',')
            .take(MOST_RANGES)
            .filter_map(|part| {
                let mut parameters = part.split(';');
                let (kind, subtype) = parameters.next()?.trim().split_once('/')?;
                let weight = parameters
                    .filter_map(|parameter| parameter.split_once('='))
                    .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
                    .map_or(Some(1000), |(_, value)| weight(value.trim()))?;
                Some(Range {
                    kind: kind.trim().to_ascii_lowercase(),
                    subtype: subtype.trim().to_ascii_lowercase(),
                    weight,
                })
            })
            .collect();
        if ranges.is_empty() { Self::parse(Some("*/*")) } else { Self(ranges) }
    }

    /// The weight of a media type: that of the most specific range that covers it; 0 is no.
    pub fn weight(&self, media_type: &str) -> u16 {
        let (kind, subtype) = media_type.split_once('/').unwrap_or((media_type, ""));
        let exactness = |range: &Range| match (range.kind.as_str(), range.subtype.as_str()) {
            ("*", "*") => Some(0),
            (k, "*") if k == kind => Some(1),
            (k, s) if k == kind && s == subtype => Some(2),
            _ => None,
        };
        self.0
            .iter()
            .filter_map(|range| Some((exactness(range)?, range.weight)))
            .max()
            .map_or(0, |(_, weight)| weight)
    }

    /// Whether the type is named as such, not only covered by a wildcard.
    fn names(&self, media_type: &str) -> bool {
        self.0.iter().any(|range| {
            range.weight > 0 && media_type == format!("{}/{}", range.kind, range.subtype)
        })
    }

    /// The best of `offers`, the first of several that are equal: one that is named before one
    /// that a wildcard covers.
    pub fn best<'o>(&self, offers: &[&'o str]) -> Option<&'o str> {
        let mut best: Option<(&str, (u16, bool))> = None;
        for offer in offers {
            let rank = (self.weight(offer), self.names(offer));
            if rank.0 > 0 && best.is_none_or(|(_, known)| rank > known) {
                best = Some((offer, rank));
            }
        }
        best.map(|(offer, _)| offer)
    }
}

/// `0`, `1`, and up to three decimals between them; in thousandths.
fn weight(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

/// What the badge link answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The page.
    Page,
    /// The credential, labelled with this content type.
    Credential(&'static str),
    /// A form that is not labelled anew.
    Form(BadgeForm),
}

/// The label of the credential when nothing more special is asked for.
pub const VC_LD_JSON: &str = "application/vc+ld+json";

/// What the badge link offers, in the order in which it prefers them. The credential comes first,
/// so that a library that accepts everything gets data.
const OFFERS: [(&str, Wanted); 10] = [
    (VC_LD_JSON, Wanted::Credential(VC_LD_JSON)),
    ("application/vc", Wanted::Credential(VC_LD_JSON)),
    ("application/ld+json", Wanted::Credential("application/ld+json")),
    ("application/json", Wanted::Credential("application/json")),
    ("text/html", Wanted::Page),
    ("application/xhtml+xml", Wanted::Page),
    ("image/png", Wanted::Form(BadgeForm::Png)),
    ("image/svg+xml", Wanted::Form(BadgeForm::Svg)),
    ("text/plain", Wanted::Form(BadgeForm::Jwt)),
    ("application/vc+jwt", Wanted::Form(BadgeForm::Jwt)),
];

/// The media types that the badge link offers.
pub fn badge_types() -> impl Iterator<Item = &'static str> {
    OFFERS.iter().map(|(media_type, _)| *media_type)
}

/// What the badge link answers with to this client; `None` when nothing it has is acceptable.
pub fn badge_form(accept: Option<&str>, user_agent: Option<&str>) -> Option<Wanted> {
    if user_agent.is_some_and(is_preview_bot) {
        return Some(Wanted::Page);
    }
    let offers: Vec<&str> = badge_types().collect();
    let best = Accept::parse(accept).best(&offers)?;
    OFFERS.iter().find(|(media_type, _)| *media_type == best).map(|(_, wanted)| *wanted)
}

/// Crawlers that draw a preview of a link: the product names they send, exactly. Whoever is not in
/// the list gets what he asks for.
const PREVIEW_BOTS: [&str; 18] = [
    "linkedinbot",
    "facebookexternalhit",
    "facebot",
    "facebookcatalog",
    "meta-externalagent",
    "twitterbot",
    "slackbot",
    "slackbot-linkexpanding",
    "slack-imgproxy",
    "discordbot",
    "telegrambot",
    "whatsapp",
    "skypeuripreview",
    "pinterestbot",
    "redditbot",
    "mastodon",
    "bluesky",
    "iframely",
];

fn is_preview_bot(user_agent: &str) -> bool {
    user_agent
        .split([' ', ';', '(', ')', ','])
        .map(|product| product.split('/').next().unwrap_or(product).to_ascii_lowercase())
        .any(|product| PREVIEW_BOTS.contains(&product.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHROME: &str =
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

    #[test]
    fn browsers_get_the_page_and_libraries_the_credential() {
        for (accept, wanted) in [
            (Some(CHROME), Wanted::Page),
            (Some("text/html"), Wanted::Page),
            (None, Wanted::Credential(VC_LD_JSON)),
            (Some(""), Wanted::Credential(VC_LD_JSON)),
            (Some("*/*"), Wanted::Credential(VC_LD_JSON)),
            (Some("application/*"), Wanted::Credential(VC_LD_JSON)),
            (Some("application/vc"), Wanted::Credential(VC_LD_JSON)),
            (Some("application/json"), Wanted::Credential("application/json")),
            (Some("Application/LD+JSON; charset=utf-8"), Wanted::Credential("application/ld+json")),
            (Some("application/json, */*"), Wanted::Credential("application/json")),
            (
                Some("application/ld+json, application/json, */*;q=0.1"),
                Wanted::Credential("application/ld+json"),
            ),
            (Some("image/*"), Wanted::Form(BadgeForm::Png)),
            (Some("image/svg+xml,image/*;q=0.5"), Wanted::Form(BadgeForm::Svg)),
            (Some("text/plain"), Wanted::Form(BadgeForm::Jwt)),
            (
                Some("text/html;q=0.5, application/json;q=0.9"),
                Wanted::Credential("application/json"),
            ),
            (Some("text/html;q=0, */*"), Wanted::Credential(VC_LD_JSON)),
        ] {
            assert_eq!(badge_form(accept, None), Some(wanted), "{accept:?}");
        }
    }

    #[test]
    fn what_we_do_not_have_is_not_acceptable() {
        assert_eq!(badge_form(Some("audio/ogg"), None), None);
        assert_eq!(badge_form(Some("*/*;q=0"), None), None);
        assert_eq!(badge_form(Some("*/*;q=0, text/html;q=0.001"), None), Some(Wanted::Page));
    }

    #[test]
    fn a_header_that_cannot_be_read_accepts_everything() {
        for broken in ["nonsense", ";;;", "text/html;q=7", "a/b;q=0.12345"] {
            assert_eq!(
                badge_form(Some(broken), None),
                Some(Wanted::Credential(VC_LD_JSON)),
                "{broken}"
            );
        }
    }

    #[test]
    fn preview_bots_get_the_page_whatever_they_accept() {
        for bot in [
            "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
            "facebookexternalhit/1.1",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        ] {
            assert_eq!(badge_form(Some("*/*"), Some(bot)), Some(Wanted::Page), "{bot}");
        }
        for other in ["curl/8.5.0", "python-requests/2.31", "NotLinkedInBotAtAll/1.0", "bot"] {
            assert_ne!(badge_form(Some("*/*"), Some(other)), Some(Wanted::Page), "{other}");
        }
    }
}
