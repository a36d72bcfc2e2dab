//! Reports for tests: one that a person wrote, many that are made up, and each of their texts replaced by one that would
//! do harm where it is not made harmless. The formats' tests share it, and so do those of the whole program.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    Change, Check, Evidence, Finding, Fixable, Location, NotAssessed, Remediation, Report, Resource, Scope, Severity,
    Standards, Status, Trend, Waiver,
};

/// A small report with every status, as an audit would make it.
pub(crate) fn sample() -> Report {
    let checks = [
        check("ddb-table-pitr", "Point-in-time recovery is on", Severity::Medium, "DynamoDB"),
        check(
            "ddb-table-open-policy",
            "The table's policy gives nobody outside access",
            Severity::Critical,
            "DynamoDB",
        ),
        check("iam-user-mfa", "Users with a password have MFA", Severity::High, "IAM"),
    ];
    let checks: BTreeMap<Arc<str>, Arc<Check>> =
        checks.into_iter().map(|check| (check.id.as_str().into(), Arc::new(check))).collect();
    Report {
        scope: Scope {
            accounts: vec!["123456789012".to_owned()],
            regions: vec!["eu-central-1".to_owned()],
            stack: Some("shop".to_owned()),
            caller: Some("arn:aws:sts::123456789012:assumed-role/auditor/me".to_owned()),
            started: "2026-11-30T20:00:00Z".to_owned(),
            finished: "2026-11-30T20:00:03Z".to_owned(),
            rules_version: "5f1c7a90".to_owned(),
            parameters: BTreeMap::from([("area".to_owned(), "DynamoDB, IAM".to_owned())]),
            calls: 17,
        },
        not_assessed: vec![NotAssessed {
            account: "123456789012".to_owned(),
            region: "global".to_owned(),
            action: Some("iam:GetCredentialReport".to_owned()),
            reason: "the caller may not read the credential report".to_owned(),
            checks: vec!["iam-user-mfa".to_owned()],
            findings: 1,
        }],
        checks,
        findings: sample_findings(),
        trend: Some(Trend {
            since: "2026-11-01T06:00:00Z".to_owned(),
            before: 2,
            now: 2,
            new: 1,
            not_in_baseline: 0,
            fixed: 1,
            gone: 0,
            waived: 0,
            unchanged: 1,
            not_looked_at: 0,
        }),
    }
}

fn sample_findings() -> Vec<Finding> {
    let table =
        |name: &str| resource("AWS::DynamoDB::Table", name, "eu-central-1", "dynamodb", &format!("table/{name}"));
    let user = Arc::new(resource("AWS::IAM::User", "alice", "global", "iam", "user/alice"));
    let (orders, archive, cache) = (Arc::new(table("orders")), Arc::new(table("archive")), Arc::new(table("cache")));
    let evidence = |operation: &str| -> Arc<[Evidence]> {
        Arc::new([Evidence { operation: operation.to_owned(), read_at: "2026-11-30T20:00:01Z".to_owned() }])
    };
    let finding = |check: &str, status, resource: &Arc<Resource>, message: &str| Finding {
        check: check.into(),
        status,
        resource: Arc::clone(resource),
        address: None,
        location: None,
        property: None,
        expected: None,
        actual: None,
        evidence: evidence("dynamodb:DescribeContinuousBackups"),
        message: message.into(),
        waiver: None,
        remedy: None,
        first_seen: None,
        change: None,
    };
    vec![
        Finding {
            property: Some("GetResourcePolicy.Policy".into()),
            expected: Some("principals of account 123456789012".into()),
            actual: Some("*".into()),
            change: Some(Change::New),
            first_seen: Some("2026-11-30".into()),
            ..finding("ddb-table-open-policy", Status::Fail, &archive, "anybody may `dynamodb:GetItem` on `archive`")
        },
        finding("ddb-table-open-policy", Status::Pass, &orders, "the policy names this account only"),
        finding("ddb-table-open-policy", Status::NotApplicable, &cache, "the table has no policy"),
        Finding {
            evidence: evidence("iam:GetCredentialReport"),
            ..finding("iam-user-mfa", Status::Unknown, &user, "the caller may not `iam:GetCredentialReport`")
        },
        Finding {
            address: Some("tables.orders".into()),
            location: Some(Arc::new(Location { file: "stack.yaml".into(), line: 12, column: 5, bytes: (0, 0) })),
            property: Some("tables.orders.point_in_time_recovery".into()),
            expected: Some("true".into()),
            actual: Some("false".into()),
            change: Some(Change::Unchanged),
            first_seen: Some("2026-10-01".into()),
            ..finding("ddb-table-pitr", Status::Fail, &orders, "point-in-time recovery is off")
        },
        Finding {
            waiver: Some(Arc::new(Waiver {
                reason: "it can be made again".to_owned(),
                owner: "team-data".to_owned(),
                expires: "2026-12-15".to_owned(),
                expired: false,
                ends_soon: true,
            })),
            ..finding("ddb-table-pitr", Status::Waived, &cache, "point-in-time recovery is off")
        },
        Finding {
            change: Some(Change::Fixed),
            ..finding("ddb-table-pitr", Status::Pass, &archive, "point-in-time recovery is on")
        },
    ]
}

fn check(id: &str, title: &str, severity: Severity, area: &str) -> Check {
    Check {
        id: id.to_owned(),
        title: title.to_owned(),
        severity,
        severity_reason: "data may be lost".to_owned(),
        area: area.to_owned(),
        risk: "A mistake can't be undone.".to_owned(),
        remediation: Remediation {
            text: "switch on point-in-time recovery".to_owned(),
            yaml: "tables:\n  NAME:\n    point_in_time_recovery: true\n".to_owned(),
            cli: "aws dynamodb update-continuous-backups --table-name NAME --region REGION".to_owned(),
        },
        fixable: Fixable::Auto,
        also_touches: "backups cost money".to_owned(),
        standards: Standards {
            aws_config: vec!["DYNAMODB_PITR_ENABLED".to_owned()],
            security_hub: vec!["DynamoDB.2".to_owned()],
            fsbp: true,
            prowler: vec!["dynamodb_tables_pitr_enabled".to_owned()],
            checkov: vec!["CKV_AWS_28".to_owned()],
            cis: BTreeMap::from([("3.0".to_owned(), vec!["1.5".to_owned()])]),
        },
    }
}

fn resource(type_name: &str, id: &str, region: &str, service: &str, path: &str) -> Resource {
    let place = if region == "global" { "" } else { region };
    Resource {
        type_name: type_name.to_owned(),
        id: id.to_owned(),
        arn: format!("arn:aws:{service}:{place}:123456789012:{path}"),
        region: region.to_owned(),
        account: "123456789012".to_owned(),
        tags: BTreeMap::from([("owner".to_owned(), "team-shop".to_owned())]),
        owner: Some("team-shop".to_owned()),
    }
}

/// Random numbers that are the same in each run (`SplitMix64`).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number below a limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(limit.max(1)).expect("a size")).expect("below a size")
    }

    /// One of these.
    pub(crate) fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }

    /// True in one of so many cases.
    pub(crate) fn one_in(&mut self, cases: usize) -> bool {
        self.below(cases) == 0
    }
}

/// Pieces that do something in one format or another: markup, escapes, directions, ends of lines and cells, formulas.
const PIECES: &[&str] = &[
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</style>",
    "</script>",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[",
    "&amp;",
    "&#x3c;",
    "&",
    "<",
    ">",
    "\"",
    "'",
    "`",
    "``",
    "```",
    "\n```\n",
    "~~~",
    "${x}",
    "{{7*7}}",
    "{0}",
    "{",
    "}",
    "[a](javascript:alert(1))",
    "](http://e.example)",
    "![i](http://e.example/i.png)",
    "[x]: http://e.example",
    "<http://e.example>",
    "http://e.example/?a=b",
    "www.e.example",
    "a@e.example",
    "@octocat",
    "#1",
    "**b**",
    "__b__",
    "*",
    "_",
    "~~s~~",
    "\n# heading\n",
    "\n- item",
    "\n\n",
    "\n---\n",
    "|",
    "\\|",
    "\\",
    "\\n",
    "%0a",
    "%",
    "=1+1",
    "=cmd|'/C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\u{FF1D}1",
    ",",
    ";",
    "\r\n",
    "\r",
    "\n",
    "\t",
    "\0",
    "\u{1b}[2J",
    "\u{1b}]0;t\u{7}",
    "\u{1b}[31m",
    "\u{9b}31m",
    "\u{7}",
    "\u{8}",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{202e}",
    "\u{2066}",
    "\u{2069}",
    "\u{200b}",
    "\u{200d}",
    "\u{feff}",
    "\u{ad}",
    "\u{2063}",
    "\u{E0041}",
    "\u{FFFE}",
    "\u{FFFF}",
    "\u{FDD0}",
    "\u{1FFFE}",
    "\u{E000}",
    "\u{E001}",
    "é",
    "日本",
    "🦀",
    "a\u{301}",
    "",
    " ",
    "  ",
    "a",
    "orders",
    "$(x)",
    ";x;",
    "#",
    "\n#",
    ": ",
    "- ",
    "'''",
    "null",
    "../../etc",
    "C:\\x",
    "file:///x",
    "data:text/html,x",
    "::error::x",
    "##[error]x",
    "NAME",
    "ARN",
];

/// A text that would do harm somewhere.
pub(crate) fn hostile(random: &mut Random) -> String {
    let pieces = 1 + random.below(4);
    let mut text: String = (0..pieces).map(|_| *random.one(PIECES)).collect();
    if random.one_in(40) {
        text = text.repeat(200);
    }
    text
}

/// A way to replace one text of a report.
pub(crate) type Field = (&'static str, fn(&mut Report, String));

/// Each text of a report, with its name and the way to replace it; that of the first failure where there are several.
pub(crate) const FIELDS: &[Field] = &[
    ("scope.accounts", |report, text| report.scope.accounts = vec![text]),
    ("scope.regions", |report, text| report.scope.regions = vec![text]),
    ("scope.stack", |report, text| report.scope.stack = Some(text)),
    ("scope.caller", |report, text| report.scope.caller = Some(text)),
    ("scope.started", |report, text| report.scope.started = text),
    ("scope.finished", |report, text| report.scope.finished = text),
    ("scope.rules_version", |report, text| report.scope.rules_version = text),
    ("scope.parameters key", |report, text| report.scope.parameters = BTreeMap::from([(text, "x".to_owned())])),
    ("scope.parameters value", |report, text| report.scope.parameters = BTreeMap::from([("x".to_owned(), text)])),
    ("not_assessed.account", |report, text| report.not_assessed[0].account = text),
    ("not_assessed.region", |report, text| report.not_assessed[0].region = text),
    ("not_assessed.action", |report, text| report.not_assessed[0].action = Some(text)),
    ("not_assessed.reason", |report, text| report.not_assessed[0].reason = text),
    ("not_assessed.checks", |report, text| report.not_assessed[0].checks = vec![text]),
    ("check.id", with_id),
    ("check.title", |report, text| with_check(report, |check| check.title = text)),
    ("check.severity_reason", |report, text| with_check(report, |check| check.severity_reason = text)),
    ("check.area", |report, text| with_check(report, |check| check.area = text)),
    ("check.risk", |report, text| with_check(report, |check| check.risk = text)),
    ("check.remediation.yaml", |report, text| with_check(report, |check| check.remediation.yaml = text)),
    ("check.remediation.cli", |report, text| with_check(report, |check| check.remediation.cli = text)),
    ("check.also_touches", |report, text| with_check(report, |check| check.also_touches = text)),
    ("check.standards.aws_config", |report, text| with_check(report, |check| check.standards.aws_config = vec![text])),
    ("check.standards.security_hub", |report, text| {
        with_check(report, |check| check.standards.security_hub = vec![text]);
    }),
    ("check.standards.prowler", |report, text| with_check(report, |check| check.standards.prowler = vec![text])),
    ("check.standards.checkov", |report, text| with_check(report, |check| check.standards.checkov = vec![text])),
    ("check.standards.cis version", |report, text| {
        with_check(report, |check| check.standards.cis = BTreeMap::from([(text, vec!["1.5".to_owned()])]));
    }),
    ("check.standards.cis", |report, text| {
        with_check(report, |check| check.standards.cis = BTreeMap::from([("3.0".to_owned(), vec![text])]));
    }),
    ("resource.type", |report, text| with_resource(report, |resource| resource.type_name = text)),
    ("resource.id", |report, text| with_resource(report, |resource| resource.id = text)),
    ("resource.arn", |report, text| with_resource(report, |resource| resource.arn = text)),
    ("resource.region", |report, text| with_resource(report, |resource| resource.region = text)),
    ("resource.account", |report, text| with_resource(report, |resource| resource.account = text)),
    ("resource.tags key", |report, text| {
        with_resource(report, |resource| resource.tags = BTreeMap::from([(text, "x".to_owned())]));
    }),
    ("resource.tags value", |report, text| {
        with_resource(report, |resource| resource.tags = BTreeMap::from([("x".to_owned(), text)]));
    }),
    ("resource.owner", |report, text| with_resource(report, |resource| resource.owner = Some(text))),
    ("finding.address", |report, text| failure(report).address = Some(text.into())),
    ("finding.location", |report, text| {
        failure(report).location = Some(Arc::new(Location { file: text.into(), line: 1, column: 1, bytes: (0, 0) }));
    }),
    ("finding.property", |report, text| failure(report).property = Some(text.into())),
    ("finding.expected", |report, text| failure(report).expected = Some(text.into())),
    ("finding.actual", |report, text| failure(report).actual = Some(text.into())),
    ("finding.evidence.operation", |report, text| {
        failure(report).evidence = Arc::new([Evidence { operation: text, read_at: "2026-11-30T20:00:01Z".to_owned() }]);
    }),
    ("finding.evidence.read_at", |report, text| {
        failure(report).evidence = Arc::new([Evidence { operation: "a:B".to_owned(), read_at: text }]);
    }),
    ("finding.message", |report, text| failure(report).message = text.into()),
    ("finding.first_seen", |report, text| failure(report).first_seen = Some(text.into())),
    ("waiver.reason", |report, text| with_waiver(report, |waiver| waiver.reason = text)),
    ("waiver.owner", |report, text| with_waiver(report, |waiver| waiver.owner = text)),
    ("waiver.expires", |report, text| with_waiver(report, |waiver| waiver.expires = text)),
    ("trend.since", |report, text| {
        if let Some(trend) = &mut report.trend {
            trend.since = text;
        }
    }),
];

fn failure(report: &mut Report) -> &mut Finding {
    let failed = |finding: &&mut Finding| finding.status == Status::Fail;
    report.findings.iter_mut().find(failed).expect("a failure")
}

fn with_check(report: &mut Report, change: impl FnOnce(&mut Check)) {
    let id = Arc::clone(&failure(report).check);
    change(Arc::make_mut(report.checks.get_mut(&id).expect("its check")));
}

fn with_id(report: &mut Report, text: String) {
    let old = Arc::clone(&failure(report).check);
    let new: Arc<str> = text.as_str().into();
    let mut check = report.checks.remove(&old).expect("its check");
    Arc::make_mut(&mut check).id = text;
    report.checks.insert(Arc::clone(&new), check);
    for finding in report.findings.iter_mut().filter(|finding| finding.check == old) {
        finding.check = Arc::clone(&new);
    }
}

fn with_resource(report: &mut Report, change: impl FnOnce(&mut Resource)) {
    change(Arc::make_mut(&mut failure(report).resource));
}

/// The waiver of the waived finding, and of the failure, where it has expired.
fn with_waiver(report: &mut Report, change: impl FnOnce(&mut Waiver)) {
    let mut all = report.findings.iter_mut();
    let finding = all.find(|finding| finding.status == Status::Waived).expect("a waived finding");
    let waiver = finding.waiver.as_mut().expect("its waiver");
    change(Arc::make_mut(waiver));
    let expired = Waiver { expired: true, ends_soon: false, ..Waiver::clone(waiver) };
    failure(report).waiver = Some(Arc::new(expired));
}

/// A report that is made up from a number, with hostile texts in all places.
pub(crate) fn report(seed: u64) -> Report {
    let mut random = Random(seed);
    let r = &mut random;
    let checks: Vec<Check> = (0..=r.below(4)).map(|number| any_check(number, r)).collect();
    let resources: Vec<Arc<Resource>> = (0..=r.below(5)).map(|number| Arc::new(any_resource(number, r))).collect();
    let waiver = any_waiver(r);
    let mut findings = Vec::new();
    for check in &checks {
        for resource in &resources {
            if !r.one_in(4) {
                findings.push(any_finding(check, resource, &waiver, r));
            }
        }
    }
    let not_assessed = (0..r.below(3)).map(|_| NotAssessed {
        account: "123456789012".to_owned(),
        region: "global".to_owned(),
        action: r.one_in(2).then(|| hostile(r)),
        reason: hostile(r),
        checks: (0..r.below(3)).map(|_| hostile(r)).collect(),
        findings: 3,
    });
    let not_assessed = not_assessed.collect();
    Report {
        scope: Scope {
            accounts: (0..=r.below(2)).map(|number| format!("12345678901{number}")).collect(),
            regions: vec!["eu-central-1".to_owned()],
            stack: r.one_in(2).then(|| hostile(r)),
            caller: r.one_in(2).then(|| hostile(r)),
            started: "2026-11-30T20:00:00Z".to_owned(),
            finished: "2026-11-30T20:00:03.25Z".to_owned(),
            rules_version: hostile(r),
            parameters: BTreeMap::from([(hostile(r), hostile(r))]),
            calls: 17,
        },
        not_assessed,
        checks: checks.into_iter().map(|check| (check.id.as_str().into(), Arc::new(check))).collect(),
        findings,
        trend: r.one_in(2).then(|| Trend {
            since: hostile(r),
            before: 3,
            now: 2,
            new: 1,
            not_in_baseline: 0,
            fixed: 1,
            gone: 0,
            waived: 0,
            unchanged: 1,
            not_looked_at: 1,
        }),
    }
}

fn any_check(number: usize, r: &mut Random) -> Check {
    let many = |r: &mut Random| (0..r.below(3)).map(|_| hostile(r)).collect::<Vec<_>>();
    Check {
        id: format!("{number}{}", hostile(r)),
        title: hostile(r),
        severity: *r.one(&[Severity::Low, Severity::Medium, Severity::High, Severity::Critical]),
        severity_reason: hostile(r),
        area: hostile(r),
        risk: hostile(r),
        remediation: Remediation { text: hostile(r), yaml: hostile(r), cli: hostile(r) },
        fixable: *r.one(&[Fixable::Auto, Fixable::Manual, Fixable::Replace]),
        also_touches: hostile(r),
        standards: Standards {
            aws_config: many(r),
            security_hub: many(r),
            fsbp: r.one_in(2),
            prowler: many(r),
            checkov: many(r),
            cis: BTreeMap::from([(hostile(r), many(r))]),
        },
    }
}

fn any_resource(number: usize, r: &mut Random) -> Resource {
    let types = ["AWS::DynamoDB::Table", "AWS::IAM::Role", "AWS::::Account", "AWS::EC2::SecurityGroup"];
    Resource {
        type_name: if r.one_in(4) { hostile(r) } else { (*r.one(&types)).to_owned() },
        id: hostile(r),
        arn: format!("arn:aws:x:eu-central-1:123456789012:{number}{}", hostile(r)),
        region: (*r.one(&["eu-central-1", "global"])).to_owned(),
        account: "123456789012".to_owned(),
        tags: (0..r.below(3)).map(|_| (hostile(r), hostile(r))).collect(),
        owner: r.one_in(2).then(|| hostile(r)),
    }
}

fn any_waiver(r: &mut Random) -> Arc<Waiver> {
    Arc::new(Waiver {
        reason: hostile(r),
        owner: hostile(r),
        expires: "2026-12-15".to_owned(),
        expired: r.one_in(2),
        ends_soon: r.one_in(2),
    })
}

fn any_finding(check: &Check, resource: &Arc<Resource>, waiver: &Arc<Waiver>, r: &mut Random) -> Finding {
    let status = *r.one(&Status::ALL);
    let evidence: Vec<Evidence> = (0..r.below(3))
        .map(|_| Evidence { operation: hostile(r), read_at: "2026-11-30T20:00:01Z".to_owned() })
        .collect();
    Finding {
        check: check.id.as_str().into(),
        status,
        resource: Arc::clone(resource),
        address: r.one_in(2).then(|| hostile(r).into()),
        location: r
            .one_in(2)
            .then(|| Arc::new(Location { file: hostile(r).into(), line: 3, column: 5, bytes: (0, 0) })),
        property: r.one_in(2).then(|| hostile(r).into()),
        expected: r.one_in(2).then(|| hostile(r).into()),
        actual: r.one_in(2).then(|| hostile(r).into()),
        evidence: evidence.into(),
        message: hostile(r).into(),
        waiver: (status == Status::Waived || r.one_in(4)).then(|| Arc::clone(waiver)),
        first_seen: r.one_in(2).then(|| "2026-10-01".into()),
        remedy: None,
        change: *r.one(&[None, Some(Change::New), Some(Change::Unchanged), Some(Change::Fixed)]),
    }
}
