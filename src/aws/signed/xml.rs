//! Answers in XML as JSON.
//!
//! XML says neither which elements are lists nor which texts are numbers: the tables here do, for the reads that are made
//! by signed calls. An element with `member` or `item` elements is a list in any case, one with `entry` elements a
//! mapping. Source of the tables: botocore 1.43.11, the output shapes of `ec2`, `iam`, `cloudwatch`, `sns`, `sts`, `s3`.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

/// The deepest nesting that is read: no answer has a third of it.
const DEEPEST: usize = 100;

/// Elements that are lists also when they are empty: where the name alone does not say it ([`is_list`]).
const LISTS: &[&str] = &[
    "AccessControlList",
    "AccessKeyMetadata",
    "AlarmActions",
    "AttachedManagedPolicies",
    "AvailabilityZones",
    "Buckets",
    "CompositeAlarms",
    "Dimensions",
    "EnabledFeatures",
    "InsufficientDataActions",
    "MFADevices",
    "MetricAlarms",
    "Metrics",
    "OKActions",
    "Policies",
    "PolicyGroups",
    "PolicyRoles",
    "PolicyUsers",
    "Roles",
    "Subscriptions",
    "Tags",
    "Topics",
    "Users",
    "VirtualMFADevices",
    "availabilityZoneInfo",
    "blockDeviceMapping",
    "groups",
    "ipPermissions",
    "ipPermissionsEgress",
    "ipRanges",
    "ipv6Ranges",
    "prefixListIds",
    "productCodes",
    "regionInfo",
    "securityGroupInfo",
];

/// Elements whose text is a number.
const NUMBERS: &[&str] = &[
    "AttachmentCount",
    "DatapointsToAlarm",
    "EvaluationPeriods",
    "MaxPasswordAge",
    "MaxSessionDuration",
    "MinimumPasswordLength",
    "PackedPolicySize",
    "PasswordReusePrevention",
    "Period",
    "PermissionsBoundaryUsageCount",
    "Threshold",
    "availableIpAddressCount",
    "deviceIndex",
    "fromPort",
    "maxAggregationInterval",
    "maxEntries",
    "networkCardIndex",
    "ruleNumber",
    "toPort",
];

/// Numbers whose names mean something else elsewhere, with the element above.
const NUMBERS_WITHIN: &[(&str, &str)] = &[
    ("icmpTypeCode", "code"),
    ("icmpTypeCode", "type"),
    ("portRange", "from"),
    ("portRange", "to"),
    ("SummaryMap", "value"),
];

/// Elements whose text is a truth value. Any other text stays one: people name groups and rules `true`.
const TRUTHS: &[&str] = &[
    "ActionsEnabled",
    "AllowUsersToChangePassword",
    "BlockPublicAcls",
    "BlockPublicPolicy",
    "BucketKeyEnabled",
    "ExpirePasswords",
    "HardExpiry",
    "IgnorePublicAcls",
    "IsAttachable",
    "IsDefaultVersion",
    "IsPublic",
    "IsTruncated",
    "RequireLowercaseCharacters",
    "RequireNumbers",
    "RequireSymbols",
    "RequireUppercaseCharacters",
    "RestrictPublicBuckets",
    "ReturnData",
    "acceptanceRequired",
    "allowDnsResolutionFromRemoteVpc",
    "allowEgressFromLocalClassicLinkToRemoteVpc",
    "allowEgressFromLocalVpcToRemoteClassicLink",
    "assignIpv6AddressOnCreation",
    "default",
    "defaultForAz",
    "deleteOnTermination",
    "denyAllIgwTraffic",
    "egress",
    "enaSrdEnabled",
    "enaSrdUdpEnabled",
    "enableDns64",
    "enableResourceNameDnsAAAARecord",
    "enableResourceNameDnsARecord",
    "hiddenByDefault",
    "hiveCompatiblePartitions",
    "ipv6Native",
    "isDefault",
    "isEgress",
    "isPrimaryIpv6",
    "main",
    "managed",
    "managesVpcEndpoints",
    "mapCustomerOwnedIpOnLaunch",
    "mapPublicIpOnLaunch",
    "perHourPartition",
    "primary",
    "privateDnsEnabled",
    "privateDnsOnlyForInboundResolverEndpoint",
    "remoteAccessEnabled",
    "requesterManaged",
    "sourceDestCheck",
];

/// The attributes of a VPC, whose `value` is a truth value, unlike a tag's.
const ATTRIBUTES: &[&str] = &["enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics"];

fn is_list(name: &str) -> bool {
    name.ends_with("Set") || name.ends_with("List") || LISTS.contains(&name)
}

/// The elements within another, in order, and its text.
#[derive(Default)]
struct Element {
    name: String,
    children: Vec<(String, Value)>,
    text: String,
}

/// Reads an answer: what is within the outermost element. Attributes are left out, but for the type of an S3 grantee.
///
/// # Errors
/// A text that is no XML, or is cut off.
pub(super) fn read(text: &str) -> Result<Value, String> {
    read_named(text).map(|(_, value)| value)
}

/// The same, with the name of the outermost element.
///
/// # Errors
/// As [`read`].
pub(super) fn read_named(text: &str) -> Result<(String, Value), String> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = vec![Element::default()];
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        match event {
            Event::Start(start) => {
                if open.len() > DEEPEST {
                    return Err("its elements are nested too deeply".to_owned());
                }
                open.push(begin(&start)?);
            }
            Event::Empty(start) => {
                let element = begin(&start)?;
                close(element, &mut open);
            }
            Event::End(_) => {
                let Some(element) = open.pop().filter(|_| !open.is_empty()) else {
                    return Err("an element ends that has not begun".to_owned());
                };
                close(element, &mut open);
            }
            Event::Text(part) => add(&mut open, &part.xml10_content()),
            Event::CData(part) => add(&mut open, &part.xml10_content()),
            Event::GeneralRef(entity) => {
                let character = entity.resolve_char_ref().map_err(|error| error.to_string())?;
                match character {
                    Some(character) => add(&mut open, character.encode_utf8(&mut [0; 4])),
                    None => add(&mut open, predefined(entity.as_ref())?),
                }
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    if open.len() != 1 {
        return Err("it is cut off".to_owned());
    }
    let outermost = open.pop().and_then(|mut root| root.children.pop());
    outermost.ok_or_else(|| "it is empty".to_owned())
}

fn begin(start: &BytesStart<'_>) -> Result<Element, String> {
    let name = start.local_name().as_ref().to_owned();
    let mut children = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        // The kind of an S3 grantee is only here.
        if attribute.key.local_name().as_ref() == "type" {
            children.push(("Type".to_owned(), Value::String(attribute.value.into_owned())));
        }
    }
    Ok(Element { name, children, text: String::new() })
}

fn add(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn predefined(name: &str) -> Result<&'static str, String> {
    Ok(match name {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "apos" => "'",
        "quot" => "\"",
        _ => return Err(format!("the entity `{name}` is not known")),
    })
}

/// Makes a value of an element, and gives it to the one above.
fn close(element: Element, open: &mut [Element]) {
    let Some(above) = open.last_mut() else { return };
    let Element { name, children, text } = element;
    let value = value(&above.name, &name, children, text);
    above.children.push((name, value));
}

fn value(above: &str, name: &str, children: Vec<(String, Value)>, text: String) -> Value {
    if children.is_empty() {
        let blank = text.trim().is_empty();
        return if blank && is_list(name) { Value::Array(Vec::new()) } else { scalar(above, name, text) };
    }
    let all = |word: &str| children.iter().all(|(name, _)| name == word);
    if all("member") || all("item") {
        return children.into_iter().map(|(_, value)| value).collect();
    }
    if all("entry") {
        return mapping(name, children);
    }
    if is_list(name) && children.windows(2).all(|two| two[0].0 == two[1].0) {
        return children.into_iter().map(|(_, value)| value).collect();
    }
    let mut members = Map::new();
    for (key, value) in children {
        match members.get_mut(&key) {
            // Elements of one name beside others are a list without an element of its own (S3's `Rule`).
            Some(Value::Array(items)) => items.push(value),
            Some(one) => *one = Value::Array(vec![one.take(), value]),
            None => {
                members.insert(key, value);
            }
        }
    }
    Value::Object(members)
}

/// A mapping of `entry` elements with `key` and `value`.
fn mapping(name: &str, entries: Vec<(String, Value)>) -> Value {
    let pair = |(_, mut entry): (String, Value)| {
        let key = entry.get("key")?.as_str()?.to_owned();
        let value = entry.get_mut("value").map(Value::take).unwrap_or_default();
        let value = match value {
            Value::String(text) => scalar(name, "value", text),
            other => other,
        };
        Some((key, value))
    };
    Value::Object(entries.into_iter().filter_map(pair).collect())
}

fn scalar(above: &str, name: &str, text: String) -> Value {
    if NUMBERS.contains(&name) || NUMBERS_WITHIN.contains(&(above, name)) {
        // `-1`, and CloudWatch's `5.0`.
        if let Ok(number) = text.parse::<i64>() {
            return number.into();
        }
        let number = text.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
        return number.map_or(Value::String(text), Value::Number);
    }
    let is_truth = TRUTHS.contains(&name) || (name == "value" && ATTRIBUTES.contains(&above));
    match text.as_str() {
        "true" | "false" if is_truth => Value::Bool(text == "true"),
        _ => Value::String(text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn query_answer_has_lists_mappings_and_typed_values() {
        let text = "<?xml version=\"1.0\"?>
            <X xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><R>
              <IsTruncated>false</IsTruncated>
              <Roles><member><RoleName>a</RoleName><MaxSessionDuration>3600</MaxSessionDuration>
                <Tags><member><Key>public</Key><Value>true</Value></member></Tags><RolePolicyList/></member></Roles>
              <Users/>
              <SummaryMap><entry><key>Users</key><value>3</value></entry></SummaryMap>
              <Note>a &lt;b&gt; &#228;&amp;&quot;</Note>
            </R></X>";
        let role = json!({
            "RoleName": "a", "MaxSessionDuration": 3600, "Tags": [{"Key": "public", "Value": "true"}],
            "RolePolicyList": []
        });
        let expected = json!({"R": {
            "IsTruncated": false, "Roles": [role], "Users": [], "SummaryMap": {"Users": 3}, "Note": "a <b> ä&\""
        }});
        assert_eq!(read(text), Ok(expected));
    }

    #[test]
    fn ec2_answer_has_numbers_where_they_are_ports_and_texts_where_they_are_accounts() {
        let text = "<D><requestId>r</requestId><securityGroupInfo><item><ownerId>123456789012</ownerId>
            <groupName>true</groupName><ipPermissions><item><fromPort>22</fromPort><toPort>-1</toPort><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item>
            </ipRanges><groups/></item></ipPermissions><tagSet><item><key>1</key><value>22</value></item></tagSet>
            </item></securityGroupInfo></D>";
        let group = json!({
            "ownerId": "123456789012",
            "groupName": "true",
            "ipPermissions": [{"fromPort": 22, "toPort": -1, "ipRanges": [{"cidrIp": "0.0.0.0/0"}], "groups": []}],
            "tagSet": [{"key": "1", "value": "22"}]
        });
        assert_eq!(read(text), Ok(json!({"requestId": "r", "securityGroupInfo": [group]})));
        let attribute = "<A><enableDnsSupport><value>true</value></enableDnsSupport></A>";
        assert_eq!(read(attribute), Ok(json!({"enableDnsSupport": {"value": true}})));
        let icmp = "<A><entry2><icmpTypeCode><code>-1</code><type>8</type></icmpTypeCode></entry2></A>";
        assert_eq!(read(icmp), Ok(json!({"entry2": {"icmpTypeCode": {"code": -1, "type": 8}}})));
    }

    #[test]
    fn s3_answer_has_grants_as_a_list_also_if_there_is_one() {
        let text = "<AccessControlPolicy><AccessControlList><Grant><Grantee xmlns:xsi=\"x\" xsi:type=\"Group\">
            <URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant>
            </AccessControlList></AccessControlPolicy>";
        let grantee = json!({"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"});
        assert_eq!(read(text), Ok(json!({"AccessControlList": [{"Grantee": grantee, "Permission": "READ"}]})));
        let status = "<PolicyStatus><IsPublic>true</IsPublic></PolicyStatus>";
        assert_eq!(read(status), Ok(json!({"IsPublic": true})));
    }

    #[test]
    fn broken_answer_is_an_error() {
        for text in ["", "no xml", "<a><b></a>", "<a>", "<a>&nope;</a>", "<a/></b>"] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read(&"<a>".repeat(1_000)).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_an_answer_or_an_error(text in "(<[a-z/]{0,3}>|&[a-z#0-9]{0,3};|[ -~]){0,40}") {
            let _ = read(&text);
        }

        #[test]
        fn written_text_is_read_back(text in "[ -~]{1,40}") {
            prop_assume!(!text.trim().is_empty());
            let written = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            prop_assert_eq!(read(&format!("<a><b>{written}</b></a>")), Ok(json!({"b": text})));
        }
    }
}
