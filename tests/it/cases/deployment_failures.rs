//! Stacks that AWS refuses to deploy are refused before, at their lines; similar ones that it deploys are not.
//!
//! The cases are files of `tests/data/deployment-failures`, whose README defines their form.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use underpin::base::{Archives, Diagnostic, Environment, PropertyPath, Severity, Vault};
use underpin::kind::{Context, Facts, RouteTable, SecurityGroup, Subnet, Vpc};
use underpin::kinds::REGISTRY;
use underpin::plan::{self, Desired};
use underpin::stack::{Document, Failure, Stack};

use crate::support::{ACCOUNT, REGION, root};

fn folder() -> PathBuf {
    root().join("tests/data/deployment-failures")
}

/// A case of a rule.
struct Case {
    /// File and line, for messages.
    place: String,
    rule: String,
    /// `fail`, `pass`, or a reason for neither.
    form: String,
    text: String,
}

/// A finding: its form (`refused`, `warned`, `planned`), the line, and the message.
type Found = (&'static str, usize, String);

fn cases() -> Vec<Case> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder()).expect("the folder").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let mut cases: Vec<Case> = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "yaml")) {
        let name = file.file_name().and_then(|name| name.to_str()).expect("a name");
        for (index, line) in fs::read_to_string(file).expect("a text").lines().enumerate() {
            let place = format!("{name}:{}", index + 1);
            if let Some(head) = line.strip_prefix("--- # ") {
                let (rule, form) = head.split_once(' ').unwrap_or_else(|| panic!("{place}: `--- # RULE FORM`"));
                let (rule, form) = (rule.to_owned(), form.to_owned());
                cases.push(Case { place, rule, form, text: String::new() });
            } else {
                let case = cases.last_mut().unwrap_or_else(|| panic!("{place}: a case begins with `--- # `"));
                case.text.push_str(line);
                case.text.push('\n');
            }
        }
    }
    cases
}

impl Case {
    /// The whole stack, and the number of its lines before the case.
    fn stack(&self) -> (String, usize) {
        let heads = ["stack: app", "region: eu-central-1", "account: \"123456789012\""];
        let given = |head: &&&str| {
            let key = head.split(':').next().unwrap_or_default();
            self.text.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')))
        };
        let heads: Vec<&str> = heads.iter().filter(|head| !given(head)).copied().collect();
        (format!("{}\n{}", heads.join("\n"), self.text), heads.len().max(1))
    }

    /// The findings that its comments expect.
    fn expected(&self) -> Vec<Found> {
        let mut expected = Vec::new();
        for (index, line) in self.text.lines().enumerate() {
            for how in ["refused", "warned", "planned"] {
                if let Some((_, message)) = line.split_once(&format!("# {how}: ")) {
                    expected.push((how, index + 1, message.trim().to_owned()));
                }
            }
        }
        expected
    }

    /// The actual findings.
    fn found(&self) -> Vec<Found> {
        let (text, before) = self.stack();
        let found = |how: &'static str, diagnostic: &Diagnostic| {
            let line = diagnostic.location.as_ref().map_or(0, |at| at.line);
            let hint = diagnostic.hint.as_deref().unwrap_or_default();
            let label = diagnostic.label.as_deref().unwrap_or_default();
            (how, line.saturating_sub(before), format!("{} [{label}] [{hint}]", diagnostic.message))
        };
        let how = |diagnostic: &Diagnostic| match diagnostic.severity {
            Severity::Error => "refused",
            Severity::Warning => "warned",
        };
        match load(text) {
            Err(failure) => failure.diagnostics.iter().map(|one| found(how(one), one)).collect(),
            Ok((stack, env)) => {
                let warned = stack.warnings.iter().map(|one| found("warned", one));
                let planned = planned(&stack, &env).into_iter().flat_map(|failure| failure.diagnostics);
                let planned: Vec<Found> = planned.map(|one| found("planned", &one)).collect();
                warned.chain(planned).collect()
            }
        }
    }
}

/// Loads a stack as `validate` does.
fn load(text: String) -> Result<(Stack, Environment), Failure> {
    let document = Document::parse(folder().join("stack.yaml"), text, &REGISTRY)?;
    let (vault, archives) = (Vault::new([1; 32]), Archives::default());
    let env = |settings: &underpin::stack::Settings| {
        // Unreadable settings name no account or region.
        let region = settings.region.clone().unwrap_or_else(|| REGION.to_owned());
        Environment::new(settings.account.clone().unwrap_or_else(|| ACCOUNT.to_owned()), region)
    };
    let mut stack = document.load(None, &env, &REGISTRY, &vault, &archives, &|_| None)?;
    let env = env(&stack.settings);
    let wanted = |declared: &underpin::stack::Declared| Desired {
        address: declared.address.clone(),
        name: declared.name.clone(),
        body: declared.body.clone(),
        references: declared.references.iter().map(|used| (used.at.clone(), used.to.clone())).collect(),
        ignored: declared.ignored.clone(),
    };
    let wanted: Vec<Desired> = stack.resources.iter().map(wanted).collect();
    let conflicts = plan::conflicts(&REGISTRY, &wanted, &env).into_iter();
    let failures = conflicts.map(|(address, problems)| stack.source.failure(&address, problems));
    if let Some(failure) = failures.reduce(Failure::merge) {
        return Err(failure);
    }
    for (address, problems) in plan::warnings(&REGISTRY, &wanted, &env) {
        let warnings = stack.source.warnings(&address, problems);
        stack.warnings.extend(warnings);
    }
    Ok((stack, env))
}

/// The problems that are found once the account's VPCs are known.
fn planned(stack: &Stack, env: &Environment) -> Option<Failure> {
    let facts = facts();
    let refused = stack.resources.iter().filter_map(|declared| {
        let cx = Context { name: &declared.name, env, facts: Some(&facts) };
        let kind = REGISTRY.kind(declared.address.section())?;
        let problems = match kind.normalize(&declared.body, &cx) {
            Ok(_) => kind.check_facts(&declared.body, &[PropertyPath::root()], &cx).problems,
            Err(problems) => problems,
        };
        (!problems.is_empty()).then(|| stack.source.failure(&declared.address, problems))
    });
    refused.reduce(Failure::merge)
}

/// A default VPC with two zones, one of which has two subnets, and another VPC.
fn facts() -> Facts {
    let vpc = || "vpc-0a1b2c3d4e5f60718".to_owned();
    let other = || "vpc-0a1b2c3d4e5f60721".to_owned();
    let subnet = |id: &str, zone: &str, default: bool| Subnet {
        id: id.to_owned(),
        vpc: vpc(),
        availability_zone: zone.to_owned(),
        is_default_for_az: default,
    };
    Facts {
        vpcs: vec![Vpc { id: vpc(), is_default: true }],
        route_tables: vec![RouteTable { id: "rtb-0a1b2c3d4e5f60718".to_owned(), vpc: vpc(), is_main: true }],
        subnets: vec![
            subnet("subnet-0a1b2c3d4e5f60718", "eu-central-1a", true),
            subnet("subnet-0a1b2c3d4e5f60719", "eu-central-1b", true),
            subnet("subnet-0a1b2c3d4e5f60720", "eu-central-1a", false),
            Subnet { vpc: other(), ..subnet("subnet-0a1b2c3d4e5f60721", "eu-central-1b", false) },
        ],
        security_groups: vec![SecurityGroup { id: "sg-0a1b2c3d4e5f60721".to_owned(), vpc: other() }],
        default_security_groups: vec![SecurityGroup { id: "sg-0a1b2c3d4e5f60718".to_owned(), vpc: vpc() }],
        ..Facts::default()
    }
}

#[test]
fn deployments_refused_by_aws_are_refused_at_their_line() {
    let mut wrong = Vec::new();
    let cases = cases();
    for case in &cases {
        let (found, expected) = (case.found(), case.expected());
        let fits = |found: &Found, expected: &Found| {
            (found.0, found.1) == (expected.0, expected.1) && found.2.contains(&expected.2)
        };
        let all_expected = found.iter().all(|one| expected.iter().any(|other| fits(one, other)));
        let all_found = expected.iter().all(|one| found.iter().any(|other| fits(other, one)));
        if !(all_expected && all_found) {
            wrong.push(format!(
                "{} {} {}\n  expected {expected:?}\n  found    {found:?}",
                case.place, case.rule, case.form
            ));
        }
        if (case.form == "fail") == expected.is_empty() {
            wrong.push(format!(
                "{} {}: a `fail` has comments that say what is found, and only that",
                case.place, case.rule
            ));
        }
    }
    assert!(!cases.is_empty() && wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_failing_and_a_passing_form_or_a_reason() {
    let mut forms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for Case { place, rule, form, text } in cases() {
        let name = match form.split_once(": ") {
            Some((name @ ("no word" | "adjusted"), _)) => name,
            None if form == "fail" || form == "pass" => form.as_str(),
            _ => panic!("{place}: `{form}` is no form of a case"),
        };
        assert_eq!(name == "no word", text.trim().is_empty(), "{place}");
        forms.entry(rule).or_default().insert(name.to_owned());
    }
    let both = BTreeSet::from(["fail".to_owned(), "pass".to_owned()]);
    let incomplete: Vec<_> = forms.iter().filter(|(_, forms)| **forms != both && forms.len() != 1).collect();
    let lonely: Vec<_> = forms.iter().filter(|(_, forms)| forms.len() == 1 && forms.is_subset(&both)).collect();
    assert!(incomplete.is_empty() && lonely.is_empty(), "{incomplete:?} {lonely:?}");
}
