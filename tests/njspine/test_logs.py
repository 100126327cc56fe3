"""What the site writes into its logs, line by line."""

import logging

import pytest

from njspine import logs

TOKEN = "Zx9TokenOfAPatient"


@pytest.fixture
def formatted():
    def formatted(message, *arguments, name="booking", exc_info=None):
        record = logging.LogRecord(name, logging.WARNING, __file__, 1, message, arguments, exc_info)
        return logs.OneLineFormatter().format(record)

    return formatted


def raised(error, cause=None):
    try:
        raise error from cause
    except type(error) as caught:
        return (type(caught), caught, caught.__traceback__)


def test_a_plain_line(formatted):
    line = formatted("request %s received", "R-ABCDE")
    assert line.endswith(" WARNING booking request R-ABCDE received")


@pytest.mark.parametrize(
    "hostile",
    [
        "a\nERROR fake line",
        "a\r\nERROR fake line",
        "a\x1b[2Jb",
        "a\x00b",
        "a\x85ERROR fake line",
        "a\u2028ERROR fake line",
        "a\u202eb",
        'a"}\n{"level": "fake"',
    ],
)
def test_one_record_is_one_line_without_control_characters(formatted, hostile):
    for line in (formatted("found %s", hostile), formatted(hostile), formatted("%(it)s", {"it": hostile})):
        assert len(line.splitlines()) == 1
        assert not logs.CONTROL.search(line)


def test_an_exception_is_its_class_and_frames_and_never_its_text(formatted):
    line = formatted("failed", exc_info=raised(ValueError(TOKEN), KeyError(TOKEN)))
    assert TOKEN not in line
    assert "builtins.ValueError at tests/njspine/test_logs.py:" in line
    assert ":raised" in line
    assert "from builtins.KeyError" in line
    assert len(line.splitlines()) == 1


@pytest.mark.parametrize("arguments", [(ValueError(TOKEN),), ({"error": ValueError(TOKEN)},)])
def test_an_exception_among_the_arguments_is_only_its_class(formatted, arguments):
    line = formatted("failed: %(error)s" if isinstance(arguments[0], dict) else "failed: %s", *arguments)
    assert line.endswith("failed: ValueError")


def test_an_exception_as_the_message_is_only_its_class(formatted):
    assert formatted(ValueError(TOKEN)).endswith("booking ValueError")


@pytest.mark.parametrize(
    "message",
    [
        f"Not Found: /appointments/?condition={TOKEN}",
        f'"GET /articles/?q={TOKEN}&page=2 HTTP/1.1" 200',
        f"Referer checking failed - https://clinic.example/a?name={TOKEN} does not match.",
    ],
)
def test_a_query_string_is_cut(formatted, message):
    assert TOKEN not in formatted(message)
    assert formatted("Really? yes").endswith("Really? yes")


def test_a_request_that_could_not_be_read_is_told_without_its_address_and_its_words(formatted):
    message = f"Invalid request from ip=192.0.2.7: Invalid request line: 'GET /?name=Pat {TOKEN} HTTP/1.1'\nmore"
    assert formatted(message, name="gunicorn.error").endswith("Invalid request from a client")


def test_django_s_security_loggers_lose_their_text_but_csrf_keeps_its_reason(formatted):
    assert TOKEN not in formatted(f"Invalid header {TOKEN}", name="django.security.SuspiciousOperation")
    assert "SuspiciousOperation" in formatted("x", name="django.security.SuspiciousOperation")
    line = formatted("Forbidden (%s): %s", "CSRF cookie not set.", "/appointments/", name="django.security.csrf")
    assert line.endswith("Forbidden (CSRF cookie not set.): /appointments/")


def test_what_nobody_caught_is_logged_the_same_way(log_lines):
    logs.log_uncaught(*raised(ValueError(TOKEN)))
    assert len(log_lines) == 1
    assert "stopped by an error | builtins.ValueError at" in log_lines[0]
    assert TOKEN not in log_lines[0]


def test_every_logger_ends_in_the_one_formatter():
    config = logs.config("INFO")
    assert set(config["handlers"]) == {"console"}
    assert config["formatters"]["one_line"] == {"()": "njspine.logs.OneLineFormatter"}
    assert config["loggers"]["django.db.backends"]["level"] == "WARNING"
