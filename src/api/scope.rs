//! What a token may do. A handler names the scope it needs in the type of its caller.

use crate::wire::rest::Grantable;

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident $text:literal)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $name;

            impl Scope for $name {
                const NAME: &'static str = $text;
            }
        )*

        /// All scopes that a token can be given.
        pub const ALL: &[&str] = &[$($text),*];
    };
}

/// A scope as a type.
pub trait Scope: 'static {
    /// Its name; empty when every token will do.
    const NAME: &'static str;
}

/// Every token will do.
#[derive(Clone, Copy, Debug)]
pub struct Any;

impl Scope for Any {
    const NAME: &'static str = "";
}

scopes! {
    /// Make and change issuers.
    IssuersWrite "issuers:write"
    /// Write badge classes that are not published, and images.
    BadgesDraft "badges:draft"
    /// The same, and announce and publish badge classes.
    BadgesWrite "badges:write"
    /// Mint.
    AssertionsWrite "assertions:write"
    /// Read awards with what is not public in them.
    AssertionsRead "assertions:read"
    /// Revoke, suspend, reinstate.
    StatusWrite "status:write"
    /// Verify with the limits of a known client.
    Verify "verify"
    /// Everything.
    Admin "admin"
}

/// What a person does in a programme, and the scopes that it takes. Nobody has two of them in one
/// token, so that nobody approves what is hers.
pub const ROLES: &[(&str, &[&str])] = &[
    ("author", &[BadgesDraft::NAME, Verify::NAME]),
    ("reviewer", &[BadgesWrite::NAME, Verify::NAME]),
    ("assessor", &[AssertionsRead::NAME, Verify::NAME]),
    ("approver", &[AssertionsWrite::NAME, AssertionsRead::NAME, Verify::NAME]),
    ("registrar", &[StatusWrite::NAME, AssertionsRead::NAME, Verify::NAME]),
];

/// What a token can be given.
pub const GRANTABLE: Grantable<'_> = Grantable { scopes: ALL, roles: ROLES };

/// The scopes of a role; none for a role that there is not.
pub fn of_role(role: &str) -> Option<Vec<String>> {
    let (_, scopes) = ROLES.iter().find(|(name, _)| *name == role)?;
    Some(scopes.iter().map(|scope| (*scope).to_owned()).collect())
}

/// Whether a token with these scopes may do what needs `needed`.
pub fn allows(scopes: &[String], needed: &str) -> bool {
    let covers = |scope: &String| {
        scope == needed
            || scope == Admin::NAME
            || (scope == BadgesWrite::NAME && needed == BadgesDraft::NAME)
    };
    needed.is_empty() || scopes.iter().any(covers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admin_may_do_everything_and_others_their_own() {
        let scopes = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert!(allows(&scopes(&["admin"]), StatusWrite::NAME));
        assert!(allows(&scopes(&["verify"]), Any::NAME));
        assert!(!allows(&scopes(&["assertions:write"]), AssertionsRead::NAME));
        assert!(!allows(&[], Verify::NAME));
        assert!(allows(&scopes(&["badges:write"]), BadgesDraft::NAME));
        assert!(!allows(&scopes(&["badges:draft"]), BadgesWrite::NAME));
    }

    #[test]
    fn a_role_has_scopes_that_there_are_and_never_all() {
        for (role, scopes) in ROLES {
            assert!(scopes.iter().all(|scope| ALL.contains(scope)), "{role}");
            assert!(!allows(&of_role(role).unwrap(), Admin::NAME), "{role}");
        }
        let may = |role: &str, needed: &str| allows(&of_role(role).unwrap(), needed);
        assert!(!may("author", BadgesWrite::NAME) && !may("author", AssertionsWrite::NAME));
        assert!(!may("assessor", AssertionsWrite::NAME));
        assert!(!may("approver", BadgesDraft::NAME) && !may("approver", StatusWrite::NAME));
        assert_eq!(of_role("king"), None);
    }
}
