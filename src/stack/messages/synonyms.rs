//! Other tools' names for our keys: those of CloudFormation, Terraform and the AWS CLI, so that their users
//! are shown ours.

/// Other tools' names in lower case without separators, and ours, the likeliest first.
const SYNONYMS: &[(&str, &[&str])] = &[
    // Sections.
    ("dynamodb", &["tables"]),
    ("dynamodbtables", &["tables"]),
    ("endpoints", &["vpc_endpoints"]),
    ("iam", &["roles"]),
    ("iamroles", &["roles"]),
    ("lambda", &["functions"]),
    ("lambdas", &["functions"]),
    ("lambdafunctions", &["functions"]),
    ("eventsourcemapping", &["triggers"]),
    ("eventsourcemappings", &["triggers"]),
    ("eventsources", &["triggers"]),
    // Names.
    ("tablename", &["name"]),
    ("functionname", &["name"]),
    ("rolename", &["name"]),
    ("indexname", &["name"]),
    ("ignorechanges", &["ignore"]),
    ("lifecycle", &["ignore"]),
    // Tables.
    ("hashkey", &["partition_key"]),
    ("pk", &["partition_key"]),
    ("keyschema", &["partition_key"]),
    ("rangekey", &["sort_key"]),
    ("sk", &["sort_key"]),
    ("attributetype", &["type"]),
    ("attributename", &["name"]),
    ("billingmode", &["billing"]),
    ("provisionedthroughput", &["billing", "read_capacity"]),
    ("readunits", &["read_capacity"]),
    ("readcapacityunits", &["read_capacity"]),
    ("writeunits", &["write_capacity"]),
    ("writecapacityunits", &["write_capacity"]),
    ("gsi", &["global_secondary_indexes"]),
    ("globalindexes", &["global_secondary_indexes"]),
    ("lsi", &["local_secondary_indexes"]),
    ("localindexes", &["local_secondary_indexes"]),
    ("projectiontype", &["projection"]),
    ("nonkeyattributes", &["include"]),
    ("streamspecification", &["stream"]),
    ("streamviewtype", &["stream"]),
    ("streamenabled", &["stream"]),
    ("ttl", &["time_to_live"]),
    ("timetolivespecification", &["time_to_live"]),
    ("pitr", &["point_in_time_recovery"]),
    ("pointintimerecoveryspecification", &["point_in_time_recovery"]),
    ("recoveryperiodindays", &["period_days"]),
    ("deletionprotectionenabled", &["deletion_protection"]),
    ("sse", &["encryption"]),
    ("ssespecification", &["encryption"]),
    ("serversideencryption", &["encryption"]),
    ("mincapacity", &["min"]),
    ("maxcapacity", &["max"]),
    ("targetvalue", &["target"]),
    // Access patterns.
    ("keyconditionexpression", &["key"]),
    ("sortkey", &["sort"]),
    ("startswith", &["begins_with"]),
    ("beginswith", &["begins_with"]),
    ("eq", &["equals"]),
    ("lt", &["less_than"]),
    ("le", &["at_most"]),
    ("lte", &["at_most"]),
    ("gt", &["greater_than"]),
    ("ge", &["at_least"]),
    ("gte", &["at_least"]),
    ("filterexpression", &["filter"]),
    ("projectionexpression", &["attributes"]),
    ("consistentread", &["consistent"]),
    ("scanindexforward", &["order"]),
    ("conditionexpression", &["condition"]),
    ("conditioncheck", &["check"]),
    ("insert", &["put"]),
    ("transactwriteitems", &["transact"]),
    ("transaction", &["transact"]),
    // Roles.
    ("assumerolepolicydocument", &["assume_role_policy"]),
    ("trustpolicy", &["assume_role_policy"]),
    ("managedpolicyarns", &["managed_policies"]),
    ("inlinepolicy", &["inline_policies"]),
    ("policies", &["inline_policies"]),
    ("permissionboundary", &["permissions_boundary"]),
    // Endpoints.
    ("servicename", &["service"]),
    ("vpcid", &["vpc"]),
    ("vpcendpointtype", &["type"]),
    ("routetableids", &["route_tables"]),
    ("subnetids", &["subnets"]),
    ("securitygroupids", &["security_groups"]),
    ("privatednsenabled", &["private_dns"]),
    ("policydocument", &["policy"]),
    // Functions.
    ("memorysize", &["memory"]),
    ("rolearn", &["role"]),
    ("vpcconfig", &["vpc"]),
    ("variables", &["environment"]),
    ("environmentvariables", &["environment"]),
    ("env", &["environment"]),
    ("filename", &["code"]),
    ("zipfile", &["code"]),
    ("codeuri", &["code"]),
    ("architectures", &["architecture"]),
    ("ephemeralstoragesize", &["ephemeral_storage"]),
    ("deadletterconfig", &["dead_letter"]),
    ("deadletterqueue", &["dead_letter"]),
    ("tracingconfig", &["tracing"]),
    ("kmskeyarn", &["kms_key"]),
    ("reservedconcurrentexecutions", &["reserved_concurrency"]),
    ("retentionindays", &["log_retention"]),
    // Triggers.
    ("eventsourcearn", &["stream"]),
    ("sqs", &["queue"]),
    ("filtercriteria", &["filters"]),
    ("bisectbatchonfunctionerror", &["bisect_on_error"]),
    ("maximumrecordageinseconds", &["maximum_record_age"]),
    ("maximumbatchingwindowinseconds", &["maximum_batching_window"]),
    ("tumblingwindowinseconds", &["tumbling_window"]),
    ("functionresponsetypes", &["report_batch_item_failures"]),
    ("destinationconfig", &["on_failure"]),
    ("retries", &["maximum_retry_attempts"]),
];

/// Other tools' words for values, in the same form.
const VALUES: &[(&str, &[&str])] = &[
    ("string", &["S"]),
    ("str", &["S"]),
    ("text", &["S"]),
    ("number", &["N"]),
    ("integer", &["N"]),
    ("int", &["N"]),
    ("binary", &["B"]),
    ("bytes", &["B"]),
    ("payperrequest", &["on_demand"]),
    ("ondemand", &["on_demand"]),
    ("standardia", &["standard_infrequent_access"]),
    ("infrequentaccess", &["standard_infrequent_access"]),
    ("amd64", &["x86_64"]),
    ("x64", &["x86_64"]),
    ("aarch64", &["arm64"]),
];

/// Our name for a key of another tool, if it is known in its place.
pub(crate) fn ours<'k>(key: &str, known: &[&'k str]) -> Option<&'k str> {
    found(SYNONYMS, key, known)
}

/// The same for a value.
pub(crate) fn our_word<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    found(VALUES, word, known)
}

fn found<'k>(all: &[(&str, &[&str])], theirs: &str, known: &[&'k str]) -> Option<&'k str> {
    let plain: String = theirs.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let (_, words) = all.iter().find(|(theirs, _)| *theirs == plain)?;
    words.iter().find_map(|word| known.iter().copied().find(|known| known == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synonyms_of_other_tools_are_suggested_if_valid() {
        assert_eq!(ours("MemorySize", &["memory", "timeout"]), Some("memory"));
        assert_eq!(ours("hash_key", &["partition_key"]), Some("partition_key"));
        assert_eq!(ours("hash_key", &["memory"]), None);
        assert_eq!(ours("memory_sizes", &["memory"]), None);
        assert_eq!(
            our_word("STANDARD_IA", &["standard", "standard_infrequent_access"]),
            Some("standard_infrequent_access")
        );
        assert_eq!(our_word("string", &["S", "N", "B"]), Some("S"));
    }
}
