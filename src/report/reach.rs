//! Who can reach a table, as text; what was not assessed comes first.

use std::fmt::Write as _;

use super::Paint;
use crate::audit::reach::{
    Access, Certainty, Level, LevelAccess, PrincipalKind, Reach, Source, TrustedBy, Way, WayKind,
};
use crate::base::printable;

/// Who can reach some tables, each with the level of access, the deciding statements and the ways. As JSON it is the list
/// itself.
pub fn reach_text(tables: &[Reach], paint: Paint) -> String {
    let mut out = String::new();
    for (index, reach) in tables.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        one_table(&mut out, reach, paint);
    }
    out
}

fn one_table(out: &mut String, reach: &Reach, paint: Paint) {
    let Reach { table, ways, principals, others, not_assessed } = reach;
    let _ = writeln!(out, "{}", paint.bold(&printable(table)));
    for line in not_assessed {
        let _ = writeln!(out, "  {} {}", paint.yellow("not assessed:"), printable(line));
    }
    let shown: Vec<String> = ways.iter().map(way).collect();
    let _ = writeln!(out, "  ways: {}", shown.join(", "));
    // Whoever is outside comes first, and everybody before all.
    for (heading, accesses) in [("others", others), ("in the account", principals)] {
        if accesses.is_empty() {
            let _ = writeln!(out, "  {heading}: nobody");
            continue;
        }
        let _ = writeln!(out, "  {heading}: {}", accesses.len());
        let mut accesses: Vec<&Access> = accesses.iter().collect();
        accesses.sort_by_key(|access| gravity(access));
        for access in accesses {
            principal(out, access, ways.len(), paint);
        }
    }
    if !others.is_empty() {
        let _ =
            writeln!(out, "  {}", paint.dim("principals of other accounts need a policy of their own account, too"));
    }
}

/// The order of those who have access: everybody, then those who surely have it, by their highest level.
fn gravity(access: &Access) -> (bool, bool, std::cmp::Reverse<Option<Level>>) {
    let surely = access.levels.iter().filter(|one| one.certainty == Certainty::Allowed);
    let highest = surely.clone().map(|one| one.level).max();
    let any = access.levels.iter().map(|one| one.level).max();
    (access.kind != PrincipalKind::Everyone, highest.is_none(), std::cmp::Reverse(highest.or(any)))
}

fn way(way: &Way) -> String {
    let kind = match way.kind {
        WayKind::Public => return "the public endpoint (public)".to_owned(),
        WayKind::Gateway => "gateway",
        WayKind::Interface => "interface",
    };
    let vpc = way.vpc.as_deref().map(|vpc| format!(" of {}", printable(vpc))).unwrap_or_default();
    format!("{} ({kind}{vpc})", printable(&way.id))
}

fn principal(out: &mut String, access: &Access, ways: usize, paint: Paint) {
    let Access { principal, kind, levels, used_by, trusts } = access;
    let kind = match kind {
        PrincipalKind::Root => "root user",
        PrincipalKind::Role => "role",
        PrincipalKind::ServiceLinkedRole => "service-linked role",
        PrincipalKind::User => "user",
        PrincipalKind::Account => "account",
        PrincipalKind::Service => "service",
        PrincipalKind::Federated => "identity provider",
        PrincipalKind::Everyone => "everybody",
    };
    let _ = writeln!(out, "    {kind} {}", paint.bold(&printable(principal)));
    for one in levels {
        level(out, one, ways, paint);
    }
    if !used_by.is_empty() {
        let _ = writeln!(out, "      runs: {}", printable(&used_by.join(", ")));
    }
    let trusted: Vec<String> = trusts.iter().map(trust).collect();
    if !trusted.is_empty() {
        let _ = writeln!(out, "      taken by: {}", trusted.join(", "));
    }
}

fn trust(trust: &TrustedBy) -> String {
    let TrustedBy { principal, outside, on_terms } = trust;
    let place = if *outside { " from outside" } else { "" };
    let terms = if *on_terms { " on conditions" } else { "" };
    format!("{}{place}{terms}", printable(principal))
}

fn level(out: &mut String, access: &LevelAccess, all_ways: usize, paint: Paint) {
    let LevelAccess { level, certainty, action, by, depends_on, ways } = access;
    let level = match level {
        Level::Read => "read  ",
        Level::Write => "write ",
        Level::Manage => "manage",
    };
    let certainty = match certainty {
        Certainty::Allowed => paint.red("allowed"),
        Certainty::Unknown => paint.yellow("unknown"),
    };
    let by: Vec<String> = by
        .iter()
        .map(|one| match one.source {
            Source::Root => "as the root user".to_owned(),
            Source::Identity | Source::ResourcePolicy => {
                format!("by `{}` in {}", printable(&one.statement), printable(&one.policy))
            }
        })
        .collect();
    let by = if by.is_empty() { String::new() } else { format!(" {}", by.join(" and ")) };
    let only = if ways.len() < all_ways { format!("; only by {}", printable(&ways.join(", "))) } else { String::new() };
    let _ = writeln!(out, "      {level} {certainty}  {}{by}{only}", printable(action));
    if !depends_on.is_empty() {
        let _ =
            writeln!(out, "             {}", paint.dim(&format!("depends on {}", printable(&depends_on.join(", ")))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::reach::Deciding;

    #[test]
    fn reach_is_shown_with_what_was_not_assessed_first() {
        let level = |level, certainty, by: &[Deciding], depends_on: &[&str], ways: &[&str]| LevelAccess {
            level,
            certainty,
            action: "dynamodb:GetItem".to_owned(),
            by: by.to_vec(),
            depends_on: depends_on.iter().map(|&key| key.to_owned()).collect(),
            ways: ways.iter().map(|&way| way.to_owned()).collect(),
        };
        let by = |source, policy: &str, statement: &str| Deciding {
            source,
            policy: policy.to_owned(),
            statement: statement.to_owned(),
        };
        let trust =
            |principal: &str, outside, on_terms| TrustedBy { principal: principal.to_owned(), outside, on_terms };
        let access = |principal: &str, kind, levels| Access {
            principal: principal.to_owned(),
            kind,
            levels,
            used_by: Vec::new(),
            trusts: Vec::new(),
        };
        let reach = Reach {
            table: "arn:aws:dynamodb:eu-central-1:123456789012:table/orders".to_owned(),
            ways: vec![
                Way { kind: WayKind::Public, id: "public".to_owned(), vpc: None },
                Way { kind: WayKind::Gateway, id: "vpce-1".to_owned(), vpc: Some("vpc-1".to_owned()) },
            ],
            principals: vec![
                access(
                    "arn:aws:iam::123456789012:root",
                    PrincipalKind::Root,
                    vec![level(
                        Level::Manage,
                        Certainty::Allowed,
                        &[by(Source::Root, "", "")],
                        &[],
                        &["public", "vpce-1"],
                    )],
                ),
                Access {
                    used_by: vec!["orders".to_owned()],
                    trusts: vec![trust("lambda.amazonaws.com", false, false), trust("210987654321", true, true)],
                    ..access(
                        "arn:aws:iam::123456789012:role/wor\u{1b}[31mker\u{202e}",
                        PrincipalKind::Role,
                        vec![
                            level(
                                Level::Read,
                                Certainty::Allowed,
                                &[by(Source::Identity, "p", "Own")],
                                &[],
                                &["vpce-1"],
                            ),
                            level(
                                Level::Write,
                                Certainty::Unknown,
                                &[],
                                &["dynamodb:LeadingKeys"],
                                &["public", "vpce-1"],
                            ),
                        ],
                    )
                },
            ],
            others: vec![access(
                "*",
                PrincipalKind::Everyone,
                vec![level(
                    Level::Read,
                    Certainty::Allowed,
                    &[by(Source::ResourcePolicy, "the resource policy", "Statement[0]")],
                    &[],
                    &["public", "vpce-1"],
                )],
            )],
            not_assessed: vec!["the users of the account could not be listed: there may be more".to_owned()],
        };
        let empty = Reach { table: "arn:b".to_owned(), ..Reach::default() };
        insta::assert_snapshot!(reach_text(&[reach, empty], Paint::Plain));
    }
}
