//! Values of a template: texts with references, sensitive values and the account as `CloudFormation` writes them.
//!
//! Source: `CloudFormation` user guide, "Intrinsic function reference": `Ref`, `Fn::GetAtt`, `Fn::Sub`; "Pseudo parameters
//! reference".

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::logical_id::title_case;
use super::parameters::Parameters;
use crate::base::{Address, PropertyPath, Reference, Vault, pending};
use crate::kind::{PureKind, Registry, Rendering, Rule, holds};

/// What a template knows of the whole stack.
pub(super) struct Names<'a> {
    pub(super) registry: &'a Registry,
    pub(super) vault: &'a Vault,
    /// The stand-in for the account, if the file does not give one.
    pub(super) account: Option<&'a str>,
    /// The logical id of each resource.
    pub(super) ids: BTreeMap<&'a Address, String>,
    /// Names and ARNs that follow from the file → the resource and the attribute.
    pub(super) known: BTreeMap<String, Vec<Reference>>,
}

/// A resource that is being written.
pub(super) struct Place<'a> {
    pub(super) address: &'a Address,
    pub(super) kind: &'a dyn PureKind,
    pub(super) rendering: &'a Rendering,
    /// Its properties in the words of the file.
    pub(super) spec: &'a Value,
    /// The resources that it waits for.
    pub(super) dependencies: &'a BTreeSet<Address>,
}

/// Writes the values of one resource.
pub(super) struct Writer<'a> {
    pub(super) names: &'a Names<'a>,
    pub(super) place: &'a Place<'a>,
    pub(super) parameters: &'a mut Parameters,
    /// The resources that a value refers to: `CloudFormation` makes them first.
    pub(super) used: BTreeSet<Address>,
}

/// A part of a text.
#[derive(Debug, PartialEq)]
enum Part {
    Literal(String),
    /// A name that `Ref` takes.
    Ref(String),
    /// A logical id and an attribute.
    Attribute(String, &'static str),
    /// A text for `Fn::Sub`.
    Sub(String),
}

impl Writer<'_> {
    /// The value at a place of the properties.
    ///
    /// # Errors
    ///
    /// A value that no template can say, as a sentence.
    pub(super) fn value(&mut self, pointer: &str, value: &Value) -> Result<Value, String> {
        match value {
            Value::String(text) => self.text(pointer, text),
            Value::Array(items) => {
                if let Some(lookup) = self.lookup_of_all(items) {
                    return Ok(json!({"Ref": self.look_up(pointer, &lookup)}));
                }
                let items = items.iter().enumerate().map(|(at, item)| self.value(&format!("{pointer}/{at}"), item));
                items.collect()
            }
            Value::Object(map) => {
                let mut written = Map::new();
                for (key, item) in map {
                    if key.contains(pending::is_reserved) {
                        return Err(format!("{}: a key can't hold what is not known yet", self.place.address));
                    }
                    let token = key.replace('~', "~0").replace('/', "~1");
                    written.insert(self.key(key)?, self.value(&format!("{pointer}/{token}"), item)?);
                }
                Ok(Value::Object(written))
            }
            other => Ok(other.clone()),
        }
    }

    /// A key, which no function can make.
    fn key(&self, key: &str) -> Result<String, String> {
        match self.names.account {
            Some(account) if key.contains(account) => Err(format!(
                "{}: a key of a document has the number of the account, which a template can't fill in there; set `account:` \
                 in the stack file",
                self.place.address
            )),
            _ => Ok(key.to_owned()),
        }
    }

    fn text(&mut self, pointer: &str, text: &str) -> Result<Value, String> {
        if let Some(part) = self.dependency(pointer, text) {
            return Ok(whole(part));
        }
        let mut parts = self.parts(pointer, text)?;
        Ok(match (parts.pop(), parts.is_empty()) {
            (None, _) => json!(""),
            (Some(only), true) => whole(only),
            (Some(last), false) => {
                let all: String = parts.into_iter().chain([last]).map(within).collect();
                json!({ "Fn::Sub": all })
            }
        })
    }

    /// The name or ARN of a resource that this one waits for, where the property says that it must be there.
    fn dependency(&mut self, pointer: &str, text: &str) -> Option<Part> {
        let at = self.place.rendering.origin(pointer)?;
        if !holds(self.place.kind.rules(), Rule::Requires, at) {
            return None;
        }
        let found = self.names.known.get(text)?.iter().find(|one| self.place.dependencies.contains(&one.address))?;
        self.reference(found)
    }

    fn parts(&mut self, pointer: &str, text: &str) -> Result<Vec<Part>, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find([pending::OPEN, pending::SEAL_OPEN]) {
            let (before, marked) = rest.split_at(at);
            self.literal(before, &mut parts);
            let end = marked.find([pending::CLOSE, pending::SEAL_CLOSE]);
            // Each of the marks has three bytes.
            let Some(end) = end.map(|end| end + pending::CLOSE.len_utf8()) else {
                return Err(format!("{}: a value is not complete", self.place.address));
            };
            let (mark, after) = marked.split_at(end);
            if mark.starts_with(pending::SEAL_OPEN) {
                self.sealed(pointer, mark, &mut parts);
            } else {
                parts.push(self.pending(pointer, mark)?);
            }
            rest = after;
        }
        self.literal(rest, &mut parts);
        Ok(parts)
    }

    /// A text, in which the stand-in for the account is `AWS::AccountId`.
    fn literal(&self, text: &str, into: &mut Vec<Part>) {
        let mut rest = text;
        while let Some((before, after)) = self.names.account.and_then(|account| rest.split_once(account)) {
            if !before.is_empty() {
                into.push(Part::Literal(before.to_owned()));
            }
            into.push(Part::Ref("AWS::AccountId".to_owned()));
            rest = after;
        }
        if !rest.is_empty() {
            into.push(Part::Literal(rest.to_owned()));
        }
    }

    /// A sensitive value: a parameter, unless it is nothing but the name or the ARN of a resource of the stack.
    fn sealed(&mut self, pointer: &str, mark: &str, into: &mut Vec<Part>) {
        let open = self.names.vault.open(mark);
        if let Some(text) = open.filter(|text| self.names.known.contains_key(text)) {
            return self.literal(&text, into);
        }
        let at = self.place.rendering.origin(pointer).cloned().unwrap_or_else(PropertyPath::root);
        let words = at.to_string().to_ascii_lowercase();
        let name = format!("{}{}", title_case(self.place.address.name()), title_case(&words));
        let meaning = format!("{} {at} {mark}", self.place.address);
        let body = json!({
            "Type": "String", "NoEcho": true, "Description": format!("{}: {at}", self.place.address),
        });
        into.push(Part::Ref(self.parameters.declare(&name, &meaning, body)));
    }

    fn pending(&mut self, pointer: &str, mark: &str) -> Result<Part, String> {
        let reference = pending::parts(mark).into_iter().find_map(|part| match part {
            pending::Part::Pending(reference) => Some(reference),
            pending::Part::Literal(_) => None,
        });
        let Some(reference) = reference else { return Err(format!("{}: `{mark}`", self.place.address)) };
        if let Some(part) = self.reference(&reference) {
            return Ok(part);
        }
        let kind = self.names.registry.kind(reference.address.section());
        if kind.is_some_and(|kind| kind.attributes().iter().any(|one| one.name == reference.attribute)) {
            return Err(format!(
                "{}: `${{{reference}}}` is known only after apply, and the resource is not in the template",
                self.place.address
            ));
        }
        Ok(Part::Ref(self.look_up(pointer, &reference.attribute)))
    }

    /// An attribute of a resource of the template.
    ///
    /// Source: `CloudFormation` template reference, "Return values" of each type. Two types have no ARN.
    fn reference(&mut self, reference: &Reference) -> Option<Part> {
        let id = self.names.ids.get(&reference.address)?.clone();
        let arn = |resource: &str, id: &str| {
            Part::Sub(format!("arn:${{AWS::Partition}}:ec2:${{AWS::Region}}:${{AWS::AccountId}}:{resource}/${{{id}}}"))
        };
        let part = match (reference.address.section(), reference.attribute.as_str()) {
            ("tables" | "roles" | "functions", "name") | ("vpc_endpoints" | "triggers", "id") => Part::Ref(id),
            ("tables" | "roles" | "functions", "arn") => Part::Attribute(id, "Arn"),
            ("tables", "stream_arn") => Part::Attribute(id, "StreamArn"),
            ("roles", "id") => Part::Attribute(id, "RoleId"),
            ("triggers", "arn") => Part::Attribute(id, "EventSourceMappingArn"),
            ("security_group_rules", "id") => Part::Attribute(id, "Id"),
            ("vpc_endpoints", "arn") => arn("vpc-endpoint", &id),
            ("security_group_rules", "arn") => arn("security-group-rule", &format!("{id}.Id")),
            _ => return None,
        };
        self.used.insert(reference.address.clone());
        Some(part)
    }

    /// The look-up that a whole list stands for.
    fn lookup_of_all(&self, items: &[Value]) -> Option<String> {
        let mut found = None;
        for item in items {
            let reference = pending::references(item).pop()?;
            let is_alone = item.as_str().is_some_and(|text| text == pending::text(&reference));
            let known = self.names.registry.kind(reference.address.section())?.attributes();
            if !is_alone || known.iter().any(|one| one.name == reference.attribute) {
                return None;
            }
            found = found.or(Some(reference.attribute));
        }
        found
    }

    /// The parameter for what only the account can show.
    fn look_up(&mut self, pointer: &str, lookup: &str) -> String {
        let at = self.place.rendering.origin(pointer).cloned().unwrap_or_else(PropertyPath::root);
        let word = at.get(self.place.spec).and_then(Value::as_str);
        let vpc = self.place.spec.get("vpc").and_then(Value::as_str).filter(|vpc| vpc.starts_with("vpc-"));
        let of = vpc.map_or_else(|| "the region's default VPC".to_owned(), str::to_owned);
        let stem = lookup.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
        let (name, type_name, what) = match (stem, word) {
            ("vpc", _) => ("DefaultVpc", "AWS::EC2::VPC::Id", "The region's default VPC".to_owned()),
            ("subnet", _) => ("DefaultSubnets", "List<AWS::EC2::Subnet::Id>", format!("The default subnets of {of}")),
            ("security_group", _) => (
                "DefaultSecurityGroups",
                "List<AWS::EC2::SecurityGroup::Id>",
                format!("The default security group of {of}"),
            ),
            ("route_table", Some("main")) => {
                ("MainRouteTable", "CommaDelimitedList", format!("The main route table of {of}"))
            }
            ("route_table", _) => ("RouteTables", "CommaDelimitedList", format!("All route tables of {of}")),
            _ => ("Value", "String", format!("{}: {at}", self.place.address)),
        };
        self.parameters.declare(name, &what, json!({"Type": type_name, "Description": what}))
    }
}

/// A value that is one part.
fn whole(part: Part) -> Value {
    match part {
        Part::Literal(text) => json!(text),
        Part::Ref(name) => json!({ "Ref": name }),
        Part::Attribute(id, attribute) => json!({ "Fn::GetAtt": [id, attribute] }),
        Part::Sub(text) => json!({ "Fn::Sub": text }),
    }
}

/// A part within the text of `Fn::Sub`.
fn within(part: Part) -> String {
    match part {
        Part::Literal(text) => text.replace("${", "${!"),
        Part::Ref(name) => format!("${{{name}}}"),
        Part::Attribute(id, attribute) => format!("${{{id}.{attribute}}}"),
        Part::Sub(text) => text,
    }
}
