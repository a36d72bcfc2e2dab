//! `Invoke` is a data event, which trails record only where they are told to.
//!
//! A trail counts if it is logging, covers the function's region, and has a selector for the function's data events: for it by
//! name, or for all (`arn:aws:lambda`). `Invoke` writes: a selector for events that read leaves it out.
//! Source: CloudTrail user guide, "Logging data events"; CloudTrail API reference, `DataResource` and `AdvancedFieldSelector`.

use serde_json::Value;

use crate::rules::rust::{Answer, Subject, Unknown, Verdict, World};

const TYPE: &str = "AWS::Lambda::Function";

/// Passes where a trail records invocations of the function.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let arn = subject.text("/configuration/functionArn")?.unwrap_or(subject.arn());
    let mut unsure = None;
    for trail in world.of("AWS::CloudTrail::Trail")? {
        // A trail of another account is about this one only if it is that of the organization.
        if trail.account() != subject.account() && !trail.is("/configuration/IsOrganizationTrail").unwrap_or(true) {
            continue;
        }
        match records(&trail, subject.region(), arn) {
            Ok(true) => return Ok(Verdict::Pass),
            Ok(false) => {}
            Err(unknown) => unsure = unsure.or(Some(unknown)),
        }
    }
    match unsure {
        Some(unknown) => Err(unknown),
        None => Ok(Verdict::fail("/configuration/functionArn", "no trail records invocations of the function")),
    }
}

fn records(trail: &Subject<'_>, region: &str, arn: &str) -> Result<bool, Unknown> {
    let here =
        trail.is("/configuration/IsMultiRegionTrail")? || trail.text("/configuration/HomeRegion")? == Some(region);
    if !here || !trail.is("/supplementaryConfiguration/GetTrailStatus/IsLogging")? {
        return Ok(false);
    }
    let at = "/supplementaryConfiguration/GetEventSelectors";
    let basic = trail.list(&format!("{at}/EventSelectors"))?.iter().any(|selector| by_type(selector, arn));
    Ok(basic || trail.list(&format!("{at}/AdvancedEventSelectors"))?.iter().any(|selector| by_fields(selector, arn)))
}

/// Returns whether a basic selector has the function's data events.
fn by_type(selector: &Value, arn: &str) -> bool {
    let of_lambda = |resource: &&Value| resource["Type"] == TYPE;
    let mut values = selector["DataResources"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(of_lambda)
        .flat_map(|resource| resource["Values"].as_array().into_iter().flatten().filter_map(Value::as_str));
    let all = |value: &str| value.split(':').count() <= 3 && arn.starts_with(value.trim_end_matches(':'));
    selector["ReadWriteType"] != "ReadOnly" && values.any(|value| value == arn || all(value))
}

/// Returns whether an advanced selector has them: all of its fields have to match.
fn by_fields(selector: &Value, arn: &str) -> bool {
    let fields: Vec<&Value> = selector["FieldSelectors"].as_array().into_iter().flatten().collect();
    let value = |name: &str| match name {
        "eventCategory" => Some("Data"),
        "resources.type" => Some(TYPE),
        "resources.ARN" => Some(arn),
        "eventName" => Some("Invoke"),
        "eventSource" => Some("lambda.amazonaws.com"),
        "readOnly" => Some("false"),
        _ => None,
    };
    let names = |name: &str| fields.iter().any(|field| field["Field"] == name);
    names("eventCategory")
        && names("resources.type")
        && fields.iter().all(|field| field["Field"].as_str().and_then(value).is_some_and(|value| matches(field, value)))
}

/// Returns whether a value matches one of the values of each operator of a field.
fn matches(field: &Value, value: &str) -> bool {
    let any = |operator: &str, is: &dyn Fn(&str) -> bool| {
        let listed = field[operator].as_array().filter(|listed| !listed.is_empty());
        listed.map(|listed| listed.iter().filter_map(Value::as_str).any(is))
    };
    let yes = [
        any("Equals", &|one| one == value),
        any("StartsWith", &|one| value.starts_with(one)),
        any("EndsWith", &|one| value.ends_with(one)),
    ];
    let no = [
        any("NotEquals", &|one| one == value),
        any("NotStartsWith", &|one| value.starts_with(one)),
        any("NotEndsWith", &|one| value.ends_with(one)),
    ];
    yes.iter().flatten().all(|matched| *matched) && !no.iter().flatten().any(|matched| *matched)
}
