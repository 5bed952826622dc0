"""The command line: `argine ...`."""
