"""Settings of a site of django-appointment. OTHER_DATABASE: an address of PostgreSQL, or the path of a SQLite file."""

import os
from urllib.parse import urlsplit


def _database():
    # Connections stay open, as ours do: one for every request would be held against it.
    given = os.environ["OTHER_DATABASE"]
    if not given.startswith("postgres"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": given, "OPTIONS": {"timeout": 30}, "CONN_MAX_AGE": 60}
    parts = urlsplit(given)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path[1:],
        "USER": parts.username,
        "HOST": parts.hostname,
        "PORT": parts.port,
        "CONN_MAX_AGE": 60,
    }


SECRET_KEY = "only for a measurement"
DATABASES = {"default": _database()}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "appointment",
]
USE_TZ = True
TIME_ZONE = "America/New_York"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Fewer than ours, which is in its favor.
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
STATIC_URL = "/static/"
ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
PHONENUMBER_DEFAULT_REGION = "US"
LOGGING_CONFIG = None
ROOT_URLCONF = "bench.other_site"
LANGUAGE_CODE = "en"
# Its package has no migrations; PostgreSQL wants the tables that it refers to made in the same step.
MIGRATION_MODULES = {"auth": None, "contenttypes": None, "sessions": None}
