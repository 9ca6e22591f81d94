"""Keeps credentials out of the access logs of the servers that Flask apps run under."""

import logging
from typing import Any

from .redaction import Redaction

_LOGGERS = ("werkzeug", "gunicorn.access", "gunicorn.error", "waitress", "uvicorn.access", "uvicorn.error")
"""The loggers of common servers; a line of theirs may hold a whole URL."""


class HideCredentials(logging.Filter):
    """Takes credentials out of the lines of a logger; it stops none."""

    def __init__(self, redact: Redaction) -> None:
        super().__init__()
        self._redact = redact

    def filter(self, record: logging.LogRecord) -> bool:
        """Make the record's text one without credentials."""
        record.msg = self._shown(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(map(self._shown, record.args))
        elif record.args:
            record.args = {name: self._shown(value) for name, value in record.args.items()}
        return True

    def _shown(self, value: Any) -> Any:
        return self._redact.text(value) if isinstance(value, str) else value


def hide_credentials(redact: Redaction, *loggers: logging.Logger) -> None:
    """Filter some loggers, and those of common servers; one that is filtered already stays as it is."""
    for logger in (*loggers, *map(logging.getLogger, _LOGGERS)):
        if not any(isinstance(each, HideCredentials) for each in logger.filters):
            logger.addFilter(HideCredentials(redact))
