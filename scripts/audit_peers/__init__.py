"""The comparison of `underpin audit` with Prowler and Checkov."""
