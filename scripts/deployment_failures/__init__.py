"""What other validators say of the stacks of tests/data/deployment-failures."""
