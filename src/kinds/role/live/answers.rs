//! The use of each member of the answers about a role. See [`Answer`].

use crate::kind::{ANSWER, Answer};

/// The reasons for which a member is not read.
const MOMENT: &str = "tells when something happened, and is no setting";
const PAGE: &str = "the SDK's paginator goes on by it";
const MAKER: &str = "an id or ARN that follows from the others, or that AWS gives";
const OTHERS: &str = "is another resource, and is not managed by the role";

/// The answers.
pub(super) const ANSWERS: &[Answer] = &[
    Answer {
        service: "iam",
        operation: "GetRole",
        at: "Role",
        read: "Path RoleName RoleId Arn CreateDate AssumeRolePolicyDocument Description MaxSessionDuration
            PermissionsBoundary.PermissionsBoundaryType PermissionsBoundary.PermissionsBoundaryArn Tags[].Key
            Tags[].Value",
        ignored: &[(MOMENT, "RoleLastUsed")],
        named: &[("role template", "SourceRoleTemplate")],
        newer: &[("sign-in session duration", "MaxSigninSessionDuration")],
    },
    Answer {
        service: "iam",
        operation: "GetAccountAuthorizationDetails",
        at: "RoleDetailList[]",
        read: "RoleName RoleId Path RolePolicyList[].PolicyName RolePolicyList[].PolicyDocument
            AttachedManagedPolicies[].PolicyArn Tags[].Key Tags[].Value AssumeRolePolicyDocument
            PermissionsBoundary.PermissionsBoundaryType PermissionsBoundary.PermissionsBoundaryArn",
        ignored: &[
            ("`GetRole` or `ListRoles` tells it", "Arn CreateDate RoleLastUsed"),
            ("the ARN tells which it is", "AttachedManagedPolicies[].PolicyName"),
            ("is not asked for", "/UserDetailList /GroupDetailList /Policies"),
            (PAGE, "/IsTruncated /Marker"),
        ],
        named: &[("instance profiles", "InstanceProfileList")],
        ..ANSWER
    },
    Answer {
        service: "iam",
        operation: "ListRoles",
        at: "Roles[]",
        read: "Path RoleName RoleId Arn CreateDate Description MaxSessionDuration",
        ignored: &[
            (MOMENT, "RoleLastUsed"),
            ("`GetAccountAuthorizationDetails` tells it", "AssumeRolePolicyDocument PermissionsBoundary Tags"),
            ("`GetRole` tells it before the role is changed", "MaxSigninSessionDuration"),
            (PAGE, "/IsTruncated /Marker"),
        ],
        named: &[("role template", "SourceRoleTemplate")],
        ..ANSWER
    },
    Answer {
        service: "iam",
        operation: "ListRolePolicies",
        ignored: &[
            (PAGE, "IsTruncated Marker"),
            ("the names, by each of which its document is asked for", "PolicyNames"),
        ],
        ..ANSWER
    },
    Answer {
        service: "iam",
        operation: "GetRolePolicy",
        read: "PolicyDocument",
        ignored: &[("follows from what was asked for", "RoleName PolicyName")],
        ..ANSWER
    },
    Answer {
        service: "iam",
        operation: "ListAttachedRolePolicies",
        read: "AttachedPolicies[].PolicyArn",
        ignored: &[("the ARN tells which it is", "AttachedPolicies[].PolicyName"), (PAGE, "IsTruncated Marker")],
        ..ANSWER
    },
    Answer {
        service: "iam",
        operation: "ListInstanceProfilesForRole",
        named: &[("instance profiles", "InstanceProfiles")],
        ignored: &[(PAGE, "IsTruncated Marker")],
        ..ANSWER
    },
    Answer {
        service: "iam",
        operation: "GetPolicy",
        ignored: &[("it is asked whether the policy is there, which an answer says", "Policy")],
        ..ANSWER
    },
    Answer {
        service: "ec2",
        operation: "DescribeNetworkInterfaces",
        at: "NetworkInterfaces[]",
        read: "Groups[].GroupId RequesterId SubnetId",
        ignored: &[
            (MAKER, "NetworkInterfaceId OwnerId VpcId AvailabilityZone AvailabilityZoneId MacAddress OutpostArn"),
            ("the id tells which it is", "Groups[].GroupName"),
            (
                OTHERS,
                "Association Attachment ConnectionTrackingConfiguration Description InterfaceType Ipv6Addresses
                    PrivateDnsName PublicDnsName PublicIpDnsNameOptions PrivateIpAddress PrivateIpAddresses Ipv4Prefixes
                    Ipv6Prefixes RequesterManaged SourceDestCheck Status TagSet DenyAllIgwTraffic Ipv6Native Ipv6Address
                    Operator AssociatedSubnets",
            ),
            (PAGE, "/NextToken"),
        ],
        ..ANSWER
    },
    Answer {
        service: "lambda",
        operation: "ListFunctions",
        at: "Functions[]",
        read: "VpcConfig.SubnetIds VpcConfig.SecurityGroupIds",
        ignored: &[
            (
                "it is asked which subnets and security groups functions still use, and nothing else of them",
                "FunctionName FunctionArn Runtime Role Handler CodeSize Description Timeout MemorySize LastModified
                    CodeSha256 Version VpcConfig.VpcId VpcConfig.Ipv6AllowedForDualStack DeadLetterConfig Environment
                    KMSKeyArn TracingConfig MasterArn RevisionId Layers State StateReason StateReasonCode
                    LastUpdateStatus LastUpdateStatusReason LastUpdateStatusReasonCode FileSystemConfigs
                    SigningProfileVersionArn SigningJobArn PackageType ImageConfigResponse Architectures
                    EphemeralStorage SnapStart RuntimeVersionConfig LoggingConfig TenancyConfig CapacityProviderConfig
                    ConfigSha256 DurableConfig RuntimeConfig AcceleratorConfig",
            ),
            (PAGE, "/NextMarker"),
        ],
        ..ANSWER
    },
];
