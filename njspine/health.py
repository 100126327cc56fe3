"""For whatever watches the site: is the process alive, and can it do its work?"""

from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse


def livez(request):
    """200 as long as the process answers. Never asks the database: a restart would not bring that back."""
    return answer("ok")


def readyz(request):
    """200 when the database answers and every migration of this code is applied, else 503 with the reason in a word."""
    try:
        missing = known_migrations() - set(MigrationRecorder(connection).applied_migrations())
    except Error:
        return answer("database", status=503)
    return answer("migrations", status=503) if missing else answer("ok")


def answer(word, *, status=200):
    return HttpResponse(word + "\n", content_type="text/plain; charset=utf-8", status=status)


@cache
def known_migrations():
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
