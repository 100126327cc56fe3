"""The guard survives whatever a later migration does to its table, on both engines."""

import contextlib
import datetime

import pytest
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import IntegrityError, connection, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from booking.constraints import NoOverlap
from booking.models import BusySlot
from booking.states import SlotKind
from tests.factories import MONDAY_NOON, make_schedule

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = datetime.timedelta(hours=1)
GUARD = NoOverlap(name="stretch_apart", owner="owner", start="start", end="end", exempt="exempt")
APART = migrations.AddConstraint("Stretch", GUARD)


def create_model(*constraints):
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("owner", models.IntegerField()),
        ("start", models.DateTimeField()),
        ("end", models.DateTimeField()),
        ("exempt", models.IntegerField(null=True)),
        ("note", models.CharField(max_length=10, default="")),
    ]
    return migrations.CreateModel("Stretch", fields, options={"constraints": list(constraints)})


class Table:
    """A throw-away table and the migration state that describes it."""

    def __init__(self):
        self.state = ProjectState()

    def migrate(self, *operations):
        before = self.state
        with connection.schema_editor() as editor:
            for operation in operations:
                after = before.clone()
                operation.state_forwards("booking", after)
                operation.database_forwards("booking", editor, before, after)
                before = after
        self.state = before

    def model(self, name="Stretch"):
        return self.state.apps.get_model("booking", name)

    def add(self, start, end, name="Stretch", **fields):
        times = {"start": MONDAY_NOON + start * HOUR, "end": MONDAY_NOON + end * HOUR}
        return self.model(name).objects.create(owner=1, **times | fields)

    def bites(self, name="Stretch"):
        """Whether an insert and an update into taken time are both refused, and free time is still given."""
        model = self.model(name)
        model.objects.all().delete()
        self.add(1, 2, name)
        moved = self.add(2, 3, name)
        self.add(1, 3, name, exempt=7)
        insert = update = False
        try:
            self.add(0, 2, name)
        except IntegrityError as error:
            insert = GUARD.is_violated_in(error)
        try:
            model.objects.filter(pk=moved.pk).update(start=MONDAY_NOON + 1.5 * HOUR)
        except IntegrityError as error:
            update = GUARD.is_violated_in(error)
        model.objects.all().delete()
        return (insert, update)


@contextlib.contextmanager
def throw_away():
    table = Table()
    yield table
    for model in table.state.apps.get_models():
        with connection.schema_editor() as editor:
            editor.delete_model(model)


@pytest.fixture
def table():
    with throw_away() as table:
        yield table


def field(name, new):
    return migrations.AlterField("Stretch", name, new)


AFTERWARDS = {
    "nothing": [],
    "a column gets longer": [field("note", models.CharField(max_length=20, default=""))],
    "a column may be null": [field("note", models.CharField(max_length=10, null=True))],
    "a guarded column changes": [field("owner", models.BigIntegerField())],
    "a guarded column gets an index": [field("start", models.DateTimeField(db_index=True))],
    "a guarded column is renamed": [field("end", models.DateTimeField(db_column="ends"))],
    "a column comes": [migrations.AddField("Stretch", "room", models.IntegerField(default=3))],
    "a column goes": [migrations.RemoveField("Stretch", "note")],
    "another constraint comes": [
        migrations.AddConstraint(
            "Stretch", models.CheckConstraint(condition=models.Q(owner__gt=0), name="stretch_has_owner")
        )
    ],
    "an index comes": [migrations.AddIndex("Stretch", models.Index(fields=["note"], name="stretch_note"))],
    "the table is renamed": [migrations.AlterModelTable("Stretch", "booking_stretched")],
    "two remakes in one migration": [
        field("note", models.CharField(max_length=20, default="")),
        migrations.AddField("Stretch", "room", models.IntegerField(default=3)),
    ],
}


@pytest.mark.parametrize(
    "first", [[create_model(GUARD)], [create_model(), APART]], ids=["created with it", "added later"]
)
def test_the_guard_still_bites_after_a_later_migration(subtests, first):
    for name, operations in AFTERWARDS.items():
        with subtests.test(name), throw_away() as table:
            table.migrate(*first)
            table.migrate(*operations)
            assert table.bites() == (True, True)


def test_the_guard_still_bites_when_one_migration_does_both(subtests):
    for name, operations in AFTERWARDS.items():
        if name == "a guarded column is renamed":
            continue  # Django's SQLite editor does not rename it in what it deferred, its own indexes included.
        with subtests.test(name), throw_away() as table:
            table.migrate(create_model(GUARD), *operations)
            assert table.bites() == (True, True)


def test_the_guard_follows_a_renamed_model(table):
    table.migrate(create_model(GUARD))
    table.migrate(migrations.RenameModel("Stretch", "Span"))
    assert table.bites("Span") == (True, True)


def test_a_removed_guard_is_gone_and_comes_back(table):
    table.migrate(create_model(GUARD))
    table.migrate(migrations.RemoveConstraint("Stretch", "stretch_apart"))
    assert table.bites() == (False, False)
    table.migrate(APART)
    assert table.bites() == (True, True)


def test_rows_that_overlap_already_refuse_the_guard(table):
    """Triggers alone would look away."""
    table.migrate(create_model())
    table.add(1, 3)
    table.add(5, 6)
    table.add(2, 4)
    with pytest.raises(IntegrityError):
        table.migrate(APART)


def test_rows_that_fit_let_the_guard_in(table):
    table.migrate(create_model())
    table.add(1, 2)
    table.add(2, 4)
    table.add(1, 4, exempt=7)
    table.migrate(APART)
    assert table.bites() == (True, True)


def test_a_changed_column_of_the_ledger_itself_keeps_the_guard():
    """BusySlot as the project's own migrations leave it."""
    before = MigrationExecutor(connection).loader.project_state()
    operation = migrations.AlterField("busyslot", "label", models.CharField(max_length=81, blank=True))
    after = before.clone()
    operation.state_forwards("booking", after)
    slot = {"schedule": make_schedule(), "start": MONDAY_NOON, "end": MONDAY_NOON + HOUR, "kind": SlotKind.BLOCK}
    with connection.schema_editor() as editor:
        operation.database_forwards("booking", editor, before, after)
    try:
        BusySlot.objects.create(**slot)
        with pytest.raises(IntegrityError, match="busy_slot_never_twice"):
            BusySlot.objects.create(**slot)
    finally:
        with connection.schema_editor() as editor:
            operation.database_backwards("booking", editor, after, before)


def test_the_first_migration_brings_the_extension_that_the_guard_needs():
    """makemigrations does not know that, so a rewritten first migration would lose it."""
    loaded = MigrationExecutor(connection).loader.get_migration("booking", "0001_initial")
    assert isinstance(loaded.operations[0], BtreeGistExtension)
