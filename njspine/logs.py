"""Logging that cannot leak: one line a record, no exception text, no query string, no control characters.

Exception texts are left out because databases quote the refused values in theirs, and so would put a patient's name
into a file that nobody protects. The class and the frames are enough to find a fault.
"""

import logging
import re
import sys
import threading
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_FRAMES = 12
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
# Everything that could start a new line or move a terminal's cursor.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
QUERY_STRING = re.compile(r"\?[^\s\"'<>]+")
# Whoever has the link of a preview reads the draft, and whoever has a patient's link cancels their visit: the log must
# not be a list of such links.
SECRET_LINK = re.compile(r"(/preview/|/appointments/mine/)[^\s\"'<>]+")
# How gunicorn begins to tell of a request that it could not read: the rest holds an address and what was sent.
UNREADABLE = re.compile(r"\bfrom ip=.*", re.DOTALL)
# Django puts the exception's text into the message itself here.
TEXT_OF_EXCEPTION = "django.security."
CSRF_LOGGER = "django.security.csrf"


def frames_of(exc_traceback):
    """The innermost frames as `file:line:function`, innermost first."""
    frames = traceback.extract_tb(exc_traceback)[-MOST_FRAMES:]
    return " < ".join(f"{short(frame.filename)}:{frame.lineno}:{frame.name}" for frame in reversed(frames))


def short(filename):
    path = Path(filename)
    if path.is_relative_to(ROOT) and ".venv" not in path.parts:
        return str(path.relative_to(ROOT))
    return "/".join(path.parts[-3:])


def describe(error):
    """An exception and what led to it: classes and frames, never its text."""
    told = []
    while error is not None and len(told) < 4:
        kind = type(error)
        told.append(f"{kind.__module__}.{kind.__qualname__} at {frames_of(error.__traceback__) or 'no frame'}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " from ".join(told)


def harmless(argument):
    """An argument of a log record, with exceptions reduced to their class."""
    return type(argument).__qualname__ if isinstance(argument, BaseException) else argument


class OneLineFormatter(logging.Formatter):
    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S%z")

    def message_of(self, record):
        if record.name.startswith(TEXT_OF_EXCEPTION) and record.name != CSRF_LOGGER:
            return "suspicious request: " + record.name.removeprefix(TEXT_OF_EXCEPTION)
        if isinstance(record.msg, BaseException):
            return harmless(record.msg)
        arguments = record.args
        if isinstance(arguments, tuple):
            arguments = tuple(harmless(one) for one in arguments)
        elif isinstance(arguments, dict) and any(isinstance(one, BaseException) for one in arguments.values()):
            arguments = {name: harmless(one) for name, one in arguments.items()}
        return str(record.msg) % arguments if arguments else str(record.msg)

    def format(self, record):
        message = SECRET_LINK.sub(r"\1…", QUERY_STRING.sub("?…", self.message_of(record)))
        record.message = UNREADABLE.sub("from a client", message)
        record.asctime = self.formatTime(record, self.datefmt)
        line = self.formatMessage(record)
        if record.exc_info and record.exc_info[1] is not None:
            line += " | " + describe(record.exc_info[1])
        return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), line)


def log_uncaught(kind, error, frames):
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, frames)
    else:
        logging.getLogger("njspine").critical("stopped by an error", exc_info=(kind, error, frames))


def log_uncaught_in_thread(ended):
    if ended.exc_value is not None:
        log_uncaught(ended.exc_type, ended.exc_value, ended.exc_traceback)


def catch_everything():
    """What nobody caught is logged like everything else, instead of printed with its text."""
    sys.excepthook = log_uncaught
    threading.excepthook = log_uncaught_in_thread


def config(level):
    """A logging configuration in which every line of every process goes through the formatter above."""
    to_console = {"handlers": ["console"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"one_line": {"()": "njspine.logs.OneLineFormatter"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "one_line"},
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # At DEBUG this one prints every query with its values.
            "django.db.backends": {"level": "WARNING"},
            # Names and addresses of people who mistyped a password; the database keeps what is needed of them.
            "axes": {"level": "ERROR"},
            # It warns of every HEAD request, whose body it drops as it should.
            "gunicorn.http.wsgi": {"level": "ERROR"},
            "gunicorn.error": to_console | {"level": level},
            "gunicorn.access": to_console | {"level": "INFO"},
        },
    }
