//! The template: all resources of the stack, what they wait for, and the parameters.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::logical_id::logical_id;
use super::parameters::Parameters;
use super::value::{Names, Place, Writer};
use crate::base::{Address, Environment, Outputs, Reference, Vault, pending};
use crate::kind::{PureKind, Registry, RenderContext, Rendering, When};
use crate::stack::Declared;

const FUNCTION: &str = "AWS::Lambda::Function";
const LOG_GROUP: &str = "AWS::Logs::LogGroup";
const SCALABLE_TARGET: &str = "AWS::ApplicationAutoScaling::ScalableTarget";
const SCALING_POLICY: &str = "AWS::ApplicationAutoScaling::ScalingPolicy";

/// The inputs of a template.
pub(super) struct Exported<'a> {
    pub(super) registry: &'a Registry,
    pub(super) stack: &'a str,
    pub(super) env: &'a Environment,
    /// The stand-in for the account, if the file does not give one.
    pub(super) account: Option<&'a str>,
    pub(super) vault: &'a Vault,
    /// The resources, each with its properties as far as they are known offline.
    pub(super) resources: &'a [(&'a Declared, Value)],
    /// The resources that each one waits for.
    pub(super) dependencies: &'a BTreeMap<Address, BTreeSet<Address>>,
}

/// A template, and what is to be known of it.
#[derive(Debug)]
pub(super) struct Template {
    /// The document.
    pub(super) document: Value,
    /// The number of its resources.
    pub(super) resources: usize,
    /// The number of its parameters.
    pub(super) parameters: usize,
    /// The parameters without a default.
    pub(super) required: Vec<String>,
    /// The key of each function's archive, and the digest of the archive.
    pub(super) archives: BTreeMap<String, String>,
}

/// A resource of the template.
struct Written<'a> {
    declared: &'a Declared,
    spec: &'a Value,
    kind: &'static dyn PureKind,
    rendering: Rendering,
    id: String,
}

/// Writes the template.
///
/// # Errors
///
/// The first resource that can't be written, as a sentence.
pub(super) fn template(exported: &Exported<'_>) -> Result<Template, String> {
    let all = rendered(exported)?;
    let main = all.iter().filter(|one| one.rendering.part.is_empty());
    let names = Names {
        registry: exported.registry,
        vault: exported.vault,
        account: exported.account,
        ids: main.map(|one| (&one.declared.address, one.id.clone())).collect(),
        known: known(exported),
    };
    let nothing = BTreeSet::new();
    let (mut parameters, mut archives, mut resources) = (Parameters::default(), BTreeMap::new(), Map::new());
    for one in &all {
        let address = &one.declared.address;
        let dependencies = exported.dependencies.get(address).unwrap_or(&nothing);
        let place = Place { address, kind: one.kind, rendering: &one.rendering, spec: one.spec, dependencies };
        let mut writer = Writer { names: &names, place: &place, parameters: &mut parameters, used: BTreeSet::new() };
        let mut properties = writer.value("", &one.rendering.body)?;
        let used = writer.used;
        if one.rendering.type_name == FUNCTION {
            archives.extend(code(one, &mut properties, &mut parameters));
        }
        let after = after(one, &all, dependencies.difference(&used).filter_map(|address| names.ids.get(address)));
        resources.insert(one.id.clone(), resource(one, &after, properties));
    }
    let (count, parameters_count) = (resources.len(), parameters.count());
    let required = parameters.required().into_iter().map(str::to_owned).collect();
    let mut document = Map::new();
    document.insert("AWSTemplateFormatVersion".to_owned(), json!("2010-09-09"));
    document.insert("Description".to_owned(), json!(format!("Stack {}, exported by underpin", exported.stack)));
    if parameters_count > 0 {
        document.insert("Parameters".to_owned(), Value::Object(parameters.into_section()));
    }
    document.insert("Resources".to_owned(), Value::Object(resources));
    let document = Value::Object(document);
    if let Some(address) = marked(&document) {
        return Err(format!("a value of {address} can't be written into a template"));
    }
    Ok(Template { document, resources: count, parameters: parameters_count, required, archives })
}

/// Each resource in `CloudFormation`'s spelling.
fn rendered<'a>(exported: &Exported<'a>) -> Result<Vec<Written<'a>>, String> {
    let (nothing, mut all) = (Outputs::new(), Vec::new());
    for (declared, spec) in exported.resources {
        let address = &declared.address;
        let Some(kind) = exported.registry.kind(address.section()) else { continue };
        let cx = RenderContext { name: &declared.name, env: exported.env, outputs: &nothing, facts: None };
        let renderings = kind.cloudformation(spec, &cx).map_err(|problem| format!("{address}: {}", problem.message))?;
        for rendering in renderings {
            let id = logical_id(rendering.type_name, address, &rendering.part);
            all.push(Written { declared, spec, kind, rendering, id });
        }
    }
    Ok(all)
}

/// Names and ARNs that follow from the file.
fn known(exported: &Exported<'_>) -> BTreeMap<String, Vec<Reference>> {
    let mut known: BTreeMap<String, Vec<Reference>> = BTreeMap::new();
    for (declared, spec) in exported.resources {
        let kind = exported.registry.kind(declared.address.section());
        for attribute in kind.into_iter().flat_map(PureKind::attributes) {
            let When::Always(value) = attribute.when else { continue };
            let property = |key: &str| spec.get(key).and_then(Value::as_str).map(str::to_owned);
            let reference = Reference { address: declared.address.clone(), attribute: attribute.name.to_owned() };
            known.entry(value(&declared.name, &property, exported.env)).or_default().push(reference);
        }
    }
    known
}

/// Replaces the code of a function by parameters; returns the key of its archive, and the archive's digest.
fn code(one: &Written<'_>, properties: &mut Value, parameters: &mut Parameters) -> Option<(String, String)> {
    let key = one.rendering.body.pointer("/Code/S3Key")?.as_str()?.to_owned();
    let digest = one.spec.pointer("/code/sha256")?.as_str()?.to_owned();
    let bucket = "The S3 bucket, in the region of the stack, that has the functions' archives";
    let bucket = parameters.declare("CodeBucket", bucket, json!({"Type": "String", "Description": bucket}));
    let what = format!("The key of the archive of {}", one.declared.address);
    let body = json!({"Type": "String", "Default": key, "Description": what});
    let parameter = parameters.declare(&format!("CodeKey{}", one.id), &what, body);
    properties["Code"] = json!({"S3Bucket": {"Ref": bucket}, "S3Key": {"Ref": parameter}});
    Some((key, digest))
}

/// The resources that must be there before this one, and that no value refers to.
fn after<'i>(one: &Written<'_>, all: &[Written<'_>], others: impl Iterator<Item = &'i String>) -> Vec<String> {
    let mine = |other: &&Written<'_>| other.declared.address == one.declared.address;
    let of_type = |type_name: &'static str| move |other: &&Written<'_>| other.rendering.type_name == type_name;
    let part = one.rendering.part.as_str();
    let own: Vec<&str> = match one.rendering.type_name {
        // Lambda would make the log group itself, with the first event.
        FUNCTION => all.iter().filter(mine).filter(of_type(LOG_GROUP)).map(|other| other.id.as_str()).collect(),
        LOG_GROUP => return Vec::new(),
        SCALING_POLICY => {
            let targets = all.iter().filter(mine).filter(of_type(SCALABLE_TARGET));
            targets.filter(|target| target.rendering.part == part).map(|target| target.id.as_str()).collect()
        }
        _ if part.is_empty() => Vec::new(),
        _ => {
            all.iter().filter(mine).filter(|main| main.rendering.part.is_empty()).map(|main| main.id.as_str()).collect()
        }
    };
    // Parts wait for their resource, which waits for the others.
    let others: Vec<&String> = if part.is_empty() { others.collect() } else { Vec::new() };
    others.into_iter().cloned().chain(own.into_iter().map(str::to_owned)).collect()
}

/// One entry of `Resources`. What holds data, or records, stays when the stack goes, as it does with underpin.
fn resource(one: &Written<'_>, after: &[String], properties: Value) -> Value {
    let mut entry = Map::new();
    entry.insert("Type".to_owned(), json!(one.rendering.type_name));
    match after {
        [] => {}
        [only] => drop(entry.insert("DependsOn".to_owned(), json!(only))),
        _ => drop(entry.insert("DependsOn".to_owned(), json!(after))),
    }
    let is_kept = (one.kind.stateful() && one.rendering.part.is_empty()) || one.rendering.type_name == LOG_GROUP;
    if is_kept {
        entry.insert("DeletionPolicy".to_owned(), json!("Retain"));
        entry.insert("UpdateReplacePolicy".to_owned(), json!("Retain"));
    }
    let mut underpin = json!({"address": one.declared.address});
    if !one.rendering.part.is_empty() {
        underpin["part"] = json!(one.rendering.part);
    }
    entry.insert("Metadata".to_owned(), json!({ "underpin": underpin }));
    entry.insert("Properties".to_owned(), properties);
    Value::Object(entry)
}

/// The first resource in which a mark of ours is left.
fn marked(document: &Value) -> Option<String> {
    let resources = document.get("Resources")?.as_object()?;
    let found = resources.iter().find(|(_, body)| body.to_string().contains(pending::is_reserved));
    found.map(|(id, _)| id.clone())
}
