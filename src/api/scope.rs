//! What a token may do. A handler names the scope it needs in the type of its caller.

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
    /// Make and change badge classes and images.
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

/// Whether a token with these scopes may do what needs `needed`.
pub fn allows(scopes: &[String], needed: &str) -> bool {
    needed.is_empty() || scopes.iter().any(|scope| scope == needed || scope == Admin::NAME)
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
    }
}
