//! The answers of calls about one function.

use serde_json::{Value, json};

use crate::audit::account::table::parsed;
use crate::audit::account::types::FUNCTION;
use crate::audit::account::{Reader, Unread, Wanted};

/// An answer: `None` if AWS says that there is nothing.
pub(super) type Answer = Result<Option<Value>, Unread>;

/// The answers about one function.
pub(super) struct FunctionAnswers {
    /// The member of `ListFunctions`.
    pub(super) function: Value,
    /// `GetPolicy`: the text, and the document in it.
    pub(super) policy: Result<Option<(String, Value)>, Unread>,
    /// `GetFunctionConcurrency`
    pub(super) concurrency: Answer,
    /// `ListFunctionUrlConfigs`: the list.
    pub(super) urls: Answer,
    /// `GetFunctionCodeSigningConfig`
    pub(super) code_signing: Answer,
    /// `ListFunctionEventInvokeConfigs`: the list.
    pub(super) event_invoke: Answer,
}

/// Makes the calls about a function.
pub(super) async fn ask(reader: &Reader, wanted: &Wanted, function: Value) -> FunctionAnswers {
    let name = function["FunctionName"].as_str().unwrap_or_default().to_owned();
    let by_name = || json!({"FunctionName": name});
    let one = async |member: &str, operation: &'static str| -> Answer {
        if wanted.has_member(FUNCTION, member) {
            reader.find(operation, by_name()).await
        } else {
            Err(Unread::not_asked(operation))
        }
    };
    let list = async |member: &str, operation: &'static str| -> Answer {
        if wanted.has_member(FUNCTION, member) {
            reader.all(operation, by_name()).await.map(|items| Some(Value::Array(items)))
        } else {
            Err(Unread::not_asked(operation))
        }
    };
    let (policy, concurrency, urls, code_signing, event_invoke) = tokio::join!(
        one("GetPolicy", "lambda:GetPolicy"),
        one("GetFunctionConcurrency", "lambda:GetFunctionConcurrency"),
        list("ListFunctionUrlConfigs", "lambda:ListFunctionUrlConfigs"),
        one("GetFunctionCodeSigningConfig", "lambda:GetFunctionCodeSigningConfig"),
        list("ListFunctionEventInvokeConfigs", "lambda:ListFunctionEventInvokeConfigs"),
    );
    let policy = policy.and_then(|answer| {
        let text = answer.as_ref().and_then(|answer| answer["Policy"].as_str());
        text.map(|text| Ok((text.to_owned(), parsed(reader, "lambda:GetPolicy", text)?))).transpose()
    });
    FunctionAnswers { function, policy, concurrency, urls, code_signing, event_invoke }
}
