//! User pools, their clients, and identity pools.

use futures::future;
use serde_json::{Value, json};

use super::fields::{tags, text};
use super::part::{self, Form, Input, Part};
use super::{Collector, Document, Reader, Wanted, listing};

/// AWS's types.
const POOL: &str = "AWS::Cognito::UserPool";
const CLIENT: &str = "AWS::Cognito::UserPoolClient";
const IDENTITY_POOL: &str = "AWS::Cognito::IdentityPool";

/// The most entries of a page. Source: Cognito API references, `ListUserPools`, `ListUserPoolClients`, `ListIdentityPools`.
const PAGE: u64 = 60;

const DESCRIBE_POOL: Part = Part {
    member: "DescribeUserPool",
    operation: "cognito-idp:DescribeUserPool",
    input: &[("UserPoolId", Input::At("/Id"))],
    form: Form::At("/UserPool"),
};

const POOL_PARTS: &[Part] = &[
    Part {
        member: "GetUserPoolMfaConfig",
        operation: "cognito-idp:GetUserPoolMfaConfig",
        input: &[("UserPoolId", Input::At("/Id"))],
        form: Form::At(""),
    },
    Part {
        member: "GetWebACLForResource",
        operation: "wafv2:GetWebACLForResource",
        input: &[("ResourceArn", Input::At("/Arn"))],
        form: Form::At("/WebACL"),
    },
    Part {
        member: "DescribeRiskConfiguration",
        operation: "cognito-idp:DescribeRiskConfiguration",
        input: &[("UserPoolId", Input::At("/Id"))],
        form: Form::At("/RiskConfiguration"),
    },
];

const DESCRIBE_CLIENT: Part = Part {
    member: "DescribeUserPoolClient",
    operation: "cognito-idp:DescribeUserPoolClient",
    input: &[("UserPoolId", Input::At("/UserPoolId")), ("ClientId", Input::At("/ClientId"))],
    form: Form::At("/UserPoolClient"),
};

const DESCRIBE_IDENTITY_POOL: Part = Part {
    member: "DescribeIdentityPool",
    operation: "cognito-identity:DescribeIdentityPool",
    input: &[("IdentityPoolId", Input::At("/IdentityPoolId"))],
    form: Form::At(""),
};

const IDENTITY_POOL_PARTS: &[Part] = &[Part {
    member: "GetIdentityPoolRoles",
    operation: "cognito-identity:GetIdentityPoolRoles",
    input: &[("IdentityPoolId", Input::At("/IdentityPoolId"))],
    form: Form::At(""),
}];

/// Reads the pools of a region.
pub(super) async fn read(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    future::join(user_pools(reader, wanted, into), identity_pools(reader, wanted, into)).await;
}

async fn user_pools(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    if !wanted.has(POOL) && !wanted.has(CLIENT) {
        return;
    }
    let pools = match reader.all("cognito-idp:ListUserPools", json!({"MaxResults": PAGE})).await {
        Ok(pools) => pools,
        Err(unread) => {
            let types: Vec<&str> = [POOL, CLIENT].into_iter().filter(|one| wanted.has(one)).collect();
            return into.list_unread(&types, reader, &unread);
        }
    };
    if wanted.has(POOL) {
        into.expect(pools.len());
        listing::each(&pools, into, |pool| user_pool(pool, reader, wanted)).await;
    }
    if wanted.has(CLIENT) {
        let lists = pools.iter().map(|pool| {
            let input = json!({"UserPoolId": text(pool, "/Id"), "MaxResults": PAGE});
            reader.all("cognito-idp:ListUserPoolClients", input)
        });
        let lists = future::join_all(lists).await.into_iter();
        let clients = lists.filter_map(|answer| listing::list(CLIENT, answer, reader, into));
        let clients: Vec<Value> = clients.flatten().collect();
        listing::each(&clients, into, |client| user_pool_client(client, reader)).await;
    }
}

fn pool_arn(id: &str, reader: &Reader) -> String {
    let env = reader.env();
    format!("arn:{}:cognito-idp:{}:{}:userpool/{id}", env.partition, env.region, env.account)
}

async fn user_pool(pool: &Value, reader: &Reader, wanted: &Wanted) -> Option<Document> {
    let (id, name) = (text(pool, "/Id"), text(pool, "/Name"));
    let described = DESCRIBE_POOL.ask(reader, pool).await.transpose()?;
    let arn = pool_arn(id, reader);
    let mut document = Document::new(POOL, reader, id, Some(name), &arn);
    match &described {
        Ok(pool) => document.tags(Ok(&tags(pool.get("UserPoolTags")))),
        Err(unread) => document.tags(Err(unread)),
    }
    part::configure(&mut document, reader, DESCRIBE_POOL.operation, described);
    let described = json!({"Id": id, "Arn": arn});
    part::add(&mut document, POOL_PARTS, &described, reader, wanted).await;
    Some(document)
}

async fn user_pool_client(client: &Value, reader: &Reader) -> Option<Document> {
    let (id, name) = (text(client, "/ClientId"), text(client, "/ClientName"));
    let described = DESCRIBE_CLIENT.ask(reader, client).await.transpose()?;
    let arn = format!("{}/client/{id}", pool_arn(text(client, "/UserPoolId"), reader));
    let mut document = Document::new(CLIENT, reader, id, Some(name), &arn);
    part::configure(&mut document, reader, DESCRIBE_CLIENT.operation, described.map(without_secret));
    Some(document)
}

/// A client without its secret: a document may go into a report.
fn without_secret(mut client: Value) -> Value {
    if let Some(members) = client.as_object_mut() {
        members.remove("ClientSecret");
    }
    client
}

async fn identity_pools(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    if !wanted.has(IDENTITY_POOL) {
        return;
    }
    let answer = reader.all("cognito-identity:ListIdentityPools", json!({"MaxResults": PAGE})).await;
    let Some(pools) = listing::list(IDENTITY_POOL, answer, reader, into) else { return };
    listing::each(&pools, into, |pool| identity_pool(pool, reader, wanted)).await;
}

async fn identity_pool(pool: &Value, reader: &Reader, wanted: &Wanted) -> Option<Document> {
    let (id, name, env) = (text(pool, "/IdentityPoolId"), text(pool, "/IdentityPoolName"), reader.env());
    let described = DESCRIBE_IDENTITY_POOL.ask(reader, pool).await.transpose()?;
    let arn = format!("arn:{}:cognito-identity:{}:{}:identitypool/{id}", env.partition, env.region, env.account);
    let mut document = Document::new(IDENTITY_POOL, reader, id, Some(name), &arn);
    match &described {
        Ok(pool) => document.tags(Ok(&tags(pool.get("IdentityPoolTags")))),
        Err(unread) => document.tags(Err(unread)),
    }
    part::configure(&mut document, reader, DESCRIBE_IDENTITY_POOL.operation, described);
    part::add(&mut document, IDENTITY_POOL_PARTS, pool, reader, wanted).await;
    Some(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_of_a_client_is_left_out() {
        let client = json!({"ClientId": "c", "ClientSecret": "s3cr3t", "EnableTokenRevocation": true});
        assert_eq!(without_secret(client), json!({"ClientId": "c", "EnableTokenRevocation": true}));
    }
}
