//! Finds the place of each value in a JSON text, and the duplicate keys.

use std::collections::HashMap;

use super::check::join;

/// A place in a text, both counted from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// The places of the values of a JSON text, by their JSON paths.
pub(super) struct Places<'t> {
    text: &'t str,
    at: usize,
    offsets: HashMap<String, usize>,
    duplicates: Vec<(String, usize)>,
}

impl<'t> Places<'t> {
    /// Reads a text, which must be valid JSON; in any other text it finds as many places as it can.
    pub(super) fn new(text: &'t str) -> Self {
        let mut places = Self { text, at: 0, offsets: HashMap::new(), duplicates: Vec::new() };
        places.space();
        places.offsets.insert("$".to_owned(), places.at);
        places.value("$");
        places
    }

    /// The place of the value at a path, or of the nearest one that contains it: a member of an object at its key.
    pub(super) fn place(&self, path: &str) -> Place {
        let mut path = path;
        loop {
            if let Some(offset) = self.offsets.get(path) {
                return self.at_offset(*offset);
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = &path[..end],
                None => return Place { line: 1, column: 1 },
            }
        }
    }

    #[cfg(test)]
    pub(super) fn has(&self, path: &str) -> bool {
        self.offsets.contains_key(path)
    }

    /// The duplicate keys of objects: path and place of the second one.
    pub(super) fn duplicates(&self) -> impl Iterator<Item = (&str, Place)> {
        self.duplicates.iter().map(|(path, offset)| (path.as_str(), self.at_offset(*offset)))
    }

    fn at_offset(&self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Place { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while self.byte().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn value(&mut self, path: &str) {
        self.space();
        match self.byte() {
            Some(b'{') => self.object(path),
            Some(b'[') => self.array(path),
            Some(b'"') => _ = self.string(),
            _ => {
                while self.byte().is_some_and(|byte| !b",]}".contains(&byte) && !byte.is_ascii_whitespace()) {
                    self.at += 1;
                }
            }
        }
    }

    fn object(&mut self, path: &str) {
        self.at += 1;
        loop {
            self.space();
            match self.byte() {
                Some(b',') => self.at += 1,
                Some(b'"') => {
                    let offset = self.at;
                    let member = join(path, &self.string());
                    if self.offsets.insert(member.clone(), offset).is_some() {
                        self.duplicates.push((member.clone(), offset));
                    }
                    self.space();
                    self.at += 1;
                    self.value(&member);
                }
                _ => break,
            }
        }
        self.at += 1;
    }

    fn array(&mut self, path: &str) {
        self.at += 1;
        for index in 0.. {
            self.space();
            if self.byte() == Some(b',') {
                self.at += 1;
                self.space();
            }
            if matches!(self.byte(), None | Some(b']' | b'}')) {
                break;
            }
            let (item, before) = (format!("{path}[{index}]"), self.at);
            self.offsets.insert(item.clone(), before);
            self.value(&item);
            if self.at == before {
                break;
            }
        }
        self.at += 1;
    }

    fn string(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        while let Some(byte) = self.byte() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                break;
            }
        }
        self.text.get(start..self.at).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}
