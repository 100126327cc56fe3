"""The record of what was public: nobody rewrites it, not even past the model."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models.deletion import ProtectedError

from content.errors import AppendOnlyError
from content.models import PageVersion, SafetyVersion
from tests.content.factories import make_condition, publish_page

pytestmark = pytest.mark.django_db
CONTENT = [
    ("content_pageversion", "page_version_never_changes"),
    ("content_safetyversion", "safety_version_never_changes"),
]


@pytest.fixture(autouse=True)
def page():
    return make_condition(published=True)


@pytest.mark.parametrize("model", [PageVersion, SafetyVersion])
class TestModel:
    def test_saving_again_updating_and_deleting(self, model):
        row = model.objects.first()
        row.why = "Rewritten"
        with pytest.raises(AppendOnlyError):
            row.save()
        with pytest.raises(AppendOnlyError):
            row.delete()
        with pytest.raises(AppendOnlyError):
            model.objects.update(why="Rewritten")
        with pytest.raises(AppendOnlyError):
            model.objects.all().delete()
        with pytest.raises(AppendOnlyError):
            model.objects.bulk_update([row], ["why"])
        assert model.objects.get().why == "Test"


@pytest.mark.parametrize(("table", "name"), CONTENT)
class TestDatabase:
    @pytest.mark.parametrize("change", ["why = 'Rewritten'", "data = '{}'", "number = 99", "why = why"])
    def test_no_update(self, table, name, change):
        with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {change}")


@pytest.mark.parametrize(
    "table",
    [
        "content_pageversion",
        pytest.param(
            "content_safetyversion",
            marks=pytest.mark.only_on("postgresql", reason="SQLite refuses it for a live page's version only."),
        ),
    ],
)
def test_the_database_deletes_none(table):
    """See content.constraints.AppendOnly for what SQLite does not promise."""
    with pytest.raises(IntegrityError):
        delete_all(table)


def delete_all(table):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
        connection.check_constraints()


def test_a_page_with_a_history_cannot_be_deleted(page):
    with pytest.raises(ProtectedError):
        page.delete()


def test_who_leaves_takes_only_the_name_along():
    leaver = User.objects.create(username="gone")
    page = publish_page(make_condition(), by=leaver)
    leaver.delete()
    version = page.versions.get()
    assert version.by is None
    assert version.data["title"] == page.title
