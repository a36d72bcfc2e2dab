//! The properties of a function that an author may write, and AWS's defaults.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::kind::{code_schema, sensitive_schema};

pub use super::vpc::{Choice, Vpc};

/// A function, desired or live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FunctionSpec {
    /// The runtime, such as `python3.13`. One that is newer than this version of underpin is accepted as it is.
    #[schemars(regex(pattern = r"^[a-z][A-Za-z0-9.-]*$"), extend("examples" = super::runtime::supported()))]
    pub runtime: String,
    /// The function that Lambda calls: for Python `file.function`.
    #[schemars(regex(pattern = r"^[^\s]+$"), length(min = 1, max = 128))]
    pub handler: String,
    /// The code: a folder, a file or a `.zip`.
    #[schemars(schema_with = "code")]
    pub code: Code,
    /// The execution role: an ARN, usually `${roles.NAME.arn}`, or the name of a role of this account.
    #[schemars(regex(pattern = r"^(arn:[a-z-]+:iam::[0-9]{12}:role/)?[A-Za-z0-9_+=,.@/-]+$"))]
    pub role: String,
    /// The instruction set.
    #[serde(default)]
    pub architecture: Architecture,
    /// Memory in MB; CPU grows with it.
    #[serde(default = "default_memory")]
    #[schemars(range(min = 128, max = 10240))]
    pub memory: u32,
    /// Seconds after which an invocation is ended. More than 900 are for functions on Lambda Managed Instances.
    #[serde(default = "default_timeout")]
    #[schemars(range(min = 1, max = 5400))]
    pub timeout: u32,
    /// The size of `/tmp` in MB.
    #[serde(default = "default_ephemeral_storage")]
    #[schemars(range(min = 512, max = 10240))]
    pub ephemeral_storage: u32,
    /// Environment variables. Their values are never shown.
    #[serde(default)]
    #[schemars(schema_with = "environment")]
    pub environment: BTreeMap<String, String>,
    /// The VPC that the function reaches into; without it, it runs outside any VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc: Option<Vpc>,
    /// The standard SQS queue or SNS topic (ARN) that gets asynchronous events which failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^arn:[a-z-]+:(sqs|sns):[a-z0-9-]+:[0-9]{12}:.+$"))]
    pub dead_letter: Option<String>,
    /// The tracing with AWS X-Ray.
    #[serde(default)]
    pub tracing: Tracing,
    /// Layer versions (ARNs), in the order in which they are laid over each other; AWS's own have the form
    /// `arn:aws:lambda:::awslayer:NAME`.
    #[serde(default)]
    #[schemars(
        length(max = MOST_LAYERS),
        inner(
            length(max = 140),
            regex(
                pattern = r"^arn:[a-zA-Z0-9-]+:lambda:([a-zA-Z0-9-]+:[0-9]{12}:layer:[a-zA-Z0-9_-]+:[0-9]+|::awslayer:[a-zA-Z0-9_-]+)$"
            )
        )
    )]
    pub layers: Vec<String>,
    /// The KMS key (ARN) that encrypts the environment variables; without it, the key of AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$"))]
    pub kms_key: Option<String>,
    /// The number of invocations that may run at once, reserved for this function. Unmanaged when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved_concurrency: Option<u32>,
    /// Days for which the function's log group keeps events: `/aws/lambda/NAME`, unless another was set by hand. With
    /// it, the group is created with the function and deleted with it; unmanaged when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "log_retention")]
    pub log_retention: Option<u32>,
    /// The tags of the log group, if it is ours: they are the function's, and not in the file. The live ones are
    /// compared with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub log_group_tags: Option<BTreeMap<String, String>>,
    /// The permissions to invoke the function, by statement id: its resource policy, which is owned whole if this is
    /// given and unmanaged when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<BTreeMap<String, Permission>>,
    /// A description of the function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub description: Option<String>,
    /// Tags, merged over the stack's.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// The code archive. A live one has no path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The path of the code, as the author gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The archive's SHA-256 digest in base64, as Lambda's `CodeSha256`.
    pub sha256: String,
    /// The archive's size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

/// An instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum Architecture {
    /// 64-bit x86.
    #[default]
    #[serde(rename = "x86_64")]
    X86,
    /// 64-bit ARM (Graviton).
    #[serde(rename = "arm64")]
    Arm,
}

impl Architecture {
    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm => "arm64",
        }
    }
}

/// Tracing with AWS X-Ray.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tracing {
    /// Lambda samples and traces requests.
    Active,
    /// Only requests that are already sampled are traced.
    #[default]
    PassThrough,
}

impl Tracing {
    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::PassThrough => "PassThrough",
        }
    }
}

/// A statement of the resource policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// A service (`cognito-idp.amazonaws.com`), an account (12 digits), an IAM principal (ARN), or `*`.
    #[schemars(regex(pattern = r"^[^\s]+$"))]
    pub principal: String,
    /// The allowed action.
    #[serde(default = "default_action")]
    #[schemars(regex(pattern = r"^(lambda:\*|lambda:[a-zA-Z]+|\*)$"))]
    pub action: String,
    /// The resource (ARN, `*` and `?` allowed) for which a service may call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^arn:aws[a-z-]*:[a-zA-Z0-9-]+:.+$"))]
    pub source_arn: Option<String>,
    /// The account (12 digits) that owns that resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9]{12}$"))]
    pub source_account: Option<String>,
}

impl Permission {
    /// Brings a principal into one spelling: AWS turns an account into the ARN of its root.
    /// Source: API reference, `AddPermission`; measured answers of `GetPolicy`.
    pub fn canonical_principal(principal: &str) -> String {
        let mut parts = principal.split(':');
        let account = match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("arn"), Some(_), Some("iam"), Some(""), Some(account), Some("root")) => Some(account),
            _ => None,
        };
        account.unwrap_or(principal).to_owned()
    }
}

/// The largest number of layers of a function. Source: Developer Guide, "Lambda quotas".
pub const MOST_LAYERS: usize = 5;

/// The memory in MB. Source: API reference, `CreateFunction`.
fn default_memory() -> u32 {
    128
}

/// The timeout in seconds. Source: API reference, `CreateFunction`.
fn default_timeout() -> u32 {
    3
}

/// The size of `/tmp` in MB. Source: API reference, `EphemeralStorage`.
fn default_ephemeral_storage() -> u32 {
    512
}

fn default_action() -> String {
    "lambda:InvokeFunction".to_owned()
}

fn code(_: &mut SchemaGenerator) -> Schema {
    code_schema()
}

fn environment(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "object", "additionalProperties": sensitive_schema()})
}

/// The numbers of days that `CloudWatch` Logs accepts.
/// Source: `CloudWatch` Logs API reference, `PutRetentionPolicy`.
const RETENTION: [u32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

fn log_retention(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "integer", "enum": RETENTION})
}
