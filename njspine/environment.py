"""Reads the environment for the settings. A wrong value ends the program with one sentence, never with a traceback.

The sentences name the setting and what it should look like, never its value: a database address holds a password.
"""

import ipaddress
import warnings
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
# Django's own console backend prints whole mails, with names and addresses, into the log.
env.EMAIL_SCHEMES["consolemail"] = "clinic.mail_files.EmailBackend"

SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "django.db.backends.postgresql"


def refuse(sentence):
    """End the program with exit code 1 and `sentence` as all that it says."""
    raise SystemExit(sentence)


def secret_key(var_dir):
    """SECRET_KEY, else the key that `make run` made and keeps in `var_dir`."""
    key = env.str("SECRET_KEY", "")
    if key:
        return key
    try:
        key = (var_dir / "secret_key").read_text().strip()
    except OSError:
        key = ""
    if not key:
        refuse(
            "SECRET_KEY is not set. Set it to 50 or more random characters, or start with `make run`, which makes one."
        )
    return key


def whole_number(name, default, *, smallest, largest):
    try:
        number = int(env.str(name, str(default)))
    except ValueError:
        number = None
    if number is None or not smallest <= number <= largest:
        refuse(f"{name} must be a whole number from {smallest} to {largest}.")
    return number


def site_url(default):
    """SITE_URL without a slash at its end: scheme and host, perhaps a port, and nothing else."""
    url = (env.str("SITE_URL", "") or default).rstrip("/")
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.hostname and not parts.path and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.username or parts.query or parts.fragment:
        refuse("SITE_URL must look like https://www.clinic.example, with nothing after the name.")
    return url


def networks(name):
    """A list of addresses and networks, as text that `ipaddress` understands."""
    found = env.list(name, default=[])
    try:
        return [str(ipaddress.ip_network(one.strip(), strict=False)) for one in found]
    except ValueError:
        refuse(f"{name} must be addresses or networks with commas between them, like 10.0.0.0/8,192.0.2.7.")


def database(default):
    """DATABASE_URL as Django's settings want it, for the two engines that every test runs on."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            config = env.db_url("DATABASE_URL", default)
    except (ValueError, KeyError, ImproperlyConfigured):
        config = {}
    if config.get("ENGINE") not in (SQLITE, POSTGRESQL) or not config.get("NAME"):
        refuse(
            "DATABASE_URL is not understood. Write it like sqlite:////srv/clinic/clinic.sqlite3 "
            "or postgres://user:password@host:5432/name."
        )
    return config


def mail(default):
    """EMAIL_URL as a dictionary of Django's EMAIL settings."""
    try:
        return env.email_url("EMAIL_URL", default)
    except (ValueError, KeyError, ImproperlyConfigured):
        refuse(
            "EMAIL_URL is not understood. Write it like smtp+tls://user:password@host:587; consolemail:// sends none."
        )


def one_of(name, default, choices):
    value = env.str(name, default)
    if value not in choices:
        refuse(f"{name} must be one of {', '.join(choices)}.")
    return value
