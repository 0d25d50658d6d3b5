"""``python -m core.cli``."""

from core.cli.root import main

main()
