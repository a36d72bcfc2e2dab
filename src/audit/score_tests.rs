use proptest::prelude::*;

use super::testing::{ACCOUNTS, REGIONS, finding, report, reports, resource};
use super::*;

fn judged(statuses: &[(&str, Status)]) -> Report {
    let one = |(at, (check, status)): (usize, &(&str, Status))| {
        finding(check, resource(ACCOUNTS[at % 2], REGIONS[0], &format!("table-{at}")), *status)
    };
    report(statuses.iter().enumerate().map(one).collect())
}

#[test]
fn score_is_weighted_by_severity_and_says_its_formula() {
    let score = Score::of(&judged(&[
        ("ddb-resource-policy-public", Status::Fail),
        ("iam-user-mfa", Status::Pass),
        ("ddb-table-pitr", Status::Pass),
        ("ddb-table-tags", Status::Unknown),
        ("ddb-table-tags", Status::Waived),
    ]));
    assert_eq!((score.passed, score.decided, score.per_mille()), (7, 17, Some(411)));
    insta::assert_snapshot!(score.formula());
}

#[test]
fn nothing_decided_has_no_score() {
    let score = Score::of(&judged(&[("iam-user-mfa", Status::Unknown)]));
    assert_eq!((score.per_mille(), score.to_string().as_str()), (None, "–"));
    assert!(score.formula().contains("Nothing passed or failed, so there is no score"));
}

#[test]
fn requirements_of_standards_are_in_order_and_their_share_counts_unknown() {
    let report = judged(&[("iam-user-mfa", Status::Unknown), ("ddb-table-pitr", Status::Pass)]);
    let standards = standards(&report);
    let names: Vec<&str> = standards.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["CIS AWS Foundations Benchmark v3.0.0", "AWS Foundational Security Best Practices v1.0.0"]);
    let ids: Vec<&str> = standards[0].requirements.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["1.9", "1.10"]);
    assert_eq!(standards[0].percentage(), Some(0));
    // DynamoDB.12 (the users) is unknown, DynamoDB.14 (two checks, one without findings) passes, the others have none.
    assert_eq!((standards[1].count(Status::Pass), standards[1].decided()), (1, 2));
    assert_eq!(standards[1].percentage(), Some(50));
}

#[test]
fn principal_risks_are_sentences_the_gravest_first() {
    let report = judged(&[
        ("ddb-table-pitr", Status::Fail),
        ("ddb-table-pitr", Status::Fail),
        ("ddb-table-pitr", Status::Fail),
        ("ddb-table-pitr", Status::Fail),
        ("ddb-table-pitr", Status::Pass),
        ("ddb-table-pitr", Status::Waived),
        ("ddb-resource-policy-public", Status::Fail),
        ("iam-user-mfa", Status::Unknown),
    ]);
    let risks = principal_risks(&report, 5);
    let lines: Vec<String> =
        risks.iter().map(|one| format!("{:?}: {} {}", one.severity, one.finding, one.risk)).collect();
    insta::assert_snapshot!(lines.join("\n"));
    assert_eq!(principal_risks(&report, 1).len(), 1);
}

#[test]
fn nouns_of_resource_types_have_both_numbers() {
    let nouns = |type_name: &str| (resource_noun(type_name, 1), resource_noun(type_name, 2));
    assert_eq!(nouns("AWS::DynamoDB::Table"), ("table".into(), "tables".into()));
    assert_eq!(nouns("AWS::EC2::SecurityGroup"), ("security group".into(), "security groups".into()));
    assert_eq!(nouns("AWS::IAM::Policy"), ("policy".into(), "policies".into()));
    assert_eq!(nouns("AWS::::Account"), ("account".into(), "accounts".into()));
    assert_eq!(nouns(""), (String::new(), "s".into()));
}

proptest! {
    #[test]
    fn score_never_rises_when_a_pass_is_not_known_or_fails(before in reports(), at in any::<prop::sample::Index>()) {
        prop_assume!(before.findings.iter().any(|finding| finding.status == Status::Pass));
        let passed: Vec<usize> =
            (0..before.findings.len()).filter(|at| before.findings[*at].status == Status::Pass).collect();
        for status in [Status::Fail, Status::Unknown, Status::Waived, Status::NotApplicable] {
            let mut after = before.clone();
            after.findings[passed[at.index(passed.len())]].status = status;
            prop_assert!(Score::of(&after).per_mille().unwrap_or(0) <= Score::of(&before).per_mille().unwrap_or(0));
        }
    }

    #[test]
    fn full_score_means_that_nothing_failed(report in reports()) {
        let score = Score::of(&report);
        prop_assert!(score.per_mille().is_none_or(|share| share <= 1000));
        prop_assert_eq!(score.per_mille() == Some(1000), report.summary().fail == 0 && report.summary().pass > 0);
    }

    #[test]
    fn standard_percentage_never_counts_unknown_as_passed(report in reports()) {
        for standard in standards(&report) {
            let all_pass = standard.requirements.iter().all(|one| one.status() != Some(Status::Unknown) && one.status() != Some(Status::Fail));
            prop_assert!(standard.percentage() != Some(100) || all_pass);
        }
    }
}
