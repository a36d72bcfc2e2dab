//! The settings that a call would put back to their defaults if it left them out: what is set is given again, as it is.

use serde_json::Value;

use super::document::{Known, put, put_text};

/// Members of `UpdateUserPool` that `DescribeUserPool` answers with in the same form.
/// Source: <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html>.
const USER_POOL: [&str; 13] = [
    "LambdaConfig",
    "AutoVerifiedAttributes",
    "SmsVerificationMessage",
    "EmailVerificationMessage",
    "EmailVerificationSubject",
    "VerificationMessageTemplate",
    "SmsAuthenticationMessage",
    "UserAttributeUpdateSettings",
    "MfaConfiguration",
    "DeviceConfiguration",
    "EmailConfiguration",
    "SmsConfiguration",
    "UserPoolTags",
];

/// Members of `UpdateUserPoolClient`.
/// Source: <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolClient.html>.
const CLIENT: [&str; 19] = [
    "ClientName",
    "RefreshTokenValidity",
    "AccessTokenValidity",
    "IdTokenValidity",
    "TokenValidityUnits",
    "ReadAttributes",
    "WriteAttributes",
    "ExplicitAuthFlows",
    "SupportedIdentityProviders",
    "CallbackURLs",
    "LogoutURLs",
    "DefaultRedirectURI",
    "AllowedOAuthFlows",
    "AllowedOAuthScopes",
    "AllowedOAuthFlowsUserPoolClient",
    "AnalyticsConfiguration",
    "EnablePropagateAdditionalUserContextData",
    "AuthSessionValidity",
    "RefreshTokenRotation",
];

/// Members of `UpdateIdentityPool`.
/// Source: <https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_UpdateIdentityPool.html>.
const IDENTITY_POOL: [&str; 8] = [
    "IdentityPoolId",
    "IdentityPoolName",
    "AllowClassicFlow",
    "SupportedLoginProviders",
    "DeveloperProviderName",
    "OpenIdConnectProviderARNs",
    "CognitoIdentityProviders",
    "SamlProviderARNs",
];

/// Members of a configuration recorder that a person sets.
/// Source: <https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationRecorder.html>.
const RECORDER: [&str; 4] = ["name", "roleARN", "recordingGroup", "recordingMode"];

/// Members of `CreateEventSourceMapping` besides the source and where it begins.
/// Source: <https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html>.
const TRIGGER: [&str; 13] = [
    "BatchSize",
    "FilterCriteria",
    "MaximumBatchingWindowInSeconds",
    "ParallelizationFactor",
    "DestinationConfig",
    "MaximumRecordAgeInSeconds",
    "BisectBatchOnFunctionError",
    "MaximumRetryAttempts",
    "TumblingWindowInSeconds",
    "FunctionResponseTypes",
    "KMSKeyArn",
    "MetricsConfig",
    "LoggingConfig",
];

/// The members that are set, as a query of the AWS CLI takes them: `a: a, b: b`.
fn kept(from: Option<&Value>, members: &[&str]) -> String {
    let is_set = |name: &&&str| from.and_then(|from| from.get(**name)).is_some_and(|value| !value.is_null());
    members.iter().filter(is_set).map(|name| format!("{name}: {name}")).collect::<Vec<_>>().join(", ")
}

fn put_query(known: &mut Known, word: &str, parts: &[String]) {
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    put(known, word, &parts.join(", "));
}

/// The settings of a user pool. What other remedies set is asked for with its default, so that none undoes another.
pub(super) fn user_pool(known: &mut Known, body: &Value) {
    put_text(known, "POOL-ID", body, "/configuration/Id");
    let Some(pool) = body.pointer("/configuration").filter(|pool| pool.get("Id").is_some()) else { return };
    let nested = |name: &str, members: &[&str]| {
        let all = kept(pool.get(name), members);
        if all.is_empty() { String::new() } else { format!("{name}: {name}.{{{all}}}") }
    };
    // `UnusedAccountValidityDays` is refused beside the password policy's own days.
    let sign_up = nested("AdminCreateUserConfig", &["AllowAdminCreateUserOnly", "InviteMessageTemplate"]);
    let others = "Policies: Policies, DeletionProtection: not_null(DeletionProtection, `\"INACTIVE\"`), \
                  UserPoolAddOns: not_null(UserPoolAddOns, `{\"AdvancedSecurityMode\": \"OFF\"}`)";
    let tier = kept(Some(pool), &["UserPoolTier", "AccountRecoverySetting"]);
    put_query(
        known,
        "POOL-SETTINGS",
        &["UserPoolId: Id".to_owned(), kept(Some(pool), &USER_POOL), sign_up, tier, others.to_owned()],
    );
}

/// The settings of an app client.
pub(super) fn client(known: &mut Known, body: &Value) {
    put_text(known, "POOL-ID", body, "/configuration/UserPoolId");
    put_text(known, "CLIENT-ID", body, "/configuration/ClientId");
    let Some(client) = body.pointer("/configuration").filter(|client| client.get("ClientId").is_some()) else { return };
    let others = "EnableTokenRevocation: not_null(EnableTokenRevocation, `false`), \
                  PreventUserExistenceErrors: not_null(PreventUserExistenceErrors, `\"LEGACY\"`)";
    let own = "UserPoolId: UserPoolId, ClientId: ClientId".to_owned();
    put_query(known, "CLIENT-SETTINGS", &[own, kept(Some(client), &CLIENT), others.to_owned()]);
}

/// The settings of a trigger, for one that takes its place.
pub(super) fn trigger(known: &mut Known, body: &Value) {
    let trigger = body.pointer("/configuration");
    if trigger.is_some_and(|trigger| trigger.get("UUID").is_some()) {
        put_query(known, "TRIGGER-SETTINGS", &["FunctionName: FunctionArn".to_owned(), kept(trigger, &TRIGGER)]);
    }
}

/// The settings of an identity pool.
pub(super) fn identity_pool(known: &mut Known, body: &Value) {
    put_text(known, "IDENTITY-POOL-ID", body, "/configuration/IdentityPoolId");
    let pool = body.pointer("/configuration");
    if pool.is_some_and(|pool| pool.get("IdentityPoolId").is_some()) {
        put_query(known, "IDENTITY-POOL-SETTINGS", &[kept(pool, &IDENTITY_POOL)]);
    }
}

/// The settings of a recorder.
pub(super) fn recorder(known: &mut Known, body: &Value) {
    let recorder = body.pointer("/configuration");
    if recorder.is_some_and(|recorder| recorder.get("name").is_some()) {
        put_query(known, "RECORDER-SETTINGS", &[kept(recorder, &RECORDER)]);
    }
}

/// The password policy of the account: what is stricter than asked for stays.
pub(super) fn password_policy(known: &mut Known, body: &Value) {
    let Some(account) = body.pointer("/supplementaryConfiguration").filter(|account| account.is_object()) else {
        return;
    };
    let policy = account.pointer("/GetAccountPasswordPolicy/PasswordPolicy");
    let is_unread = account.get("GetAccountPasswordPolicy").is_some() && !policy.is_none_or(Value::is_object)
        || account.get("GetAccountPasswordPolicy").is_some_and(Value::is_string);
    if is_unread {
        return;
    }
    let number = |name: &str| policy.and_then(|policy| policy.get(name)).and_then(Value::as_u64);
    let is = |name: &str| policy.and_then(|policy| policy.get(name)).and_then(Value::as_bool);
    put(known, "LENGTH", &number("MinimumPasswordLength").unwrap_or_default().max(14).to_string());
    let age = number("MaxPasswordAge").filter(|age| *age > 0).unwrap_or(90).min(90);
    put(known, "MAX-AGE", &age.to_string());
    // Nobody could change an expired password if users might not: allowed unless it was forbidden.
    put(known, "CHANGE-OWN", if is("AllowUsersToChangePassword") == Some(false) { "no-allow" } else { "allow" });
    put(known, "HARD-EXPIRY", if is("HardExpiry") == Some(true) { "hard-expiry" } else { "no-hard-expiry" });
}
