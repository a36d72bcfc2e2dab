//! The documents of what is live in an account, read through the library: networks, keys, trails, and the services around.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use underpin::audit::Live;
use underpin::audit::account::{AccountDocuments, ReadScope, Wanted, read};
use underpin::aws::Aws;

use crate::support::{ACCOUNT, Answer, Asked, Emulator, Observer, REGION, Stub, aws, aws_at, pass_on};

/// The types of networks.
const NETWORKS: &[&str] = &[
    "AWS::EC2::FlowLog",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCEndpoint",
    "AWS::EC2::VPCEndpointService",
    "AWS::EC2::VPCPeeringConnection",
];

/// The types of the services around, and the account itself.
const SERVICES: &[&str] = &[
    "AWS::::Account",
    "AWS::::Region",
    "AWS::CloudTrail::Trail",
    "AWS::Cognito::IdentityPool",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::Config::ConfigRule",
    "AWS::Config::ConfigurationRecorder",
    "AWS::DAX::Cluster",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::Organizations::Organization",
];

async fn read_types(aws: &Aws, types: &[&str]) -> AccountDocuments {
    let scope = ReadScope { wanted: Wanted::types(types.iter().copied()), ..ReadScope::default() };
    read(aws, &scope, &|_, _| {}).await
}

#[track_caller]
fn live<'d>(documents: &'d AccountDocuments, type_name: &str, id: &str) -> &'d Live {
    let is_it = |live: &&Live| live.resource.type_name == type_name && (live.resource.id == id || id.is_empty());
    let found = documents.live.iter().find(is_it);
    found.unwrap_or_else(|| panic!("no {type_name} {id} in {:#?}", names(documents)))
}

#[track_caller]
fn body<'d>(documents: &'d AccountDocuments, type_name: &str, id: &str) -> &'d Value {
    &live(documents, type_name, id).items[0].body
}

fn names(documents: &AccountDocuments) -> Vec<String> {
    documents.live.iter().map(|live| format!("{} {}", live.resource.type_name, live.resource.id)).collect()
}

/// The operations that could not be read, with the reasons.
fn unread(documents: &AccountDocuments) -> BTreeSet<String> {
    documents.not_assessed.iter().map(|one| one.reason.clone()).collect()
}

/// A network: a VPC with a subnet that the Internet reaches, a peered VPC, a group, a flow log and an endpoint.
struct Network {
    vpc: String,
    other: String,
    subnet: String,
    table: String,
    group: String,
    endpoint: String,
}

fn network(observer: &Observer) -> Network {
    let ec2 = |operation: &str, parameters: Value| observer.call("ec2", operation, parameters);
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    let tags = |kind: &str| json!([{"ResourceType": kind, "Tags": [{"Key": "team", "Value": "shop"}]}]);
    let vpc =
        text(&ec2("create_vpc", json!({"CidrBlock": "10.0.0.0/16", "TagSpecifications": tags("vpc")}))["Vpc"]["VpcId"]);
    let other = text(&ec2("create_vpc", json!({"CidrBlock": "10.1.0.0/16"}))["Vpc"]["VpcId"]);
    let subnet = ec2("create_subnet", json!({"VpcId": vpc, "CidrBlock": "10.0.1.0/24"}));
    let subnet = text(&subnet["Subnet"]["SubnetId"]);
    ec2("modify_subnet_attribute", json!({"SubnetId": subnet, "MapPublicIpOnLaunch": {"Value": true}}));
    let gateway = text(&ec2("create_internet_gateway", json!({}))["InternetGateway"]["InternetGatewayId"]);
    ec2("attach_internet_gateway", json!({"InternetGatewayId": gateway, "VpcId": vpc}));
    let table = text(&ec2("create_route_table", json!({"VpcId": vpc}))["RouteTable"]["RouteTableId"]);
    ec2("create_route", json!({"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway}));
    ec2("associate_route_table", json!({"RouteTableId": table, "SubnetId": subnet}));
    let peering = ec2("create_vpc_peering_connection", json!({"VpcId": vpc, "PeerVpcId": other}));
    let peering = text(&peering["VpcPeeringConnection"]["VpcPeeringConnectionId"]);
    ec2("accept_vpc_peering_connection", json!({"VpcPeeringConnectionId": peering}));
    ec2(
        "create_route",
        json!({"RouteTableId": table, "DestinationCidrBlock": "10.1.0.0/16", "VpcPeeringConnectionId": peering}),
    );
    let gone = ec2("create_vpc_peering_connection", json!({"VpcId": other, "PeerVpcId": vpc}));
    let gone = text(&gone["VpcPeeringConnection"]["VpcPeeringConnectionId"]);
    ec2("delete_vpc_peering_connection", json!({"VpcPeeringConnectionId": gone}));
    let group = ec2("create_security_group", json!({"GroupName": "true", "Description": "databases", "VpcId": vpc}));
    let group = text(&group["GroupId"]);
    let permissions = json!([{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432,
        "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "everybody"}]}]);
    ec2("authorize_security_group_ingress", json!({"GroupId": group, "IpPermissions": permissions}));
    ec2("create_network_interface", json!({"SubnetId": subnet, "Groups": [group]}));
    observer.call("logs", "create_log_group", json!({"logGroupName": "flows"}));
    ec2(
        "create_flow_logs",
        json!({"ResourceIds": [vpc], "ResourceType": "VPC", "TrafficType": "REJECT", "LogGroupName": "flows",
            "DeliverLogsPermissionArn": format!("arn:aws:iam::{ACCOUNT}:role/flows")}),
    );
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
        "Action": "dynamodb:GetItem", "Resource": "*"}]});
    let endpoint = ec2(
        "create_vpc_endpoint",
        json!({"VpcId": vpc, "ServiceName": format!("com.amazonaws.{REGION}.dynamodb"), "VpcEndpointType": "Gateway",
            "RouteTableIds": [table], "PolicyDocument": policy.to_string()}),
    );
    let endpoint = text(&endpoint["VpcEndpoint"]["VpcEndpointId"]);
    Network { vpc, other, subnet, table, group, endpoint }
}

#[tokio::test]
async fn audit_documents_of_networks_hold_what_checks_look_at() {
    let emulator = Emulator::start();
    let observer = Observer::of(&emulator);
    let made = network(&observer);
    emulator.clear_log();
    let documents = read_types(&aws(&emulator), NETWORKS).await;
    let requests: Vec<String> =
        emulator.requests().iter().map(crate::support::Request::name).filter(|one| one.starts_with("ec2:")).collect();
    let once: BTreeSet<&String> = requests.iter().collect();
    assert_eq!(once.len(), requests.len(), "each list is asked for once: {requests:#?}");

    let vpc = body(&documents, "AWS::EC2::VPC", &made.vpc);
    assert_eq!(vpc["tags"], json!({"team": "shop"}));
    assert_eq!(vpc["ARN"], json!(format!("arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/{}", made.vpc)));
    assert_eq!(vpc["configuration"]["cidrBlock"], "10.0.0.0/16");
    assert_eq!(vpc["configuration"]["isDefault"], json!(false));
    let of = &vpc["supplementaryConfiguration"];
    assert_eq!(of["FlowLogs"][0]["trafficType"], "REJECT");
    assert_eq!(of["Subnets"][0]["subnetId"], json!(made.subnet));
    assert_eq!(of["Endpoints"][0]["vpcEndpointId"], json!(made.endpoint));
    assert_eq!(of["RouteTables"].as_array().map(Vec::len), Some(2));
    assert_eq!(body(&documents, "AWS::EC2::VPC", &made.other)["supplementaryConfiguration"]["FlowLogs"], json!([]));

    let subnet = body(&documents, "AWS::EC2::Subnet", &made.subnet);
    assert_eq!(subnet["configuration"]["mapPublicIpOnLaunch"], json!(true));
    assert_eq!(subnet["supplementaryConfiguration"]["RouteTable"]["routeTableId"], json!(made.table));

    let table = body(&documents, "AWS::EC2::RouteTable", &made.table);
    let routes = table["configuration"]["routeSet"].as_array().expect("routes");
    let to =
        |destination: &str| routes.iter().find(|route| route["destinationCidrBlock"] == destination).expect("a route");
    assert!(to("0.0.0.0/0")["gatewayId"].as_str().is_some_and(|id| id.starts_with("igw-")), "{routes:#?}");
    assert!(to("10.1.0.0/16")["vpcPeeringConnectionId"].is_string(), "{routes:#?}");

    let group = body(&documents, "AWS::EC2::SecurityGroup", &made.group);
    assert_eq!(group["configuration"]["ipPermissions"][0]["fromPort"], json!(5432));
    assert_eq!(group["configuration"]["groupName"], "true", "a name is a text, whatever it is");
    let rules = group["supplementaryConfiguration"]["Rules"].as_array().expect("rules");
    let rule = rules.iter().find(|rule| rule["isEgress"] == json!(false)).expect("the rule that was made");
    assert_eq!((&rule["cidrIpv4"], &rule["toPort"]), (&json!("0.0.0.0/0"), &json!(5432)));
    assert_eq!(group["supplementaryConfiguration"]["UsedBy"], json!(1));
    let id = rule["securityGroupRuleId"].as_str().expect("an id");
    let template = &live(&documents, "AWS::EC2::SecurityGroupIngress", id).template[0].body;
    let expected = json!({"GroupId": made.group, "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432,
        "CidrIp": "0.0.0.0/0", "Description": "everybody"});
    assert_eq!(template, &expected);

    let peerings: Vec<&str> = documents
        .live
        .iter()
        .filter(|live| live.resource.type_name == "AWS::EC2::VPCPeeringConnection")
        .map(|live| live.items[0].body["configuration"]["status"]["code"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(peerings, ["active"], "what is deleted is not there");
    assert_eq!(body(&documents, "AWS::EC2::FlowLog", "")["configuration"]["resourceId"], json!(made.vpc));

    let endpoint = live(&documents, "AWS::EC2::VPCEndpoint", &made.endpoint);
    assert_eq!(endpoint.items[0].body["configuration"]["routeTableIds"], json!([made.table]));
    assert_eq!(endpoint.items[0].body["configuration"]["state"], json!({"value": "available"}));
    assert_eq!(endpoint.template[0].body["PolicyDocument"]["Statement"][0]["Action"], "dynamodb:GetItem");
}

/// Resources of the services around: a trail with its bucket, keys, a recorder, pools, a cluster, alarms, detectors.
fn services(observer: &Observer) {
    let call = |service: &str, operation: &str, parameters: Value| observer.call(service, operation, parameters);
    let place = json!({"LocationConstraint": REGION});
    call("s3", "create_bucket", json!({"Bucket": "trails", "CreateBucketConfiguration": place}));
    let closed = json!({"BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true,
        "RestrictPublicBuckets": true});
    call("s3", "put_public_access_block", json!({"Bucket": "trails", "PublicAccessBlockConfiguration": closed}));
    let key =
        call("kms", "create_key", json!({"Description": "trails", "Tags": [{"TagKey": "team", "TagValue": "shop"}]}));
    let key = key["KeyMetadata"]["Arn"].as_str().expect("an ARN").to_owned();
    call("kms", "enable_key_rotation", json!({"KeyId": key}));
    call("kms", "create_alias", json!({"AliasName": "alias/trails", "TargetKeyId": key}));
    call("kms", "create_key", json!({"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}));
    call("logs", "create_log_group", json!({"logGroupName": "trail", "tags": {"team": "shop"}}));
    let transformation = json!({"metricName": "changes", "metricNamespace": "trail", "metricValue": "1"});
    call(
        "logs",
        "put_metric_filter",
        json!({"logGroupName": "trail", "filterName": "iam", "filterPattern": "{ $.eventName = PutRolePolicy }",
            "metricTransformations": [transformation]}),
    );
    let topic = call("sns", "create_topic", json!({"Name": "alarms"}))["TopicArn"].as_str().expect("an ARN").to_owned();
    call("sns", "subscribe", json!({"TopicArn": topic, "Protocol": "email", "Endpoint": "ops@example.com"}));
    call(
        "cloudwatch",
        "put_metric_alarm",
        json!({"AlarmName": "true", "MetricName": "changes", "Namespace": "trail", "Statistic": "Sum", "Period": 300,
            "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "AlarmActions": [topic]}),
    );
    let trail = json!({"Name": "all", "S3BucketName": "trails", "IsMultiRegionTrail": true, "EnableLogFileValidation": true,
        "KmsKeyId": key, "TagsList": [{"Key": "team", "Value": "shop"}]});
    call("cloudtrail", "create_trail", trail);
    call("cloudtrail", "start_logging", json!({"Name": "all"}));
    let selector = json!({"ReadWriteType": "All", "IncludeManagementEvents": true,
        "DataResources": [{"Type": "AWS::DynamoDB::Table", "Values": ["arn:aws:dynamodb"]}]});
    call("cloudtrail", "put_event_selectors", json!({"TrailName": "all", "EventSelectors": [selector]}));
    let recorder_role = format!("arn:aws:iam::{ACCOUNT}:role/config");
    let recorder = json!({"name": "default", "roleARN": recorder_role, "recordingGroup": {"allSupported": true,
        "includeGlobalResourceTypes": true}});
    call("config", "put_configuration_recorder", json!({"ConfigurationRecorder": recorder}));
    call("config", "put_delivery_channel", json!({"DeliveryChannel": {"name": "default", "s3BucketName": "trails"}}));
    call("config", "start_configuration_recorder", json!({"ConfigurationRecorderName": "default"}));
    let rule =
        json!({"ConfigRuleName": "pitr", "Source": {"Owner": "AWS", "SourceIdentifier": "DYNAMODB_PITR_ENABLED"}});
    call("config", "put_config_rule", json!({"ConfigRule": rule}));
    let pool = call("cognito-idp", "create_user_pool", json!({"PoolName": "people", "UserPoolTags": {"team": "shop"}}));
    let pool = pool["UserPool"]["Id"].as_str().expect("an id").to_owned();
    call(
        "cognito-idp",
        "create_user_pool_client",
        json!({"UserPoolId": pool, "ClientName": "web", "GenerateSecret": true}),
    );
    let guests = json!({"IdentityPoolName": "guests", "AllowUnauthenticatedIdentities": true});
    call("cognito-identity", "create_identity_pool", guests);
    let cluster = json!({"ClusterName": "cache", "NodeType": "dax.t3.small", "ReplicationFactor": 1,
        "IamRoleArn": format!("arn:aws:iam::{ACCOUNT}:role/dax"), "SSESpecification": {"Enabled": true}});
    call("dax", "create_cluster", cluster);
    call("guardduty", "create_detector", json!({"Enable": true}));
    call("securityhub", "enable_security_hub", json!({}));
    call("inspector2", "enable", json!({"accountIds": [ACCOUNT], "resourceTypes": ["LAMBDA"]}));
    call("events", "put_rule", json!({"Name": "deletes", "EventPattern": r#"{"source":["aws.dynamodb"]}"#}));
    let contact = json!({"AlternateContactType": "SECURITY", "Name": "Ops", "Title": "On call",
        "EmailAddress": "ops@example.com", "PhoneNumber": "+49 30 1"});
    call("account", "put_alternate_contact", contact);
    call("iam", "update_account_password_policy", json!({"MinimumPasswordLength": 14}));
    call("organizations", "create_organization", json!({"FeatureSet": "ALL"}));
}

#[tokio::test]
async fn audit_documents_of_services_hold_what_checks_look_at() {
    let emulator = Emulator::start();
    let observer = Observer::of(&emulator);
    services(&observer);
    let types = [SERVICES, &["AWS::DynamoDB::Table", "AWS::Lambda::Function"]].concat();
    let documents = read_types(&aws(&emulator), &types).await;

    let trail = live(&documents, "AWS::CloudTrail::Trail", "all");
    let body_of_trail = &trail.items[0].body;
    assert_eq!(body_of_trail["configuration"]["IsMultiRegionTrail"], json!(true));
    assert_eq!(body_of_trail["tags"], json!({"team": "shop"}));
    let of = &body_of_trail["supplementaryConfiguration"];
    assert_eq!(of["GetTrailStatus"]["IsLogging"], json!(true));
    assert_eq!(of["GetEventSelectors"]["EventSelectors"][0]["DataResources"][0]["Type"], "AWS::DynamoDB::Table");
    assert_eq!(
        of["Bucket"]["GetPublicAccessBlock"]["PublicAccessBlockConfiguration"]["RestrictPublicBuckets"],
        json!(true)
    );
    assert!(of["Bucket"]["GetBucketAcl"]["Grants"].is_array(), "{of:#}");

    let keys: Vec<&Live> = documents.live.iter().filter(|live| live.resource.type_name == "AWS::KMS::Key").collect();
    let key = keys.iter().find(|live| live.items[0].body["configuration"]["Description"] == "trails").expect("the key");
    let of = &key.items[0].body["supplementaryConfiguration"];
    assert_eq!(of["GetKeyRotationStatus"]["KeyRotationEnabled"], json!(true));
    assert_eq!(of["ListAliases"][0]["AliasName"], "alias/trails");
    assert!(of["GetKeyPolicy"]["Statement"].is_array(), "{of:#}");
    assert_eq!(key.resource.tags["team"], "shop");
    assert_eq!(of["UsedBy"], json!([trail.resource.arn]));

    let recorder = body(&documents, "AWS::Config::ConfigurationRecorder", "default");
    assert_eq!(recorder["configuration"]["recordingGroup"]["allSupported"], json!(true));
    let of = &recorder["supplementaryConfiguration"];
    assert_eq!(of["DescribeConfigurationRecorderStatus"]["recording"], json!(true));
    assert_eq!(of["DescribeDeliveryChannels"][0]["s3BucketName"], "trails");
    let rule = body(&documents, "AWS::Config::ConfigRule", "pitr");
    assert_eq!(rule["configuration"]["Source"]["SourceIdentifier"], "DYNAMODB_PITR_ENABLED");

    let pool = body(&documents, "AWS::Cognito::UserPool", "people");
    assert_eq!(pool["tags"], json!({"team": "shop"}));
    assert_eq!(pool["supplementaryConfiguration"]["GetUserPoolMfaConfig"]["MfaConfiguration"], "OFF");
    assert!(pool["supplementaryConfiguration"].get("GetWebACLForResource").is_none(), "{pool:#}");
    let client = body(&documents, "AWS::Cognito::UserPoolClient", "web");
    assert!(client["configuration"].get("ClientSecret").is_none(), "{client:#}");
    assert!(!format!("{documents:?}").contains("ClientSecret"));
    let guests = body(&documents, "AWS::Cognito::IdentityPool", "guests");
    assert_eq!(guests["configuration"]["AllowUnauthenticatedIdentities"], json!(true));

    let cluster = body(&documents, "AWS::DAX::Cluster", "cache");
    assert_eq!(cluster["configuration"]["SSEDescription"]["Status"], "ENABLED");
    let group = body(&documents, "AWS::Logs::LogGroup", "trail");
    assert_eq!(group["supplementaryConfiguration"]["DescribeMetricFilters"][0]["filterName"], "iam");
    assert_eq!(group["tags"], json!({"team": "shop"}));

    let of = &body(&documents, "AWS::::Region", REGION)["supplementaryConfiguration"];
    assert_eq!(of["GuardDuty"][0]["status"], "ENABLED");
    assert!(of["SecurityHub"]["HubArn"].is_string(), "{of:#}");
    assert_eq!(of["DescribeTrails"][0]["Name"], "all");
    assert_eq!(of["DescribeAlarms"][0]["AlarmName"], "true");
    assert_eq!(of["DescribeAlarms"][0]["Period"], json!(300));
    assert_eq!(of["ListSubscriptions"][0]["Protocol"], "email");
    assert_eq!(of["ListRules"][0]["Name"], "deletes");
    assert_eq!(of["DescribeMetricFilters"][0]["metricTransformations"][0]["metricName"], "changes");
    assert_eq!(of["DescribeConfigurationRecorderStatus"][0]["recording"], json!(true));
    assert!(of["DescribeLimits"]["TableMaxReadCapacityUnits"].is_number(), "{of:#}");
    assert_eq!(of["Inspector2"]["resourceState"]["lambda"]["status"], "ENABLED", "{of:#}");

    let of = &body(&documents, "AWS::::Account", ACCOUNT)["supplementaryConfiguration"];
    assert!(of["GetAccountSummary"]["SummaryMap"]["AccountMFAEnabled"].is_number(), "{of:#}");
    assert_eq!(of["GetAccountPasswordPolicy"]["PasswordPolicy"]["MinimumPasswordLength"], json!(14));
    assert_eq!(of["GetAlternateContact"]["AlternateContact"]["EmailAddress"], "ops@example.com");
    assert_eq!((&of["ListServerCertificates"], &of["ListVirtualMFADevices"]), (&json!([]), &json!([])));
    assert_eq!(of["SupportRoles"], json!({"roles": [], "users": [], "groups": []}));
    assert_eq!(of["DescribeOrganization"]["Organization"]["FeatureSet"], "ALL");
    let organization = body(&documents, "AWS::Organizations::Organization", "");
    assert_eq!(organization["supplementaryConfiguration"]["ServiceControlPolicies"], json!([]), "it is the manager");

    // The emulator lacks these; each is named, and none of them is taken for an absence.
    let lacking = [
        "access-analyzer:ListAnalyzers",
        "backup:ListCopyJobs",
        "cognito-identity:GetIdentityPoolRoles",
        "cognito-idp:DescribeRiskConfiguration",
        "config:DescribeComplianceByConfigRule",
        "config:DescribeComplianceByResource",
        "dax:DescribeSubnetGroups",
        "iam:ListOrganizationsFeatures",
        "organizations:DescribeEffectivePolicy",
    ];
    let mut expected: BTreeSet<String> =
        lacking.iter().map(|one| format!("the endpoint does not support `{one}`")).collect();
    // It lists the objects instead.
    expected.insert("`s3:GetBucketPolicyStatus` failed: the answer has no `IsPublic`".to_owned());
    assert_eq!(unread(&documents), expected);
}

#[tokio::test]
async fn account_where_nothing_is_in_use_is_read_without_an_error() {
    let emulator = Emulator::start();
    let documents = read_types(&aws(&emulator), &[NETWORKS, SERVICES].concat()).await;
    let of = &body(&documents, "AWS::::Account", ACCOUNT)["supplementaryConfiguration"];
    for absent in ["GetAccountPasswordPolicy", "GetAlternateContact", "DescribeOrganization"] {
        assert!(of.get(absent).is_none(), "{absent} in {of:#}");
    }
    let of = &body(&documents, "AWS::::Region", REGION)["supplementaryConfiguration"];
    assert!(of.get("SecurityHub").is_none(), "{of:#}");
    assert_eq!(of["GuardDuty"], json!([]));
    assert!(documents.live.iter().all(|live| live.resource.type_name != "AWS::Organizations::Organization"));
    assert!(
        documents.not_assessed.iter().all(|one| one.reason.starts_with("the endpoint does not support")),
        "{:#?}",
        documents.not_assessed
    );
}

/// Answers, in the form of AWS's models, to what the emulator lacks.
fn shaped(asked: &Asked) -> Option<Answer> {
    let json = |body: Value| Answer {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string().into_bytes(),
    };
    let name = asked.name();
    let answer = match name.as_str() {
        "access-analyzer GET /analyzer" => json(json!({"analyzers": [{"arn": "arn:aws:access-analyzer:eu-central-1:123456789012:analyzer/own",
            "name": "own", "type": "ACCOUNT", "status": "ACTIVE", "createdAt": "2026-01-01T00:00:00Z"}]})),
        "backup GET /resources/" => json(json!({"Results": [{"ResourceArn": "arn:aws:dynamodb:eu-central-1:123456789012:table/orders",
            "ResourceType": "DynamoDB", "LastBackupTime": 1.7e9}]})),
        "cognito-identity GetIdentityPoolRoles" => json(json!({"Roles": {"unauthenticated": "arn:aws:iam::123456789012:role/guest"}})),
        "cognito-idp DescribeRiskConfiguration" => json(json!({"RiskConfiguration": {"CompromisedCredentialsRiskConfiguration": {
            "EventFilter": ["SIGN_IN"], "Actions": {"EventAction": "BLOCK"}}}})),
        "config DescribeComplianceByConfigRule" => json(json!({"ComplianceByConfigRules": [{"ConfigRuleName": "pitr",
            "Compliance": {"ComplianceType": "NON_COMPLIANT", "ComplianceContributorCount": {"CappedCount": 1, "CapExceeded": false}}}]})),
        "config DescribeComplianceByResource" => json(json!({"ComplianceByResources": [{"ResourceType": "AWS::DynamoDB::Table",
            "ResourceId": "orders", "Compliance": {"ComplianceType": "NON_COMPLIANT"}}]})),
        "dax DescribeSubnetGroups" => json(json!({"SubnetGroups": [{"SubnetGroupName": "default", "VpcId": "vpc-1",
            "Subnets": [{"SubnetIdentifier": "subnet-none", "SubnetAvailabilityZone": "eu-central-1a"}]}]})),
        "iam GetCredentialReport" => {
            let rows = BASE64_STANDARD.encode("user,mfa_active\n<root_account>,true\n");
            let result = format!("<GetCredentialReportResult><Content>{rows}</Content></GetCredentialReportResult>");
            let text = format!("<GetCredentialReportResponse>{result}</GetCredentialReportResponse>");
            Answer { status: 200, headers: vec![("content-type".to_owned(), "text/xml".to_owned())], body: text.into_bytes() }
        }
        "iam ListOrganizationsFeatures" => {
            let text = "<ListOrganizationsFeaturesResponse><ListOrganizationsFeaturesResult><OrganizationId>o-1</OrganizationId><EnabledFeatures>\
                        <member>RootCredentialsManagement</member></EnabledFeatures></ListOrganizationsFeaturesResult></ListOrganizationsFeaturesResponse>";
            Answer { status: 200, headers: vec![("content-type".to_owned(), "text/xml".to_owned())], body: text.into() }
        }
        "organizations DescribeEffectivePolicy" => json(json!({"EffectivePolicy": {"PolicyType": "TAG_POLICY",
            "PolicyContent": r#"{"tags": {"team": {"tag_key": {"@@assign": "team"}}}}"#}})),
        "s3 GET /trails?policyStatus" => Answer {
            status: 200,
            headers: vec![("content-type".to_owned(), "application/xml".to_owned())],
            body: b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><PolicyStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IsPublic>false</IsPublic></PolicyStatus>".to_vec(),
        },
        other if other.starts_with("backup GET /copy-jobs/") => {
            assert!(other.ends_with("?resourceType=DynamoDB"), "{other}");
            json(json!({"CopyJobs": [{"CopyJobId": "1", "DestinationBackupVaultArn": "arn:aws:backup:us-east-1:123456789012:backup-vault:v"}]}))
        }
        _ => return None,
    };
    Some(answer)
}

#[tokio::test]
async fn answers_that_the_emulator_lacks_are_read_in_the_form_of_aws() {
    let emulator = Emulator::start();
    services(&Observer::of(&emulator));
    let port = emulator.port();
    let stub =
        Stub::start(move |asked| shaped(asked).unwrap_or_else(|| pass_on(asked, port).expect("the emulator answers")));
    let documents = read_types(&aws_at(&stub.endpoint()), SERVICES).await;
    assert_eq!(unread(&documents), BTreeSet::new());
    let of = &body(&documents, "AWS::::Region", REGION)["supplementaryConfiguration"];
    assert_eq!(of["ListAnalyzers"][0]["status"], "ACTIVE");
    assert_eq!(of["ListProtectedResources"][0]["ResourceType"], "DynamoDB");
    assert_eq!(of["DescribeComplianceByResource"][0]["ResourceId"], "orders");
    assert!(of["ListCopyJobs"][0]["DestinationBackupVaultArn"].is_string(), "{of:#}");
    let root = &body(&documents, "AWS::::Account", ACCOUNT)["supplementaryConfiguration"]["CredentialReport"];
    assert_eq!(root, &json!({"user": "<root_account>", "mfa_active": true}));
    let account = &body(&documents, "AWS::::Account", ACCOUNT)["supplementaryConfiguration"];
    assert_eq!(account["ListOrganizationsFeatures"]["EnabledFeatures"], json!(["RootCredentialsManagement"]));
    let risks = documents.live.iter().filter(|live| live.resource.type_name == "AWS::Cognito::UserPool");
    let risk = |live: &Live| live.items[0].body["supplementaryConfiguration"]["DescribeRiskConfiguration"].clone();
    let risks: Vec<Value> = risks.map(risk).collect();
    let blocked = |risk: &Value| risk["CompromisedCredentialsRiskConfiguration"]["Actions"]["EventAction"] == "BLOCK";
    assert!(!risks.is_empty() && risks.iter().all(blocked), "{risks:?}");
    let rule = body(&documents, "AWS::Config::ConfigRule", "pitr");
    assert_eq!(rule["supplementaryConfiguration"]["ComplianceType"], "NON_COMPLIANT");
    let guests = body(&documents, "AWS::Cognito::IdentityPool", "guests");
    assert!(guests["supplementaryConfiguration"]["GetIdentityPoolRoles"]["Roles"]["unauthenticated"].is_string());
    let bucket = &body(&documents, "AWS::CloudTrail::Trail", "all")["supplementaryConfiguration"]["Bucket"];
    assert_eq!(bucket["GetBucketPolicyStatus"]["PolicyStatus"]["IsPublic"], json!(false));
    let organization = body(&documents, "AWS::Organizations::Organization", "");
    assert!(organization["supplementaryConfiguration"]["EffectiveTagPolicy"]["tags"].is_object(), "{organization:#}");
}

/// The documents as one tree, by type and id, without times.
fn tree(documents: &AccountDocuments) -> Value {
    let one = |live: &Live| {
        let key = format!("{} {}", live.resource.type_name, live.resource.id);
        (key, json!(live.items.iter().map(|item| &item.body).collect::<Vec<_>>()))
    };
    Value::Object(documents.live.iter().map(one).collect())
}

/// The places where two trees differ, as pointers, with what is there now.
fn differences(before: &Value, after: &Value, at: &str, into: &mut Vec<(String, Value)>) {
    match (before, after) {
        (Value::Object(one), Value::Object(other)) => {
            for key in one.keys().chain(other.keys()).collect::<BTreeSet<_>>() {
                let none = &Value::Null;
                differences(one.get(key).unwrap_or(none), other.get(key).unwrap_or(none), &format!("{at}/{key}"), into);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                differences(one, other, &format!("{at}/{index}"), into);
            }
        }
        _ if before == after => {}
        _ => into.push((at.to_owned(), after.clone())),
    }
}

/// Denies one operation after the other, and compares what is left with what was there.
async fn deny_each(emulator: &Emulator, types: &[&str], at_least: usize) {
    let aws = aws(emulator);
    emulator.clear_log();
    let before = read_types(&aws, types).await;
    // The emulator's trails have always just delivered, and its clusters start while they are looked at.
    let is_moving =
        |place: &str| place.contains("/GetTrailStatus/") || place.contains("Cluster cache/0/configuration/");
    let reasons = unread(&before);
    let is_lacking = |operation: &str| {
        operation == "Unknown"
            || operation.starts_with("ListObjects")
            // A report of the last hours is read without it.
            || operation == "GenerateCredentialReport"
            || reasons.iter().any(|reason| reason.contains(&format!(":{operation}`")))
    };
    let requests = emulator.requests().into_iter().map(|request| (request.service, request.operation));
    let calls: BTreeSet<(String, String)> = requests.filter(|(_, operation)| !is_lacking(operation)).collect();
    assert!(calls.len() >= at_least, "{calls:#?}");
    for (service, operation) in calls {
        let fault = json!({"service": service, "operation": operation, "status": 403, "code": "AccessDeniedException",
            "message": "not authorized"});
        emulator.fault(fault);
        let after = read_types(&aws, types).await;
        emulator.clear_faults();
        let new: Vec<&String> =
            after.not_assessed.iter().map(|one| &one.reason).filter(|one| !reasons.contains(*one)).collect();
        let [reason] = new.as_slice() else { panic!("{service} {operation}: {new:#?}") };
        let action = after.not_assessed.iter().find(|one| one.reason == **reason).and_then(|one| one.action.clone());
        let action = action.unwrap_or_else(|| panic!("{service} {operation}: {reason}"));
        assert!(reason.contains(&format!("the caller may not `{action}`")), "{reason}");
        let mut changed = Vec::new();
        differences(&tree(&before), &tree(&after), "", &mut changed);
        let unread_types: Vec<&str> = after.unread_types.iter().map(|one| one.type_name.as_str()).collect();
        let is_lost = |(place, now): &&(String, Value)| {
            let is_placeholder = now.as_str().is_some_and(|text| text.contains(&action.replace('.', "_")));
            // A list that can't be read leaves no documents, which is recorded for its type.
            let type_name = place.trim_start_matches('/').split(' ').next().unwrap_or_default();
            is_placeholder || (now.is_null() && unread_types.contains(&type_name))
        };
        let wrong: Vec<_> = changed.iter().filter(|one| !is_lost(one) && !is_moving(&one.0)).collect();
        assert!(wrong.is_empty(), "{service} {operation}: {wrong:#?}");
        assert!(!changed.is_empty() || !unread_types.is_empty(), "{service} {operation} shows nowhere");
    }
}

#[tokio::test]
async fn each_denied_read_of_a_network_is_unknown_with_its_action_and_leaves_all_else() {
    let emulator = Emulator::start();
    network(&Observer::of(&emulator));
    deny_each(&emulator, NETWORKS, 10).await;
}

#[tokio::test]
async fn each_denied_read_of_a_service_is_unknown_with_its_action_and_leaves_all_else() {
    let emulator = Emulator::start();
    services(&Observer::of(&emulator));
    deny_each(&emulator, SERVICES, 45).await;
}
