//! Tests of the shown and hidden parts of texts.

use super::*;
use crate::stack::source::Source;

/// A text in the form that errors show.
fn shown(text: &str, language: Language) -> String {
    let source = Source::new("s.yaml".into(), text.to_owned(), language);
    let mut bytes = text.as_bytes().to_vec();
    for span in &source.hidden().spans {
        for byte in &mut bytes[span.start..span.end] {
            *byte = if byte.is_ascii_whitespace() { *byte } else { b'*' };
        }
    }
    String::from_utf8(bytes).expect("a text")
}

fn stack(text: &str) -> String {
    shown(text, Language::Stack(crate::kinds::REGISTRY))
}

#[test]
fn only_sensitive_values_of_a_sound_file_are_hidden() {
    insta::assert_snapshot!(stack(
        "stack: shop # ours
tags: {team: a, environment: prod, API_TOKEN: t0ken}
tables:
  orders:
    partition_key: {name: pk, type: S}
    description: none
functions:
  f:
    runtime: python3.13
    memory: lots # of it
    environment: # of the shop
      # OLD: secret
      A: \"secret\" # secret
      B: 'it''s secret'
      C: |
        secret
        secret
      D: ${env:D} of ${region}
      E: !secret x
      F: &secret x
      G: [secret, {a: secret}]
      A: secret again
    tags: {a: b} # a tag
    layers:
      - arn:aws:lambda:eu-central-1:123456789012:layer:x:1
environments:
  local: {endpoint_url: 'http://user:secret@localhost:8000/'}
"
    ));
}

#[test]
fn values_at_unknown_properties_are_hidden() {
    insta::assert_snapshot!(stack(
        "stack: shop
functions:
  f:
    runtime: python3.13
    enviroment:
      A: secret
    memroy: 512
    FROM_ELSEWHERE: secret
    memory:
      A: secret
    timeout: [30]
    environment:
    B: secret
    b: secret
  C: secret
environment: {D: secret}
tables: secret
"
    ));
}

#[test]
fn unknown_values_in_invalid_yaml_are_hidden() {
    insta::assert_snapshot!(stack(
        "stack: shop
tables:
  orders
    partition_key: pk
functions:
  f:
    runtime: python3.13
    description: \"it is not closed
    environment:
      A: \"secret
      B: secret: secret
\tC: secret
      D:secret
      E: {a: \"secret, b: secret}
      F: |
        secret
    G: secret
    environment: {A: secret, B: 'secret', C:secret} secret
    memory: 512
    permissions: {one: {principal: s3.amazonaws.com, other: secret}}
    tags: {a: b, c: d
  secret
"
    ));
}

#[test]
fn full_line_comments_and_variables_in_comments_are_hidden() {
    insta::assert_snapshot!(stack(
        "# secret
stack: shop # ours
region: eu-central-1 # DB_PASSWORD: secret
functions:
  f:
    memory:
      # PASSWORD: [secret, secret]
    # password: secret
    runtime: python3.13 #secret
    timeout: 3 # seconds
"
    ));
}

#[test]
fn continued_text_that_looks_like_a_key_is_hidden() {
    let text = "environment: {
      A:|
        secret
        secret: secret,
      B: x, secret
      secret: x
\t]
";
    let block = "environment:
      A:|
        secret
        secret: secret
      B: |
        secret: secret
      C: {c: x}
\tC: x
";
    let listed = "environment: [
      A: x,
      B:|
        secret: secret
\t}
";
    let file = |text: &str| stack(&format!("stack: shop\nfunctions:\n  f:\n    {text}"));
    insta::assert_snapshot!([text, block, listed].map(file).join("---\n"));
}

#[test]
fn messages_about_interpolations_leave_out_the_blanks_in_them() {
    let text = "functions: {f: {environment: {A: \"x${swordfish\n    }\"}}}";
    let source = Source::new("s.yaml".into(), text.to_owned(), Language::Stack(crate::kinds::REGISTRY));
    let at = text.find("${").map(|at| (at, at + 3)).expect("there");
    assert_eq!(source.hidden().redacted("`${swordfish}` is not known", &[at]), "`(sensitive)` is not known");
}

#[test]
fn known_policy_elements_are_shown() {
    let text = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"*\"}, \"Action\": [\"s3:*\"], \"Condition\": {\"StringEquals\": {\"aws:PrincipalTag/a\": [\"b\"]}}, \"password\": \"secret\"}], \"PASSWORD\": \"secret\"";
    insta::assert_snapshot!(format!(
        "{text}}}\n{}\n{}",
        shown(&format!("{text}}}"), Language::Policy),
        shown(&format!("{text},}}]"), Language::Policy),
    ));
}

#[test]
fn values_are_redacted_only_in_messages_about_their_location() {
    let text = "functions: {f: {environment: {A: [swordfish-12, true]}}}";
    let source = Source::new("s.yaml".into(), text.to_owned(), Language::Stack(crate::kinds::REGISTRY));
    let at = |part: &str| text.find(part).map(|at| (at, at + part.len())).expect("there");
    let redacted = |message: &str, part: &str| source.hidden().redacted(message, &[at(part)]);
    assert_eq!(redacted("swordfish-12 and `true` are true", "swordfish-12"), "(sensitive) and `true` are true");
    assert_eq!(redacted("`true` is true", "true"), "`(sensitive)` is true");
    assert_eq!(redacted("expected `true`", "A"), "expected `true`");
}
