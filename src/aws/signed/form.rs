//! The form in the body of a call of the query protocols.
//!
//! Source: Smithy specification, "AWS query protocol" (`Tags.member.1.Key`) and "AWS EC2 query protocol" (`Filter.1.Name`).

use std::fmt::Write as _;

use serde_json::Value;

/// How a form counts the items of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lists {
    /// `Name.member.1`
    Member,
    /// `Name.1`, the name as EC2 has it.
    Plain,
}

/// The form of an operation.
pub(super) fn form(operation: &str, version: &str, input: &Value, lists: Lists) -> String {
    let mut pairs = vec![("Action".to_owned(), operation.to_owned()), ("Version".to_owned(), version.to_owned())];
    write("", input, lists, &mut pairs);
    let pair = |(name, value): &(String, String)| format!("{}={}", escaped(name), escaped(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn write(name: &str, value: &Value, lists: Lists, into: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Bool(value) => into.push((name.to_owned(), value.to_string())),
        Value::Number(value) => into.push((name.to_owned(), value.to_string())),
        Value::String(value) => into.push((name.to_owned(), value.clone())),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let number = index + 1;
                let at = match lists {
                    Lists::Member => format!("{name}.member.{number}"),
                    Lists::Plain => format!("{name}.{number}"),
                };
                write(&at, item, lists, into);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                let key = if lists == Lists::Plain { of_ec2(key, member) } else { key };
                let at = if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
                write(&at, member, lists, into);
            }
        }
    }
}

/// EC2's name of a member in a form: lists have the name of one item.
/// Source: botocore 1.43.11, `ec2`: `locationName` and `queryName` of the inputs of the operations that are called.
fn of_ec2<'k>(key: &'k str, value: &Value) -> &'k str {
    if !value.is_array() || EC2_KEPT.contains(&key) {
        return key;
    }
    let other = EC2_OTHERS.iter().find(|(member, _)| *member == key).map(|(_, name)| *name);
    other.unwrap_or_else(|| key.strip_suffix('s').unwrap_or(key))
}

/// Lists that keep their own name.
const EC2_KEPT: &[&str] = &["IpPermissions", "IpRanges", "Ipv6Ranges", "PrefixListIds"];

/// Lists with another name.
const EC2_OTHERS: &[(&str, &str)] = &[("Resources", "ResourceId"), ("UserIdGroupPairs", "Groups")];

/// A text within a form or a query (RFC 3986, section 2.3: what is not reserved stays).
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn query_form_counts_members_and_escapes_values() {
        let input =
            json!({"Filter": ["User", "Role"], "MaxItems": 1000, "Marker": null, "P": {"A b": "ü&="}, "On": true});
        assert_eq!(
            form("GetAccountAuthorizationDetails", "2010-05-08", &input, Lists::Member),
            "Action=GetAccountAuthorizationDetails&Version=2010-05-08&Filter.member.1=User&Filter.member.2=Role\
             &MaxItems=1000&P.A%20b=%C3%BC%26%3D&On=true"
        );
    }

    #[test]
    fn ec2_form_names_lists_by_one_item() {
        let input = json!({"Filters": [{"Name": "vpc-id", "Values": ["vpc-1", "vpc-2"]}], "GroupIds": ["sg-1"]});
        assert_eq!(
            form("DescribeSecurityGroups", "2016-11-15", &input, Lists::Plain),
            "Action=DescribeSecurityGroups&Version=2016-11-15&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1\
             &Filter.1.Value.2=vpc-2&GroupId.1=sg-1"
        );
        let group = json!({"GroupId": "sg-2", "Description": ""});
        let input = json!({"IpPermissions": [{"FromPort": -1, "UserIdGroupPairs": [group], "IpRanges": []}]});
        assert_eq!(
            form("AuthorizeSecurityGroupIngress", "2016-11-15", &input, Lists::Plain),
            "Action=AuthorizeSecurityGroupIngress&Version=2016-11-15&IpPermissions.1.FromPort=-1\
             &IpPermissions.1.Groups.1.GroupId=sg-2&IpPermissions.1.Groups.1.Description="
        );
        let input = json!({"Resources": ["sgr-1"], "Tags": [{"Key": "a", "Value": ""}]});
        assert_eq!(
            form("CreateTags", "2016-11-15", &input, Lists::Plain),
            "Action=CreateTags&Version=2016-11-15&ResourceId.1=sgr-1&Tag.1.Key=a&Tag.1.Value="
        );
    }
}
