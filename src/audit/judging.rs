//! Judging while it is read: a resource is judged by the rules that look at nothing else, and dropped but for the members
//! that the other rules look at. So memory grows with what is found, and not with what is read.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;

use super::judged::{Audit, FindingOf, finding, of_unread, sort};
use super::remedy::{Elsewhere, LOOKED_AT};
use super::shared::Shared;
use super::{Evidence, Finding, Known, Live, Resource, UnreadType, known, own_remedy};
use crate::base::Address;
use crate::rules::{self, Among, Before, Items, Looks, Rendered, RuleOutcome, Subject, Terms, Texts};

/// Resources that are judged at a time: enough to keep all processors busy, and little memory. A template of as many is what
/// the engine takes apart at once.
const BATCH: usize = 64;

/// The findings about the resources of accounts, ordered as a report has them. Each account is judged for itself: what a
/// rule looks for elsewhere is looked for in the same account.
pub fn findings(live: Vec<Live>, unread: &[UnreadType], audit: &Audit<'_>) -> Vec<Finding> {
    let judging = Judging::new(audit);
    for one in live {
        judging.take(one);
    }
    judging.finish(unread)
}

/// The judgement of resources that come one after the other.
pub struct Judging<'a> {
    audit: &'a Audit<'a>,
    /// The rules' names.
    names: Vec<Arc<str>>,
    looks: Looks,
    known: Items,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    waiting: Vec<Live>,
    found: Vec<Finding>,
    /// The findings whose remedies name what stands in documents of other resources.
    unnamed: Vec<Unnamed>,
    kept: BTreeMap<String, Judged>,
    kept_texts: Texts,
    shared: Shared,
}

/// A finding whose remedy is not whole before all documents are there.
struct Unnamed {
    /// Its index.
    finding: usize,
    /// The index of its rule.
    rule: usize,
    known: Known,
    elsewhere: Elsewhere,
}

/// Resources as rules see them, each beside what a finding says of it.
#[derive(Default)]
struct Judged {
    subjects: Vec<Subject>,
    resources: Vec<(Arc<Resource>, Arc<[Evidence]>)>,
}

impl Judged {
    /// Orders the resources: they come in the order of AWS's answers, which no outcome depends on.
    fn sort(&mut self) {
        let mut all: Vec<_> = mem::take(&mut self.subjects).into_iter().zip(mem::take(&mut self.resources)).collect();
        all.sort_by(|(_, (one, _)), (_, (other, _))| {
            let place = |of: &Resource| (of.region.clone(), of.type_name.clone(), of.id.clone(), of.arn.clone());
            place(one).cmp(&place(other))
        });
        (self.subjects, self.resources) = all.into_iter().unzip();
    }
}

impl<'a> Judging<'a> {
    /// Begins a judgement.
    pub fn new(audit: &'a Audit<'a>) -> Self {
        let looks =
            Looks::of(audit.rules.iter().filter(|rule| Among::Together.has(rule, audit.types))).also(&LOOKED_AT);
        let names = audit.rules.iter().map(|rule| Arc::from(rule.name.as_str())).collect();
        Self { audit, names, looks, known: Items::default(), state: RefCell::default() }
    }

    /// Takes a resource.
    pub fn take(&self, live: Live) {
        let mut state = self.state.borrow_mut();
        state.waiting.push(live);
        if state.waiting.len() >= BATCH {
            self.judge_waiting(&mut state);
        }
    }

    /// The findings, ordered as a report has them. `unread` are the types of which not all resources could be listed.
    pub fn finish(self, unread: &[UnreadType]) -> Vec<Finding> {
        let mut state = self.state.take();
        self.judge_waiting(&mut state);
        let mut kept = mem::take(&mut state.kept);
        kept.values_mut().for_each(Judged::sort);
        for (account, judged) in &kept {
            let unread: Vec<(String, String)> = unread
                .iter()
                .filter(|one| one.account == *account)
                .map(|one| {
                    (one.type_name.clone(), format!("not all of {} could be read: {}", one.type_name, one.reason))
                })
                .collect();
            self.judge(judged, Among::Together, &unread, &mut state);
        }
        self.complete_remedies(&kept, &mut state);
        let mut found = state.found;
        found.extend(unread.iter().flat_map(|one| of_unread(one, self.audit)));
        sort(&mut found, self.audit.rules);
        found
    }

    /// Judges what waits by the rules that look at nothing else, and keeps what the others look at.
    fn judge_waiting(&self, state: &mut State) {
        let mut judged = Judged::default();
        for Live { resource, items, template, evidence } in mem::take(&mut state.waiting) {
            let type_name = items.first().or(template.first()).map_or("", |rendering| rendering.type_name);
            let name = format!("{}/{}", resource.type_name, resource.id);
            let now = Rendered { items, template, error: None };
            judged.subjects.push(Subject { name, type_name, now, before: Before::Same, kept: None });
            judged.resources.push((Arc::new(resource), state.shared.evidence(evidence)));
        }
        self.judge(&judged, Among::Alone, &[], state);
        for (subject, of) in judged.subjects.into_iter().zip(judged.resources) {
            if let Some(subject) = self.looks.keep(subject, &mut state.kept_texts) {
                let kept = state.kept.entry(of.0.account.clone()).or_default();
                kept.subjects.push(subject);
                kept.resources.push(of);
            }
        }
    }

    fn judge(&self, judged: &Judged, among: Among, unread: &[(String, String)], state: &mut State) {
        let Audit { rules, types, stack, today } = *self.audit;
        let terms = Terms { rules, types, live: true, unread, today, among, known: Some(&self.known) };
        for one in rules::judge(&judged.subjects, terms) {
            let Some((index, rule)) = one.resource.zip(rules.get(one.rule)) else { continue };
            let of = judged.resources.get(index).zip(judged.subjects.get(index)).zip(self.names.get(one.rule));
            if let Some((((resource, evidence), subject), name)) = of {
                let of = FindingOf { rule, name, resource, evidence, subject };
                let mut found = finding(&one, &of, stack, &mut state.shared);
                if let RuleOutcome::Fail(faults) = &one.outcome {
                    let address = found.address.as_deref().and_then(|text| text.parse::<Address>().ok());
                    let known = known(subject, faults, address.as_ref());
                    match Elsewhere::of(rule, subject, faults) {
                        None => found.remedy = own_remedy(rule, &found, &known),
                        Some(elsewhere) => {
                            let (finding, rule) = (state.found.len(), one.rule);
                            state.unnamed.push(Unnamed { finding, rule, known, elsewhere });
                        }
                    }
                }
                state.found.push(found);
            }
        }
    }

    /// Completes the remedies that name what stands in documents of other resources.
    fn complete_remedies(&self, kept: &BTreeMap<String, Judged>, state: &mut State) {
        for Unnamed { finding, rule, mut known, elsewhere } in mem::take(&mut state.unnamed) {
            let Some((found, rule)) = state.found.get_mut(finding).zip(self.audit.rules.get(rule)) else { continue };
            let all = kept.get(&found.resource.account).map(|judged| judged.subjects.as_slice());
            elsewhere.add(&mut known, all.unwrap_or_default());
            found.remedy = own_remedy(rule, found, &known);
        }
    }
}
