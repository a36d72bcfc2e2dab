//! `scripts/package-lambda`: a function with its packages, as `code:` takes it.

use std::process::Command;

use crate::support::{Place, Stack, python, root};

const STACK: &str = "
stack: shop
region: eu-central-1
roles:
  post-confirmation: {assumed_by: lambda.amazonaws.com}
functions:
  cruddur-post-confirmation:
    runtime: python3.13
    handler: lambda_function.lambda_handler
    code: build/cruddur-post-confirmation.zip
    role: ${roles.post-confirmation.arn}
    timeout: 5
    environment: {CONNECTION_URL: \"${env:PROD_CONNECTION_URL}\"}
    permissions:
      cognito:
        principal: cognito-idp.amazonaws.com
        source_account: ${account}
";

/// Packages the function into the stack's folder, from the wheels that `scripts/test setup` has fetched.
fn package(stack: &Stack) {
    let wheels = root().join(".cache/wheels");
    assert!(wheels.is_dir(), "no {}: `scripts/test setup` fetches what the tests need", wheels.display());
    let made = Command::new(python())
        .arg(root().join("scripts/package-lambda"))
        .args(["cruddur-post-confirmation", "--output"])
        .arg(stack.path("build/cruddur-post-confirmation.zip"))
        .arg("--wheels")
        .arg(wheels)
        .output()
        .expect("Python runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

#[test]
fn package_made_again_is_no_change() {
    let place = Place::of(STACK);
    package(&place.stack);
    let run = |arguments: &[&str]| {
        place.command(arguments).env("PROD_CONNECTION_URL", "postgresql://u:hunter2@db.example.com/app").output()
    };
    let applied = run(&["apply", "--yes"]).success();
    assert!(!applied.stderr.contains("warning"), "{}", applied.stderr);
    let function = place.observer.function("cruddur-post-confirmation");
    assert_eq!(function["Handler"], "lambda_function.lambda_handler");
    let size = function["CodeSize"].as_u64().expect("a function has a size");
    assert!((500_000..3_000_000).contains(&size), "{size} bytes");
    std::fs::remove_file(place.stack.path("build/cruddur-post-confirmation.zip")).expect("it is there");
    package(&place.stack);
    place.emulator.clear_log();
    run(&["plan", "--detailed-exitcode"]).success();
    run(&["apply", "--yes"]).success();
    assert_eq!(place.emulator.mutations(), [""; 0]);
}
