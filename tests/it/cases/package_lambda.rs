//! `scripts/package-lambda`: a function with its packages, as `code:` takes it.

use std::process::Command;

use crate::support::{Place, Stack, python, root};

/// The stack of the guide: its block that has the function.
fn guide() -> String {
    let text = std::fs::read_to_string(root().join("docs/users.md")).expect("the guide can be read");
    let blocks = text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let block = blocks.into_iter().find(|block| block.contains("cruddur-post-confirmation.zip"));
    format!("stack: shop\nregion: eu-central-1\n{}", block.expect("the guide has a stack"))
}

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
    let place = Place::of(&guide());
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
