"""Only what the project uses."""
