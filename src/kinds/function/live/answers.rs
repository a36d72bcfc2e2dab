//! The use of each member of the answers about a function. See [`Answer`].

use crate::kind::{ANSWER, Answer};

/// The reasons for which a member is not read.
const MOMENT: &str = "tells when something happened, and is no setting";
const NAME: &str = "follows from what was asked for";
const PAGE: &str = "one page tells that there are some";
const MAKER: &str = "an id or ARN that follows from the others, or that AWS gives";

/// The answers.
pub(super) const ANSWERS: &[Answer] = &[
    Answer {
        service: "lambda",
        operation: "GetFunction",
        read: "Configuration.Runtime Configuration.Role Configuration.Handler Configuration.CodeSize
            Configuration.Description Configuration.Timeout Configuration.MemorySize Configuration.LastModified
            Configuration.CodeSha256 Configuration.VpcConfig.SubnetIds Configuration.VpcConfig.SecurityGroupIds
            Configuration.DeadLetterConfig.TargetArn Configuration.Environment.Variables
            Configuration.Environment.Error.ErrorCode Configuration.KMSKeyArn Configuration.TracingConfig.Mode
            Configuration.Layers[].Arn Configuration.State Configuration.StateReason Configuration.StateReasonCode
            Configuration.LastUpdateStatus Configuration.LastUpdateStatusReason
            Configuration.LastUpdateStatusReasonCode Configuration.Architectures Configuration.EphemeralStorage.Size
            Configuration.LoggingConfig.LogGroup Tags TagsError.ErrorCode TagsError.Message
            Concurrency.ReservedConcurrentExecutions",
        ignored: &[
            (NAME, "Configuration.FunctionName Configuration.Version"),
            (
                MAKER,
                "Configuration.FunctionArn Configuration.RevisionId Configuration.ConfigSha256
                    Configuration.VpcConfig.VpcId",
            ),
            (
                "goes with the layer, which is another resource",
                "Configuration.Layers[].CodeSize Configuration.Layers[].SigningProfileVersionArn
                    Configuration.Layers[].SigningJobArn",
            ),
            ("the code tells what went wrong", "Configuration.Environment.Error.Message"),
            ("`UpdateRuntimeOn`, which tells what was set, is asked for", "Configuration.RuntimeVersionConfig"),
            ("tells of a snapshot's making; what was set is named", "Configuration.SnapStart.OptimizationStatus"),
            ("where the archive lies, for a while; the digest tells what it is", "Code.RepositoryType Code.Location"),
            ("the package's type tells that it is an image", "Code.ImageUri Code.ResolvedImageUri"),
            ("where the archive was copied from; the digest tells what it is", "Code.ResolvedS3Object Code.Error"),
        ],
        named: &[
            ("vpc.ipv6_allowed_for_dual_stack", "Configuration.VpcConfig.Ipv6AllowedForDualStack"),
            ("lambda_at_edge", "Configuration.MasterArn"),
            ("file_systems", "Configuration.FileSystemConfigs"),
            ("code_signing", "Configuration.SigningProfileVersionArn Configuration.SigningJobArn"),
            ("package_type", "Configuration.PackageType"),
            ("image_config", "Configuration.ImageConfigResponse"),
            ("snap_start", "Configuration.SnapStart.ApplyOn"),
            (
                "logging_config",
                "Configuration.LoggingConfig.LogFormat Configuration.LoggingConfig.ApplicationLogLevel
                    Configuration.LoggingConfig.SystemLogLevel",
            ),
            ("tenancy", "Configuration.TenancyConfig"),
            ("capacity_provider", "Configuration.CapacityProviderConfig"),
            ("durable_config", "Configuration.DurableConfig"),
            ("source_kms_key", "Code.SourceKMSKeyArn"),
        ],
        newer: &[
            ("customer-managed runtime", "Configuration.RuntimeConfig"),
            ("accelerator", "Configuration.AcceleratorConfig"),
        ],
        ..ANSWER
    },
    Answer { service: "lambda", operation: "GetPolicy", read: "Policy", ignored: &[(MAKER, "RevisionId")], ..ANSWER },
    Answer {
        service: "logs",
        operation: "DescribeLogGroups",
        at: "logGroups[]",
        read: "logGroupName retentionInDays",
        ignored: &[
            (MOMENT, "creationTime"),
            ("counts what is stored", "storedBytes"),
            (MAKER, "arn logGroupArn"),
            ("what the account gives to all its groups is no setting of this one", "inheritedProperties"),
            ("the name that is asked for is the first of its page", "/nextToken"),
        ],
        named: &[(
            "log group",
            "metricFilterCount kmsKeyId dataProtectionStatus logGroupClass deletionProtectionEnabled
                bearerTokenAuthenticationEnabled retentionPolicyName",
        )],
        ..ANSWER
    },
    Answer { service: "logs", operation: "ListTagsForResource", read: "tags", ..ANSWER },
    Answer {
        service: "lambda",
        operation: "ListAliases",
        named: &[("aliases", "Aliases")],
        ignored: &[(PAGE, "NextMarker")],
        ..ANSWER
    },
    Answer {
        service: "lambda",
        operation: "ListVersionsByFunction",
        named: &[("versions", "Versions")],
        ignored: &[(PAGE, "NextMarker")],
        ..ANSWER
    },
    Answer {
        service: "lambda",
        operation: "GetFunctionUrlConfig",
        named: &[("function URL", "FunctionUrl AuthType Cors InvokeMode")],
        ignored: &[(NAME, "FunctionArn"), (MOMENT, "CreationTime LastModifiedTime")],
        ..ANSWER
    },
    Answer {
        service: "lambda",
        operation: "ListFunctionEventInvokeConfigs",
        named: &[("event invoke configuration", "FunctionEventInvokeConfigs")],
        ignored: &[(PAGE, "NextMarker")],
        ..ANSWER
    },
    Answer {
        service: "lambda",
        operation: "GetFunctionCodeSigningConfig",
        named: &[("code signing configuration", "CodeSigningConfigArn")],
        ignored: &[(NAME, "FunctionName")],
        ..ANSWER
    },
    Answer {
        service: "lambda",
        operation: "GetRuntimeManagementConfig",
        named: &[("runtime management", "UpdateRuntimeOn")],
        ignored: &[
            (NAME, "FunctionArn"),
            ("is there where runtimes are updated by hand, which is named", "RuntimeVersionArn"),
        ],
        ..ANSWER
    },
    Answer {
        service: "lambda",
        operation: "ListProvisionedConcurrencyConfigs",
        named: &[("provisioned concurrency", "ProvisionedConcurrencyConfigs")],
        ignored: &[(PAGE, "NextMarker")],
        ..ANSWER
    },
    Answer {
        service: "lambda",
        operation: "GetFunctionRecursionConfig",
        named: &[("recursion configuration", "RecursiveLoop")],
        ..ANSWER
    },
];
