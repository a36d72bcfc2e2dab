//! Templates of remedies: their placeholders, and the values of these for one finding.

use std::collections::BTreeMap;

use super::Known;
use super::plain::is_plain;
use crate::audit::Finding;

/// A part of a remedy's template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'t> {
    /// A text that stays.
    Text(&'t str),
    /// `NAME`: the resource's key in the stack, else its physical name.
    Name,
    /// `ARN`.
    Arn,
    /// `REGION`.
    Region,
    /// `ACCOUNT`.
    Account,
    /// `KIND`: `role`, `user` or `group`, as the operations of IAM have it.
    Kind,
    /// `<POLICY>`: the word between the brackets. It stays where nothing says what stands for it.
    Word(&'t str),
}

/// The placeholders that every resource has a value for, as templates have them.
const OF_EVERY_RESOURCE: [(&str, Part<'static>); 5] = [
    ("NAME", Part::Name),
    ("ARN", Part::Arn),
    ("REGION", Part::Region),
    ("ACCOUNT", Part::Account),
    ("KIND", Part::Kind),
];

/// No words.
static NONE: Known = BTreeMap::new();

/// The values of the placeholders for one finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Values<'f> {
    /// The name in the stack's file.
    pub key: &'f str,
    /// The physical name.
    pub name: &'f str,
    /// The ARN.
    pub arn: &'f str,
    /// The region.
    pub region: &'f str,
    /// The account.
    pub account: &'f str,
    /// The kind of identity.
    pub kind: &'static str,
    /// What stands for words in brackets.
    pub words: &'f Known,
}

impl<'f> Values<'f> {
    /// The values for a finding, without words.
    pub fn of(finding: &'f Finding) -> Self {
        let resource = finding.resource.as_ref();
        let key = finding.address.as_deref().and_then(|address| address.split_once('.')).map(|(_, name)| name);
        let kind = match resource.type_name.as_str() {
            "AWS::IAM::User" => "user",
            "AWS::IAM::Group" => "group",
            _ => "role",
        };
        Self {
            key: key.unwrap_or(&resource.id),
            name: &resource.id,
            arn: &resource.arn,
            region: &resource.region,
            account: &resource.account,
            kind,
            words: &NONE,
        }
    }

    /// The same with what stands for words.
    #[must_use]
    pub fn with(self, words: &'f Known) -> Self {
        Self { words, ..self }
    }

    /// Returns whether every value stands for itself in YAML and in a shell, so that no place needs quotes.
    pub fn are_plain(&self) -> bool {
        let Self { key, name, arn, region, account, kind: _, words: _ } = self;
        [key, name, arn, region, account].iter().all(|value| is_plain(value))
    }

    /// The values of a part; `None` for a text, and for a word that nothing is known of.
    pub(super) fn get(&self, part: Part<'_>) -> Option<Vec<&'f str>> {
        match part {
            Part::Text(_) => None,
            Part::Name => Some(vec![self.name]),
            Part::Arn => Some(vec![self.arn]),
            Part::Region => Some(vec![self.region]),
            Part::Account => Some(vec![self.account]),
            Part::Kind => Some(vec![self.kind]),
            Part::Word(word) => {
                let (word, index) = word.split_once('#').map_or((word, None), |(word, at)| (word, at.parse().ok()));
                let all = self.words.get(word)?;
                let one = |at: usize| all.get(at).map(|one| vec![one.as_str()]);
                index.map_or_else(|| Some(all.iter().map(String::as_str).collect()), one)
            }
        }
    }
}

/// The parts of a template. A placeholder is a word of its own (`ROLE_NAME` holds none), or capitals between brackets
/// (`<RULE-ID>`).
pub fn parts(template: &str) -> Vec<Part<'_>> {
    let in_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut parts = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(char) = template[at..].chars().next() {
        let bracketed = word_at(&template[at..]).map(|word| (word.len() + 2, Part::Word(word)));
        let bare = OF_EVERY_RESOURCE.iter().find(|(word, _)| {
            template[at..].starts_with(word)
                && !template[..at].ends_with(in_word)
                && !template[at + word.len()..].starts_with(in_word)
        });
        if let Some((length, part)) = bracketed.or(bare.map(|(word, part)| (word.len(), *part))) {
            parts.push(Part::Text(&template[from..at]));
            parts.push(part);
            at += length;
            from = at;
        } else {
            at += char.len_utf8();
        }
    }
    parts.push(Part::Text(&template[from..]));
    parts.retain(|part| *part != Part::Text(""));
    parts
}

/// The word between brackets with which a text begins: capitals, digits and hyphens, and the number of one of its values.
fn word_at(text: &str) -> Option<&str> {
    let (word, _) = text.strip_prefix('<')?.split_once('>')?;
    let name = word.split_once('#').map_or(word, |(name, _)| name);
    let begins = name.starts_with(|c: char| c.is_ascii_uppercase());
    (begins && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-' || c == '#'))
        .then_some(word)
}

/// The words between brackets that a template has, each once.
pub(super) fn words(template: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for part in parts(template) {
        if let Part::Word(word) = part
            && !found.contains(&word)
        {
            found.push(word);
        }
    }
    found
}

/// The template with a line for each value of a word that has several: words that end with `S` stand for all of them in one
/// place. A line with a word of which it is known that there is none is left out.
pub(super) fn unrolled(template: &str, known: &Known) -> String {
    let mut lines = Vec::new();
    for line in template.split('\n') {
        let own = words(line);
        let number = |word: &&str| known.get(*word).map(Vec::len);
        if own.iter().filter_map(number).any(|number| number == 0) {
            continue;
        }
        let many = |word: &&&str| !word.ends_with('S') && number(word).is_some_and(|number| number > 1);
        let Some(times) = own.iter().find(many).and_then(number) else {
            lines.push(line.to_owned());
            continue;
        };
        for at in 0..times {
            let mut one = line.to_owned();
            for word in own.iter().filter(|word| number(word) == Some(times) && !word.ends_with('S')) {
                one = one.replace(&format!("<{word}>"), &format!("<{word}#{at}>"));
            }
            lines.push(one);
        }
    }
    lines.join("\n")
}
