//! The use of each member of the answers about an event source mapping. See [`Answer`].

use crate::kind::{ANSWER, Answer};

const READ: &str = "UUID StartingPosition StartingPositionTimestamp BatchSize MaximumBatchingWindowInSeconds
    ParallelizationFactor EventSourceArn FilterCriteria.Filters[].Pattern FilterCriteriaError.ErrorCode
    ScalingConfig.MaximumConcurrency FunctionArn State DestinationConfig.OnFailure.Destination
    MaximumRecordAgeInSeconds BisectBatchOnFunctionError MaximumRetryAttempts TumblingWindowInSeconds
    FunctionResponseTypes";

const IGNORED: &[(&str, &str)] = &[
    ("the code tells what went wrong", "FilterCriteriaError.Message"),
    ("tells when something happened, and is no setting", "LastModified"),
    ("tells how the last batch went", "LastProcessingResult StateTransitionReason"),
    ("follows from the UUID", "EventSourceMappingArn"),
];

const NAMED: &[(&str, &str)] = &[
    ("topics", "Topics"),
    ("queues", "Queues"),
    ("source_access", "SourceAccessConfigurations"),
    ("self_managed_source", "SelfManagedEventSource"),
    ("managed_kafka", "AmazonManagedKafkaEventSourceConfig"),
    ("self_managed_kafka", "SelfManagedKafkaEventSourceConfig"),
    ("document_db", "DocumentDBEventSourceConfig"),
    ("kms_key", "KMSKeyArn"),
    ("metrics", "MetricsConfig"),
    ("logging", "LoggingConfig"),
    ("pollers", "ProvisionedPollerConfig"),
    ("on_success", "DestinationConfig.OnSuccess"),
];

/// The answers.
pub(super) const ANSWERS: &[Answer] = &[
    Answer {
        service: "lambda",
        operation: "GetEventSourceMapping",
        read: READ,
        ignored: IGNORED,
        named: NAMED,
        ..ANSWER
    },
    Answer {
        service: "lambda",
        operation: "ListEventSourceMappings",
        at: "EventSourceMappings[]",
        read: READ,
        ignored: LISTED,
        named: NAMED,
        ..ANSWER
    },
    Answer { service: "lambda", operation: "ListTags", read: "Tags", ..ANSWER },
];

/// The ignored members of a listing, which has one more for its pages.
const LISTED: &[(&str, &str)] =
    &[IGNORED[0], IGNORED[1], IGNORED[2], IGNORED[3], ("the SDK's paginator goes on by it", "/NextMarker")];
