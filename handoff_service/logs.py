"""Structured logs: one JSON object a line, or readable lines on a terminal. All loggers go through here.

Logged are events with ids, counts and durations. Never what a customer or an agent wrote, never a secret:
so an exception is told by its type and place, and by its message only where that cannot quote data.
"""

import logging
import sys
import traceback
from types import TracebackType
from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from structlog.types import EventDict, WrappedLogger

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]

_QUOTES_DATA = (ValidationError, SQLAlchemyError, UnicodeError, KeyError)


def configure_logging(*, level: int = logging.INFO) -> None:
    """For a process of its own: takes over the root logger and uvicorn's."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _always_correlated,
        tell_exception,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.dev.ConsoleRenderer()
        if sys.stdout.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _without_colours],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    # Its lines hold query strings; `middleware.RequestLog` writes better ones.
    access = logging.getLogger("uvicorn.access")
    access.handlers = []
    access.propagate = False
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its lines hold whole URLs
    logging.getLogger("alembic").setLevel(logging.WARNING)


def tell_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """`exc_info` → `exception`: type, place and, where it is safe, message, along the chain of causes."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    elif isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    error = info[1] if isinstance(info, tuple) else None
    if error is not None:
        event["exception"] = [_told(each) for each in _chain(error)]
    return event


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain and len(chain) < 5:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return chain


def _told(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    # What a database driver says quotes rows; it is the cause of what SQLAlchemy raises.
    quotes = isinstance(error, _QUOTES_DATA) or type(error).__module__.partition(".")[0] in (
        "psycopg",
        "sqlite3",
    )
    message = "" if quotes else f": {error}"
    return f"{type(error).__module__}.{type(error).__qualname__}{message} at {places or 'unknown'}"


def _always_correlated(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event.setdefault("correlation_id", None)
    return event


def _without_colours(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event.pop("color_message", None)  # uvicorn's second rendering of the same words
    return event
