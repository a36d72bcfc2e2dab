//! The page token: where a read goes on, as one word.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::value::RawValue;

use super::dynamodb_json::{TypedItem, from_typed};
use super::error::ItemError;
use super::value::Item;

/// Writes the key after which a read goes on as a token.
pub fn token(key: &Item) -> String {
    let text = serde_json::to_string(&TypedItem { item: key, first: &[] }).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(text)
}

/// Reads a token; a key in DynamoDB's JSON, such as `LastEvaluatedKey`, is one, too.
pub fn start_of(text: &str) -> Result<Item, ItemError> {
    let not_one =
        || ItemError::new("it is neither a token that an earlier read gave as `next` nor a key in DynamoDB JSON");
    let text = text.trim();
    let json = if text.starts_with('{') {
        text.to_owned()
    } else {
        URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(not_one)?
    };
    let raw: &RawValue = serde_json::from_str(&json).map_err(|_| not_one())?;
    let key = from_typed(raw)?;
    if key.is_empty() { Err(not_one()) } else { Ok(key) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::AttributeValue;

    #[test]
    fn token_leads_back_to_its_key() {
        let key = Item::from([
            ("pk".to_owned(), AttributeValue::string("GRP#ü\"")),
            ("sk".to_owned(), AttributeValue::N("12345678901234567890123456789012345678".to_owned())),
            ("b".to_owned(), AttributeValue::B(vec![0, 255])),
        ]);
        let token = token(&key);
        assert!(token.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'), "{token}");
        assert_eq!(start_of(&token).expect("it is a token"), key);
        assert_eq!(start_of("{\"pk\": {\"S\": \"1\"}}").expect("it is a key").len(), 1);
        for bad in ["", "x", "e30", "{}", "eyJhIjoxfQ", "{\"a\": 1}"] {
            assert!(start_of(bad).is_err(), "{bad}");
        }
    }
}
