"""The checkers behind `python dev.py check`, and what the tests need of pytest."""
