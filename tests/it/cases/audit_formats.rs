//! An audit's report in every format, held against published models by readers of Python: see `audit_formats.py`.

use std::io;

use underpin::audit::Report;
use underpin::report::{Shown, audit_asff, audit_junit, audit_markdown, audit_ocsf, audit_sarif};

use crate::support::audit_reports::{FIELDS, Random, hostile, models_accept, report, sample};
use crate::support::{misfit, schema};

fn written(write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("memory can be written to");
    String::from_utf8(out).expect("it is text")
}

fn documents(report: &Report) -> [(&'static str, String); 6] {
    [
        ("json", written(|out| report.write_json(out))),
        ("sarif", written(|out| audit_sarif(report, out))),
        ("ocsf", written(|out| audit_ocsf(report, out))),
        ("asff", written(|out| audit_asff(report, out))),
        ("junit", written(|out| audit_junit(report, out))),
        ("markdown", written(|out| audit_markdown(report, Shown::All, out))),
    ]
}

/// The number of hostile texts: `UNDERPIN_UNTRUSTED_TEXTS`, else as many as take a few seconds.
fn texts() -> usize {
    std::env::var("UNDERPIN_UNTRUSTED_TEXTS").ok().and_then(|number| number.parse().ok()).unwrap_or(300)
}

#[test]
fn every_format_fits_its_published_model_whatever_the_texts() {
    let mut reports = vec![("sample".to_owned(), sample()), ("empty".to_owned(), Report::default())];
    reports.extend((0..40).map(|seed| (format!("report {seed}"), report(seed))));
    reports.extend((0..texts()).map(|number| {
        let (field, replace) = FIELDS[number % FIELDS.len()];
        let text = hostile(&mut Random(number as u64));
        let mut report = sample();
        replace(&mut report, text.clone());
        (format!("{field} = {text:?}"), report)
    }));
    let all = reports.iter().flat_map(|(name, report)| {
        documents(report).into_iter().map(move |(format, text)| (name.clone(), format, text))
    });
    let seen = models_accept(all);
    for format in ["json", "sarif", "ocsf", "asff", "junit", "markdown"] {
        assert_eq!(seen[format], reports.len(), "{format}");
    }
}

#[test]
fn json_has_no_member_that_the_schema_does_not_name() {
    let schema = schema("audit");
    for report in (0..40).map(report).chain([sample()]) {
        let value = serde_json::from_str(&written(|out| report.write_json(out))).expect("JSON");
        assert_eq!(misfit(&schema, &schema, &value, "report"), None);
    }
}
