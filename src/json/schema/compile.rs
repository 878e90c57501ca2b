//! From the text of a schema to the table of its rules.

use std::collections::HashMap;

use regex::RegexBuilder;

use super::{At, Bounds, Condition, Rules, Schema, Type, by_length};
use crate::json::{Object, Value};

/// Why a schema does not compile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the schema at {pointer:?}: {detail}")]
pub struct SchemaError {
    /// JSON pointer to the subschema.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

/// Subschemas of one schema, at most.
const MOST_RULES: usize = 4_096;

/// References and levels within each other, at most.
const DEEPEST: usize = 64;

/// Patterns of one schema, at most, and the room that each may take once compiled, in bytes.
const MOST_PATTERNS: usize = 64;
const PATTERN_ROOM: usize = 256 * 1024;

/// Keywords that say nothing about whether a document holds.
const ANNOTATIONS: [&str; 10] = [
    "$schema",
    "$id",
    "$comment",
    "$defs",
    "definitions",
    "title",
    "description",
    "default",
    "examples",
    "format",
];

impl Schema {
    /// Compiles a schema. A `$ref` must be a JSON pointer into the schema itself.
    ///
    /// # Errors
    /// A keyword that is not among those here, one with a value that it cannot have, or more of
    /// anything than a schema for people's documents needs.
    pub fn compile(schema: &Value<'_>) -> Result<Self, SchemaError> {
        let mut compiler = Compiler {
            root: schema,
            rules: Vec::new(),
            known: HashMap::new(),
            depth: 0,
            patterns: 0,
        };
        compiler.at(String::new())?;
        let mut schema = Self { rules: compiler.rules };
        schema.shorten();
        Ok(schema)
    }
}

impl Schema {
    /// Lets everything that points to a schema which only refers to another point to that one.
    fn shorten(&mut self) {
        let ends: Vec<At> = (0..self.rules.len()).map(|at| self.end(at)).collect();
        let end = |at: &mut At| *at = ends.get(*at).copied().unwrap_or(*at);
        for rules in &mut self.rules {
            let Rules { reference, additional, items, contains, not, condition, .. } = rules;
            let single = [reference, additional, items, contains, not];
            let single = single.into_iter().flat_map(|at| at.as_mut());
            let lists =
                [&mut rules.prefix_items, &mut rules.all_of, &mut rules.any_of, &mut rules.one_of];
            let chosen = condition.as_mut().into_iter().flat_map(|condition| {
                let Condition { test, then, otherwise } = condition;
                [Some(test), then.as_mut(), otherwise.as_mut()].into_iter().flatten()
            });
            single.chain(chosen).for_each(end);
            lists.into_iter().flatten().for_each(end);
            rules.properties.iter_mut().map(|(_, at)| at).for_each(end);
        }
    }

    /// The schema that a place leads to; the place itself where references lead in a circle.
    fn end(&self, start: At) -> At {
        let mut at = start;
        for _ in 0..self.rules.len() {
            match self.rules.get(at).and_then(Rules::only_reference) {
                Some(next) => at = next,
                None => return at,
            }
        }
        start
    }
}

impl Rules {
    /// Where it refers to, if it demands nothing else.
    fn only_reference(&self) -> Option<At> {
        let Self {
            never: false,
            reference: Some(target),
            types: None,
            one_of_values: None,
            pattern: None,
            length,
            items_count,
            members_count,
            unique_items: false,
            minimum: None,
            maximum: None,
            above: None,
            below: None,
            required,
            properties,
            additional: None,
            prefix_items,
            items: None,
            contains: None,
            all_of,
            any_of,
            one_of,
            not: None,
            condition: None,
        } = self
        else {
            return None;
        };
        let lists = [prefix_items, all_of, any_of, one_of];
        let is_alone = ![length, items_count, members_count].iter().any(|bounds| bounds.any())
            && required.is_empty()
            && properties.is_empty()
            && lists.iter().all(|list| list.is_empty());
        is_alone.then_some(*target)
    }
}

struct Compiler<'s, 'a> {
    root: &'s Value<'a>,
    rules: Vec<Rules>,
    /// What has its place already, by pointer: a schema may refer to itself.
    known: HashMap<String, At>,
    depth: usize,
    patterns: usize,
}

impl Compiler<'_, '_> {
    /// The place of the subschema at a pointer.
    fn at(&mut self, pointer: String) -> Result<At, SchemaError> {
        if let Some(at) = self.known.get(&pointer) {
            return Ok(*at);
        }
        let wrong = |detail: &str| SchemaError { pointer: pointer.clone(), detail: detail.into() };
        let schema = self.root.pointer(&pointer).ok_or_else(|| wrong("there is none"))?;
        let at = self.rules.len();
        if at >= MOST_RULES || self.depth >= DEEPEST {
            return Err(wrong("there are too many, or they lie too deep"));
        }
        self.depth += 1;
        self.rules.push(Rules::default());
        self.known.insert(pointer.clone(), at);
        let rules = match schema {
            Value::Bool(always) => Rules { never: !always, ..Rules::default() },
            Value::Object(schema) => self.rules_of(&schema.clone(), &pointer)?,
            _ => return Err(wrong("must be an object, true or false")),
        };
        if let Some(place) = self.rules.get_mut(at) {
            *place = rules;
        }
        self.depth -= 1;
        Ok(at)
    }

    fn rules_of(&mut self, schema: &Object<'_>, pointer: &str) -> Result<Rules, SchemaError> {
        let mut rules = Rules::default();
        let [mut test, mut then, mut otherwise] = [None; 3];
        for (keyword, value) in schema.iter() {
            let here = format!("{pointer}/{keyword}");
            let wrong =
                |detail: &str| SchemaError { pointer: here.clone(), detail: detail.to_owned() };
            let count = || {
                let number = value.as_number().and_then(|number| number.as_i64());
                let count = number.and_then(|number| usize::try_from(number).ok());
                count.ok_or_else(|| wrong("must be a count"))
            };
            let number = || {
                let number = value.as_number().map(|number| number.as_f64());
                number.ok_or_else(|| wrong("must be a number"))
            };
            match keyword {
                name if ANNOTATIONS.contains(&name) => {}
                "$ref" => {
                    let target = value.as_str().and_then(|target| target.strip_prefix('#'));
                    let target = target.ok_or_else(|| wrong("must begin with #"))?;
                    rules.reference = Some(self.at(target.to_owned())?);
                }
                "type" => {
                    let named = |name: &Value<'_>| {
                        let name = name.as_str()?;
                        Type::ALL.iter().find(|(_, word)| *word == name).map(|(kind, _)| *kind)
                    };
                    let types: Option<Vec<Type>> = value.items().iter().map(named).collect();
                    rules.types = Some(types.ok_or_else(|| wrong("names no type"))?);
                }
                "const" => rules.one_of_values = Some(vec![value.clone().into_owned()]),
                "enum" => {
                    let values = value.as_array().ok_or_else(|| wrong("must be an array"))?;
                    let values = values.iter().map(|value| value.clone().into_owned());
                    rules.one_of_values = Some(values.collect());
                }
                "pattern" => {
                    let pattern = value.as_str().ok_or_else(|| wrong("must be a string"))?;
                    self.patterns += 1;
                    if self.patterns > MOST_PATTERNS {
                        return Err(wrong("there are too many patterns"));
                    }
                    let pattern = RegexBuilder::new(pattern).size_limit(PATTERN_ROOM).build();
                    rules.pattern = Some(pattern.map_err(|error| wrong(&error.to_string()))?);
                }
                "minLength" => rules.length.least = Some(count()?),
                "maxLength" => rules.length.most = Some(count()?),
                "minItems" => rules.items_count.least = Some(count()?),
                "maxItems" => rules.items_count.most = Some(count()?),
                "minProperties" => rules.members_count.least = Some(count()?),
                "maxProperties" => rules.members_count.most = Some(count()?),
                "uniqueItems" => {
                    rules.unique_items =
                        value.as_bool().ok_or_else(|| wrong("must be a boolean"))?;
                }
                "exclusiveMinimum" => rules.above = Some(number()?),
                "exclusiveMaximum" => rules.below = Some(number()?),
                "minimum" => rules.minimum = Some(number()?),
                "maximum" => rules.maximum = Some(number()?),
                "required" => {
                    let names = value.as_array().ok_or_else(|| wrong("must be an array"))?;
                    let names = names.iter().map(|name| name.as_str().map(str::to_owned));
                    let names: Option<Vec<String>> = names.collect();
                    rules.required = names.ok_or_else(|| wrong("must hold strings"))?;
                }
                "properties" => {
                    let members = value.as_object().ok_or_else(|| wrong("must be an object"))?;
                    for (name, _) in members.iter() {
                        let token = name.replace('~', "~0").replace('/', "~1");
                        let at = self.at(format!("{here}/{token}"))?;
                        rules.properties.push((name.to_owned(), at));
                    }
                    rules.properties.sort_by(|(one, _), (two, _)| by_length(one, two));
                }
                "additionalProperties" => rules.additional = Some(self.at(here)?),
                "items" => rules.items = Some(self.at(here)?),
                "contains" => rules.contains = Some(self.at(here)?),
                "not" => rules.not = Some(self.at(here)?),
                "if" => test = Some(self.at(here)?),
                "then" => then = Some(self.at(here)?),
                "else" => otherwise = Some(self.at(here)?),
                "prefixItems" => rules.prefix_items = self.each(&here, value)?,
                "allOf" => rules.all_of = self.each(&here, value)?,
                "anyOf" => rules.any_of = self.each(&here, value)?,
                "oneOf" => rules.one_of = self.each(&here, value)?,
                _ => return Err(wrong("this keyword is not known here")),
            }
        }
        rules.condition = test.map(|test| Condition { test, then, otherwise });
        Ok(rules)
    }

    /// The places of a list of subschemas.
    fn each(&mut self, pointer: &str, list: &Value<'_>) -> Result<Vec<At>, SchemaError> {
        let wrong =
            |detail: &str| SchemaError { pointer: pointer.to_owned(), detail: detail.to_owned() };
        let list = list.as_array().filter(|list| !list.is_empty());
        let list = list.ok_or_else(|| wrong("must be an array with something in it"))?;
        (0..list.len()).map(|index| self.at(format!("{pointer}/{index}"))).collect()
    }
}

impl Bounds {
    /// Whether a count lies within.
    pub(super) fn hold(self, count: usize) -> bool {
        self.least.is_none_or(|least| count >= least) && self.most.is_none_or(|most| count <= most)
    }

    /// Whether there is any bound.
    pub(super) fn any(self) -> bool {
        self.least.is_some() || self.most.is_some()
    }
}
