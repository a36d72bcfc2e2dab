//! The reference of the file's language for people: every property with its type, its default and its meaning.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::{hoist, stack};
use crate::kind::{PureKind, Registry, When};
use crate::stack::messages::wording;

const INTRODUCTION: &str = "\
# The language of `stack.yaml`

Written by `underpin schema --format markdown` from what the loader itself checks; the same as data, for editors, is
[`schema/stack.schema.json`](../schema/stack.schema.json). `underpin validate` names every mistake at its line and
column, without a network.

- Keys under a section are the physical names; a property that is left out has its default. Nothing else is known: a
  key that is not listed here is an error.
- `${section.NAME.attribute}` refers to another resource (what each has is listed below). `${account}`, `${region}`,
  `${partition}`, `${stack}` and `${environment}` (the name given with `--env`) are there too; `${env:NAME}` reads an
  environment variable. `$${` stands for `${` itself. All of it works in policy files, where AWS's own `${aws:…}` is
  left alone.
- What `${env:NAME}` gives is never shown; a digest stands for it. Names are the exception, wherever they come from:
  `stack`, `previous_names`, `account`, `region`, `residency`, `roots`, `ignore_tags`, the `sections` of an environment,
  the place (not the password) of an `endpoint_url`, what stands under `guardrails`, and the `name` of a resource. In what
  is live a value is known again, and hidden, as long as the file names its variable anywhere in a resource or a tag, and
  where it has eight characters or more; of a variable that the file names no more nothing can be known.
- It is YAML 1.2 in which a text is what it looks like (`NO`, `on`, `012345678901`); only `true` and `false` are truth
  values. Anchors, aliases, merge keys, tags (`!!…`), equal keys and several documents are errors.
- A resource whose key is changed keeps what is live where `name:` gives the physical name under the new key: then only
  a tag changes. Without it, or with another `name:`, it is another resource, and the old one is planned for deletion. A
  stack that is renamed lists its old name under `previous_names`.
- `ignore:` of a resource leaves properties to somebody else, as Terraform's `ignore_changes` does: a mapping of paths
  (`billing.read_capacity`, `tags.costs`, `inline_policies.debug`) to reasons. When the resource is made, the file's
  value is taken; afterwards what is live stays, no call sets it, and each plan shows both values with the reason.
  Guardrails judge what will be live. What has a short form, a list and a policy document are ignored as a whole; what
  is set at creation only, the name, and the stack's own tags can't be ignored.
- Paths are relative to the file's folder and may not lead out of it, except into the `roots`.
";

/// The reference as Markdown; the example is a whole stack file, whose sections are shown with their explanations.
pub fn reference(registry: &Registry, example: &str) -> String {
    let mut out = INTRODUCTION.to_owned();
    let whole = stack::strict(registry);
    let sections = hoist::top_sections(registry);
    let _ = write!(out, "\n## The top of the file\n\n{}\n", fenced(&top(example, &sections)));
    let mut page = Page::default();
    page.properties(&mut out, object(&whole), &sections, "", 0);
    for kind in registry.kinds() {
        let section = kind.section();
        let _ = write!(out, "\n## `{section}`\n\n");
        if let Some(lift) = hoist::into(section) {
            let _ = writeln!(
                out,
                "Written under `{}.NAME.{}`; the address is `{section}.NAME/KEY`.\n",
                lift.section, lift.property
            );
        } else if let Some(text) = part(example, section) {
            let _ = writeln!(out, "{}", fenced(&text));
        }
        let _ = writeln!(out, "{}\n", attributes(kind));
        let mut page = Page::default();
        page.properties(&mut out, object(&whole["$defs"][section]), &[], "", 0);
    }
    out
}

fn fenced(text: &str) -> String {
    format!("```yaml\n{}\n```\n", text.trim_end())
}

/// The text of a file before its first section, without the line for editors.
fn top(example: &str, sections: &[&str]) -> String {
    let first = |line: &&str| sections.iter().any(|section| line.starts_with(&format!("{section}:")));
    let lines = example.lines().take_while(|line| !first(line)).filter(|line| !line.starts_with('#'));
    lines.collect::<Vec<_>>().join("\n")
}

/// A section of a file, as it is written.
fn part(example: &str, section: &str) -> Option<String> {
    let mut lines = example.lines().skip_while(|line| !line.starts_with(&format!("{section}:")));
    let head = lines.next()?;
    let body = lines.take_while(|line| line.is_empty() || line.starts_with(' '));
    Some(std::iter::once(head).chain(body).collect::<Vec<_>>().join("\n"))
}

fn object(value: &Value) -> &Map<String, Value> {
    static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    value.as_object().unwrap_or(&NOTHING)
}

/// The attributes that references may name.
fn attributes(kind: &dyn PureKind) -> String {
    let section = kind.section();
    let one = |attribute: &crate::kind::Attribute| {
        let name = format!("`${{{section}.NAME.{}}}`", attribute.name);
        match attribute.when {
            When::Always(_) => name,
            When::AfterCreate => format!("{name} (known after apply)"),
            When::AfterCreateWith(property) => format!("{name} (known after apply; where `{property}` is given)"),
        }
    };
    let all: Vec<String> = kind.attributes().iter().map(one).collect();
    match all.as_slice() {
        [] => "References: none.".to_owned(),
        all => format!("References: {}.", all.join(", ")),
    }
}

/// The mappings that a page has explained, by their contents, with the property of the explanation.
#[derive(Default)]
struct Page {
    explained: BTreeMap<String, String>,
}

impl Page {
    fn properties(&mut self, out: &mut String, schema: &Map<String, Value>, without: &[&str], at: &str, depth: usize) {
        let required = schema.get("required").and_then(Value::as_array);
        let required = |key: &str| required.is_some_and(|keys| keys.iter().any(|one| one == key));
        let properties = schema.get("properties").map(object).into_iter().flatten();
        for (key, value) in properties.filter(|(key, _)| !without.contains(&key.as_str())) {
            let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
            let head = if required(key) { format!("`{key}` (*required*)") } else { format!("`{key}`") };
            self.entry(out, &head, object(value), &path, depth);
        }
    }

    fn entry(&mut self, out: &mut String, head: &str, schema: &Map<String, Value>, path: &str, depth: usize) {
        let mut line = format!("{}- {head}: {}.", "  ".repeat(depth), takes(schema));
        if let Some(description) = schema.get("description").and_then(Value::as_str) {
            let text = description.split_whitespace().collect::<Vec<_>>().join(" ");
            let _ = write!(line, " {}", text.replace("`DynamoDB`", "DynamoDB"));
            if !line.ends_with('.') {
                line.push('.');
            }
        }
        if let Some(default) = schema.get("default").and_then(shown).filter(|_| !line.contains("Default:")) {
            let _ = write!(line, " Default: `{default}`.");
        }
        let _ = writeln!(out, "{line}");
        self.below(out, schema, path, depth + 1);
    }

    /// Writes the words and the mappings that a value may be.
    fn below(&mut self, out: &mut String, schema: &Map<String, Value>, path: &str, depth: usize) {
        for alternative in alternatives(schema) {
            if let (Some(word), Some(Value::String(text))) = (alternative.get("const"), alternative.get("description"))
            {
                let _ = writeln!(out, "{}- `{}`: {text}", "  ".repeat(depth), wording::literal(word));
            }
            if alternative.get("properties").is_some_and(|properties| !object(properties).is_empty()) {
                let body = alternative["properties"].to_string();
                if let Some(there) = self.explained.get(&body) {
                    let line = format!("{}- the mapping: as of `{there}`\n", "  ".repeat(depth));
                    // One alternative may be the mapping, and the next one a list of them.
                    if !out.ends_with(&line) {
                        out.push_str(&line);
                    }
                } else {
                    self.explained.insert(body, path.to_owned());
                    self.properties(out, alternative, &[], path, depth);
                }
            }
            for (key, of) in [("additionalProperties", "NAME"), ("items", "")] {
                let each = alternative.get(key).map(object).filter(|each| !alternatives(each).is_empty());
                if let Some(each) = each {
                    let path = if of.is_empty() { path.to_owned() } else { format!("{path}.{of}") };
                    self.below(out, each, &path, depth);
                }
            }
        }
    }
}

/// The alternatives of a value, including nested ones.
fn alternatives(schema: &Map<String, Value>) -> Vec<&Map<String, Value>> {
    let branches: Vec<&Value> =
        ["anyOf", "oneOf"].iter().filter_map(|key| schema.get(*key)?.as_array()).flatten().collect();
    if branches.is_empty() {
        vec![schema]
    } else {
        branches.into_iter().flat_map(|one| alternatives(object(one))).collect()
    }
}

/// The type of a value, in a few words.
fn takes(schema: &Map<String, Value>) -> String {
    let expected = wording::expected(schema);
    match schema.get("additionalProperties") {
        Some(Value::Object(each)) if expected == "a mapping" => match wording::expected(each).as_str() {
            "nothing" => expected,
            each => format!("a mapping of names, each to {each}"),
        },
        _ if expected == "nothing" => "any value".to_owned(),
        _ => expected,
    }
}

/// A default as it is written in a file, unless it has no information.
fn shown(default: &Value) -> Option<String> {
    match default {
        Value::Null => None,
        Value::Object(map) if map.is_empty() => None,
        Value::Array(items) if items.is_empty() => None,
        Value::Object(map) => {
            let entries: Vec<String> =
                map.iter().filter_map(|(key, value)| Some(format!("{key}: {}", shown(value)?))).collect();
            Some(format!("{{{}}}", entries.join(", ")))
        }
        other => Some(wording::literal(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::REGISTRY;

    #[test]
    fn committed_language_reference_is_up_to_date() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let committed = std::fs::read_to_string(root.join("docs/language.md")).expect("docs/language.md is there");
        let example = std::fs::read_to_string(root.join("stack.yaml")).expect("stack.yaml is there");
        let fresh = reference(&REGISTRY, &example);
        assert!(committed == fresh, "docs/language.md is stale: `just schema` writes it");
    }

    #[test]
    fn every_property_of_every_kind_is_listed() {
        let text = reference(&REGISTRY, "");
        for kind in REGISTRY.kinds() {
            let section = text.split(&format!("\n## `{}`\n", kind.section())).nth(1).expect("it has a section");
            let section = section.split("\n## ").next().unwrap_or_default();
            let whole = stack::strict(&REGISTRY);
            for key in object(&whole["$defs"][kind.section()]["properties"]).keys() {
                assert!(section.contains(&format!("\n- `{key}`")), "{}: {key}", kind.section());
            }
        }
    }
}
