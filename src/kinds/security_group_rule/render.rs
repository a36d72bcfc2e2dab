//! A rule as `CloudFormation` writes it.
//!
//! Source: `CloudFormation` template reference, `AWS::EC2::SecurityGroupIngress`. It takes no tags.

use super::identity::TYPE;
use super::source::Source;
use super::spec::SecurityGroupRuleSpec;
use crate::kind::Rendering;
use crate::path;

/// The rule's properties in a template. A sensitive source, whose type is not known, is written as an IPv4 block: a rule
/// that looks at it is told that it is not known.
pub(super) fn cloudformation(spec: &SecurityGroupRuleSpec) -> Rendering {
    let SecurityGroupRuleSpec { security_group, source, protocol, port, description, tags: _ } = spec;
    let mut rule = Rendering::new(TYPE);
    rule.put("/GroupId", security_group.as_str(), path!["security_group"]);
    rule.put("/IpProtocol", protocol.api(), path!["protocol"]);
    match port {
        Some(ports) => {
            rule.put("/FromPort", ports.from, path!["port"]);
            rule.put("/ToPort", ports.to, path!["port"]);
        }
        None if protocol.has_types() => {
            rule.put("/FromPort", -1, path!["protocol"]);
            rule.put("/ToPort", -1, path!["protocol"]);
        }
        None => {}
    }
    let key = match Source::known(source) {
        Some(Source::Ipv6(_)) => "/CidrIpv6",
        Some(Source::PrefixList(_)) => "/SourcePrefixListId",
        Some(Source::Group(_)) => "/SourceSecurityGroupId",
        Some(Source::Ipv4(_) | Source::Workspace) | None => "/CidrIp",
    };
    rule.put(key, source.as_str(), path!["source"]);
    rule.put_some("/Description", description.as_deref(), path!["description"]);
    rule
}
