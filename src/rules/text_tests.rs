//! The facts of a text that are found without evaluating it.

use super::*;

fn types(text: &str) -> Vec<(String, Vec<String>)> {
    let text = GuardText::new("file", text).expect("it can be parsed");
    text.blocks.into_iter().map(|block| (block.name, block.types)).collect()
}

#[test]
fn each_block_lists_its_resource_types() {
    let text = r#"
        # rule in_a_comment { "AWS::A::B" exists }
        let tables = Resources.*[ Type == 'AWS::DynamoDB::Table' ]
        let logged = %tables[ Properties.X exists ]
        rule one when %logged !empty { %logged.Properties.Y == "AWS" <<not a "AWS::C::D">> }
        rule two { Resources.*[ Type == "AWS::IAM::Role" ] exists }
        rule three {
            one
        }
    "#;
    let one = vec!["AWS::DynamoDB::Table".to_owned()];
    let two = vec!["AWS::IAM::Role".to_owned()];
    let wanted = [("one".to_owned(), one.clone()), ("two".to_owned(), two), ("three".to_owned(), one)];
    assert_eq!(types(text), wanted);
}

#[test]
fn clauses_outside_blocks_get_the_files_name() {
    let wanted = [("file/default".to_owned(), vec!["AWS::IAM::Role".to_owned()])];
    assert_eq!(types("AWS::IAM::Role { Properties.Path == '/' }"), wanted);
}

#[test]
fn template_rules_are_distinguished_from_configuration_item_rules() {
    let of = |text: &str| GuardText::new("file", text).expect("it can be parsed").speaks_of_templates();
    assert!(of("rule x { Resources.*.Type exists }"));
    assert!(of("AWS::IAM::Role { Properties.Path == '/' }"));
    assert!(!of("rule x when resourceType == 'AWS::IAM::Role' { configuration.path == '/' <<no Resources>> }"));
}

#[test]
fn functions_unsupported_by_aws_config_are_reported() {
    let said = |text: &str| GuardText::new("file", text).expect("it can be parsed").undeployable();
    assert_eq!(said("rule x { configuration.count == 1 <<count(x)>> }"), None);
    let found = said("let n = count(configuration.tags)\nrule x { %n == 1 }").expect("a function");
    assert_eq!((found.line, found.column), (1, 9));
    let long = format!("# {}\nrule x {{ a == 1 }}", "x".repeat(10_000));
    let found = said(&long).expect("too long");
    assert_eq!((found.line, found.message.as_str()), (1, "the text has 10020 characters; AWS Config takes 10000"));
}

#[test]
fn guard_errors_are_reported_with_location() {
    let at = |text: &str| GuardText::new("file", text).map_err(|error| (error.line, error.column, error.message));
    assert_eq!(at("# nothing"), Err((1, 1, "the file holds no rule".to_owned())));
    assert!(matches!(at("rule x {\n  a == \n}"), Err((2, 7, _))));
    let deep = format!("rule x {{\n a == {}1{} }}", "[".repeat(5000), "]".repeat(5000));
    let (line, _, message) = at(&deep).expect_err("too deep");
    assert_eq!((line, message.as_str()), (2, "brackets are nested deeper than 64 levels"));
}

#[test]
fn rules_confined_by_type_filters_are_recognized() {
    let of = |text: &str| GuardText::new("file", text).expect("it can be parsed").confined;
    for text in [
        "let t = Resources.*[ Type == 'AWS::IAM::Role' ]\nrule x when %t !empty { %t.Properties.A == 1 }",
        "rule x { Resources.*[ Type in ['AWS::IAM::Role', \"AWS::IAM::User\"] ] exists }",
        "rule x { Resources.*[ Type == 'AWS::IAM::Role' Properties.Path == /x/ ].Properties.A == 1 or %t exists }",
        "AWS::IAM::Role { Properties.Path == '/' }",
    ] {
        assert!(of(text), "{text}");
    }
    for text in [
        "rule x { Resources.*.Type exists }",
        "rule x { Resources.*[ Type == /Role/ ] exists }",
        "rule x { Resources.*[ Type == 'AWS::IAM::Role' or Type == /User$/ ] exists }",
        "rule x { Resources.*[ Type in ['AWS::IAM::Role', /User$/] ] exists }",
        "rule x { 'Resources'.* exists }",
        "rule x { Resources.*[ Properties.A == 'AWS::IAM::Role' ] exists }",
        "rule x { Resources exists }",
    ] {
        assert!(!of(text), "{text}");
    }
}
