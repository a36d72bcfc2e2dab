//! `export`: reads the stack, and writes the template.

use super::archives;
use super::args::ExportArgs;
use super::document::{self, INLINE_LIMIT, MOST_PARAMETERS, MOST_RESOURCES, S3_LIMIT};
use super::stand_in::Assumed;
use super::template::{Exported, Template, template};
use crate::base::{Archives, Vault, counted};
use crate::cli::Common;
use crate::commands::support::stack_file;
use crate::commands::validate;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::kinds::REGISTRY;
use crate::plan;
use crate::ui::Ui;

pub(crate) fn run(args: &ExportArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let settings = stack_file::settings(common)?;
    let region = stack_file::offline(common, &settings);
    let Some(region) = region.known_region() else {
        return Err(CommandError::usage("the region of the template is not known")
            .hint("set `region:` in the stack file, or give `--region`"));
    };
    let assumed = match &settings.account {
        Some(account) => Assumed::new(Some(account.clone()), region, ""),
        None => Assumed::new(None, region, &texts(common)?),
    };
    let (vault, archives) = (Vault::new([0; 32]), Archives::default());
    let stack = stack_file::read_with(common, &|_| assumed.env.clone(), &vault, &archives)?;
    stack_file::warn(&stack, common, ui);
    let exported = Exported {
        registry: &REGISTRY,
        stack: &settings.stack,
        env: &assumed.env,
        account: assumed.account.as_deref(),
        vault: &vault,
        resources: &validate::normal(&stack, &assumed.env),
        dependencies: &plan::dependencies(&REGISTRY, &stack_file::wanted(&stack), &assumed.env),
    };
    let template =
        template(&exported).map_err(|message| CommandError::Failed { message, causes: Vec::new(), hint: None })?;
    let text = document::text(&template.document, common.format);
    if let Some(folder) = &args.code {
        archives::write(folder, &template.archives, &archives)?;
    }
    ui.data(&text)?;
    for note in notes(&template, text.len(), args, stack.per_workspace.len()) {
        ui.say(&format!("note: {note}"));
    }
    Ok(Exit::Done)
}

/// The texts of the stack's resources, among which a stand-in must not be.
fn texts(common: &Common) -> Result<String, CommandError> {
    let stack = stack_file::read_offline(common)?;
    let text = |declared: &crate::stack::Declared| format!("{} {} {}", declared.address, declared.name, declared.body);
    Ok(stack.resources.iter().map(text).collect::<Vec<_>>().join("\n"))
}

/// What who deploys the template has to know.
fn notes(template: &Template, size: usize, args: &ExportArgs, per_workspace: usize) -> Vec<String> {
    let mut notes = Vec::new();
    if template.resources == 0 {
        notes.push("the stack has no resources, and CloudFormation takes no template without any".to_owned());
    }
    if !template.required.is_empty() {
        let names = template.required.join("`, `");
        notes.push(format!("to be given with `--parameter-overrides`: `{names}`"));
    }
    if !template.archives.is_empty() && args.code.is_none() {
        notes
            .push("`--code FOLDER` writes the functions' archives, to be copied to the bucket `CodeBucket`".to_owned());
    }
    if per_workspace > 0 {
        let own = counted(per_workspace, "entry", "entries");
        notes.push(format!("{own} of each workspace's own: left out, since `underpin startup` makes those resources"));
    }
    let limits = [
        (template.resources, MOST_RESOURCES, "resources"),
        (template.parameters, MOST_PARAMETERS, "parameters"),
        (size, S3_LIMIT, "bytes"),
    ];
    for (number, most, what) in limits {
        if number > most {
            notes.push(format!("CloudFormation takes at most {most} {what} in a template, and this one has {number}"));
        }
    }
    if (INLINE_LIMIT + 1..=S3_LIMIT).contains(&size) {
        notes.push(format!(
            "above {INLINE_LIMIT} bytes a template goes through S3: `aws cloudformation deploy --s3-bucket`"
        ));
    }
    notes
}
