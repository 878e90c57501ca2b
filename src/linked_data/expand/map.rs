//! The members of a map, as the algorithms see them.

use crate::json::{Object, Value};
use crate::linked_data::origin;

/// A map of the document: all its members, or all but one.
#[derive(Clone, Copy)]
pub(super) struct Map<'v, 'j> {
    object: &'v Object<'j>,
    without: Option<&'v str>,
}

impl<'v, 'j> Map<'v, 'j> {
    pub(super) fn without(object: &'v Object<'j>, without: Option<&'v str>) -> Self {
        Self { object, without }
    }

    pub(super) fn iter(self) -> impl Iterator<Item = (&'v str, &'v Value<'j>)> + Clone {
        self.object.iter().filter(move |(name, _)| self.without != Some(*name))
    }

    /// Where it lies, by which it is known again.
    pub(super) fn address(self) -> usize {
        origin::address(self.object)
    }

    pub(super) fn get(self, name: &str) -> Option<&'v Value<'j>> {
        self.object.get(name).filter(|_| self.without != Some(name))
    }
}

impl<'v, 'j> From<&'v Object<'j>> for Map<'v, 'j> {
    fn from(object: &'v Object<'j>) -> Self {
        Self { object, without: None }
    }
}
