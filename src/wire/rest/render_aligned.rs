//! What badge classes are aligned with, as data for everyone.

use serde_json::Value;

use super::render_badge_class::alignment;
use crate::domain::{Alignment, AlignmentTarget, BadgeClass, IssuerProfile, Stage};
use crate::urls::Urls;
use crate::wire::members::Members;

/// A competency with the badge classes that are aligned with it.
pub fn competency_document(
    urls: &Urls,
    stated: &Alignment,
    classes: &[(BadgeClass, IssuerProfile)],
    more: bool,
) -> Value {
    let target = AlignmentTarget::competency(&stated.target_url);
    let framework = stated.target_framework.as_deref().map(AlignmentTarget::framework);
    let mut members = Members::new();
    members.set("url", urls.alignment_target(&target));
    members.set("alignment", alignment(stated));
    members.set_if("framework", framework.map(|target| urls.alignment_target(&target)));
    members.set(
        "badgeClasses",
        classes
            .iter()
            .map(|(class, issuer)| class_document(urls, class, issuer))
            .collect::<Vec<_>>(),
    );
    members.set("more", more);
    members.done()
}

/// A framework with its entries that badge classes are aligned with.
pub fn framework_document(
    urls: &Urls,
    name: &str,
    competencies: &[(Alignment, usize)],
    more: bool,
) -> Value {
    let entry = |(stated, count): &(Alignment, usize)| {
        let target = AlignmentTarget::competency(&stated.target_url);
        let mut members = Members::new();
        members.set("url", urls.alignment_target(&target));
        members.set("alignment", alignment(stated));
        members.set("badgeClasses", *count);
        members.done()
    };
    let mut members = Members::new();
    members.set("url", urls.alignment_target(&AlignmentTarget::framework(name)));
    members.set("name", name);
    members.set("competencies", competencies.iter().map(entry).collect::<Vec<_>>());
    members.set("more", more);
    members.done()
}

fn class_document(urls: &Urls, class: &BadgeClass, issuer: &IssuerProfile) -> Value {
    let mut publisher = Members::new();
    publisher.set("url", urls.issuer(&issuer.slug));
    publisher.set("name", issuer.name.as_str());
    let mut members = Members::new();
    members.set("url", urls.badge_class(&class.reference()));
    members.set("name", class.name.as_str());
    members.set("description", class.description.as_str());
    members.set("issuer", publisher.done());
    members.set("coming", class.stage == Stage::Coming);
    members.done()
}
