import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import OperationalError


def test_livez_asks_no_database(client):
    # No django_db mark: pytest-django would refuse a query.
    response = client.get("/livez")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_is_ready(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_readyz_says_when_a_migration_is_missing(client):
    MigrationRecorder(connection).record_unapplied("booking", "0001_initial")
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"migrations\n")


@pytest.mark.django_db
def test_readyz_says_when_the_database_is_silent(client, monkeypatch):
    def silent(*arguments, **options):
        raise OperationalError("secret host name")

    monkeypatch.setattr(CursorWrapper, "execute", silent)
    monkeypatch.setattr(connection, "ensure_connection", silent)
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"database\n")
