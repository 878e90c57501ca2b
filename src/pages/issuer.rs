//! The page of an issuer.

use askama::Template;

use super::link::{Link, component};
use super::shell::{Picture, Setting, Shell, page};
use super::text::Text;

/// What the page of an issuer shows.
#[derive(Clone, Debug)]
pub struct IssuerPage<'a> {
    /// Its own address.
    pub url: &'a str,
    /// The issuer's name.
    pub name: &'a str,
    /// About it.
    pub description: Option<&'a str>,
    /// Its web site.
    pub website: &'a str,
    /// Its e-mail address.
    pub email: &'a str,
    /// Its identifier: did:web, did:key or URL.
    pub identifier: &'a str,
    /// Its picture.
    pub image: Option<Picture<'a>>,
    /// Its badge classes.
    pub classes: Vec<ClassCard<'a>>,
}

/// A badge class in a list.
#[derive(Clone, Debug)]
pub struct ClassCard<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is.
    pub description: &'a str,
    /// Its page.
    pub url: String,
    /// Its picture.
    pub image: String,
    /// Its issuer's name, where the list has badge classes of more than one.
    pub issuer: Option<&'a str>,
    /// Whether it is announced and cannot be awarded yet.
    pub coming: bool,
}

#[derive(Template)]
#[template(path = "issuer.html")]
struct View<'a> {
    t: &'static Text,
    shell: Shell,
    url: &'a str,
    name: &'a str,
    description: Option<&'a str>,
    website: Link,
    email: &'a str,
    email_href: String,
    identifier: &'a str,
    image: Option<Picture<'a>>,
    classes: &'a [ClassCard<'a>],
}

/// Renders the page of an issuer.
pub fn issuer_page(setting: &Setting<'_>, issuer: &IssuerPage<'_>) -> String {
    page(&View {
        t: setting.text(),
        shell: Shell::new(setting, issuer.name, true),
        url: issuer.url,
        name: issuer.name,
        description: issuer.description,
        website: Link::new(issuer.website),
        email: issuer.email,
        email_href: component(issuer.email).replace("%40", "@"),
        identifier: issuer.identifier,
        image: issuer.image,
        classes: &issuer.classes,
    })
}
