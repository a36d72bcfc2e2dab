//! The inline policies that roles get from their `grants`: derived when the stack is read, and a property as any other
//! from then on.

use serde_json::Value;

use super::table_patterns::{self, PatternedTable};
use crate::access_patterns::{self, AccessPattern, GrantedTable, POLICY_NAME};
use crate::base::{Environment, Problem, PropertyPath, Reference};
use crate::kind::{Context, Kind as _};
use crate::kinds::REGISTRY;
use crate::kinds::role::{Grant, GrantedPatterns, Role};
use crate::kinds::table::Table;
use crate::path;
use crate::stack::{Declared, Failure, Stack, Use, did_you_mean};

/// Replaces the grants of each role by the policy that allows them.
pub(crate) fn derive(stack: &mut Stack, env: &Environment) -> Result<(), Failure> {
    let tables = table_patterns::tables(stack);
    let excluded = !stack.settings.includes(Table::SECTION);
    let mut failures = Vec::new();
    let roles = stack.resources.iter_mut().filter(|declared| declared.address.section() == Role::SECTION);
    for role in roles {
        let Some(grants) = role.body.as_object_mut().and_then(|body| body.shift_remove("grants")) else { continue };
        let grants: Vec<Grant> = match serde_json::from_value(grants) {
            Ok(grants) => grants,
            // The schema has been checked. A grant that is lost all the same would take a permission away.
            Err(error) => {
                let problem = Problem::new(path!["grants"], format!("these grants can't be read: {error}"));
                failures.push(stack.source.failure(&role.address, vec![problem]));
                continue;
            }
        };
        if grants.is_empty() {
            continue;
        }
        let problems = replace(role, &grants, &tables, excluded, env);
        if problems.is_empty() {
            let policy = path!["inline_policies", POLICY_NAME];
            stack.source.derive(&role.address, policy, path!["grants"]);
            let of_policy = |problem: &Problem| path!["inline_policies"].covers(&problem.path);
            let cx = Context { name: &role.name, env, facts: None };
            let kind = REGISTRY.kind(Role::SECTION);
            let problems = kind.map(|kind| kind.check(&role.body, &cx)).unwrap_or_default();
            let problems: Vec<Problem> = problems.into_iter().filter(of_policy).collect();
            if !problems.is_empty() {
                failures.push(stack.source.failure(&role.address, problems));
            }
        } else {
            failures.push(stack.source.failure(&role.address, problems));
        }
    }
    failures.into_iter().reduce(Failure::merge).map_or(Ok(()), Err)
}

/// Puts the derived policy among the inline policies of a role.
fn replace(
    role: &mut Declared,
    grants: &[Grant],
    tables: &[PatternedTable],
    excluded: bool,
    env: &Environment,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut granted: Vec<GrantedTable<'_>> = Vec::new();
    for (position, grant) in grants.iter().enumerate() {
        let at = path!["grants", position.to_string()];
        let Some(table) = table_of(&grant.table, tables) else {
            problems.push(unknown_table(&grant.table, tables, excluded, &at));
            continue;
        };
        let patterns = patterns_of(grant, table, &at, &mut problems);
        let arn = env.arn("dynamodb", &format!("table/{}", table.name));
        let to = Reference { address: table.address.clone(), attribute: "arn".to_owned() };
        role.references.push(Use { at: path!["inline_policies", POLICY_NAME], to, known: true });
        granted.push(GrantedTable { arn, keys: &table.keys, patterns });
    }
    let inline = role
        .body
        .as_object_mut()
        .map(|body| body.entry("inline_policies").or_insert_with(|| Value::Object(serde_json::Map::new())));
    let Some(Value::Object(inline)) = inline else { return problems };
    if inline.contains_key(POLICY_NAME) {
        let message = format!("the inline policy `{POLICY_NAME}` is derived from `grants`");
        let hint = "give the policy that is written here another name, or remove `grants`";
        problems.push(Problem::new(path!["inline_policies", POLICY_NAME], message).hint(hint).of_key());
    } else if problems.is_empty() {
        inline.insert(POLICY_NAME.to_owned(), access_patterns::grant_policy(&granted));
    }
    problems
}

/// The table that a grant names: by its key, its address, or its physical name.
fn table_of<'t>(name: &str, tables: &'t [PatternedTable]) -> Option<&'t PatternedTable> {
    let named = |table: &&PatternedTable| table.address.name() == name || table.address.to_string() == name;
    tables.iter().find(named).or_else(|| tables.iter().find(|table| table.name == name))
}

fn unknown_table(name: &str, tables: &[PatternedTable], excluded: bool, at: &PropertyPath) -> Problem {
    if excluded {
        let message = format!("the patterns of `{name}` are not known: `tables` is not in this environment");
        let hint = "add `tables` to the environment's `sections`, or leave out `roles`";
        return Problem::new(at.child("table"), message).hint(hint);
    }
    let hint = did_you_mean(name, tables.iter().map(|table| table.address.name()));
    let hint = hint.unwrap_or_else(|| "name a table of this file by its key".to_owned());
    Problem::new(at.child("table"), format!("there is no table `{name}` in this file")).hint(hint)
}

fn patterns_of<'t>(
    grant: &Grant,
    table: &'t PatternedTable,
    at: &PropertyPath,
    problems: &mut Vec<Problem>,
) -> Vec<&'t AccessPattern> {
    let names = match &grant.patterns {
        GrantedPatterns::Names(names) => names,
        GrantedPatterns::All if table.patterns.is_empty() => {
            let message = format!("`{}` has no access patterns", table.address);
            let hint = "write them under `access_patterns` of the table";
            problems.push(Problem::new(at.child("patterns"), message).hint(hint));
            return Vec::new();
        }
        GrantedPatterns::All => return table.patterns.values().collect(),
    };
    let mut found = Vec::new();
    for (position, name) in names.iter().enumerate() {
        if let Some(pattern) = table.patterns.get(name) {
            found.push(pattern);
            continue;
        }
        let known = table.patterns.keys().map(String::as_str);
        let all = || known.clone().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let hint = did_you_mean(name, known.clone()).unwrap_or_else(|| format!("known: {}", all()));
        let hint = if table.patterns.is_empty() { "the table has no access patterns".to_owned() } else { hint };
        let message = format!("`{}` has no access pattern `{name}`", table.address);
        problems.push(Problem::new(at.child("patterns").child(position.to_string()), message).hint(hint));
    }
    found
}
