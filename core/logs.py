"""Logging: structured, joined by message id, personal data masked at the border."""

from __future__ import annotations

import logging
import sys

import structlog

from core.masking import masking_processor
from core.settings import LogSettings

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def set_up(settings: LogSettings) -> None:
    """Send everything to standard error in the chosen form; standard output stays for results."""
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    final = (
        [
            structlog.processors.dict_tracebacks,
            masking_processor,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
        if settings.format == "json"
        else [
            structlog.processors.format_exc_info,
            masking_processor,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ]
    )
    structlog.configure(
        processors=[*shared, *final],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[settings.level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(LEVELS[settings.level], logging.WARNING), stream=sys.stderr)
