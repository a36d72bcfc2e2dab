//! The calls to a Cognito user pool: finding it, listing its users, and the life cycle of one user.
//!
//! Names and attributes of users are personal data. Cognito quotes them in refusals; they are taken out here.

use std::collections::BTreeMap;

use aws_sdk_cognitoidentityprovider::types::{AttributeType, MessageActionType, UserPoolDescriptionType};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use super::pool_user::{Invitation, Pool, PoolUser};
use crate::aws::{Aws, CallError};

const SERVICE: &str = "cognito-idp";

/// The largest page of pools. Source: Amazon Cognito user pools API reference, `ListUserPools`. The default page of
/// `ListUsers` is the largest.
const PAGE: i32 = 60;

/// The similarity from which on a name is suggested.
const NEAR: f64 = 0.75;

/// The number of names that an error lists.
const LISTED: usize = 5;

/// The reason why there is no pool.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// Neither an id nor a name.
    #[error("there is no user pool `{named}` in {region}")]
    Missing {
        /// The given name or id.
        named: String,
        /// The region that was searched.
        region: String,
        /// Similar pools, else all if they are few: name and id.
        near: Vec<(String, String)>,
    },
    /// Several pools have the name.
    #[error("{} user pools have the name `{named}`: {}", ids.len(), ids.join(", "))]
    Several {
        /// The name.
        named: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// The id is that of a pool in another region.
    #[error("the user pool `{id}` is in {region}, and this run works in {here}")]
    Elsewhere {
        /// The id.
        id: String,
        /// The region in the id.
        region: String,
        /// The region of the run.
        here: String,
    },
    /// A call failed.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// A refusal about a user. It names the pool, and not the user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UserError {
    /// There is a user of that name, or with an attribute that must be unique.
    #[error("such a user is there already")]
    Exists,
    /// There is no user of that name.
    #[error("there is no such user")]
    Missing,
    /// A call failed.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// Finds a pool by its id or its exact name. An id is looked up by itself, which needs no permission to list pools.
pub async fn find_pool(aws: &Aws, named: &str) -> Result<Pool, PoolError> {
    let here = aws.env().region.clone();
    if let Some(region) = region_of(named) {
        match aws.cognito().describe_user_pool().user_pool_id(named).send().await {
            Ok(answer) => {
                let name = answer.user_pool().and_then(|pool| pool.name()).map(str::to_owned);
                return Ok(Pool { id: named.to_owned(), name });
            }
            Err(error) => match CallError::of(SERVICE, "DescribeUserPool", &error) {
                error if error.is_denied() => return Ok(Pool { id: named.to_owned(), name: None }),
                error if !error.is(&["ResourceNotFoundException", "InvalidParameterException"]) => {
                    return Err(error.into());
                }
                // A name may have the form of an id.
                _ => {}
            },
        }
        if region != here && is_region(region) {
            let (id, region) = (named.to_owned(), region.to_owned());
            return Err(PoolError::Elsewhere { id, region, here });
        }
    }
    let pools = pools(aws).await?;
    let mut ids: Vec<String> = pools.iter().filter(|(name, _)| name == named).map(|(_, id)| id.clone()).collect();
    ids.sort();
    match ids.as_slice() {
        [id] => Ok(Pool { id: id.clone(), name: Some(named.to_owned()) }),
        [] => Err(PoolError::Missing { named: named.to_owned(), region: here, near: near(named, pools) }),
        _ => Err(PoolError::Several { named: named.to_owned(), ids }),
    }
}

/// The region of a text in the form of a pool's id. Source: Amazon Cognito user pools API reference, `UserPoolIdType`.
fn region_of(text: &str) -> Option<&str> {
    let (region, rest) = text.rsplit_once('_')?;
    let word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_id = !region.is_empty() && region.chars().all(word) && !rest.is_empty() && text.len() <= 55;
    (is_id && rest.chars().all(|c| c.is_ascii_alphanumeric())).then_some(region)
}

/// Returns whether a text has the form of a region: `eu-central-1`.
fn is_region(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let number = parts.next().is_some_and(|last| !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()));
    number
        && parts.clone().count() >= 2
        && parts.all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase()))
}

/// Name and id of every pool of the region.
async fn pools(aws: &Aws) -> Result<Vec<(String, String)>, CallError> {
    let mut pages = aws.cognito().list_user_pools().max_results(PAGE).into_paginator().send();
    let mut found = Vec::new();
    let mut token = None;
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::of(SERVICE, "ListUserPools", &error))?;
        let pair = |pool: &UserPoolDescriptionType| Some((pool.name()?.to_owned(), pool.id()?.to_owned()));
        found.extend(page.user_pools().iter().filter_map(pair));
        token = page.next_token;
    }
    whole(token, "ListUserPools")?;
    Ok(found)
}

/// Refuses a listing that ended with the token of a further page: the SDK ends where a token repeats itself.
fn whole(token: Option<String>, operation: &str) -> Result<(), CallError> {
    match token.filter(|token| !token.is_empty()) {
        Some(_) => Err(CallError::unexpected(operation, "the service gave the same page again")),
        None => Ok(()),
    }
}

/// The pools with a similar name or id; all of them if they are few.
fn near(named: &str, mut pools: Vec<(String, String)>) -> Vec<(String, String)> {
    let lower = named.to_lowercase();
    let score = |(name, id): &(String, String)| {
        let of = |text: &str| strsim::jaro_winkler(&text.to_lowercase(), &lower);
        of(name).max(of(id))
    };
    pools.sort();
    if pools.len() > LISTED {
        pools.retain(|pool| score(pool) >= NEAR);
        pools.sort_by(|a, b| score(b).total_cmp(&score(a)));
    }
    pools.truncate(LISTED);
    pools
}

/// The users of a pool, all pages, or the first `limit`. `filter` is an expression in Cognito's language:
/// `preferred_username = "ada"`, `status ^= "CONF"`.
///
/// All attributes are asked for: with `AttributesToGet` Cognito refuses the page if a user lacks one of them. Source:
/// Amazon Cognito user pools API reference, `ListUsers`.
pub async fn list_users(
    aws: &Aws,
    pool: &Pool,
    filter: Option<&str>,
    limit: Option<usize>,
) -> Result<Vec<PoolUser>, CallError> {
    let failed = |error: CallError| {
        let quoted = filter.into_iter().flat_map(|filter| filter.split('"').skip(1).step_by(2));
        without(error, filter.into_iter().chain(quoted))
    };
    let request = aws.cognito().list_users().user_pool_id(&pool.id).set_filter(filter.map(str::to_owned));
    let mut pages = request.into_paginator().send();
    let mut users = Vec::new();
    let mut token = None;
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| failed(CallError::of(SERVICE, "ListUsers", &error)))?;
        token = page.pagination_token;
        users.extend(page.users.unwrap_or_default().into_iter().map(|user| PoolUser {
            username: user.username.unwrap_or_default(),
            status: user.user_status.map_or_else(unknown, |status| status.as_str().to_owned()),
            enabled: user.enabled,
            created_at: user.user_create_date.and_then(time),
            updated_at: user.user_last_modified_date.and_then(time),
            attributes: attributes(user.attributes.unwrap_or_default()),
        }));
        if let Some(limit) = limit.filter(|limit| users.len() >= *limit) {
            users.truncate(limit);
            return Ok(users);
        }
    }
    whole(token, "ListUsers")?;
    Ok(users)
}

fn unknown() -> String {
    "UNKNOWN".to_owned()
}

/// A time in whole seconds.
fn time(time: DateTime) -> Option<String> {
    DateTime::from_secs(time.secs()).fmt(Format::DateTime).ok()
}

fn attributes(all: Vec<AttributeType>) -> BTreeMap<String, String> {
    all.into_iter().map(|AttributeType { name, value, .. }| (name, value.unwrap_or_default())).collect()
}

/// The user of this name; names that a pool takes in place of it (an e-mail address, `sub`) count as well.
pub async fn get_user(aws: &Aws, pool: &Pool, username: &str) -> Result<PoolUser, UserError> {
    let answer = aws.cognito().admin_get_user().user_pool_id(&pool.id).username(username).send().await;
    let user = answer.map_err(|error| refused(CallError::of(SERVICE, "AdminGetUser", &error), [username]))?;
    Ok(PoolUser {
        username: user.username,
        status: user.user_status.map_or_else(unknown, |status| status.as_str().to_owned()),
        enabled: user.enabled,
        created_at: user.user_create_date.and_then(time),
        updated_at: user.user_last_modified_date.and_then(time),
        attributes: attributes(user.user_attributes.unwrap_or_default()),
    })
}

/// A user to create.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// The user's name in the pool.
    pub username: &'a str,
    /// The attributes by name.
    pub attributes: &'a BTreeMap<String, String>,
    /// The message to the user.
    pub invitation: Invitation,
}

/// Creates a user, who sets a password at the first sign-in.
pub async fn create_user(aws: &Aws, pool: &Pool, user: &NewUser<'_>) -> Result<(), UserError> {
    let NewUser { username, attributes, invitation } = user;
    let hidden = || attributes.values().map(String::as_str).chain([*username]);
    let attribute = |(name, value): (&String, &String)| AttributeType::builder().name(name).value(value).build();
    let attributes: Vec<AttributeType> = attributes
        .iter()
        .map(attribute)
        .collect::<Result<_, _>>()
        .map_err(|_| CallError::unexpected("AdminCreateUser", "an attribute has no name"))?;
    let message = (*invitation == Invitation::Suppressed).then_some(MessageActionType::Suppress);
    let request = aws.cognito().admin_create_user().user_pool_id(&pool.id).username(*username);
    let answer = request.set_user_attributes(Some(attributes)).set_message_action(message).send().await;
    answer.map_err(|error| refused(CallError::of(SERVICE, "AdminCreateUser", &error), hidden()))?;
    Ok(())
}

/// Takes a user's right to sign in; nothing of the user is lost.
pub async fn disable_user(aws: &Aws, pool: &Pool, username: &str) -> Result<(), UserError> {
    let answer = aws.cognito().admin_disable_user().user_pool_id(&pool.id).username(username).send().await;
    answer.map_err(|error| refused(CallError::of(SERVICE, "AdminDisableUser", &error), [username]))?;
    Ok(())
}

/// Deletes a user for good.
pub async fn delete_user(aws: &Aws, pool: &Pool, username: &str) -> Result<(), UserError> {
    let answer = aws.cognito().admin_delete_user().user_pool_id(&pool.id).username(username).send().await;
    answer.map_err(|error| refused(CallError::of(SERVICE, "AdminDeleteUser", &error), [username]))?;
    Ok(())
}

fn refused<'v>(error: CallError, values: impl IntoIterator<Item = &'v str>) -> UserError {
    if error.is(&["UsernameExistsException", "AliasExistsException"]) {
        UserError::Exists
    } else if error.is(&["UserNotFoundException"]) {
        UserError::Missing
    } else {
        UserError::Call(without(error, values))
    }
}

/// An error whose message quotes none of these values.
fn without<'v>(error: CallError, values: impl IntoIterator<Item = &'v str>) -> CallError {
    let mut values: Vec<&str> = values.into_iter().filter(|value| !value.is_empty()).collect();
    // A value may be a part of another.
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    let message = values.iter().fold(error.message.clone(), |message, value| {
        // Of a short value it is not clear that the message quotes it: only one in quotes is taken out.
        if value.len() < 4 {
            ["'", "\"", "`"].iter().fold(message, |message, quote| {
                message.replace(&format!("{quote}{value}{quote}"), &format!("{quote}…{quote}"))
            })
        } else {
            message.replace(value, "…")
        }
    });
    CallError { message, ..error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_recognized_with_their_region() {
        assert_eq!(region_of("eu-central-1_AbC123"), Some("eu-central-1"));
        for name in ["cruddur", "cruddur_", "_x", "my pool_x", "eu-central-1_a-b", "a b_c"] {
            assert_eq!(region_of(name), None, "{name}");
        }
        assert!(is_region("eu-central-1") && is_region("us-gov-west-1") && !is_region("my-users") && !is_region("x-1"));
    }

    #[test]
    fn similar_pools_are_suggested_and_few_are_listed() {
        let pool = |name: &str| (name.to_owned(), format!("eu-central-1_{name}"));
        let few = vec![pool("zzz"), pool("cruddur-users")];
        assert_eq!(near("crudder-users", few.clone()), [few[1].clone(), few[0].clone()], "all, by name");
        let many: Vec<_> = ["cruddur-users", "a", "b", "c", "d", "e", "f"].map(pool).to_vec();
        assert_eq!(near("crudder-users", many.clone()), [many[0].clone()]);
    }

    #[test]
    fn refusals_quote_no_personal_data() {
        let error = |message: &str| CallError::unexpected("AdminGetUser", message);
        let shown = |message: &str, values: &[&str]| without(error(message), values.iter().copied()).message;
        assert_eq!(
            shown("Value 'bob@example.com' at 'username' failed", &["bob", "bob@example.com"]),
            "Value '…' at 'username' failed"
        );
        assert_eq!(shown("Value 'at' at 'username' failed", &["at"]), "Value '…' at 'username' failed");
        assert!(matches!(
            refused(CallError::within("", "", Some("UserNotFoundException"), "bob"), ["bob"]),
            UserError::Missing
        ));
    }
}
