//! Commands and options of other tools: the error names the equivalent one, or the reason why there is none.

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::command_line::Cli;

/// Commands of other tools.
const COMMANDS: &[(&str, &str)] = &[
    ("import", "nothing needs importing: name it in the stack file, and it is planned as *adopt*"),
    (
        "state",
        "there is no state: live AWS is read each time; `underpin release` releases a resource as `state rm` does",
    ),
    ("refresh", "there is no state to refresh: live AWS is read each time"),
    ("show", "`underpin plan` shows what would change; `underpin explain --plan FILE` judges a saved plan"),
    ("output", "`underpin plan --format json` shows all that is known"),
    ("fmt", "the file stays as you write it; `underpin validate` checks it"),
    ("workspace", "`environments:` of the stack file, chosen with `--env NAME`"),
    ("forget", "`underpin release ADDRESS` removes the stack's tags from a resource and keeps it"),
    ("untaint", "nothing is marked: what differs from the file is changed"),
    ("taint", "nothing is marked: what differs from the file is changed"),
    ("invoke", "`underpin function invoke NAME --local` runs a function's code on this machine"),
    ("local", "`underpin function invoke NAME --local` runs a function's code on this machine"),
    ("diff", "`underpin plan`"),
    ("deploy", "`underpin apply`"),
    ("up", "`underpin apply`"),
];

/// Options of other tools.
const OPTIONS: &[(&str, &str)] = &[
    ("auto-approve", "`--yes` makes the changes without asking"),
    ("force", "`--yes` goes on without asking"),
    ("refresh", "there is no state to refresh: live AWS is read each time"),
    ("refresh-only", "there is no state to refresh: live AWS is read each time"),
    ("lock", "there is no state to lock"),
    ("var", "`${env:NAME}` in the stack file reads the environment"),
    ("var-file", "`environments:` of the stack file, chosen with `--env NAME`"),
    ("chdir", "`--file FOLDER` names the folder of the stack file"),
    ("json", "`--format json`"),
];

/// Replaces clap's guess with the known equivalent, if there is one.
pub(super) fn told(mut error: clap::Error, arguments: &[String]) -> clap::Error {
    if let Some(tip) = tip(&error, arguments) {
        error.remove(ContextKind::SuggestedSubcommand);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}

fn tip(error: &clap::Error, arguments: &[String]) -> Option<String> {
    let of = |words: &[(&str, &str)], word: &str| {
        words.iter().find(|(theirs, _)| *theirs == word).map(|(_, ours)| (*ours).to_owned())
    };
    match (error.kind(), error.get(ContextKind::InvalidSubcommand), error.get(ContextKind::InvalidArg)) {
        (ErrorKind::InvalidSubcommand, Some(ContextValue::String(word)), _) => of(COMMANDS, word),
        (ErrorKind::UnknownArgument, _, Some(ContextValue::String(word))) if !word.starts_with('-') => {
            let destroys = arguments.iter().any(|argument| argument == "destroy");
            destroys.then(|| format!("a saved plan, of `plan --destroy` too, is applied by `underpin apply {word}`"))
        }
        (ErrorKind::UnknownArgument, _, Some(ContextValue::String(word))) => {
            // Of `-target=x` clap sees one letter at a time, and stops at the first unknown one.
            let letter = word.trim_start_matches('-');
            let letters = |argument: &&String| !argument.starts_with("--") && argument.contains(letter);
            let mut dashed = arguments.iter().filter(|argument| argument.starts_with('-'));
            let typed = dashed.clone().find(|argument| argument.starts_with(word)).or_else(|| dashed.find(letters))?;
            let name = typed.trim_start_matches('-').split('=').next()?;
            of(OPTIONS, name).or_else(|| {
                let one_dash = !typed.starts_with("--") && is_option(name);
                one_dash.then(|| format!("long options begin with two dashes: `--{name}`"))
            })
        }
        _ => None,
    }
}

fn is_option(name: &str) -> bool {
    let cli = Cli::command();
    let mut commands = std::iter::once(&cli).chain(cli.get_subcommands());
    commands.any(|command| command.get_arguments().any(|one| one.get_long() == Some(name)))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn said(words: &str) -> String {
        let arguments: Vec<String> = format!("underpin {words}").split(' ').map(str::to_owned).collect();
        match Cli::try_parse_from(&arguments) {
            Err(error) => told(error, &arguments).render().to_string(),
            Ok(_) => panic!("`{words}` is taken"),
        }
    }

    #[test]
    fn commands_of_other_tools_get_a_hint() {
        for (words, tip) in [
            ("import tables.x y", "it is planned as *adopt*"),
            ("fmt", "`underpin validate` checks it"),
            ("show plan.json", "judges a saved plan"),
            ("local invoke mover", "`underpin function invoke NAME --local`"),
            ("state list", "there is no state"),
            ("state rm tables.x", "`underpin release`"),
            ("forget tables.x", "`underpin release ADDRESS`"),
            ("apply --auto-approve", "`--yes`"),
            ("apply -auto-approve", "`--yes`"),
            ("plan -target=tables.x", "two dashes: `--target`"),
            ("plan -detailed-exitcode", "two dashes: `--detailed-exitcode`"),
            ("plan -var x=y", "`${env:NAME}`"),
            ("destroy d.json", "`underpin apply d.json`"),
            ("plan -out=x", "use `--out FILE`"),
            ("plan -out x", "use `--out FILE`"),
        ] {
            let shown = said(words);
            assert!(shown.contains(tip) && !shown.contains("-- --"), "{words}: {shown}");
            assert!(shown.matches("tip:").count() < 2, "{words}: {shown}");
        }
        // In other cases clap's guess stays.
        assert!(said("aply").contains("'apply'"), "{}", said("aply"));
        assert!(said("plan --targte tables.x").contains("'--target'"), "{}", said("plan --targte tables.x"));
    }
}
