"""Measurements: `python dev.py bench [NAME]`."""
