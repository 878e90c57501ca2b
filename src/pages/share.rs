//! Taking a badge elsewhere: networks, mail, signature, résumé, paper, other sites, and the values to
//! copy by hand.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::assets;
use super::embed::embed_code;
use super::link::component;
use super::shell::Labelled;
use super::text::{Text, fill};

/// A month of a year, months counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// The year.
    pub year: i16,
    /// 1 for January.
    pub month: i8,
}

impl Month {
    /// The month of an instant, in UTC.
    pub fn of(at: Timestamp) -> Self {
        let date = at.to_zoned(TimeZone::UTC).date();
        Self { year: date.year(), month: date.month() }
    }
}

/// What LinkedIn's form for licences and certifications takes.
#[derive(Clone, Copy, Debug)]
pub struct LinkedInEntry<'a> {
    /// Name of the badge.
    pub name: &'a str,
    /// Name of the issuer, used where its page is not known.
    pub organisation: &'a str,
    /// The number of the issuer's LinkedIn page.
    pub organisation_id: Option<&'a str>,
    /// When it was issued.
    pub issued: Month,
    /// When it expires.
    pub expires: Option<Month>,
    /// The badge link.
    pub url: &'a str,
    /// A short code that people can read.
    pub code: &'a str,
}

/// The address that opens LinkedIn's form, filled in. The page number goes before the name: with
/// the name alone LinkedIn guesses, and sometimes wrongly.
pub fn linkedin_profile_url(entry: &LinkedInEntry<'_>) -> String {
    let mut query =
        vec![("startTask", "CERTIFICATION_NAME".to_owned()), ("name", component(entry.name))];
    match entry.organisation_id.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())) {
        Some(id) => query.push(("organizationId", id.to_owned())),
        None => query.push(("organizationName", component(entry.organisation))),
    }
    query.push(("issueYear", entry.issued.year.to_string()));
    query.push(("issueMonth", entry.issued.month.to_string()));
    if let Some(expires) = entry.expires {
        query.push(("expirationYear", expires.year.to_string()));
        query.push(("expirationMonth", expires.month.to_string()));
    }
    query.push(("certUrl", component(entry.url)));
    query.push(("certId", component(entry.code)));
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("https://www.linkedin.com/profile/add?{}", query.join("&"))
}

/// What the share section needs, beside what LinkedIn takes.
#[derive(Clone, Copy, Debug)]
pub struct Sharing<'a> {
    /// The QR code as SVG and as PNG.
    pub qr: (&'a str, &'a str),
    /// The address of the card that other sites frame.
    pub embed: &'a str,
    /// Width and height of the card, in CSS pixels.
    pub card: (u32, u32),
    /// The badge with its credential in it, as PNG.
    pub png: &'a str,
    /// Where VerifierPlus reads the credential, if others can read it there.
    pub public_json: Option<&'a str>,
}

/// A link with its words.
pub(super) struct Action {
    pub(super) label: String,
    pub(super) href: String,
}

/// What the share section shows.
pub(super) struct Share {
    pub(super) linkedin_profile: String,
    pub(super) linkedin_post: String,
    pub(super) networks: Vec<Action>,
    pub(super) fields: Vec<Labelled>,
    pub(super) qr_svg: String,
    pub(super) qr_png: String,
    pub(super) qr_alt: String,
    pub(super) embed_code: String,
    pub(super) resume: String,
    pub(super) png: String,
    pub(super) verifier_plus: Option<String>,
    pub(super) script: &'static str,
}

impl Share {
    pub(super) fn new(t: &Text, entry: &LinkedInEntry<'_>, sharing: &Sharing<'_>) -> Self {
        let month = |month: Month| format!("{:02}/{}", month.month, month.year);
        let mut fields = vec![
            Labelled::new(t.field_name, entry.name),
            Labelled::new(t.field_organisation, entry.organisation),
            Labelled::new(t.field_issued, month(entry.issued)),
        ];
        fields.extend(entry.expires.map(|at| Labelled::new(t.field_expires, month(at))));
        fields.push(Labelled::new(t.field_id, entry.code));
        fields.push(Labelled::new(t.field_url, entry.url));
        let url = component(entry.url);
        let (qr_svg, qr_png) = sharing.qr;
        let resume = format!(
            "{}, {}, {}. {} ({} {})",
            entry.name,
            entry.organisation,
            month(entry.issued),
            entry.url,
            t.code,
            entry.code
        );
        Self {
            linkedin_profile: linkedin_profile_url(entry),
            linkedin_post: format!("https://www.linkedin.com/sharing/share-offsite/?url={url}"),
            networks: networks(t, entry),
            fields,
            qr_svg: qr_svg.to_owned(),
            qr_png: qr_png.to_owned(),
            qr_alt: fill(t.qr_alt, entry.url),
            embed_code: embed_code(sharing.embed, entry.name, sharing.card),
            resume,
            png: sharing.png.to_owned(),
            verifier_plus: sharing
                .public_json
                .map(|json| format!("https://verifierplus.org/#verify?vc={}", component(json))),
            script: assets::script(),
        }
    }
}

/// Links that open the form of a network with the badge in it. Only its name and its link go along.
fn networks(t: &Text, entry: &LinkedInEntry<'_>) -> Vec<Action> {
    let (url, name) = (component(entry.url), component(entry.name));
    let both = component(&format!("{} {}", entry.name, entry.url));
    let subject = component(&fill(t.mail_subject, entry.name));
    let on = |network: &str, href: String| Action { label: fill(t.share_on, network), href };
    vec![
        on("X", format!("https://twitter.com/intent/tweet?text={name}&url={url}")),
        on("Facebook", format!("https://www.facebook.com/sharer/sharer.php?u={url}")),
        on("Bluesky", format!("https://bsky.app/intent/compose?text={both}")),
        on("WhatsApp", format!("https://wa.me/?text={both}")),
        Action {
            label: t.send_by_mail.to_owned(),
            href: format!("mailto:?subject={subject}&body={url}"),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> LinkedInEntry<'static> {
        LinkedInEntry {
            name: "Coaching & Cycles + «Ünïcode» #1",
            organisation: "Riverside School District",
            organisation_id: None,
            issued: Month::of("2026-01-31T23:30:00Z".parse().unwrap()),
            expires: None,
            url: "https://b.example/b/as_1?x=1",
            code: "7K3Q-9F2M",
        }
    }

    #[test]
    fn every_value_is_encoded_and_absent_ones_are_left_out() {
        let url = linkedin_profile_url(&entry());
        assert_eq!(
            url,
            "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&\
             name=Coaching%20%26%20Cycles%20%2B%20%C2%AB%C3%9Cn%C3%AFcode%C2%BB%20%231&\
             organizationName=Riverside%20School%20District&issueYear=2026&issueMonth=1&\
             certUrl=https%3A%2F%2Fb.example%2Fb%2Fas_1%3Fx%3D1&certId=7K3Q-9F2M"
        );
        let read: Vec<(String, String)> =
            url::Url::parse(&url).unwrap().query_pairs().into_owned().collect();
        assert!(read.contains(&("name".to_owned(), entry().name.to_owned())));
    }

    #[test]
    fn the_page_number_replaces_the_name_and_months_count_from_one() {
        let december = Month::of("2028-12-31T23:59:59Z".parse().unwrap());
        let full =
            LinkedInEntry { organisation_id: Some("1337"), expires: Some(december), ..entry() };
        let url = linkedin_profile_url(&full);
        assert!(url.contains("organizationId=1337") && !url.contains("organizationName"));
        assert!(url.contains("&expirationYear=2028&expirationMonth=12&"));
        let odd = LinkedInEntry { organisation_id: Some("13&x=7"), ..entry() };
        assert!(linkedin_profile_url(&odd).contains("organizationName=Riverside"));
    }
    #[test]
    fn every_network_gets_the_name_and_the_link_and_nothing_else() {
        let t = crate::pages::text::text(crate::language::Language::English);
        let links = networks(t, &entry());
        assert_eq!(links.len(), 5);
        for Action { label, href } in links {
            let read = url::Url::parse(&href).unwrap();
            assert!(!label.contains('{') && !href.contains(' '), "{label} {href}");
            let said: Vec<String> =
                read.query_pairs().map(|(_, value)| value.into_owned()).collect();
            let said = said.join(" ");
            assert!(said.contains(entry().url), "{label}: {said}");
            assert!(!said.contains("Riverside"), "{label}: {said}");
        }
    }
}
