//! The problems of a rule for which EC2 would refuse it, found offline.

use super::source::Source;
use super::spec::{SecurityGroupRuleSpec, WORKSPACE_DESCRIPTION};
use crate::base::{Problem, pending};
use crate::kind::Context;
use crate::path;

pub(super) fn check(spec: &SecurityGroupRuleSpec, _: &Context<'_>) -> Vec<Problem> {
    let SecurityGroupRuleSpec {
        security_group,
        source,
        protocol,
        port,
        description,
        // The loader checks them.
        tags: _,
    } = spec;
    let mut problems = Vec::new();
    for (property, text) in [("security_group", security_group), ("source", source)] {
        if pending::is_pending(text) {
            let message = format!("`{property}` must be known before the rule is created");
            problems.push(Problem::new(path![property], message).hint("no resource of a stack has such an attribute"));
        }
    }
    let source = if pending::is_pending(source) { None } else { Some(Source::parse(source)) };
    if let Some(Err(wrong)) = &source {
        problems.push(Problem::new(path!["source"], wrong.message.clone()).hint(wrong.hint.clone()));
    }
    let is_workspace = matches!(source, Some(Ok(Source::Workspace)));
    match (protocol.has_ports(), port) {
        (true, None) => problems.push(
            Problem::new(path!["port"], format!("a rule for {} needs a `port`", protocol.api()))
                .hint("write a port (`port: 5432`), a range (`port: {from: 8000, to: 8100}`), or `protocol: all`")
                .given(path!["protocol"]),
        ),
        (false, Some(_)) => problems.push(
            Problem::new(path!["port"], "only `tcp` and `udp` have ports")
                .hint("leave it out, or write `protocol: tcp`")
                .given(path!["protocol"]),
        ),
        (true, Some(ports)) if ports.from > ports.to => problems.push(
            Problem::new(path!["port"], format!("the range begins at {} and ends at {}", ports.from, ports.to))
                .hint("write the lower port under `from`"),
        ),
        _ => {}
    }
    if is_workspace && !protocol.has_ports() {
        let message = "a workspace's own rule is for ports of `tcp` or `udp`";
        problems.push(Problem::new(path!["protocol"], message).hint("write `protocol: tcp` and a `port`"));
    }
    match description {
        Some(_) if is_workspace => problems.push(
            Problem::new(path!["description"], "the description of a workspace's rule names the workspace")
                .hint("leave `description` out")
                .given(path!["source"]),
        ),
        Some(text) if text.starts_with(WORKSPACE_DESCRIPTION) => problems.push(
            Problem::new(
                path!["description"],
                format!("a description that begins with `{}` marks a workspace's rule", WORKSPACE_DESCRIPTION.trim()),
            )
            .hint("write another description"),
        ),
        _ => {}
    }
    problems
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::base::Environment;

    fn spec(value: &Value) -> SecurityGroupRuleSpec {
        let mut whole = json!({"security_group": "sg-1", "source": "10.0.0.0/16", "port": 5432});
        for (key, value) in value.as_object().expect("properties") {
            whole[key] = value.clone();
        }
        serde_json::from_value(whole).expect("a rule")
    }

    fn problems(value: &Value) -> Vec<String> {
        let env = Environment::new("123456789012", "eu-central-1");
        let cx = Context { name: "r", env: &env, facts: None };
        check(&spec(value), &cx).into_iter().map(|p| format!("{}: {}", p.path, p.message)).collect()
    }

    #[test]
    fn good_rules_have_no_problem() {
        for good in [
            json!({}),
            json!({"source": "workspace"}),
            json!({"source": "workspace", "protocol": "udp", "port": {"from": 1, "to": 2}}),
            json!({"protocol": "udp", "port": {"from": 0, "to": 65535}}),
            json!({"protocol": "all", "port": null, "source": "sg-2"}),
            json!({"protocol": "icmp", "port": null, "source": "pl-2"}),
            json!({"description": "GITPOD", "source": "3.120.5.6/32"}),
        ] {
            assert_eq!(problems(&good), [""; 0]);
        }
    }

    #[test]
    fn ports_belong_to_tcp_and_udp() {
        assert_eq!(problems(&json!({"port": null})), ["port: a rule for tcp needs a `port`"]);
        assert_eq!(problems(&json!({"protocol": "icmp"})), ["port: only `tcp` and `udp` have ports"]);
        let backwards = json!({"port": {"from": 2, "to": 1}});
        assert_eq!(problems(&backwards), ["port: the range begins at 2 and ends at 1"]);
    }

    #[test]
    fn rule_of_each_workspace_has_ports_and_no_description() {
        let described = json!({"source": "workspace", "description": "mine"});
        assert_eq!(problems(&described).len(), 1);
        assert_eq!(problems(&json!({"source": "workspace", "protocol": "all", "port": null})).len(), 1);
        assert_eq!(problems(&json!({"description": "underpin workspace x"})).len(), 1);
    }
}
