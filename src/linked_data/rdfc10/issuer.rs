//! Issue Identifier (RDFC-1.0 §4.5): numbers for blank nodes, in the order of asking.

const NONE: u32 = u32::MAX;

/// An identifier issuer (§4.3).
#[derive(Clone, Debug)]
pub(super) struct Issuer {
    prefix: &'static str,
    numbers: Vec<u32>,
    order: Vec<u32>,
}

impl Issuer {
    pub(super) fn new(prefix: &'static str, blanks: usize) -> Self {
        Self { prefix, numbers: vec![NONE; blanks], order: Vec::new() }
    }

    /// Gives `blank` the next number unless it has one.
    pub(super) fn issue(&mut self, blank: u32) -> u32 {
        let next = u32::try_from(self.order.len()).unwrap_or(NONE);
        match self.numbers.get_mut(blank as usize) {
            Some(number) if *number == NONE => {
                *number = next;
                self.order.push(blank);
                next
            }
            Some(number) => *number,
            None => NONE,
        }
    }

    pub(super) fn number(&self, blank: u32) -> Option<u32> {
        self.numbers.get(blank as usize).copied().filter(|number| *number != NONE)
    }

    /// The blank nodes that have a number, in the order of issue.
    pub(super) fn in_order(&self) -> &[u32] {
        &self.order
    }

    /// The identifier issued for `blank`, without `_:`.
    pub(super) fn label(&self, blank: u32) -> Option<String> {
        self.number(blank).map(|number| format!("{}{number}", self.prefix))
    }

    /// Appends `_:` and the identifier issued for `blank`; whether there is one.
    pub(super) fn write(&self, blank: u32, out: &mut String) -> bool {
        let Some(number) = self.number(blank) else { return false };
        out.push_str("_:");
        out.push_str(self.prefix);
        push_number(out, number);
        true
    }
}

/// Appends decimal digits.
pub(super) fn push_number(out: &mut String, number: u32) {
    if number >= 10 {
        push_number(out, number / 10);
    }
    out.push(char::from_digit(number % 10, 10).unwrap_or('0'));
}
