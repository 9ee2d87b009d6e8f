//! A list that nearly always has one item, which then lies in the list itself.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::{array, slice, vec};

/// Behaves as a `Vec`; with one item it takes no memory of its own.
#[derive(Clone)]
pub struct Few<T>(Items<T>);

#[derive(Clone)]
enum Items<T> {
    One([T; 1]),
    Many(Vec<T>),
}

impl<T> Few<T> {
    pub fn one(item: T) -> Self {
        Self(Items::One([item]))
    }

    pub fn push(&mut self, item: T) {
        *self = match std::mem::take(self).0 {
            Items::One([first]) => Self(Items::Many(vec![first, item])),
            Items::Many(items) if items.is_empty() => Self::one(item),
            Items::Many(mut items) => {
                items.push(item);
                Self(Items::Many(items))
            }
        };
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self(Items::Many(Vec::new()))
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Items::One(items) => items,
            Items::Many(items) => items,
        }
    }
}

impl<T> DerefMut for Few<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match &mut self.0 {
            Items::One(items) => items,
            Items::Many(items) => items,
        }
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut items = items.into_iter();
        let Some(first) = items.next() else { return Self::default() };
        match items.next() {
            None => Self::one(first),
            Some(second) => Self(Items::Many([first, second].into_iter().chain(items).collect())),
        }
    }
}

impl<T> Extend<T> for Few<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        for item in items {
            self.push(item);
        }
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(items: Vec<T>) -> Self {
        items.into_iter().collect()
    }
}

impl<T> IntoIterator for Few<T> {
    type Item = T;
    type IntoIter = IntoItems<T>;

    fn into_iter(self) -> IntoItems<T> {
        match self.0 {
            Items::One(items) => IntoItems::One(items.into_iter()),
            Items::Many(items) => IntoItems::Many(items.into_iter()),
        }
    }
}

/// The items one after the other.
#[derive(Debug)]
pub enum IntoItems<T> {
    One(array::IntoIter<T, 1>),
    Many(vec::IntoIter<T>),
}

impl<T> Iterator for IntoItems<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        match self {
            Self::One(items) => items.next(),
            Self::Many(items) => items.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::One(items) => items.size_hint(),
            Self::Many(items) => items.size_hint(),
        }
    }
}

impl<'a, T> IntoIterator for &'a Few<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: PartialEq> PartialEq for Few<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Few<T> {}

impl<T: fmt::Debug> fmt::Debug for Few<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_items_are_the_items_of_a_list() {
        let mut few = Few::default();
        for length in 0..4 {
            let list: Vec<u8> = (0..length).collect();
            assert_eq!(*few, *list);
            assert_eq!(few, Few::from(list.clone()));
            assert_eq!(format!("{few:?}"), format!("{list:?}"));
            assert_eq!(few.clone(), list.into_iter().collect());
            few.push(length);
        }
        few[0] = 9;
        few.extend([4, 5]);
        assert_eq!(*few, [9, 1, 2, 3, 4, 5]);
    }
}
