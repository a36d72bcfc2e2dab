//! AWS's types of what is read here, and the region of what has none.

/// Tables of `DynamoDB`.
pub(super) const TABLE: &str = "AWS::DynamoDB::Table";
/// Functions of Lambda.
pub(super) const FUNCTION: &str = "AWS::Lambda::Function";
/// Event source mappings of Lambda.
pub(super) const MAPPING: &str = "AWS::Lambda::EventSourceMapping";
/// Roles of IAM.
pub(super) const ROLE: &str = "AWS::IAM::Role";
/// Users of IAM.
pub(super) const USER: &str = "AWS::IAM::User";
/// Groups of IAM.
pub(super) const GROUP: &str = "AWS::IAM::Group";
/// Managed policies of IAM.
pub(super) const POLICY: &str = "AWS::IAM::Policy";

/// Keys of KMS.
pub(super) const KEY: &str = "AWS::KMS::Key";
/// Trails of `CloudTrail`.
pub(super) const TRAIL: &str = "AWS::CloudTrail::Trail";

/// The types whose documents the last steps change, or choose among: they are held until then.
pub(super) const HELD: [&str; 2] = [KEY, TRAIL];

/// The region of what belongs to an account as a whole.
pub const GLOBAL: &str = "global";
