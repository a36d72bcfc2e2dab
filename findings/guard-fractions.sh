#!/usr/bin/env bash
# The guess: in AWS's Guard language a number is a number, so that `5 == 5.0` holds, `5 < 5.5` does, and of `==` and `!=`
# one holds.
# What happens: to cfn-guard 3.1.1, the newest that AWS's own CDK plugin carries, a whole number and a fraction do not
# compare. Both `5 == 5.0` and `5 != 5.0` fail, and so do `5 < 5.5` and `5 IN r[1.0,9.0]`. A rule with `!=` denies what it
# was meant to let through. The crate cfn-guard 3.2 compares them as numbers.
# Why it matters here: rules are judged by 3.2 before AWS judges them with another engine, so a plan may pass what a
# pipeline refuses: underpin warns of such a clause at its line.
# Source: the changelog and docs/CLAUSES.md of aws-cloudformation/cloudformation-guard; run with the binary in the npm
# package @cdklabs/cdk-validator-cfnguard 0.0.62.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm pack --silent '@cdklabs/cdk-validator-cfnguard@0.0.62' >/dev/null
tar xzf cdklabs-cdk-validator-cfnguard-0.0.62.tgz
guard=package/bin/ubuntu/$(uname -m)/cfn-guard
chmod +x "$guard"
"$guard" --version
[ "$("$guard" --version)" = 'cfn-guard 3.1.1' ]

echo '{"whole": 5, "fraction": 5.5}' >data.json
changed=0
try() { # the clause, and how it ends
    echo "rule r { $1 }" >rule.guard
    said=FAIL
    "$guard" validate --data data.json --rules rule.guard --show-summary none >/dev/null 2>&1 && said=PASS
    echo "$1: $said"
    [ "$said" = "$2" ] || changed=1
}
try 'whole == 5' PASS
try 'whole == 5.0' FAIL
try 'whole != 5.0' FAIL
try 'whole < 5.5' FAIL
try 'whole IN r[1.0,9.0]' FAIL
try 'whole IN r[1,9]' PASS
try 'fraction > 5' FAIL
try 'fraction > 5.0' PASS
exit "$changed"
