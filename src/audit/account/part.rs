//! Calls about one resource whose answers become members of its document, as data.

use futures::future;
use serde_json::{Map, Value};

use super::fields::text;
use super::{Document, Reader, Unread, Wanted};
use crate::aws::CallError;
use crate::kind::with_listed_statements;

/// A call, and the member of `supplementaryConfiguration` that its answer becomes.
pub(super) struct Part {
    /// The member, by the operation's name unless the answer is changed.
    pub(super) member: &'static str,
    /// The operation, such as `kms:GetKeyRotationStatus`.
    pub(super) operation: &'static str,
    /// The members of the input.
    pub(super) input: &'static [(&'static str, Input)],
    /// The form of the answer.
    pub(super) form: Form,
}

/// A value of an input.
pub(super) enum Input {
    /// The text at a JSON pointer of the resource's description.
    At(&'static str),
    /// A constant.
    Text(&'static str),
    /// A list with one constant.
    Texts(&'static str),
}

/// The form of an answer.
pub(super) enum Form {
    /// The part at a JSON pointer, the whole for an empty one; nothing if the answer has no such part.
    At(&'static str),
    /// The items of all pages.
    List,
    /// The policy document that is a text at a JSON pointer, its statements as a list.
    Document(&'static str),
}

impl Part {
    /// Makes the call about a resource; `None` if there is nothing.
    pub(super) async fn ask(&self, reader: &Reader, described: &Value) -> Result<Option<Value>, Unread> {
        let input = self.input(described);
        match self.form {
            Form::List => {
                let items = match self.input {
                    [] => reader.list(self.operation).await.map(|items| items.to_vec()),
                    _ => reader.all(self.operation, input).await,
                };
                match items {
                    Ok(items) => Ok(Some(Value::Array(items))),
                    Err(unread) if unread.is_absent() => Ok(None),
                    Err(unread) => Err(unread),
                }
            }
            Form::At(pointer) => {
                Ok(reader.find(self.operation, input).await?.and_then(|answer| part_of(answer, pointer)))
            }
            Form::Document(pointer) => {
                let Some(answer) = reader.find(self.operation, input).await? else { return Ok(None) };
                let document = document_at(&answer, pointer, self.operation);
                document.inspect_err(|unread| reader.note(unread))
            }
        }
    }

    fn input(&self, described: &Value) -> Value {
        let value = |input: &Input| match input {
            Input::At(pointer) => described.pointer(pointer).cloned().unwrap_or_default(),
            Input::Text(text) => Value::from(*text),
            Input::Texts(text) => Value::Array(vec![Value::from(*text)]),
        };
        self.input.iter().map(|(name, input)| ((*name).to_owned(), value(input))).collect::<Map<_, _>>().into()
    }
}

/// Makes the calls that are wanted, at once, and writes their answers.
pub(super) async fn add(document: &mut Document, parts: &[Part], described: &Value, reader: &Reader, wanted: &Wanted) {
    let type_name = text(document.body(), "/resourceType").to_owned();
    let type_name = type_name.as_str();
    let answers = parts.iter().map(|part| async move {
        let answer = part.ask(reader, described);
        (part, if_wanted((type_name, part.member), part.operation, wanted, answer).await)
    });
    let answers = future::join_all(answers).await;
    for (part, answer) in answers {
        write(document, reader, part.operation, part.member, answer);
    }
}

/// The answer if the member is wanted; else that it was not asked for, which is unknown for whoever looks there all the same.
pub(super) async fn if_wanted<T>(
    (type_name, member): (&str, &str),
    operation: &str,
    wanted: &Wanted,
    answer: impl Future<Output = Result<T, Unread>>,
) -> Result<T, Unread> {
    if wanted.has_member(type_name, member) { answer.await } else { Err(Unread::not_asked(operation)) }
}

/// Writes an answer as a member of `supplementaryConfiguration`, and the call as evidence if it gave one.
pub(super) fn write(
    document: &mut Document,
    reader: &Reader,
    operation: &str,
    member: &str,
    answer: Result<Option<Value>, Unread>,
) {
    if answer.is_ok() {
        document.seen(reader.evidence(operation));
    }
    document.supplement(member, answer);
}

/// Writes what describes a resource as its `configuration`, and the call as evidence if it gave an answer.
pub(super) fn configure(document: &mut Document, reader: &Reader, operation: &str, answer: Result<Value, Unread>) {
    if answer.is_ok() {
        document.seen(reader.evidence(operation));
    }
    document.answer("/configuration", answer.map(Some));
}

/// The part of an answer at a JSON pointer.
pub(super) fn part_of(mut answer: Value, pointer: &str) -> Option<Value> {
    answer.pointer_mut(pointer).map(Value::take).filter(|part| !part.is_null())
}

/// The policy document that is a text in an answer; `None` if there is no such text.
pub(super) fn document_at(answer: &Value, pointer: &str, operation: &str) -> Result<Option<Value>, Unread> {
    let text = answer.pointer(pointer).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let Some(text) = text else { return Ok(None) };
    let document = serde_json::from_str(text).map_err(|_| {
        let error = CallError::unexpected(operation, "a policy document that can't be read was returned");
        Unread::of(operation, error)
    })?;
    Ok(Some(with_listed_statements(&document)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn input_takes_values_from_the_description() {
        let part = Part {
            member: "GetKeyPolicy",
            operation: "kms:GetKeyPolicy",
            input: &[("KeyId", Input::At("/KeyId")), ("PolicyName", Input::Text("default")), ("X", Input::Texts("y"))],
            form: Form::Document("/Policy"),
        };
        let expected = json!({"KeyId": "k-1", "PolicyName": "default", "X": ["y"]});
        assert_eq!(part.input(&json!({"KeyId": "k-1", "Arn": "a"})), expected);
    }

    #[test]
    fn missing_part_of_an_answer_is_absent() {
        let answer = json!({"accounts": [{"state": {"status": "ENABLED"}}], "hub": null});
        assert_eq!(part_of(answer.clone(), "/accounts/0/state"), Some(json!({"status": "ENABLED"})));
        assert_eq!(part_of(answer.clone(), "/accounts/1"), None);
        assert_eq!(part_of(answer.clone(), "/hub"), None);
        assert_eq!(part_of(answer.clone(), ""), Some(answer));
    }

    #[test]
    fn policy_text_becomes_a_document_with_listed_statements() {
        let at = |text: &str| document_at(&json!({"Policy": text}), "/Policy", "kms:GetKeyPolicy");
        let one = at(r#"{"Statement": {"Effect": "Allow"}}"#).expect("it can be read");
        assert_eq!(one, Some(json!({"Statement": [{"Effect": "Allow"}]})));
        assert_eq!(at(" "), Ok(None));
        let broken = at("{").expect_err("it is no JSON");
        assert!(!broken.is_absent() && broken.sentence().contains("kms:GetKeyPolicy"), "{broken}");
    }
}
