//! Checks of the subnets and security groups that a file lists by id against those of the account.

use crate::base::{Problem, PropertyPath, Vault, pending};
use crate::kind::{Facts, SharedLookup};

/// The type of the resources that ids name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResourceType {
    Subnet,
    SecurityGroup,
}

/// A list of ids in the file.
#[derive(Debug, Clone)]
pub(super) struct ListedIds<'a> {
    /// The path of the list.
    pub(super) path: PropertyPath,
    pub(super) resource: ResourceType,
    pub(super) ids: &'a [String],
}

impl ListedIds<'_> {
    /// The known ids, with their paths.
    pub(super) fn known(&self) -> impl Iterator<Item = (PropertyPath, &String)> {
        let known = self.ids.iter().enumerate().filter(|(_, id)| !pending::is_pending(id));
        known.map(|(index, id)| (self.path.child(index.to_string()), id))
    }

    /// The look-ups of the ids.
    pub(super) fn lookups(&self) -> Vec<SharedLookup> {
        let lookup = match self.resource {
            ResourceType::Subnet => SharedLookup::Subnet,
            ResourceType::SecurityGroup => SharedLookup::SecurityGroup,
        };
        self.known().map(|(_, id)| lookup(id.clone())).collect()
    }

    /// Problems with ids that do not exist.
    pub(super) fn missing(&self, facts: &Facts, region: &str) -> Vec<Problem> {
        let noun = match self.resource {
            ResourceType::Subnet => "subnet",
            ResourceType::SecurityGroup => "security group",
        };
        let missing = self.known().filter(|(_, id)| facts.missing.contains(*id));
        let problem = |(path, id): (PropertyPath, &String)| {
            let message = format!("there is no {noun} {} in {region}", shown(id));
            Problem::new(path, message)
                .hint(format!("give the id of a {noun} that this account has, or that is shared with it, in {region}"))
        };
        missing.map(problem).collect()
    }

    /// The reason why the ids could not be looked up, if so.
    pub(super) fn unread<'f>(&self, facts: &'f Facts) -> Option<&'f str> {
        facts.unread.get(self.lookups().first()?.action()).map(String::as_str)
    }

    /// Problems with ids in another VPC than `first`, which becomes the first of these ids if it is `None`. `rule` is
    /// AWS's rule in words.
    pub(super) fn elsewhere<'f>(
        &self,
        facts: &'f Facts,
        first: &mut Option<VpcMember<'f>>,
        rule: &str,
        hint: &str,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (path, id) in self.known() {
            let vpc = match self.resource {
                ResourceType::Subnet => facts.subnet(id).map(|subnet| subnet.vpc.as_str()),
                ResourceType::SecurityGroup => facts.security_group(id).map(|group| group.vpc.as_str()),
            };
            let Some(vpc) = vpc else { continue };
            let member = VpcMember::of(id, vpc);
            let first = first.get_or_insert_with(|| member.clone());
            if first.vpc != vpc {
                let message =
                    format!("{} is in {}, and {} in {}: {rule}", member.what, member.shown, first.what, first.shown);
                problems.push(Problem::new(path, message).hint(hint));
            }
        }
        problems
    }
}

/// A resource in a VPC.
#[derive(Debug, Clone)]
pub(super) struct VpcMember<'f> {
    /// The resource in words.
    what: String,
    vpc: &'f str,
    /// The VPC as it is shown: that of a sensitive id is sensitive, too.
    shown: String,
}

impl<'f> VpcMember<'f> {
    /// A resource described in words; its VPC may be known by its digest.
    pub(super) fn new(what: &str, vpc: &'f str, facts: &'f Facts) -> Self {
        Self { what: what.to_owned(), vpc: facts.plain(vpc), shown: shown(vpc) }
    }

    fn of(id: &str, vpc: &'f str) -> Self {
        let vpc_shown = if Vault::is_sealed(id) { shown(id) } else { shown(vpc) };
        Self { what: shown(id), vpc, shown: vpc_shown }
    }
}

/// An id as it is shown.
fn shown(id: &str) -> String {
    if Vault::is_sealed(id) { pending::display(id) } else { format!("`{id}`") }
}
