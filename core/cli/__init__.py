"""The command line ``xiaoer``: what the person who runs the shop types.

Begin at ``root.py``: it finds the module of the command that was typed and loads nothing else.
"""

from core.cli.root import main

__all__ = ["main"]
