//! A rule that lets traffic into a security group, as CloudFormation writes it, from the answer of EC2.

use serde_json::{Value, json};

use super::Document;
use super::fields::text;
use crate::kind::Rendering;

/// AWS's type.
pub(super) const TYPE: &str = "AWS::EC2::SecurityGroupIngress";

/// The sources of traffic: the member of EC2's answer, and the property.
const SOURCES: [(&str, &str); 4] = [
    ("/cidrIpv4", "/CidrIp"),
    ("/cidrIpv6", "/CidrIpv6"),
    ("/prefixListId", "/SourcePrefixListId"),
    ("/referencedGroupInfo/groupId", "/SourceSecurityGroupId"),
];

/// Writes configuration and template.
pub(super) fn write(document: &mut Document, item: &Value) {
    document.configuration(item.clone());
    document.template(template(item));
}

/// The properties in a template, as the kind `security_group_rules` writes them.
fn template(item: &Value) -> Rendering {
    let mut rule = Rendering::new(TYPE);
    rule.own("/GroupId", text(item, "/groupId"));
    let protocol = text(item, "/ipProtocol");
    rule.own("/IpProtocol", protocol);
    // Ports of −1 mean all types of ICMP, and nothing for a protocol without ports.
    let ports = [("/FromPort", item.get("fromPort")), ("/ToPort", item.get("toPort"))];
    if protocol.starts_with("icmp") || ports.iter().any(|(_, port)| port.is_some_and(|port| *port != json!(-1))) {
        for (property, port) in ports {
            rule.own_some(property, port.cloned());
        }
    }
    for (member, property) in SOURCES {
        rule.own_some(property, Some(text(item, member)).filter(|source| !source.is_empty()));
    }
    rule.own_some("/Description", Some(text(item, "/description")).filter(|words| !words.is_empty()));
    rule
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Environment, Outputs};
    use crate::kind::RenderContext;
    use crate::kinds::REGISTRY;

    #[test]
    fn live_rule_is_written_as_the_kind_writes_it() {
        let (env, outputs) = (Environment::new("123456789012", "eu-central-1"), Outputs::new());
        let cx = RenderContext { name: "r", env: &env, outputs: &outputs, facts: None };
        let kind = REGISTRY.kind("security_group_rules").expect("the kind is registered");
        for (item, spec) in [
            (
                json!({"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrIpv4": "10.0.0.0/16", "description": "d"}),
                json!({"port": 5432, "source": "10.0.0.0/16", "description": "d"}),
            ),
            (
                json!({"ipProtocol": "-1", "fromPort": -1, "toPort": -1, "cidrIpv6": "::/0"}),
                json!({"protocol": "all", "source": "::/0"}),
            ),
            (
                json!({"ipProtocol": "icmp", "fromPort": -1, "toPort": -1, "prefixListId": "pl-1"}),
                json!({"protocol": "icmp", "source": "pl-1"}),
            ),
            (
                json!({"ipProtocol": "udp", "fromPort": 0, "toPort": 65535, "referencedGroupInfo": {"groupId": "sg-2"}}),
                json!({"protocol": "udp", "port": {"from": 0, "to": 65535}, "source": "sg-2"}),
            ),
        ] {
            let mut item = item;
            let mut spec = spec;
            item["groupId"] = json!("sg-1");
            spec["security_group"] = json!("sg-1");
            let rendered = kind.cloudformation(&spec, &cx).expect("the spec is one").remove(0).body;
            assert_eq!(template(&item).body, rendered, "{item}");
        }
    }
}
