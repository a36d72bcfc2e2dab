//! Completion in bash, with the words as they are typed.
//!
//! Bash breaks the line at the characters of `COMP_WORDBREAKS` too: `--target=tables.a` is three words there, and only the
//! last one is replaced. The script of `clap_complete` hands these on as they are, so that nothing after `=` is completed;
//! here they are one word again.

use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

use clap::Command;
use clap_complete::env::{self, EnvCompleter};

/// `clap_complete`'s completion for bash, with a function around it that joins the words. Bash 3.2, which macOS has, runs it.
const SCRIPT: &str = r#"
_underpin_complete() {
    local words=() at=-1 index part gap word fragment=$2 rest=$COMP_LINE start
    for (( index = 0; index <= COMP_CWORD; index++ )); do
        part=${COMP_WORDS[index]}
        gap=${rest%%"$part"*}
        start=$(( ${#COMP_LINE} - ${#rest} + ${#gap} ))
        rest=${rest#*"$part"}
        if (( index == COMP_CWORD && start <= COMP_POINT )); then
            part=${part:0:COMP_POINT - start}
        fi
        if [[ $at -ge 0 && -z $gap && -n ${COMP_WORDS[index]} ]]; then
            words[at]+=$part
        else
            at=$(( at + 1 ))
            words[at]=$part
        fi
    done
    word=${words[at]}
    if [[ $word == *[\'\"\\]* || $word != *"$fragment" ]]; then
        _clap_complete_NAME "$@"
        return
    fi
    local COMP_CWORD=$at COMP_WORDS=("${words[@]}")
    _clap_complete_NAME "$1" "$word" "$3"
    COMPREPLY=("${COMPREPLY[@]#"${word%"$fragment"}"}")
}
if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -o nospace -o bashdefault -o nosort -F _underpin_complete BIN
else
    complete -o nospace -o bashdefault -F _underpin_complete BIN
fi
"#;

/// Bash.
pub(super) struct Bash;

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        env::Bash.name()
    }

    fn is(&self, name: &str) -> bool {
        env::Bash.is(name)
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn Write,
    ) -> Result<(), Error> {
        env::Bash.write_registration(var, name, bin, completer, buf)?;
        buf.write_all(SCRIPT.replace("NAME", &name.replace('-', "_")).replace("BIN", bin).as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut Command,
        words: Vec<OsString>,
        folder: Option<&Path>,
        buf: &mut dyn Write,
    ) -> Result<(), Error> {
        env::Bash.write_complete(command, words, folder, buf)
    }
}
