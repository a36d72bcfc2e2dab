//! The rule of each workspace in a security group, on the sandbox: opened, followed, adopted, shared and closed.

use std::collections::BTreeMap;

use futures::future::join_all;
use serde_json::{Value, json};
use underpin::kind::AccessRequest;
use underpin::kinds::security_group_rule::{Ports, Protocol};
use underpin::workspace::rule::{OtherRule, RuleError, RuleReport, RuleState, WorkspaceRule, close, open, remove};
use underpin::workspace::{WorkspaceAddress, own_address};

use crate::support::{Answer, Emulator, Observer, Stub, aws};

/// A security group for a database, looked at by boto3.
struct Database {
    observer: Observer,
    group: String,
    emulator: Emulator,
}

impl Database {
    fn start() -> Self {
        let emulator = Emulator::start();
        let observer = Observer::of(&emulator);
        let parameters = json!({"GroupName": "database", "Description": "of the database"});
        let group = observer.call("ec2", "create_security_group", parameters)["GroupId"].clone();
        let group = group.as_str().expect("an id").to_owned();
        emulator.clear_log();
        Self { observer, group, emulator }
    }

    fn rule(&self, workspace: &str) -> WorkspaceRule {
        WorkspaceRule {
            workspace: workspace.to_owned(),
            security_group: self.group.clone(),
            protocol: Protocol::Tcp,
            ports: Ports::one(5432),
            tags: BTreeMap::from([("project".to_owned(), "cruddur".to_owned())]),
            adopted: None,
        }
    }

    async fn open(&self, rule: &WorkspaceRule, address: &str) -> Result<RuleReport, RuleError> {
        let found = open(rule, self::address(address), &aws(&self.emulator), &allow).await;
        self.emulator.assert_no_invalid_requests();
        found
    }

    async fn close(&self, rule: &WorkspaceRule, address: Option<&str>) -> RuleReport {
        let address = address.map(self::address);
        close(rule, address, &aws(&self.emulator), &allow).await.expect("it can be closed")
    }

    /// A rule made by hand; returns its id.
    fn by_hand(&self, cidr: &str, description: &str) -> String {
        let range = json!({"CidrIp": cidr, "Description": description});
        let permission = json!({"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [range]});
        let parameters = json!({"GroupId": self.group, "IpPermissions": [permission]});
        let made = self.observer.call("ec2", "authorize_security_group_ingress", parameters);
        made["SecurityGroupRules"][0]["SecurityGroupRuleId"].as_str().expect("an id").to_owned()
    }

    /// The rules for inbound traffic: block, description.
    fn live(&self) -> Vec<(String, String)> {
        let filter = json!({"Filters": [{"Name": "group-id", "Values": [self.group]}]});
        let found = self.observer.call("ec2", "describe_security_group_rules", filter);
        let rules = found["SecurityGroupRules"].as_array().expect("rules").iter();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let block = |rule: &Value| [text(&rule["CidrIpv4"]), text(&rule["CidrIpv6"])].concat();
        let inbound = rules.filter(|rule| rule["IsEgress"] == false);
        let mut live: Vec<_> = inbound.map(|rule| (block(rule), text(&rule["Description"]))).collect();
        live.sort();
        live
    }
}

fn address(text: &str) -> WorkspaceAddress {
    text.parse().expect("an address")
}

#[expect(clippy::unnecessary_wraps, reason = "a guardrail may refuse")]
fn allow(_: &[AccessRequest]) -> Result<(), String> {
    Ok(())
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|&(one, other)| (one.to_owned(), other.to_owned())).collect()
}

#[tokio::test]
async fn rule_lives_with_the_workspace_and_no_call_is_made_where_nothing_changed() {
    let database = Database::start();
    let rule = database.rule("olive-fox");
    let opened = database.open(&rule, "3.120.5.6").await.expect("open");
    assert_eq!(opened.state, RuleState::Opened);
    assert_eq!(database.live(), pairs(&[("3.120.5.6/32", "underpin workspace olive-fox")]));
    let id = opened.id.clone().expect("it has an id");
    let tags = database.observer.security_group_rules(&id)[0]["Tags"].clone();
    assert_eq!((&tags["project"], &tags["underpin:workspace"]), (&json!("cruddur"), &json!("olive-fox")));
    assert!(tags["underpin:opened"].is_string() && tags["underpin:stack"].is_null(), "{tags}");

    database.emulator.clear_log();
    let again = database.open(&rule, "3.120.5.6").await.expect("open");
    assert_eq!((again.state, &again.id), (RuleState::Unchanged, &opened.id));
    assert_eq!(database.emulator.mutations(), [""; 0]);

    let moved = database.open(&rule, "3.120.5.7").await.expect("open");
    assert_eq!((moved.state, &moved.id), (RuleState::Changed, &opened.id), "it is the same rule");
    assert_eq!(database.emulator.mutations(), ["ec2:ModifySecurityGroupRules"]);
    assert_eq!(database.live(), pairs(&[("3.120.5.7/32", "underpin workspace olive-fox")]));

    // A rule keeps its version of IP: the new one is there before the old one goes.
    database.emulator.clear_log();
    assert_eq!(database.open(&rule, "2a05:d014::1").await.expect("open").state, RuleState::Opened);
    let calls = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"];
    assert_eq!(database.emulator.mutations(), calls);
    assert_eq!(database.live(), pairs(&[("2a05:d014::1/128", "underpin workspace olive-fox")]));

    assert_eq!(database.close(&rule, None).await.state, RuleState::Closed);
    assert_eq!(database.live(), []);
    database.emulator.clear_log();
    assert_eq!(database.close(&rule, None).await.state, RuleState::Absent);
    assert_eq!(database.emulator.mutations(), [""; 0]);
}

#[tokio::test]
async fn rule_named_by_its_id_is_adopted_as_the_script_sets_it() {
    let database = Database::start();
    let id = database.by_hand("3.120.5.1/32", "made by hand");
    let rule = WorkspaceRule { adopted: Some(id.clone()), ..database.rule("olive-fox") };
    database.emulator.clear_log();
    let adopted = database.open(&rule, "3.120.5.6").await.expect("open");
    assert_eq!((adopted.state, adopted.id.as_deref()), (RuleState::Changed, Some(id.as_str())));
    assert_eq!(database.emulator.mutations(), ["ec2:ModifySecurityGroupRules"], "one call, as the script's");
    assert_eq!(database.live(), pairs(&[("3.120.5.6/32", "GITPOD")]));
    database.emulator.clear_log();
    assert_eq!(database.open(&rule, "3.120.5.6").await.expect("open").state, RuleState::Unchanged);
    assert_eq!(database.emulator.mutations(), [""; 0]);

    // Another workspace takes it over; the first one does not close what is no longer its own.
    database.open(&rule, "3.120.5.9").await.expect("open");
    let left = database.close(&rule, Some("3.120.5.6")).await;
    assert_eq!(left.state, RuleState::Left, "{left:?}");
    assert_eq!(database.live(), pairs(&[("3.120.5.9/32", "GITPOD")]));
    // Closed, it lets nobody in, and keeps the id by which the team knows it.
    assert_eq!(database.close(&rule, Some("3.120.5.9")).await.state, RuleState::Closed);
    assert_eq!(database.live(), pairs(&[("192.0.2.1/32", "GITPOD")]));
    assert_eq!(database.open(&rule, "3.120.5.6").await.expect("open").id.as_deref(), Some(id.as_str()));
}

#[tokio::test]
async fn adopted_rule_that_does_not_fit_is_refused_and_a_missing_one_is_replaced_by_an_own_one() {
    let database = Database::start();
    let id = database.by_hand("3.120.5.1/32", "made by hand");
    let adopting = |id: &str| WorkspaceRule { adopted: Some(id.to_owned()), ..database.rule("olive-fox") };
    database.emulator.clear_log();
    let refused = database.open(&adopting(&id), "2a05:d014::1").await.expect_err("another type");
    assert!(matches!(refused, RuleError::OtherType { .. }), "{refused}");
    let parameters = json!({"GroupName": "other", "Description": "another group"});
    let other = database.observer.call("ec2", "create_security_group", parameters)["GroupId"].clone();
    let elsewhere = WorkspaceRule { security_group: other.as_str().expect("an id").to_owned(), ..adopting(&id) };
    let refused = database.open(&elsewhere, "3.120.5.6").await.expect_err("another group");
    assert!(matches!(refused, RuleError::OtherGroup { .. }), "{refused}");
    assert_eq!(database.live(), pairs(&[("3.120.5.1/32", "made by hand")]), "nothing was changed");
    let replaced = database.open(&adopting("sgr-0123456789abcdef0"), "3.120.5.6").await.expect("open");
    assert_eq!(replaced.state, RuleState::Opened);
    assert!(replaced.notes[0].contains("sgr-0123456789abcdef0"), "{:?}", replaced.notes);
}

#[tokio::test]
async fn twenty_workspaces_at_once_have_a_rule_each() {
    let database = Database::start();
    let one = |number: usize| {
        let (rule, database) = (database.rule(&format!("workspace-{number}")), &database);
        async move { database.open(&rule, &format!("3.120.5.{}", number + 1)).await }
    };
    for report in join_all((0..20).map(one)).await {
        assert_eq!(report.expect("open").state, RuleState::Opened);
    }
    let live = database.live();
    assert_eq!(live.len(), 20, "{live:?}");
    for number in 0..20 {
        let own = (format!("3.120.5.{}/32", number + 1), format!("underpin workspace workspace-{number}"));
        assert!(live.contains(&own), "{own:?}");
    }
}

#[tokio::test]
async fn twenty_starts_of_one_workspace_end_in_one_rule() {
    let database = Database::start();
    let rule = database.rule("olive-fox");
    for report in join_all((0..20).map(|_| database.open(&rule, "3.120.5.6"))).await {
        let report = report.expect("open");
        assert!(matches!(report.state, RuleState::Opened | RuleState::Unchanged), "{report:?}");
    }
    assert_eq!(database.live(), pairs(&[("3.120.5.6/32", "underpin workspace olive-fox")]));
}

#[tokio::test]
async fn workspaces_behind_one_address_share_a_rule_and_say_so() {
    let database = Database::start();
    let rules: Vec<WorkspaceRule> = (0..20).map(|number| database.rule(&format!("w{number}"))).collect();
    let mut states: Vec<RuleState> = Vec::new();
    for report in join_all(rules.iter().map(|rule| database.open(rule, "3.120.5.6"))).await {
        let report = report.expect("open");
        assert!(report.is_open());
        assert_eq!(report.state == RuleState::Shared, !report.notes.is_empty(), "{report:?}");
        states.push(report.state);
    }
    assert_eq!(states.iter().filter(|state| **state == RuleState::Opened).count(), 1, "{states:?}");
    assert_eq!(database.live().len(), 1);
    // None but its own workspace closes it.
    let owner = states.iter().position(|state| *state == RuleState::Opened).expect("one opened it");
    for (number, rule) in rules.iter().enumerate().filter(|(number, _)| *number != owner) {
        assert_eq!(database.close(rule, Some("3.120.5.6")).await.state, RuleState::Absent, "{number}");
    }
    assert_eq!(database.close(&rules[owner], None).await.state, RuleState::Closed);
}

#[tokio::test]
async fn rule_added_by_another_run_between_look_and_call_is_found_again() {
    let database = Database::start();
    let rule = database.rule("olive-fox");
    // The answer is lost, and the SDK asks again: AWS has the rule by then.
    database.emulator.fault(json!({"service": "ec2", "operation": "AuthorizeSecurityGroupIngress", "nth": 1,
        "drop": true}));
    let report = database.open(&rule, "3.120.5.6").await.expect("open");
    assert!(report.is_open(), "{report:?}");
    assert_eq!(database.live().len(), 1);
}

#[tokio::test]
async fn full_group_is_reported_with_the_workspaces_that_have_rules() {
    let database = Database::start();
    database.open(&database.rule("left-behind"), "3.120.5.6").await.expect("open");
    let range = |number: usize| json!({"CidrIp": format!("10.0.{number}.0/24")});
    let ranges: Vec<Value> = (0..59).map(range).collect();
    let permission = json!({"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": ranges});
    let parameters = json!({"GroupId": database.group, "IpPermissions": [permission]});
    database.observer.call("ec2", "authorize_security_group_ingress", parameters);
    let refused = database.open(&database.rule("olive-fox"), "3.120.5.7").await.expect_err("60 are the limit");
    assert!(matches!(refused, RuleError::Full { .. }), "{refused}");
    let hint = refused.hint().expect("there is a way");
    assert!(hint.contains("`left-behind`"), "{hint}");
}

#[tokio::test]
async fn rules_of_stopped_workspaces_are_named_and_removed_by_name_alone() {
    let database = Database::start();
    for (workspace, address) in [("stopped", "3.120.5.1"), ("running", "3.120.5.2")] {
        database.open(&database.rule(workspace), address).await.expect("open");
    }
    let by_hand = database.by_hand("3.120.5.3/32", "office");
    let mine = database.rule("olive-fox");
    let report = database.open(&mine, "3.120.5.6").await.expect("open");
    let named = |others: &[OtherRule]| {
        let mut named: Vec<String> = others.iter().map(|one| format!("{} {}", one.workspace, one.source)).collect();
        named.sort();
        named
    };
    assert_eq!(named(&report.others), ["running 3.120.5.2/32", "stopped 3.120.5.1/32"]);
    assert!(report.others.iter().all(|one| one.opened.is_some()), "{report:?}");

    let aws = aws(&database.emulator);
    let take = async |workspaces: &[&str]| {
        let workspaces: Vec<String> = workspaces.iter().map(|name| (*name).to_owned()).collect();
        remove(&mine, &workspaces, &aws, &allow).await
    };
    database.emulator.clear_log();
    // One wrong name, and nothing is removed: not even what was named rightly.
    for wrong in ["stop", "office", by_hand.as_str(), "olive-fox", "", "*"] {
        let refused = take(&["stopped", wrong]).await.expect_err(wrong);
        assert!(matches!(refused, RuleError::NoSuchRule { .. }), "{wrong}: {refused}");
    }
    assert_eq!(database.emulator.mutations(), [""; 0]);
    assert_eq!(named(&take(&["stopped", "stopped"]).await.expect("removed")), ["stopped 3.120.5.1/32"]);
    let left = ["3.120.5.2/32", "3.120.5.3/32", "3.120.5.6/32"];
    assert_eq!(database.live().iter().map(|(block, _)| block.as_str()).collect::<Vec<_>>(), left);
}

#[tokio::test]
async fn denied_call_is_not_made_and_a_missing_group_is_named() {
    let database = Database::start();
    let aws = aws(&database.emulator);
    let deny = |needed: &[AccessRequest]| -> Result<(), String> {
        assert!(needed.iter().any(|one| one.action == "ec2:AuthorizeSecurityGroupIngress"), "{needed:?}");
        Err("a policy denies it".to_owned())
    };
    let refused = open(&database.rule("olive-fox"), address("3.120.5.6"), &aws, &deny).await.expect_err("denied");
    assert_eq!(refused.to_string(), "a policy denies it");
    assert_eq!(database.emulator.mutations(), [""; 0]);
    let nowhere = WorkspaceRule { security_group: "sg-0123456789abcdef0".to_owned(), ..database.rule("olive-fox") };
    let refused = database.open(&nowhere, "3.120.5.6").await.expect_err("no such group");
    assert!(refused.to_string().contains("sg-0123456789abcdef0"), "{refused}");
}

#[tokio::test]
async fn address_comes_from_the_check_ip_page_and_is_checked() {
    let none = |_: &str| None;
    let refused = own_address(None, &none, true).await.expect_err("nothing but this machine is asked");
    assert!(refused.hint().contains("UNDERPIN_WORKSPACE_ADDRESS"), "{}", refused.hint());
    let page = |status: u16, body: &str| {
        let body = body.as_bytes().to_vec();
        let stub = Stub::start(move |_| Answer { status, headers: Vec::new(), body: body.clone() });
        let url = stub.endpoint();
        async move {
            let variable = |name: &str| (name == "UNDERPIN_CHECK_IP_URL").then(|| url.clone());
            let found = own_address(None, &variable, true).await;
            found.map(|(address, origin)| format!("{address} of {origin}")).map_err(|error| error.to_string())
        }
    };
    assert_eq!(page(200, "3.120.5.6\n").await, Ok("3.120.5.6 of checkip.amazonaws.com".to_owned()));
    assert_eq!(page(200, "2a05:d014::1").await, Ok("2a05:d014::1 of checkip.amazonaws.com".to_owned()));
    let long = format!("3.120.5.6{}", " ".repeat(300));
    for (status, body, part) in [
        (200, "10.0.0.7\n", "private use (RFC 1918)"),
        (200, "<html>", "is not an IPv4 or IPv6 address"),
        (200, "", "is not an IPv4 or IPv6 address"),
        (200, "3.120.5.6, 10.0.0.7", "is not an IPv4 or IPv6 address"),
        (503, "3.120.5.6", "the status 503"),
        (302, "", "the status 302"),
        (200, long.as_str(), "a long text"),
    ] {
        let refused = page(status, body).await.expect_err(part);
        assert!(refused.contains(part), "{refused}");
    }
    let elsewhere = |name: &str| (name == "UNDERPIN_CHECK_IP_URL").then(|| "http://192.0.2.1/".to_owned());
    let refused = own_address(None, &elsewhere, false).await.expect_err("not on this machine");
    assert!(refused.to_string().contains("is not on this machine"), "{refused}");
    let closed = |name: &str| (name == "UNDERPIN_CHECK_IP_URL").then(|| "http://127.0.0.1:1/".to_owned());
    let refused = own_address(None, &closed, true).await.expect_err("nobody answers");
    assert!(refused.to_string().contains("can't be reached"), "{refused}");
}
