//! Who can reach the tables of an account: its identities, and whom a table's policy names besides.

use super::account::Account;
use super::judge::Judge;
use super::others::others;
use super::read_item::ReadItem;
use super::value::Reach;

impl Account<'_> {
    /// Who can reach a table, by its name or ARN; one value for each table of that name, region by region.
    pub fn reach(&self, table: &str) -> Vec<Reach> {
        let named = |item: &&ReadItem<'_>| {
            ["/ARN", "/resourceName", "/resourceId"].iter().any(|pointer| item.text(pointer) == Some(table))
        };
        self.tables.iter().filter(named).map(|item| self.reach_of(item)).collect()
    }

    fn reach_of(&self, table: &ReadItem<'_>) -> Reach {
        let judge = Judge::new(self, table);
        Reach {
            table: judge.arn.clone(),
            ways: judge.ways.iter().map(|path| path.way.clone()).collect(),
            principals: self.identities.iter().filter_map(|identity| judge.access(identity)).collect(),
            others: others(&judge),
            not_assessed: judge.not_assessed.clone(),
        }
    }
}
