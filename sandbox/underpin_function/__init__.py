"""Runs the code of a Lambda function for Python as Lambda would, on this machine."""
