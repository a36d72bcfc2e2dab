//! The meaning of `${…}` in resources. Values that follow from the file alone are computed on
//! demand, so that a reference to them sets no order; the others are pending texts.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::index::{Index, Raw, unknown_name};
use crate::base::{Address, Environment, Reference, pending};
use crate::kind::{PureKind, Registry, When};
use crate::stack::diagnostics::{Complaint, Reports};
use crate::stack::messages::wording;
use crate::stack::read::interpolate::{self, Filled, Scope, ScopeAnswer};
use crate::stack::settings::{Settings, Variables, no_environment, unset};
use crate::stack::source::Source;
use crate::stack::source::template::Hole;

/// Marks the frames of physical names, which messages leave out.
const NAME_OF: &str = "name of ";

/// Resolves `${…}` for the resources of a file.
pub(crate) struct Resolver<'a> {
    pub(crate) index: &'a Index<'a>,
    pub(crate) settings: &'a Settings,
    pub(crate) env: &'a Environment,
    pub(crate) registry: &'a Registry,
    pub(crate) variables: &'a Variables<'a>,
    pub(crate) source: &'a Arc<Source>,
    /// The static values that are being computed, outermost first.
    pub(crate) frames: RefCell<Vec<Frame>>,
    /// The physical names that were computed; `None` after a failure.
    pub(crate) names: RefCell<BTreeMap<Address, Option<Filled>>>,
}

/// A static value that is being computed.
#[derive(Debug)]
pub(crate) struct Frame {
    what: String,
    secret: bool,
    uses: Vec<(Reference, bool)>,
    failed: bool,
    cycle: Option<Complaint>,
}

impl Scope for Resolver<'_> {
    fn value(&self, hole: &Hole) -> Result<ScopeAnswer, Complaint> {
        match hole {
            Hole::Variable(name) => match (self.variables)(name) {
                Some(text) => Ok(ScopeAnswer { text, secret: true, uses: Vec::new() }),
                None => Err(unset(name)),
            },
            Hole::Word(word) => self.word(word),
            Hole::Reference(reference) => self.reference(reference),
            Hole::Broken(reason) => Err(Complaint::new("bad-interpolation", *reason)),
        }
    }
}

/// Returns whether a resource clearly lacks a property; an interpolated value is not judged, and neither is a property
/// that a misspelt key may mean.
fn turned_off(raw: &Raw<'_>, property: &str) -> bool {
    if raw.node.entries().iter().any(|entry| entry.key != property && wording::meant(&entry.key, &[property]).is_some())
    {
        return false;
    }
    raw.node
        .entry(property)
        .is_none_or(|entry| entry.value.is_null() || entry.value.scalar().is_some_and(|scalar| scalar.text == "off"))
}

impl Resolver<'_> {
    fn word(&self, word: &str) -> Result<ScopeAnswer, Complaint> {
        const KNOWN: [&str; 5] = ["account", "region", "partition", "stack", "environment"];
        let text = match word {
            "account" => &self.env.account,
            "region" => &self.env.region,
            "partition" => &self.env.partition,
            "stack" => &self.settings.stack,
            "environment" => self.settings.environment.as_ref().ok_or_else(no_environment)?,
            _ => {
                let complaint = Complaint::new("unknown-reference", format!("`${{{word}}}` is not known"));
                let escape = format!(
                    "known: {}; a reference is written `${{section.name.attribute}}`; `$${{{word}}}` stands for the text itself",
                    wording::all(&KNOWN)
                );
                return Err(complaint.hint(wording::did_you_mean(word, KNOWN).unwrap_or(escape)));
            }
        };
        Ok(ScopeAnswer::plain(text.clone()))
    }

    fn reference(&self, reference: &Reference) -> Result<ScopeAnswer, Complaint> {
        let address = &reference.address;
        let Some(kind) = self.registry.kind(address.section()) else {
            let sections: Vec<&str> = self.registry.kinds().map(PureKind::section).collect();
            let complaint = Complaint::new("unknown-reference", format!("there is no section `{}`", address.section()));
            let hint = wording::did_you_mean(address.section(), sections.iter().copied());
            return Err(complaint.hint(hint.unwrap_or_else(|| format!("known: {}", wording::all(&sections)))));
        };
        let Some(raw) = self.index.get(address) else {
            if self.index.is_misplaced(address) {
                // The misspelt section is reported at its place; a pending text prevents further errors.
                return Ok(ScopeAnswer { text: pending::text(reference), secret: false, uses: Vec::new() });
            }
            return Err(unknown_name(self.index, address, kind.noun()));
        };
        let Some(attribute) = kind.attributes().iter().find(|one| one.name == reference.attribute) else {
            let known: Vec<&str> = kind.attributes().iter().map(|one| one.name).collect();
            let message = format!("a {} has no attribute `{}`", kind.noun(), reference.attribute);
            let hint = wording::did_you_mean(&reference.attribute, known.iter().copied());
            let hint = hint.unwrap_or_else(|| format!("known: {}", wording::all(&known)));
            return Err(Complaint::new("unknown-reference", message).hint(hint));
        };
        match attribute.when {
            When::AfterCreateWith(property) if !raw.excluded && turned_off(raw, property) => {
                let message = format!("`${{{reference}}}` has no value: the {} has no `{property}`", kind.noun());
                let complaint = Complaint::new("absent-attribute", message);
                Err(complaint.hint(format!("give `{property}` to `{address}`, or leave this out")))
            }
            When::AfterCreate | When::AfterCreateWith(_) if raw.excluded => {
                let message = format!(
                    "`${{{reference}}}` is known only after apply, and `{}` is not in this environment",
                    address.section()
                );
                let hint = format!(
                    "add `{}` to the environment's `sections`, or leave out the section that refers to it",
                    address.section()
                );
                Err(Complaint::new("excluded-reference", message).hint(hint))
            }
            When::AfterCreate | When::AfterCreateWith(_) => Ok(ScopeAnswer {
                text: pending::text(reference),
                secret: false,
                uses: vec![(reference.clone(), false)],
            }),
            When::Always(compute) => self.compute(reference, raw, compute),
        }
    }

    /// A value that follows from the file alone.
    fn compute(
        &self,
        reference: &Reference,
        raw: &Raw<'_>,
        compute: fn(&str, &crate::kind::Lookup<'_>, &Environment) -> String,
    ) -> Result<ScopeAnswer, Complaint> {
        let (text, frame) = self.framed(format!("{reference}"), || {
            let name = self.name(raw).unwrap_or_default();
            compute(&name, &|property| self.property(raw, property), self.env)
        })?;
        if let Some(cycle) = frame.cycle {
            return Err(cycle);
        }
        let mut uses = vec![(reference.clone(), true)];
        uses.extend(frame.uses);
        if frame.failed {
            // The error is reported at its place; a pending text prevents further errors.
            return Ok(ScopeAnswer { text: pending::text(reference), secret: false, uses });
        }
        if raw.excluded && pending::is_pending(&text) {
            let message = format!("`${{{reference}}}` is known only after apply");
            return Err(Complaint::new("excluded-reference", message));
        }
        Ok(ScopeAnswer { text, secret: frame.secret, uses })
    }

    /// Computes within a frame; a value that depends on itself is a complaint.
    fn framed<T>(&self, what: String, compute: impl FnOnce() -> T) -> Result<(T, Frame), Complaint> {
        let circle = {
            let frames = self.frames.borrow();
            frames.iter().position(|frame| frame.what == what).map(|start| {
                let chain = frames[start..].iter().map(|frame| frame.what.as_str()).chain([what.as_str()]);
                let shown: Vec<&str> = chain.filter(|what| !what.starts_with(NAME_OF)).collect();
                let close = if what.starts_with(NAME_OF) {
                    shown.first().map_or_else(String::new, |first| format!(" → {first}"))
                } else {
                    String::new()
                };
                format!("{}{close}", shown.join(" → "))
            })
        };
        if let Some(circle) = circle {
            return Err(Complaint::new("cycle", format!("a value depends on itself: {circle}"))
                .hint("write one of the values out"));
        }
        self.frames.borrow_mut().push(Frame { what, secret: false, uses: Vec::new(), failed: false, cycle: None });
        let value = compute();
        let frame = self.frames.borrow_mut().pop();
        frame.map(|frame| (value, frame)).ok_or_else(|| Complaint::new("cycle", "a value depends on itself"))
    }

    /// A scalar property, for a value that is being computed.
    fn property(&self, raw: &Raw<'_>, property: &str) -> Option<String> {
        if let Some((_, owner)) = raw.owner.as_ref().filter(|(lift, _)| lift.owner == property) {
            return self.index.get(owner).and_then(|owner| self.name(owner));
        }
        let keys: Vec<String> = property.split('.').map(str::to_owned).collect();
        let (node, _, depth) = raw.node.nearest(&keys, raw.key_span);
        if depth < keys.len() || node.is_null() {
            return None;
        }
        let scalar = node.scalar()?;
        self.quietly(node, scalar).map(|filled| self.noted(filled))
    }

    fn quietly(
        &self,
        node: &crate::stack::source::tree::Node,
        scalar: &crate::stack::source::tree::Scalar,
    ) -> Option<Filled> {
        let quiet = Reports::default();
        let filled = interpolate::fill(node, scalar, self.source, self, &quiet);
        if filled.is_none() {
            let cycle = quiet.failure().diagnostics.into_iter().find(|diagnostic| diagnostic.code == "cycle");
            if let Some(frame) = self.frames.borrow_mut().last_mut() {
                frame.failed = true;
                frame.cycle = frame.cycle.take().or(cycle.map(|found| Complaint {
                    code: found.code,
                    message: found.message,
                    label: found.label,
                    hint: found.hint,
                }));
            }
        }
        filled
    }

    /// Notes in the frame the secrecy and the references of a value.
    fn noted(&self, filled: Filled) -> String {
        if let Some(frame) = self.frames.borrow_mut().last_mut() {
            frame.secret |= filled.secret;
            frame.uses.extend(filled.uses);
        }
        filled.text
    }

    /// The physical name of a resource, for a value that is being computed.
    pub(super) fn name(&self, raw: &Raw<'_>) -> Option<String> {
        let found = self.names.borrow().get(&raw.address).cloned();
        let filled = match found {
            Some(known) => known,
            None => {
                match self.framed(format!("{NAME_OF}{}", raw.address), || self.own_name(raw, &Reports::default(), true))
                {
                    Ok((filled, inner)) => {
                        if let Some(frame) = self.frames.borrow_mut().last_mut() {
                            frame.cycle = frame.cycle.take().or(inner.cycle);
                            frame.failed |= filled.is_none();
                        }
                        filled
                    }
                    Err(cycle) => {
                        if let Some(frame) = self.frames.borrow_mut().last_mut() {
                            frame.failed = true;
                            frame.cycle = Some(cycle);
                        }
                        None
                    }
                }
            }
        };
        // A name is shown with the resource in every output, so it is never secret.
        filled.map(|filled| self.noted(Filled { secret: false, ..filled }))
    }

    /// The physical name of a resource: `name:`, else its key; of a lifted one with the owner's before it.
    pub(crate) fn own_name(&self, raw: &Raw<'_>, reports: &Reports, quiet: bool) -> Option<Filled> {
        if let Some((_, owner)) = &raw.owner {
            let owner = self.index.get(owner).and_then(|owner| self.name(owner))?;
            return Some(Filled { text: format!("{owner}/{}", raw.key), ..Filled::default() });
        }
        let Some(entry) = raw.node.entry("name").filter(|entry| !entry.value.is_null()) else {
            return Some(Filled { text: raw.key.to_owned(), ..Filled::default() });
        };
        let Some(scalar) = entry.value.scalar() else {
            let complaint = Complaint::new("wrong-type", "`name` is not a text").label("expected the physical name");
            reports.push(complaint.at(self.source, entry.key_span));
            return None;
        };
        let filled = if quiet {
            self.quietly(&entry.value, scalar)?
        } else {
            interpolate::fill(&entry.value, scalar, self.source, self, reports)?
        };
        if filled.is_pending() {
            let complaint = Complaint::new("known-too-late", "a name can't hold what is known only after apply");
            reports.push(
                complaint.hint("a resource is found by its name: write it out").at(self.source, entry.value.span),
            );
            return None;
        }
        Some(filled)
    }
}
