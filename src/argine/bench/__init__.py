"""What can be measured: recall under edits, and speed."""
