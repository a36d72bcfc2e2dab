//! The calls that change tables, each with a wait.

mod parts;
mod refusal;
mod scaling;

use aws_sdk_dynamodb::types::{StreamSpecification, TableDescription};
use refusal::{CREATION, RETRYABLE};

use super::convert::{self, list, opened, some};
use super::describe::{self, NOT_THERE, failed};
use super::wait;
use crate::aws::{Aws, CallError, WaitLimits, retry_while};
use crate::base::Outputs;
use crate::kinds::table::Op;
use crate::kinds::table::identity::arn;
use crate::kinds::table::op::{CreateTable, DeleteTable, UpdateTable};

/// Makes one call and waits until it has taken effect.
pub(super) async fn run(op: Op, aws: &Aws) -> Result<Outputs, CallError> {
    match op {
        Op::CreateTable(input) => create(*input, aws).await,
        Op::UpdateTable(input) => update(input, aws).await,
        Op::DeleteTable(input) => delete(input, aws).await,
        Op::UpdateContinuousBackups(input) => parts::backups(input, aws).await,
        Op::UpdateTimeToLive(input) => parts::expiry(input, aws).await,
        Op::UpdateContributorInsights(input) => parts::insights(input, aws).await,
        Op::PutResourcePolicy(input) => parts::put_policy(input, aws).await,
        Op::DeleteResourcePolicy(input) => parts::delete_policy(input, aws).await,
        Op::TagResource(input) => parts::tag(input, aws).await,
        Op::UntagResource(input) => parts::untag(input, aws).await,
        Op::CreateBackup(input) => parts::backup(input, aws).await,
        Op::RegisterScalableTarget(input) => scaling::register(input, aws).await,
        Op::DeregisterScalableTarget(input) => scaling::deregister(input, aws).await,
        Op::PutScalingPolicy(input) => scaling::put_policy(input, aws).await,
        Op::DeleteScalingPolicy(input) => scaling::delete_policy(input, aws).await,
    }
}

/// Adds the meaning to an unclear error. Measured: `DynamoDB` Local of January 2020.
fn in_full(error: CallError) -> CallError {
    if !["Too many hash keys", "Too many range keys"].iter().any(|words| error.message.contains(words)) {
        return error;
    }
    let message =
        format!("{}; this endpoint does not support index keys of several attributes", error.message.trim_end());
    CallError { message, ..error }
}

/// The attributes in a table's description.
fn outputs(aws: &Aws, name: &str, table: &TableDescription) -> Outputs {
    let mut outputs = Outputs::from([("name".to_owned(), name.to_owned()), ("arn".to_owned(), arn(aws.env(), name))]);
    let on = table.stream_specification().is_some_and(StreamSpecification::stream_enabled);
    if let Some(stream) = table.latest_stream_arn().filter(|_| on) {
        outputs.insert("stream_arn".to_owned(), stream.to_owned());
    }
    outputs
}

async fn create(input: CreateTable, aws: &Aws) -> Result<Outputs, CallError> {
    let CreateTable {
        table_name: name,
        attribute_definitions,
        key_schema,
        local_secondary_indexes,
        global_secondary_indexes,
        billing_mode,
        provisioned_throughput,
        on_demand_throughput,
        stream_specification,
        sse_specification,
        table_class,
        deletion_protection_enabled,
        resource_policy,
        tags,
    } = input;
    let unbuilt = convert::unbuilt;
    let resource_policy = resource_policy.map(|text| opened(&text, "CreateTable", aws)).transpose()?;
    let call = aws
        .dynamodb()
        .create_table()
        .table_name(&name)
        .set_attribute_definitions(Some(list(&attribute_definitions, convert::definition)?))
        .set_key_schema(Some(list(&key_schema, convert::key)?))
        .set_local_secondary_indexes(some(list(&local_secondary_indexes, convert::local)?))
        .set_global_secondary_indexes(some(list(&global_secondary_indexes, convert::global)?))
        .billing_mode(billing_mode.as_str().into())
        .set_provisioned_throughput(
            provisioned_throughput.as_ref().map(convert::capacity).transpose().map_err(unbuilt)?,
        )
        .set_on_demand_throughput(on_demand_throughput.as_ref().map(convert::limits))
        .set_stream_specification(stream_specification.as_ref().map(convert::stream).transpose().map_err(unbuilt)?)
        .set_sse_specification(sse_specification.as_ref().map(convert::encryption))
        .set_table_class(table_class.as_deref().map(Into::into))
        .deletion_protection_enabled(deletion_protection_enabled)
        .set_resource_policy(resource_policy)
        .set_tags(some(list(&tags, convert::tag)?));
    // A namesake that is being deleted blocks the creation until it is deleted.
    if describe::table(aws, &name).await?.is_some_and(|table| is_going(&table)) {
        wait::gone(aws, &name).await?;
    }
    let answer =
        retry_while(wait::SHORT, CREATION, || async { call.clone().send().await.map_err(failed("CreateTable")) }).await;
    if answer.as_ref().is_err_and(|error| error.is(&["ResourceInUseException"])) {
        // Another run creates it: it is of use once that is done.
        wait::rest(aws, "CreateTable", &name).await?;
    }
    answer.map_err(in_full)?;
    let table = wait::rest(aws, "CreateTable", &name).await?;
    let table = match table {
        Some(table) => table,
        // `DescribeTable` does not know of it yet.
        None => settled(aws, &name).await?,
    };
    Ok(outputs(aws, &name, &table))
}

fn is_going(table: &TableDescription) -> bool {
    table.table_status() == Some(&aws_sdk_dynamodb::types::TableStatus::Deleting)
}

async fn settled(aws: &Aws, name: &str) -> Result<TableDescription, CallError> {
    let what = format!("the table `{name}` to be there");
    crate::aws::until("CreateTable", &what, wait::SHORT, || async {
        Ok(describe::table(aws, name).await?.filter(wait::is_at_rest))
    })
    .await
}

async fn update(input: UpdateTable, aws: &Aws) -> Result<Outputs, CallError> {
    let unbuilt = convert::unbuilt;
    let name = &input.table_name;
    if wait::rest(aws, "UpdateTable", name).await?.is_none() {
        let gone = format!("the table `{name}` is gone");
        return Err(CallError::within("dynamodb", "UpdateTable", Some("ResourceNotFoundException"), &gone));
    }
    let definitions = list(&input.attribute_definitions, convert::definition)?;
    let indexes = list(&input.global_secondary_index_updates, convert::update)?;
    let capacity = input.provisioned_throughput.as_ref().map(convert::capacity).transpose().map_err(unbuilt)?;
    let stream = input.stream_specification.as_ref().map(convert::stream).transpose().map_err(unbuilt)?;
    let call = aws
        .dynamodb()
        .update_table()
        .table_name(name)
        .set_attribute_definitions(some(definitions))
        .set_billing_mode(input.billing_mode.as_deref().map(Into::into))
        .set_provisioned_throughput(capacity)
        .set_on_demand_throughput(input.on_demand_throughput.as_ref().map(convert::limits))
        .set_global_secondary_index_updates(some(indexes))
        .set_stream_specification(stream)
        .set_sse_specification(input.sse_specification.as_ref().map(convert::encryption))
        .set_table_class(input.table_class.as_deref().map(Into::into))
        .set_deletion_protection_enabled(input.deletion_protection_enabled);
    retry_while(wait::SHORT, RETRYABLE, || async { call.clone().send().await.map_err(failed("UpdateTable")) })
        .await
        .map_err(in_full)?;
    let table = wait::updated(aws, &input).await?;
    Ok(outputs(aws, name, &table))
}

async fn delete(input: DeleteTable, aws: &Aws) -> Result<Outputs, CallError> {
    let name = &input.table_name;
    // `DeleteTable` is refused while an index is filled.
    let deadline = WaitLimits::seconds(30 * 60);
    let send = || async {
        match describe::table(aws, name).await? {
            None => return Ok(()),
            Some(table) if is_going(&table) => return Ok(()),
            Some(_) => {}
        }
        let answer = aws.dynamodb().delete_table().table_name(name).send().await;
        match answer.map_err(failed("DeleteTable")) {
            Ok(_) => Ok(()),
            Err(error) if error.is(NOT_THERE) => Ok(()),
            Err(error) => Err(error),
        }
    };
    retry_while(deadline, RETRYABLE, send).await?;
    wait::gone(aws, name).await?;
    Ok(Outputs::new())
}
