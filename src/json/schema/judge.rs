//! Whether a document follows a schema, and where it does not.

use super::{At, Rules, Schema, Type, same};
use crate::json::Value;

/// Rules looked at for one document at most: a document of a megabyte needs fewer, and nested
/// choices could ask for exponentially many.
const WORK: usize = 2_000_000;

/// Deepest chain of schemas: documents are at most [`MAX_DEPTH`](crate::json::MAX_DEPTH) deep, and
/// each step down passes a few references.
const DEEPEST: usize = 512;

/// Something in a document that the schema does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaProblem {
    /// JSON pointer into the document (RFC 6901).
    pub pointer: String,
    /// What is wrong there. It repeats no value of the document.
    pub detail: String,
}

impl Schema {
    /// What a document does that the schema does not allow: at most `most` problems, none when it
    /// follows the schema.
    pub fn problems(&self, document: &Value<'_>, most: usize) -> Vec<SchemaProblem> {
        let mut judge = Judge {
            rules: &self.rules,
            work: 0,
            depth: 0,
            spent: false,
            most,
            problems: Vec::new(),
        };
        let holds = judge.judge(0, document, &Place::Top, Voice::Loud);
        let Judge { spent, mut problems, .. } = judge;
        if problems.is_empty() && (spent || !holds) {
            let detail = match spent {
                true => "too entangled to be judged",
                false => "does not follow the schema",
            };
            problems.push(SchemaProblem { pointer: String::new(), detail: detail.to_owned() });
        }
        problems
    }

    /// Whether a document follows the schema.
    pub fn allows(&self, document: &Value<'_>) -> bool {
        self.problems(document, 1).is_empty()
    }
}

/// Whether problems are told, or only whether there is one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Voice {
    Loud,
    Silent,
}

struct Judge<'s> {
    rules: &'s [Rules],
    work: usize,
    depth: usize,
    /// Whether one of the two was too much: what was said since means nothing.
    spent: bool,
    most: usize,
    problems: Vec<SchemaProblem>,
}

/// The way to a value; written out only where something is wrong.
enum Place<'p> {
    Top,
    Member(&'p Place<'p>, &'p str),
    Item(&'p Place<'p>, usize),
}

impl Place<'_> {
    fn pointer(&self) -> String {
        match self {
            Place::Top => String::new(),
            Place::Member(above, name) => {
                let name = name.replace('~', "~0").replace('/', "~1");
                format!("{}/{name}", above.pointer())
            }
            Place::Item(above, index) => format!("{}/{index}", above.pointer()),
        }
    }
}

impl<'s> Judge<'s> {
    /// Whether a value follows the schema at a place of the table. A silent judge stops at the
    /// first thing that is wrong.
    fn judge(&mut self, at: At, value: &Value<'_>, place: &Place<'_>, voice: Voice) -> bool {
        let Some(rules) = self.rules.get(at) else { return false };
        self.work += 1;
        if self.work > WORK || self.depth > DEEPEST {
            self.spent = true;
            return false;
        }
        self.depth += 1;
        let mut holds = self.plain(rules, value, place, voice);
        if holds || voice == Voice::Loud {
            holds &= self.parts(rules, value, place, voice);
        }
        if holds || voice == Voice::Loud {
            holds &= self.choices(rules, value, place, voice);
        }
        self.depth -= 1;
        holds
    }

    /// The demands on the value itself.
    fn plain(&mut self, rules: &Rules, value: &Value<'_>, place: &Place<'_>, voice: Voice) -> bool {
        let mut holds = true;
        let mut demand = |judge: &mut Self, met: bool, detail: &dyn Fn() -> String| {
            if !met {
                holds = false;
                judge.tell(place, voice, detail);
            }
            met
        };
        demand(self, !rules.never, &|| "must not be here".to_owned());
        if let Some(types) = &rules.types {
            let met = types.iter().any(|kind| kind.takes(value));
            if !demand(self, met, &|| format!("must be {}", names(types))) {
                return false;
            }
        }
        if let Some(values) = &rules.one_of_values {
            let met = values.iter().any(|allowed| same(allowed, value));
            demand(self, met, &|| allowed(values));
        }
        match value {
            Value::String(text) => {
                if let Some(pattern) = &rules.pattern {
                    let detail = || format!("does not have the form {}", pattern.as_str());
                    demand(self, pattern.is_match(text), &detail);
                }
                if rules.length.any() {
                    let met = rules.length.hold(text.chars().count());
                    demand(self, met, &|| "is too short or too long".to_owned());
                }
            }
            Value::Array(items) => {
                let met = rules.items_count.hold(items.len());
                demand(self, met, &|| "holds too few or too many".to_owned());
                if rules.unique_items {
                    let met = self.are_distinct(items);
                    demand(self, met, &|| "holds something twice".to_owned());
                }
            }
            Value::Number(number) => {
                let number = number.as_f64();
                let met = rules.minimum.is_none_or(|least| number >= least)
                    && rules.maximum.is_none_or(|most| number <= most)
                    && rules.above.is_none_or(|bound| number > bound)
                    && rules.below.is_none_or(|bound| number < bound);
                demand(self, met, &|| "is too small or too large".to_owned());
            }
            Value::Object(object) => {
                let met = rules.members_count.hold(object.len());
                demand(self, met, &|| "has too few or too many members".to_owned());
                for name in &rules.required {
                    let met = object.contains_key(name);
                    demand(self, met, &|| format!("has no member {name:?}"));
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
        holds
    }

    /// The demands on members and items.
    fn parts(&mut self, rules: &Rules, value: &Value<'_>, place: &Place<'_>, voice: Voice) -> bool {
        let mut holds = true;
        match value {
            Value::Object(object) if !rules.properties.is_empty() || rules.additional.is_some() => {
                for (name, member) in object.iter() {
                    let schema = rules.property(name).or(rules.additional);
                    let Some(schema) = schema else { continue };
                    holds &= self.judge(schema, member, &Place::Member(place, name), voice);
                    if !holds && voice == Voice::Silent {
                        return false;
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let schema = rules.prefix_items.get(index).copied().or(rules.items);
                    let Some(schema) = schema else { break };
                    holds &= self.judge(schema, item, &Place::Item(place, index), voice);
                    if !holds && voice == Voice::Silent {
                        return false;
                    }
                }
                if let Some(schema) = rules.contains
                    && !items.iter().any(|item| self.silently(schema, item))
                {
                    holds = false;
                    self.tell(place, voice, &|| "lacks an item that must be there".to_owned());
                }
            }
            _ => {}
        }
        holds
    }

    /// References and combinations.
    fn choices(
        &mut self,
        rules: &Rules,
        value: &Value<'_>,
        place: &Place<'_>,
        voice: Voice,
    ) -> bool {
        let mut holds = true;
        for schema in rules.reference.iter().chain(&rules.all_of) {
            holds &= self.judge(*schema, value, place, voice);
            if !holds && voice == Voice::Silent {
                return false;
            }
        }
        if !rules.any_of.is_empty() && !rules.any_of.iter().any(|at| self.silently(*at, value)) {
            holds = false;
            self.explain(&rules.any_of, value, place, voice);
        }
        if !rules.one_of.is_empty() {
            let fitting = rules.one_of.iter().filter(|at| self.silently(**at, value)).count();
            if fitting != 1 {
                holds = false;
                match fitting {
                    0 => self.explain(&rules.one_of, value, place, voice),
                    _ => self.tell(place, voice, &|| {
                        "fits several forms of which one is allowed".to_owned()
                    }),
                }
            }
        }
        if let Some(schema) = rules.not
            && self.silently(schema, value)
        {
            holds = false;
            self.tell(place, voice, &|| "has a form that is not allowed".to_owned());
        }
        if let Some(condition) = rules.condition {
            let then = match self.silently(condition.test, value) {
                true => condition.then,
                false => condition.otherwise,
            };
            holds &= then.is_none_or(|then| self.judge(then, value, place, voice));
        }
        holds
    }

    fn silently(&mut self, at: At, value: &Value<'_>) -> bool {
        self.judge(at, value, &Place::Top, Voice::Silent)
    }

    /// Why a value fits none of several forms: what is wrong with it as the only form of its type,
    /// if there is one, since that is the form that was meant.
    fn explain(&mut self, forms: &[At], value: &Value<'_>, place: &Place<'_>, voice: Voice) {
        if voice == Voice::Silent {
            return;
        }
        let meant: Vec<At> =
            forms.iter().copied().filter(|at| self.is_of_type(*at, value, 0)).collect();
        match meant.as_slice() {
            [form] => {
                self.judge(*form, value, place, voice);
            }
            _ => self.tell(place, voice, &|| "fits none of the forms that are allowed".to_owned()),
        }
    }

    /// Whether a form takes values of that type, as far as its own `type` and that of what it
    /// refers to say.
    fn is_of_type(&self, at: At, value: &Value<'_>, hops: usize) -> bool {
        let Some(rules) = self.rules.get(at) else { return false };
        let own = rules.types.as_ref().is_none_or(|types| types.iter().any(|t| t.takes(value)));
        own && (hops > 8
            || rules.reference.is_none_or(|target| self.is_of_type(target, value, hops + 1)))
    }

    /// Whether no two items are the same. Each comparison is work.
    fn are_distinct(&mut self, items: &[Value<'_>]) -> bool {
        items.iter().enumerate().all(|(at, item)| {
            self.work += at;
            self.spent |= self.work > WORK;
            self.spent || !items.iter().take(at).any(|before| same(before, item))
        })
    }

    fn tell(&mut self, place: &Place<'_>, voice: Voice, detail: &dyn Fn() -> String) {
        if voice == Voice::Loud && self.problems.len() < self.most {
            self.problems.push(SchemaProblem { pointer: place.pointer(), detail: detail() });
        }
    }
}

fn names(types: &[Type]) -> String {
    let names: Vec<&str> = types.iter().map(|kind| kind.as_str()).collect();
    format!("of type {}", names.join(" or "))
}

fn allowed(values: &[Value<'_>]) -> String {
    let shown: Vec<&str> = values.iter().filter_map(Value::as_str).take(24).collect();
    match shown.as_slice() {
        [] => "is not a value that is allowed here".to_owned(),
        [one] => format!("must be {one:?}"),
        several => format!("must be one of {}", several.join(", ")),
    }
}
