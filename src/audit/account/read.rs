//! Reads accounts: each of their regions, and once what belongs to an account as a whole.

use std::sync::Arc;

use futures::StreamExt as _;
use futures::stream;
use serde_json::{Value, json};

use super::scope::{AccountRole, ReadScope, Regions};
use super::{
    AccountDocuments, Collector, Progress, Reader, Take, Unread, Wanted, account_settings, cognito, dax, finish,
    function, identity, keys, log_groups, mapping, network, recorder, region, table, trails,
};
use crate::aws::{Aws, CallError};

/// Regions that are read at the same time: the pace is for each of them.
const REGIONS: usize = 4;

/// Reads what the scope names, with whatever the caller may do. `progress` is told of the resources that are done and of
/// those that are known to come.
///
/// What can't be read is in the documents: see [`AccountDocuments::not_assessed`].
pub async fn read(aws: &Aws, scope: &ReadScope, progress: &Progress<'_>) -> AccountDocuments {
    read_into(Collector::new(progress), aws, scope).await
}

/// The same, with a function that takes each document as soon as it needs nothing more of the account: `live` of what is
/// returned is empty then.
pub async fn read_giving(aws: &Aws, scope: &ReadScope, progress: &Progress<'_>, take: &Take<'_>) -> AccountDocuments {
    let mut documents = read_into(Collector::giving(progress, take), aws, scope).await;
    std::mem::take(&mut documents.live).into_iter().for_each(take);
    documents
}

async fn read_into(into: Collector<'_>, aws: &Aws, scope: &ReadScope) -> AccountDocuments {
    let own = Arc::new(aws.in_region(&aws.env().region));
    if scope.accounts.is_empty() {
        account(own, scope, &into).await;
        return finish::finish(into.finish(), &scope.wanted);
    }
    for one in &scope.accounts {
        if one.role.is_some() {
            into.count("sts:AssumeRole");
        }
        match connect(&own, one).await {
            Ok(connection) => account(Arc::new(connection), scope, &into).await,
            Err(unread) => into.account_unread(&one.account, &unread),
        }
    }
    finish::finish(into.finish(), &scope.wanted)
}

/// The connection to an account.
async fn connect(own: &Arc<Aws>, one: &AccountRole) -> Result<Aws, Unread> {
    let Some(role) = &one.role else { return Ok(own.in_region(&own.env().region)) };
    let assumed = own.assume(role).await.map_err(|error| Unread::of("sts:AssumeRole", error))?;
    // An emulator may give the session of another account, whose resources would be labelled as this one's.
    let reader = Reader::new(Arc::new(assumed.in_region(&assumed.env().region)));
    let caller = reader.ask("sts:GetCallerIdentity", json!({})).await?;
    if caller["Account"].as_str().is_some_and(|account| account != one.account) {
        let why = format!("the role's session is one of account {}", caller["Account"].as_str().unwrap_or_default());
        return Err(Unread::of("sts:AssumeRole", CallError::unexpected("AssumeRole", why)));
    }
    Ok(assumed)
}

/// Reads one account.
async fn account(aws: Arc<Aws>, scope: &ReadScope, into: &Collector<'_>) {
    let first = Reader::new(aws);
    let own = || vec![first.env().region.clone()];
    let regions = match &scope.regions {
        Regions::Own => own(),
        Regions::Given(regions) if regions.is_empty() => own(),
        Regions::Given(regions) => regions.clone(),
        // The reader has recorded that they could not be listed.
        Regions::Enabled => enabled(&first).await.unwrap_or_else(|_| own()),
    };
    let Some(home) = regions.first().map(|region| first.in_region(region)) else { return };
    global(&home, &scope.wanted, into).await;
    let readers: Vec<Reader> = regions.iter().map(|region| first.in_region(region)).collect();
    let reads = readers.iter().map(|reader| regional(reader, &scope.wanted, into));
    stream::iter(reads).buffer_unordered(REGIONS).collect::<()>().await;
    into.close(&first, &readers);
}

/// What belongs to an account as a whole.
async fn global(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    tokio::join!(
        Box::pin(identity::read_global(reader, wanted, into)),
        Box::pin(account_settings::read_global(reader, wanted, into)),
    );
}

/// What belongs to a region.
async fn regional(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    tokio::join!(
        Box::pin(table::read(reader, wanted, into)),
        Box::pin(function::read(reader, wanted, into)),
        Box::pin(mapping::read(reader, wanted, into)),
        Box::pin(network::read(reader, wanted, into)),
        Box::pin(keys::read(reader, wanted, into)),
        Box::pin(trails::read(reader, wanted, into)),
        Box::pin(recorder::read(reader, wanted, into)),
        Box::pin(cognito::read(reader, wanted, into)),
        Box::pin(dax::read(reader, wanted, into)),
        Box::pin(log_groups::read(reader, wanted, into)),
        Box::pin(region::read(reader, wanted, into)),
    );
}

/// The regions that are turned on for the account, in order.
/// Source: EC2 API reference, `DescribeRegions`: without `AllRegions` only those.
async fn enabled(reader: &Reader) -> Result<Vec<String>, Unread> {
    let regions = reader.all("ec2:DescribeRegions", json!({})).await?;
    let name = |region: &Value| region["regionName"].as_str().map(str::to_owned);
    let mut names: Vec<String> = regions.iter().filter_map(name).collect();
    names.sort();
    Ok(names)
}
