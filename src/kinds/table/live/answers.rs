//! The use of each member of the answers about a table. See [`Answer`].

use crate::kind::{ANSWER, Answer};

/// The reasons for which a member is not read.
const MOMENT: &str = "tells when something happened, and is no setting";
const SIZE: &str = "counts what is stored";
const NAME: &str = "follows from what was asked for";
const PAGE: &str = "the SDK's paginator goes on by it";
const MAKER: &str = "an id or ARN that follows from the others, or that AWS gives";

/// The answers.
pub(super) const ANSWERS: &[Answer] = &[
    Answer {
        service: "dynamodb",
        operation: "DescribeTable",
        at: "Table",
        read: "AttributeDefinitions[].AttributeName AttributeDefinitions[].AttributeType KeySchema[].AttributeName
            KeySchema[].KeyType TableStatus CreationDateTime ProvisionedThroughput.ReadCapacityUnits
            ProvisionedThroughput.WriteCapacityUnits ItemCount TableId BillingModeSummary.BillingMode
            LocalSecondaryIndexes[].IndexName LocalSecondaryIndexes[].KeySchema[].AttributeName
            LocalSecondaryIndexes[].KeySchema[].KeyType LocalSecondaryIndexes[].Projection.ProjectionType
            LocalSecondaryIndexes[].Projection.NonKeyAttributes GlobalSecondaryIndexes[].IndexName
            GlobalSecondaryIndexes[].KeySchema[].AttributeName GlobalSecondaryIndexes[].KeySchema[].KeyType
            GlobalSecondaryIndexes[].Projection.ProjectionType GlobalSecondaryIndexes[].Projection.NonKeyAttributes
            GlobalSecondaryIndexes[].IndexStatus
            GlobalSecondaryIndexes[].ProvisionedThroughput.ReadCapacityUnits
            GlobalSecondaryIndexes[].ProvisionedThroughput.WriteCapacityUnits
            GlobalSecondaryIndexes[].OnDemandThroughput.MaxReadRequestUnits
            GlobalSecondaryIndexes[].OnDemandThroughput.MaxWriteRequestUnits
            StreamSpecification.StreamEnabled StreamSpecification.StreamViewType LatestStreamArn
            SSEDescription.Status SSEDescription.SSEType SSEDescription.KMSMasterKeyArn
            TableClassSummary.TableClass DeletionProtectionEnabled OnDemandThroughput.MaxReadRequestUnits
            OnDemandThroughput.MaxWriteRequestUnits",
        ignored: &[
            (
                MOMENT,
                "ProvisionedThroughput.LastIncreaseDateTime ProvisionedThroughput.LastDecreaseDateTime
                    ProvisionedThroughput.NumberOfDecreasesToday BillingModeSummary.LastUpdateToPayPerRequestDateTime
                    GlobalSecondaryIndexes[].ProvisionedThroughput.LastIncreaseDateTime
                    GlobalSecondaryIndexes[].ProvisionedThroughput.LastDecreaseDateTime
                    GlobalSecondaryIndexes[].ProvisionedThroughput.NumberOfDecreasesToday
                    TableClassSummary.LastUpdateDateTime SSEDescription.InaccessibleEncryptionDateTime",
            ),
            (
                SIZE,
                "TableSizeBytes LocalSecondaryIndexes[].IndexSizeBytes LocalSecondaryIndexes[].ItemCount
                    GlobalSecondaryIndexes[].IndexSizeBytes GlobalSecondaryIndexes[].ItemCount",
            ),
            (NAME, "TableName"),
            (MAKER, "TableArn LatestStreamLabel LocalSecondaryIndexes[].IndexArn GlobalSecondaryIndexes[].IndexArn"),
            ("tells how the table came to be, and nothing of what it is", "RestoreSummary"),
            ("the status says that the index is being made", "GlobalSecondaryIndexes[].Backfilling"),
            ("the status says that it is archived", "ArchivalSummary"),
        ],
        named: &[
            ("replica", "Replicas"),
            ("global table witness", "GlobalTableWitnesses"),
            ("global table", "GlobalTableVersion"),
            ("global table settings", "GlobalTableSettingsReplicationMode"),
            ("multi-Region consistency", "MultiRegionConsistency"),
            ("disassociation protection", "DisassociationProtectionEnabled"),
            ("vector index", "VectorIndexes"),
            ("warm throughput", "WarmThroughput GlobalSecondaryIndexes[].WarmThroughput"),
        ],
        ..ANSWER
    },
    Answer {
        service: "dynamodb",
        operation: "DescribeTimeToLive",
        at: "TimeToLiveDescription",
        read: "TimeToLiveStatus AttributeName",
        ..ANSWER
    },
    Answer {
        service: "dynamodb",
        operation: "DescribeContinuousBackups",
        at: "ContinuousBackupsDescription",
        read: "PointInTimeRecoveryDescription.PointInTimeRecoveryStatus
            PointInTimeRecoveryDescription.RecoveryPeriodInDays",
        ignored: &[
            ("is always on", "ContinuousBackupsStatus"),
            (
                MOMENT,
                "PointInTimeRecoveryDescription.EarliestRestorableDateTime
                    PointInTimeRecoveryDescription.LatestRestorableDateTime",
            ),
        ],
        ..ANSWER
    },
    Answer {
        service: "dynamodb",
        operation: "ListTagsOfResource",
        read: "Tags[].Key Tags[].Value NextToken",
        ..ANSWER
    },
    Answer {
        service: "dynamodb",
        operation: "GetResourcePolicy",
        read: "Policy",
        ignored: &[("one reader's policy is not compared with another's", "RevisionId")],
        ..ANSWER
    },
    Answer {
        service: "dynamodb",
        operation: "ListContributorInsights",
        at: "ContributorInsightsSummaries[]",
        read: "IndexName ContributorInsightsStatus ContributorInsightsMode",
        ignored: &[(NAME, "TableName"), (PAGE, "/NextToken")],
        ..ANSWER
    },
    Answer {
        service: "dynamodb",
        operation: "DescribeKinesisStreamingDestination",
        named: &[("Kinesis streaming destination", "KinesisDataStreamDestinations")],
        ignored: &[(NAME, "TableName")],
        ..ANSWER
    },
    // A request in this form asks an emulator of DynamoDB if it supports streams.
    Answer {
        service: "dynamodb",
        operation: "ListTables",
        ignored: &[("only whether there is an answer counts", "TableNames LastEvaluatedTableName")],
        ..ANSWER
    },
    Answer {
        service: "dynamodb",
        operation: "ListBackups",
        at: "BackupSummaries[]",
        read: "TableId BackupName /LastEvaluatedBackupArn",
        ignored: &[
            (NAME, "TableName"),
            (MAKER, "TableArn BackupArn"),
            (MOMENT, "BackupCreationDateTime BackupExpiryDateTime"),
            ("a backup counts for its name alone", "BackupStatus BackupType BackupSizeBytes"),
        ],
        ..ANSWER
    },
    Answer {
        service: "dynamodb",
        operation: "DescribeBackup",
        at: "BackupDescription",
        read: "BackupDetails.BackupStatus",
        ignored: &[
            (MAKER, "BackupDetails.BackupArn BackupDetails.BackupName BackupDetails.BackupType"),
            (SIZE, "BackupDetails.BackupSizeBytes"),
            (MOMENT, "BackupDetails.BackupCreationDateTime BackupDetails.BackupExpiryDateTime"),
            ("a backup holds what its table was", "SourceTableDetails SourceTableFeatureDetails"),
        ],
        ..ANSWER
    },
    Answer {
        service: "dynamodb",
        operation: "Scan",
        read: "Items Count LastEvaluatedKey",
        ignored: &[
            ("it is asked whether there is an item, not how many were looked at", "ScannedCount"),
            ("is not asked for", "ConsumedCapacity"),
        ],
        ..ANSWER
    },
    Answer {
        service: "application-autoscaling",
        operation: "DescribeScalableTargets",
        at: "ScalableTargets[]",
        read: "ResourceId ScalableDimension MinCapacity MaxCapacity",
        ignored: &[
            (NAME, "ServiceNamespace"),
            ("a forecast, and no setting", "PredictedCapacity"),
            ("AWS's own service-linked role", "RoleARN"),
            (MOMENT, "CreationTime"),
            (MAKER, "ScalableTargetARN"),
            (PAGE, "/NextToken"),
        ],
        named: &[("suspended auto scaling", "SuspendedState")],
        ..ANSWER
    },
    Answer {
        service: "application-autoscaling",
        operation: "DescribeScalingPolicies",
        at: "ScalingPolicies[]",
        read: "PolicyName ResourceId ScalableDimension TargetTrackingScalingPolicyConfiguration.TargetValue
            TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.PredefinedMetricType
            TargetTrackingScalingPolicyConfiguration.ScaleInCooldown
            TargetTrackingScalingPolicyConfiguration.ScaleOutCooldown",
        ignored: &[
            (NAME, "ServiceNamespace"),
            (MAKER, "PolicyARN"),
            ("the configuration that is there tells the type", "PolicyType"),
            (
                "only metrics of load balancers have one",
                "TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.ResourceLabel",
            ),
            ("Application Auto Scaling makes them with the policy", "Alarms"),
            (MOMENT, "CreationTime"),
            (PAGE, "/NextToken"),
        ],
        named: &[(
            "scaling policy",
            "StepScalingPolicyConfiguration PredictiveScalingPolicyConfiguration
                TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification
                TargetTrackingScalingPolicyConfiguration.DisableScaleIn",
        )],
        ..ANSWER
    },
    Answer {
        service: "application-autoscaling",
        operation: "DescribeScheduledActions",
        named: &[("scheduled scaling", "ScheduledActions")],
        ignored: &[(PAGE, "NextToken")],
        ..ANSWER
    },
    Answer {
        service: "kms",
        operation: "DescribeKey",
        at: "KeyMetadata",
        read: "Arn",
        ignored: &[
            (MAKER, "AWSAccountId KeyId CurrentKeyMaterialId CloudHsmClusterId CustomKeyStoreId XksKeyConfiguration"),
            (MOMENT, "CreationDate DeletionDate ValidTo PendingDeletionWindowInDays"),
            (
                "it is asked which key AWS manages for DynamoDB, and that is none of ours to set",
                "Enabled Description KeyUsage KeyState Origin ExpirationModel KeyManager CustomerMasterKeySpec KeySpec
                    EncryptionAlgorithms SigningAlgorithms KeyAgreementAlgorithms EncapsulationAlgorithms MultiRegion
                    MultiRegionConfiguration MacAlgorithms",
            ),
        ],
        ..ANSWER
    },
];
