//! The trails of an account: whether they log, and which events.
//!
//! Source: `CloudTrail` API reference, `DescribeTrails`, `GetTrailStatus`, `GetEventSelectors`.

use serde_json::Value;

use super::rust::{Subject, Unknown, World};

/// The trails of an account among the documents; an error if they could not be listed.
pub fn trails<'a>(world: &World<'a>, account: &str) -> Result<Vec<Subject<'a>>, Unknown> {
    Ok(world.of("AWS::CloudTrail::Trail")?.filter(|trail| trail.account() == account).collect())
}

/// Asks each trail; `true` if one has the property, `false` if none has, else the reason why it is not known.
pub fn any_trail<'a>(
    trails: &[Subject<'a>],
    has: impl Fn(&Subject<'a>) -> Result<bool, Unknown>,
) -> Result<bool, Unknown> {
    let mut unknown = None;
    for trail in trails {
        match has(trail) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(why) => unknown = Some(why),
        }
    }
    unknown.map_or(Ok(false), Err)
}

/// Returns whether a trail logs now.
pub fn is_logging(trail: &Subject<'_>) -> Result<bool, Unknown> {
    trail.is("/supplementaryConfiguration/GetTrailStatus/IsLogging")
}

const SELECTORS: &str = "/supplementaryConfiguration/GetEventSelectors";

/// Returns whether a trail logs all management events, those that read and those that write; `whole` asks that none of a
/// service (KMS, the RDS Data API) are left out.
pub fn logs_management(trail: &Subject<'_>, whole: bool) -> Result<bool, Unknown> {
    let (mut reads, mut writes) = (false, false);
    for selector in trail.list(&format!("{SELECTORS}/EventSelectors"))? {
        let includes = selector.get("IncludeManagementEvents").and_then(Value::as_bool).unwrap_or(true);
        let left_out = selector.get("ExcludeManagementEventSources").and_then(Value::as_array);
        if !includes || (whole && left_out.is_some_and(|sources| !sources.is_empty())) {
            continue;
        }
        let kind = selector.get("ReadWriteType").and_then(Value::as_str).unwrap_or("All");
        reads |= matches!(kind, "All" | "ReadOnly");
        writes |= matches!(kind, "All" | "WriteOnly");
    }
    for fields in advanced(trail)? {
        let is_management = fields.iter().any(|field| is_field(field, "eventCategory") && equals(field, "Management"));
        let narrowed = fields.iter().any(|field| {
            let known = ["eventCategory", "readOnly"].iter().any(|name| is_field(field, name));
            // What leaves out single services (`eventSource`) is narrowed only if all of them are asked for.
            !known && (whole || !is_field(field, "eventSource"))
        });
        if !is_management || narrowed {
            continue;
        }
        let only = fields.iter().find(|field| is_field(field, "readOnly"));
        reads |= only.is_none_or(|field| equals(field, "true"));
        writes |= only.is_none_or(|field| equals(field, "false"));
    }
    Ok(reads && writes)
}

/// Returns whether a trail logs the data events of a resource: reads or writes of its items, calls of a function.
pub fn logs_data(trail: &Subject<'_>, type_name: &str, arn: &str) -> Result<bool, Unknown> {
    let covers = |selector: &Value| {
        let resources = selector.get("DataResources").and_then(Value::as_array).into_iter().flatten();
        resources.filter(|resource| resource.get("Type").and_then(Value::as_str) == Some(type_name)).any(|resource| {
            let values = resource.get("Values").and_then(Value::as_array).into_iter().flatten();
            values.filter_map(Value::as_str).any(|value| is_whole_or_all(value, arn))
        })
    };
    if trail.list(&format!("{SELECTORS}/EventSelectors"))?.iter().any(covers) {
        return Ok(true);
    }
    Ok(advanced(trail)?.any(|fields| {
        let of_type = fields.iter().any(|field| is_field(field, "resources.type") && equals(field, type_name));
        let is_data = fields.iter().any(|field| is_field(field, "eventCategory") && equals(field, "Data"));
        let fits = fields.iter().all(|field| {
            ["eventCategory", "resources.type", "readOnly"].iter().any(|name| is_field(field, name))
                || (is_field(field, "resources.ARN") && selects(field, arn))
        });
        of_type && is_data && fits
    }))
}

/// An entry of basic selectors: the ARN itself, or the beginning that stands for all of the type (`arn:aws:dynamodb`,
/// `arn:aws:lambda`).
fn is_whole_or_all(value: &str, arn: &str) -> bool {
    value == arn || (value.split(':').count() == 3 && arn.starts_with(&format!("{value}:")))
}

fn advanced<'a>(trail: &Subject<'a>) -> Result<impl Iterator<Item = &'a [Value]>, Unknown> {
    let selectors = trail.list(&format!("{SELECTORS}/AdvancedEventSelectors"))?.iter();
    Ok(selectors.filter_map(|selector| selector.get("FieldSelectors")?.as_array()).map(Vec::as_slice))
}

fn is_field(field: &Value, name: &str) -> bool {
    field.get("Field").and_then(Value::as_str) == Some(name)
}

fn values<'a>(field: &'a Value, operator: &str) -> impl Iterator<Item = &'a str> {
    field.get(operator).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn equals(field: &Value, wanted: &str) -> bool {
    values(field, "Equals").any(|value| value == wanted)
}

/// Returns whether a field selects a text; all its operators must hold.
fn selects(field: &Value, text: &str) -> bool {
    type Fits = fn(&str, &str) -> bool;
    let operators: [(&str, Fits); 3] = [
        ("Equals", |text, value| text == value),
        ("StartsWith", |text, value| text.starts_with(value)),
        ("EndsWith", |text, value| text.ends_with(value)),
    ];
    operators.into_iter().all(|(name, fits)| {
        let any = |operator: &str| values(field, operator).any(|value| fits(text, value));
        (values(field, name).next().is_none() || any(name)) && !any(&format!("Not{name}"))
    })
}
