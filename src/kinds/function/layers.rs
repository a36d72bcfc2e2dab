//! The layers of a function.

use std::collections::BTreeMap;

use crate::base::{Environment, Problem, pending};
use crate::path;

/// A layer version in an ARN. AWS's own layers (`awslayer`) have neither region nor account nor version.
/// Source: Lambda API reference, `CreateFunction`, `Layers`.
struct Layer<'a> {
    account: &'a str,
    /// The ARN without the version.
    name: &'a str,
}

fn layer(arn: &str) -> Option<Layer<'_>> {
    let parts: Vec<_> = arn.split(':').collect();
    match parts.as_slice() {
        [_, _, "lambda", _, account, "layer", _, version] => {
            Some(Layer { account, name: arn.strip_suffix(version)?.trim_end_matches(':') })
        }
        _ => None,
    }
}

/// The reasons for which Lambda refuses a list of layers.
/// Source: `CreateFunction`: "Two different versions of the same layer are not allowed to be referenced in the same
/// function".
pub(super) fn problems(layers: &[String]) -> Vec<Problem> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut found = Vec::new();
    for (index, arn) in layers.iter().enumerate().filter(|(_, arn)| !pending::is_pending(arn)) {
        let name = layer(arn).map_or(arn.as_str(), |layer| layer.name);
        if let Some(other) = first.insert(name, arn) {
            let message = if other == arn {
                "this layer is in the list twice".to_owned()
            } else {
                "two versions of one layer can't be in one function".to_owned()
            };
            found.push(Problem::new(path!["layers", index.to_string()], message).hint("keep one of them"));
        }
    }
    found
}

/// Layers of other accounts, which their owner must have shared.
/// Source: Lambda Developer Guide, "Granting layer access to other accounts".
pub(super) fn advice(layers: &[String], env: &Environment) -> Vec<Problem> {
    // A placeholder for an account that is not set can't be compared with.
    let Some(mine) = env.known_account() else { return Vec::new() };
    let of = |(index, arn): (usize, &String)| {
        let account = layer(arn)?.account;
        if account == mine || pending::is_pending(arn) || PUBLISHERS.contains(&account) {
            return None;
        }
        let message = format!(
            "the layer belongs to the account {account}: unless it is public or shared with {mine}, AWS refuses the function"
        );
        let hint = "its owner shares it with `aws lambda add-layer-version-permission`";
        Some(Problem::new(path!["layers", index.to_string()], message).hint(hint))
    };
    layers.iter().enumerate().filter_map(of).collect()
}

/// The accounts from which AWS publishes layers that all may use.
/// Sources: Powertools for AWS Lambda, "Installation" (Python) and "Lambda layers" (TypeScript), `GovCloud` and China
/// included (those for Java and .NET come as packages); AWS SDK for pandas 3.17.0, "AWS Lambda Managed Layers"; then Lambda
/// Insights, the extensions for `AppConfig`, parameters and secrets, and OpenTelemetry in each region: their AWS
/// documentation and the CDK's facts of regions, September 2026.
#[rustfmt::skip]
const PUBLISHERS: [&str; 106] = [
    "017000801446", "094274105915", "165087284144", "165093116878", "498634801083",
    "336392948345", "246107603503", "258944054355", "263840725265", "406640652441", "593833071574", "774444163449",
    "839552336658", "941713567376", "945386623051", "956415814219", "982086096842",
    "000010852771", "012438385374", "015030872274", "027255383542", "033019950311", "039592058896", "044395824272",
    "066549572091", "066940009817", "070087711984", "080788657173", "122132214140", "127562683043", "129776340158",
    "133256977650", "133490724326", "145023102084", "158895979263", "176022468876", "177933569100", "187925254637",
    "194566237122", "198461476570", "200266452380", "203683718741", "282860088358", "285320876703", "287114880934",
    "287310001119", "307021474294", "317013901791", "325218067255", "339249233099", "345057560386", "352183217350",
    "359756378197", "418787028745", "421114256042", "427196147048", "434848589818", "439286490199", "459530977127",
    "488211338238", "489524808438", "490737872127", "493207061005", "519774774795", "524103009944", "554480029851",
    "559955524753", "574348263942", "576959938190", "580247275435", "586093569114", "590183865173", "590474943231",
    "605207715842", "615057806174", "615084187847", "615299751070", "630222743974", "646970417810", "662846165436",
    "665172237481", "706869817123", "727646510379", "728743619870", "732604637566", "738900069198", "751350123760",
    "758369105281", "761018874580", "761377655185", "768336418462", "772501565639", "780235371811", "826293736237",
    "832021897121", "858974508948", "879381266642", "891564319516", "901920570463", "933737806257", "946466191631",
    "946561847325", "946746059096", "958113053741", "980059726660", "997803712105",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_and_foreign_layers_are_reported() {
        let of = |layers: &[&str]| {
            let layers: Vec<_> = layers.iter().map(|layer| (*layer).to_owned()).collect();
            let env = Environment::new("123456789012", "eu-central-1");
            let found = problems(&layers).into_iter().chain(advice(&layers, &env));
            found.map(|problem| format!("{}: {}", problem.path, problem.message)).collect::<Vec<_>>()
        };
        let mine = "arn:aws:lambda:eu-central-1:123456789012:layer:l:1";
        let aws = "arn:aws:lambda:::awslayer:AmazonLinux1703";
        let insights = "arn:aws:lambda:eu-central-1:580247275435:layer:LambdaInsightsExtension:38";
        let powertools =
            "arn:aws:lambda:eu-central-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-arm64:37";
        let pandas = "arn:aws:lambda:eu-central-2:956415814219:layer:AWSSDKPandas-Python313:11";
        assert_eq!(of(&[mine, aws, insights, powertools, pandas]), [""; 0]);
        assert!(of(&[mine, mine])[0].starts_with("layers.1: this layer is in the list twice"));
        assert!(
            of(&[mine, aws, "arn:aws:lambda:eu-central-1:123456789012:layer:l:2"])[0]
                .contains("two versions of one layer")
        );
        assert_eq!(of(&[aws, aws]).len(), 1);
        let other = of(&["arn:aws:lambda:eu-central-1:210987654321:layer:l:1"]);
        assert!(other[0].starts_with("layers.0: the layer belongs to the account 210987654321"), "{other:?}");
    }
}
