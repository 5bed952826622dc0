"""What developers run: generated docs and translations."""
