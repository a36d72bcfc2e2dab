//! Tests of all formats: their counts are equal, and foreign text is harmless in each. Every format is read by a reader that
//! is not ours; `it audit_formats` adds those of Python.

use serde_json::Value;

use super::*;
use crate::audit::generated::{FIELDS, Random, hostile, report, sample};
use crate::audit::{Report, Status, Summary};
use crate::base::escaped;
use crate::report::Paint;

/// A format: its name, and the way to write it.
type Format = (&'static str, fn(&Report) -> String);

const FORMATS: &[Format] = &[
    ("text", |report| written(|out| audit_text(report, Shown::All, Paint::Plain, out))),
    ("failures", |report| written(|out| audit_text(report, Shown::Failures, Paint::Plain, out))),
    ("markdown", |report| written(|out| audit_markdown(report, Shown::All, out))),
    ("json", |report| written(|out| report.write_json(out))),
    ("sarif", |report| written(|out| audit_sarif(report, out))),
    ("junit", |report| written(|out| audit_junit(report, out))),
    ("csv", |report| written(|out| audit_csv(report, out))),
    ("ocsf", |report| written(|out| audit_ocsf(report, out))),
    ("asff", |report| written(|out| audit_asff(report, out))),
];

fn written(write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("memory can be written to");
    String::from_utf8(out).expect("it is text")
}

/// The counts of the statuses, as a reader of the format finds them.
fn counted(format: &str, text: &str) -> Summary {
    let mut summary = Summary::default();
    let json = || serde_json::from_str::<Value>(text).expect("JSON");
    match format {
        "text" | "failures" => {
            summary = numbers(text.lines().rev().find(|line| line.contains(" failed, ")).expect("the sums"));
        }
        "markdown" => {
            let table =
                text.lines().skip_while(|line| *line != "### All checks").filter(|line| line.starts_with("| ")).skip(1);
            for line in table {
                let cells: Vec<&str> = line.trim_end_matches(" |").rsplitn(6, " | ").collect();
                for (status, cell) in
                    [Status::NotApplicable, Status::Pass, Status::Waived, Status::Unknown, Status::Fail]
                        .into_iter()
                        .zip(cells)
                {
                    (0..cell.parse::<u64>().expect("a number")).for_each(|_| summary.add(status));
                }
            }
            assert_eq!(summary, numbers(text.lines().find(|line| line.contains(" failed, ")).expect("the sums")));
        }
        "json" => {
            let value = json();
            add(&mut summary, value["findings"].as_array().expect("findings").iter().map(|one| &one["status"]));
            assert_eq!(serde_json::from_value::<Summary>(value["summary"].clone()).expect("a summary"), summary);
        }
        "sarif" => {
            let value = json();
            for run in value["runs"].as_array().expect("runs") {
                let results = run["results"].as_array().expect("results");
                add(&mut summary, results.iter().map(|one| &one["properties"]["status"]));
                for result in results {
                    let waived = result.get("suppressions").is_some();
                    let kind = result["kind"].as_str().expect("a kind");
                    let status = match (kind, waived) {
                        ("fail", true) => Status::Waived,
                        ("fail", false) => Status::Fail,
                        _ => Status::Unknown,
                    };
                    assert_eq!(result["properties"]["status"], status.name());
                }
            }
            let said: Summary =
                serde_json::from_value(value["runs"][0]["properties"]["summary"].clone()).expect("a summary");
            (summary.pass, summary.not_applicable) = (said.pass, said.not_applicable);
            assert_eq!(said, summary);
        }
        "junit" => summary = xml_counts(text),
        "csv" => {
            let mut read = ::csv::Reader::from_reader(text.as_bytes());
            let rows: Vec<Value> = read.records().map(|row| row.expect("CSV")[0].into()).collect();
            add(&mut summary, rows.iter());
        }
        "ocsf" => {
            let value = json();
            add(&mut summary, value.as_array().expect("events").iter().map(|one| &one["status_code"]));
        }
        "asff" => {
            let value = json();
            let all = value.as_array().expect("findings");
            add(&mut summary, all.iter().map(|one| &one["ProductFields"]["underpin/Status"]));
        }
        other => panic!("{other} is not read"),
    }
    summary
}

fn add<'v>(summary: &mut Summary, statuses: impl Iterator<Item = &'v Value>) {
    for status in statuses {
        summary.add(serde_json::from_value(status.clone()).expect("one of the five"));
    }
}

/// `2 failed, 1 unknown, 0 waived, 5 passed, 1 not applicable`
fn numbers(line: &str) -> Summary {
    let number =
        |part: &str| part.trim_matches('*').split(' ').next().and_then(|word| word.parse().ok()).expect("a number");
    let [fail, unknown, waived, pass, not_applicable] =
        line.split(", ").map(number).collect::<Vec<_>>().try_into().expect("five numbers");
    Summary { pass, fail, unknown, waived, not_applicable }
}

/// The counts of the cases of `JUnit`, which are its sums too. XML is read where the program has a reader of it.
#[cfg(feature = "aws")]
fn xml_counts(text: &str) -> Summary {
    use quick_xml::events::{BytesStart, Event};
    let mut read = quick_xml::Reader::from_str(text);
    let (mut summary, mut suites, mut sums) = (Summary::default(), Summary::default(), None);
    let mut status = Status::Pass;
    let attribute = |element: &BytesStart<'_>, name: &str| {
        let found = element.try_get_attribute(name).expect("attributes").unwrap_or_else(|| panic!("{name}"));
        found.normalized_value(quick_xml::XmlVersion::Implicit1_0).expect("text").into_owned()
    };
    loop {
        let event = read.read_event().expect("XML");
        match &event {
            Event::Start(element) | Event::Empty(element) => match element.name().as_ref() {
                "testsuites" | "testsuite" => {
                    let number = |name: &str| attribute(element, name).parse::<u64>().expect("a number");
                    let (fail, unknown, skipped) = (number("failures"), number("errors"), number("skipped"));
                    let pass = number("tests") - fail - unknown - skipped;
                    let one = Summary { pass, fail, unknown, waived: skipped, not_applicable: 0 };
                    if element.name().as_ref() == "testsuites" {
                        sums = Some(one);
                    } else {
                        suites.pass += pass;
                        suites.fail += fail;
                        suites.unknown += unknown;
                        suites.waived += skipped;
                    }
                }
                "testcase" => status = Status::Pass,
                "failure" => status = Status::Fail,
                "error" => status = Status::Unknown,
                "skipped" if attribute(element, "message").starts_with("waived") => status = Status::Waived,
                "skipped" => status = Status::NotApplicable,
                "system-out" => {}
                other => panic!("an element {other:?}"),
            },
            Event::End(element) if element.name().as_ref() == "testcase" => summary.add(status),
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(sums, Some(suites));
    assert_eq!(summary.waived + summary.not_applicable, suites.waived);
    summary
}

#[cfg(not(feature = "aws"))]
fn xml_counts(text: &str) -> Summary {
    let count = |what: &str| u64::try_from(text.matches(what).count()).expect("a number");
    let (fail, unknown) = (count("<failure "), count("<error "));
    let (waived, not_applicable) = (count("<skipped message=\"waived"), count("<skipped message=\"not applicable"));
    let pass = count("<testcase ") - fail - unknown - waived - not_applicable;
    Summary { pass, fail, unknown, waived, not_applicable }
}

#[test]
fn all_formats_count_the_same() {
    let reports = (0..150).map(report).chain([sample(), Report::default()]);
    for (seed, report) in reports.enumerate() {
        for (name, write) in FORMATS {
            if *name == "markdown" && report.findings.is_empty() {
                continue;
            }
            assert_eq!(counted(name, &write(&report)), report.summary(), "{name}, report {seed}");
        }
    }
}

/// The number of texts that are tried in each format: `UNDERPIN_UNTRUSTED_TEXTS`, else as many as take a few seconds.
fn texts() -> usize {
    std::env::var("UNDERPIN_UNTRUSTED_TEXTS").ok().and_then(|number| number.parse().ok()).unwrap_or(250)
}

#[test]
fn untrusted_text_is_harmless_in_every_format() {
    // Each text of a report in turn: its number of lines with a text that means nothing.
    let benign: Vec<Vec<usize>> = FIELDS
        .iter()
        .map(|(_, replace)| {
            let mut report = sample();
            replace(&mut report, "tables.benign".to_owned());
            FORMATS.iter().map(|(_, write)| write(&report).lines().count()).collect()
        })
        .collect();
    for number in 0..texts() {
        let (field, replace) = FIELDS[number % FIELDS.len()];
        let text = hostile(&mut Random(number as u64));
        let mut report = sample();
        replace(&mut report, text.clone());
        for (at, (name, write)) in FORMATS.iter().enumerate() {
            let out = write(&report);
            let case = || format!("{name}, {field} = {text:?}:\n{out}");
            // Nothing in it is obeyed by a terminal, or changes the direction of a line.
            assert_eq!(escaped(&out), out, "{}", case());
            assert!(!out.contains(['\u{1b}', '\t', '\r']), "{}", case());
            assert_eq!(counted(name, &out), report.summary(), "{}", case());
            // No text makes a line of its own: it can't look like a finding. Remedies have lines by nature.
            if !text.is_empty() && !field.contains("remediation") {
                assert_eq!(out.lines().count(), benign[number % FIELDS.len()][at], "{}", case());
            }
            match *name {
                "sarif" => sarif_is_inert(&out),
                "asff" => asff_is_within_limits(&out),
                "json" => assert_eq!(Report::from_json(out.as_bytes()).expect("a report"), report, "{}", case()),
                _ => {}
            }
        }
    }
}

/// Paths stay within the repository, and no message has a link or an argument.
fn sarif_is_inert(text: &str) {
    let value: Value = serde_json::from_str(text).expect("JSON");
    let run = &value["runs"][0];
    for result in run["results"].as_array().expect("results") {
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a URI");
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/%:".contains(c);
        assert!(uri.chars().all(plain) && (uri.starts_with("file:///") || !uri.contains(':')), "{uri}");
        let message = result["message"]["text"].as_str().expect("a message");
        assert!(!message.contains("](") && !message.is_empty(), "{message}");
        let hash = result["partialFingerprints"]["primaryLocationLineHash"].as_str().expect("a hash");
        assert_eq!(hash.len(), 18, "{hash}");
    }
    for rule in run["tool"]["driver"]["rules"].as_array().expect("rules") {
        assert!(rule["properties"]["tags"].as_array().expect("tags").len() <= 10, "{rule}");
        let short = rule["shortDescription"]["text"].as_str().expect("a text");
        assert!(!short.trim().is_empty() && short.chars().count() <= 1024, "{rule}");
    }
}

/// The lengths that the API's reference gives; `it audit_formats` holds findings against the API's model.
fn asff_is_within_limits(text: &str) {
    let value: Value = serde_json::from_str(text).expect("JSON");
    for finding in value.as_array().expect("findings") {
        let limits = [
            ("/Id", 512),
            ("/GeneratorId", 512),
            ("/Title", 256),
            ("/Description", 1024),
            ("/Resources/0/Id", 512),
            ("/Resources/0/Region", 16),
            ("/Remediation/Recommendation/Text", 512),
            ("/Note/Text", 512),
            ("/AwsAccountId", 12),
        ];
        for (pointer, limit) in limits {
            let Some(text) = finding.pointer(pointer) else { continue };
            let text = text.as_str().expect("a text");
            assert!(!text.trim().is_empty() && text.chars().count() <= limit, "{pointer} is {text:?}");
        }
        assert!(finding.to_string().len() <= 240 * 1024);
        let fields = finding["ProductFields"].as_object().expect("fields");
        assert!(
            fields.len() <= 50
                && fields.values().all(|value| value.as_str().is_some_and(|text| text.chars().count() <= 2048))
        );
    }
}

#[test]
fn formats_of_a_small_report() {
    for (name, write) in FORMATS.iter().filter(|(name, _)| !["json", "csv"].contains(name)) {
        insta::assert_snapshot!(*name, write(&sample()));
    }
}

#[test]
fn colour_carries_no_meaning_alone() {
    let painted = written(|out| audit_text(&sample(), Shown::All, Paint::Colour, out));
    let plain = written(|out| audit_text(&sample(), Shown::All, Paint::Plain, out));
    assert!(painted.contains("\u{1b}[31m"));
    let mut rest = painted.as_str();
    let mut bare = String::new();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        bare.push_str(before);
        rest = after.split_once('m').expect("a colour").1;
    }
    assert_eq!(bare + rest, plain);
}

#[test]
fn log_of_more_results_than_a_run_may_have_has_several_runs() {
    let mut report = sample();
    let failure = report.findings[0].clone();
    report.findings = vec![failure; 25_001];
    let value: Value = serde_json::from_str(&written(|out| audit_sarif(&report, out))).expect("JSON");
    let sizes: Vec<_> =
        value["runs"].as_array().expect("runs").iter().map(|run| run["results"].as_array().map(Vec::len)).collect();
    assert_eq!(sizes, [Some(25_000), Some(1)]);
    assert_eq!(value["runs"][1]["automationDetails"]["id"], "underpin-audit/2");
}

#[test]
fn what_is_written_is_not_kept_in_memory() {
    /// Counts the bytes, and keeps the largest piece.
    #[derive(Default)]
    struct Counter {
        bytes: usize,
        largest: usize,
    }
    impl std::io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.bytes += bytes.len();
            self.largest = self.largest.max(bytes.len());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut report = sample();
    let failure = report.findings[0].clone();
    report.findings = vec![failure; 2_000];
    let mut out = Counter::default();
    report.write_json(&mut out).expect("it counts");
    audit_sarif(&report, &mut out).expect("it counts");
    audit_ocsf(&report, &mut out).expect("it counts");
    audit_asff(&report, &mut out).expect("it counts");
    audit_junit(&report, &mut out).expect("it counts");
    audit_csv(&report, &mut out).expect("it counts");
    assert!(out.bytes > 2_000_000 && out.largest < 16_384, "{} bytes, {} at once", out.bytes, out.largest);
}

#[test]
fn messages_of_sarif_have_no_links_and_no_arguments() {
    let message = super::sarif::sarif_message;
    assert_eq!(message("[a](b) {0} {\"a\": 1} {x} {12"), "[a] (b) {{0}} {\"a\": 1} {x} {12");
}
