//! The answers of calls about one table.

use serde_json::{Value, json};

use crate::audit::account::types::TABLE;
use crate::audit::account::{Reader, Unread, Wanted};

/// An answer: `None` if AWS says that there is nothing.
pub(super) type Answer = Result<Option<Value>, Unread>;

/// The answers about one table.
pub(super) struct TableAnswers {
    /// The name.
    pub(super) name: String,
    /// The ARN.
    pub(super) arn: String,
    /// `DescribeTable`; an empty table if it could not be read.
    pub(super) table: Value,
    /// The reason why it could not be read.
    pub(super) table_unread: Option<Unread>,
    /// `DescribeContinuousBackups`
    pub(super) backups: Answer,
    /// `DescribeTimeToLive`
    pub(super) expiry: Answer,
    /// `GetResourcePolicy`, with the document parsed.
    pub(super) policy: Answer,
    /// `GetResourcePolicy` of the stream, the same; `None` without a stream.
    pub(super) stream_policy: Answer,
    /// `DescribeKinesisStreamingDestination`
    pub(super) kinesis: Answer,
    /// `ListContributorInsights`
    pub(super) insights: Result<Vec<Value>, Unread>,
    /// The replicas in other regions.
    pub(super) replicas: Vec<Value>,
    /// Parts of replicas that could not be read: the place in `replicas`, the member, the reason.
    pub(super) unread_replicas: Vec<(usize, &'static str, Unread)>,
}

impl TableAnswers {
    /// Contributor Insights of the table or an index in the words of `stack.yaml`.
    pub(super) fn insights_of(&self, index: Option<&str>) -> Value {
        let summaries = self.insights.iter().flatten();
        let mut mine = summaries.filter(|one| one["IndexName"].as_str() == index);
        let on = |one: &&Value| ["ENABLED", "ENABLING"].iter().any(|s| one["ContributorInsightsStatus"] == *s);
        match mine.find(on) {
            None => json!(false),
            Some(one) if one["ContributorInsightsMode"] == "THROTTLED_KEYS" => json!({"mode": "throttled_keys"}),
            Some(_) => json!(true),
        }
    }
}

/// Makes the calls about a table. `None` if it has gone, or is being deleted.
pub(super) async fn ask(reader: &Reader, wanted: &Wanted, name: &str) -> Option<TableAnswers> {
    let by_name = || json!({"TableName": name});
    let member = |member: &str| wanted.has_member(TABLE, member);
    let if_wanted = async |is_wanted: bool, operation: &'static str, input: Value, within: &str| -> Answer {
        if !is_wanted {
            return Err(Unread::not_asked(operation));
        }
        let answer = reader.find(operation, input).await?;
        Ok(answer.map(|mut answer| if within.is_empty() { answer } else { answer[within].take() }))
    };
    let table = async {
        let answer = reader.find("dynamodb:DescribeTable", by_name()).await?;
        Ok::<_, Unread>(
            answer.map(|mut answer| answer["Table"].take()).filter(|table| table["TableStatus"] != "DELETING"),
        )
    };
    let insights = async {
        const OPERATION: &str = "dynamodb:ListContributorInsights";
        if wanted.names_member(TABLE, "ListContributorInsights") {
            reader.all(OPERATION, by_name()).await
        } else {
            Err(Unread::not_asked(OPERATION))
        }
    };
    let (table, backups, expiry, kinesis, insights) = tokio::join!(
        table,
        if_wanted(
            member("ContinuousBackupsDescription"),
            "dynamodb:DescribeContinuousBackups",
            by_name(),
            "ContinuousBackupsDescription"
        ),
        if_wanted(member("DescribeTimeToLive"), "dynamodb:DescribeTimeToLive", by_name(), "TimeToLiveDescription"),
        if_wanted(
            member("KinesisDestinations"),
            "dynamodb:DescribeKinesisStreamingDestination",
            by_name(),
            "KinesisDataStreamDestinations"
        ),
        insights,
    );
    let (table, table_unread) = match table {
        Ok(table) => (table?, None),
        Err(unread) => (json!({}), Some(unread)),
    };
    let arn = table["TableArn"].as_str().map(str::to_owned);
    let arn = arn.unwrap_or_else(|| reader.env().arn("dynamodb", &format!("table/{name}")));
    let of = |arn: Option<&str>, is_wanted: bool| {
        let arn = arn.map(str::to_owned);
        async move {
            match arn {
                Some(arn) if is_wanted => policy(reader, &arn).await,
                Some(_) => Err(Unread::not_asked("dynamodb:GetResourcePolicy")),
                None => Ok(None),
            }
        }
    };
    let has_stream = table.pointer("/StreamSpecification/StreamEnabled") == Some(&Value::Bool(true));
    let stream = table["LatestStreamArn"].as_str().filter(|_| has_stream);
    let (policy, stream_policy, (replicas, unread_replicas)) = tokio::join!(
        of(Some(&arn), member("GetResourcePolicy")),
        of(stream, member("StreamPolicy")),
        replicas(reader, &table, name, member("Replicas")),
    );
    Some(TableAnswers {
        name: name.to_owned(),
        arn,
        table,
        table_unread,
        backups,
        expiry,
        policy,
        stream_policy,
        kinesis,
        insights,
        replicas,
        unread_replicas,
    })
}

/// A resource policy: its document parsed.
async fn policy(reader: &Reader, arn: &str) -> Answer {
    const OPERATION: &str = "dynamodb:GetResourcePolicy";
    let Some(mut answer) = reader.find(OPERATION, json!({"ResourceArn": arn})).await? else { return Ok(None) };
    let Some(text) = answer["Policy"].as_str() else { return Ok(None) };
    answer["Policy"] = parsed(reader, OPERATION, text)?;
    Ok(Some(answer))
}

/// The document in a text.
pub(in crate::audit::account) fn parsed(reader: &Reader, operation: &str, text: &str) -> Result<Value, Unread> {
    crate::aws::policy_document(operation, text).map_err(|error| {
        let unread = Unread::of(operation, error);
        reader.note(&unread);
        unread
    })
}

/// The replicas of a table in other regions, with what only their own region shows.
async fn replicas(
    reader: &Reader,
    table: &Value,
    name: &str,
    is_wanted: bool,
) -> (Vec<Value>, Vec<(usize, &'static str, Unread)>) {
    let (mut found, mut unread) = (Vec::new(), Vec::new());
    let own = reader.env().region.as_str();
    let others = table["Replicas"].as_array().into_iter().flatten().filter_map(|one| one["RegionName"].as_str());
    for region in others.filter(|region| *region != own) {
        let place = found.len();
        let mut replica = json!({"region": region});
        let mut take = |member: &'static str, answer: Answer| match answer {
            Ok(Some(value)) => replica[member] = value,
            Ok(None) => {}
            Err(why) => unread.push((place, member, why)),
        };
        let (backups, description) = if is_wanted {
            let there = reader.in_region(region);
            let by_name = || json!({"TableName": name});
            let (backups, description) = tokio::join!(
                there.find("dynamodb:DescribeContinuousBackups", by_name()),
                there.find("dynamodb:DescribeTable", by_name()),
            );
            let part = |answer: Answer, pointer: &str| answer.map(|answer| answer?.pointer(pointer).cloned());
            (part(backups, "/ContinuousBackupsDescription"), part(description, "/Table/SSEDescription"))
        } else {
            let not_asked = || Err(Unread::not_asked("dynamodb:DescribeContinuousBackups"));
            (not_asked(), not_asked())
        };
        take("DescribeContinuousBackups", backups);
        take("SSEDescription", description);
        found.push(replica);
    }
    (found, unread)
}
