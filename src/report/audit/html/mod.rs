//! The audit as one HTML file that needs nothing else: no request leaves it, and it can be read without scripts.
//!
//! What matters is written as text: the scope, what was not assessed, the counts, the risks, the standards, and the first
//! findings in full. The script puts a list in place of the latter, which shows all of them, however many there are. Every
//! foreign text comes in through [`markup::Html`], which escapes it, or in compressed data, which the script only ever
//! shows as text: the page's own policy forbids any other way.

mod charts;
mod data;
mod detail;
mod findings;
mod markup;
mod names;
mod overview;
mod standards;

#[cfg(test)]
mod document;
#[cfg(test)]
mod untrusted_tests;

use base64::Engine as _;
use sha2::{Digest as _, Sha256};

use crate::audit::Report;
use markup::Html;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = concat!(include_str!("data.js"), include_str!("report.js"));

/// The report as an HTML page.
pub fn audit_html(report: &Report) -> String {
    let title = overview::title(report);
    let mut html = Html::default();
    html.literal("<!doctype html>\n").open("html", &[("lang", "en")]).open("head", &[]);
    html.void("meta", &[("charset", "utf-8")]);
    html.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy())]);
    html.void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    html.void("meta", &[("name", "color-scheme"), ("content", "light dark")]);
    html.void("meta", &[("name", "referrer"), ("content", "no-referrer")]);
    html.void("meta", &[("name", "generator"), ("content", concat!("underpin ", env!("CARGO_PKG_VERSION")))]);
    html.element("title", &[], &title);
    // Without it a browser asks a server for an icon.
    html.void("link", &[("rel", "icon"), ("href", "data:,")]);
    html.open("style", &[]).literal(STYLE).close().close();
    html.open("body", &[]);
    body(&mut html, report);
    html.open("script", &[("type", "application/octet-stream"), ("id", "data")]).base64(&data::data(report)).close();
    html.open("script", &[]).literal(SCRIPT).close();
    html.finish()
}

/// Everything that is read without a script.
fn body(html: &mut Html, report: &Report) {
    html.element("a", &[("class", "skip"), ("href", "#findings")], "Skip to the findings");
    overview::header(html, report);
    html.open("main", &[]);
    overview::scope(html, report);
    overview::summary(html, report);
    charts::charts(html, report);
    overview::risks(html, report);
    standards::section(html, report);
    findings::section(html, report);
    html.close();
    overview::footer(html, report);
}

/// The policy of the page: this style and this script, and nothing from anywhere.
/// Source: <https://www.w3.org/TR/CSP3/>, <https://www.w3.org/TR/trusted-types/>.
fn policy() -> String {
    let digest = |text: &str| base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; \
         form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        digest(SCRIPT),
        digest(STYLE)
    )
}
