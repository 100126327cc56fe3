"""The guard of states survives whatever a later migration does to its table, on both engines, and can be taken back."""

import pytest
from django.db import IntegrityError, connection, migrations, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from booking.constraints import OnlyMoves
from booking.models import Appointment

pytestmark = pytest.mark.django_db(transaction=True)

GUARD = OnlyMoves(name="lamp_only_moves", field="state", moves=[("off", "on"), ("on", "off"), ("it's", "on")])
ADD = migrations.AddConstraint("Lamp", GUARD)


def create_model(*constraints):
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("state", models.CharField(max_length=9)),
        ("note", models.CharField(max_length=10, default="")),
    ]
    return migrations.CreateModel("Lamp", fields, options={"constraints": list(constraints)})


class Table:
    """A throw-away table and the migration state that describes it."""

    def __init__(self):
        self.state = ProjectState()

    def migrate(self, *operations):
        for operation in operations:
            after = self.state.clone()
            operation.state_forwards("booking", after)
            with connection.schema_editor() as editor:
                operation.database_forwards("booking", editor, self.state, after)
            self.state = after

    def model(self):
        return next(iter(self.state.apps.get_models()))

    def moves(self, source, to):
        lamp = self.model().objects.create(state=source)
        try:
            with transaction.atomic():
                self.model().objects.filter(pk=lamp.pk).update(state=to)
        except IntegrityError as error:
            return not GUARD.is_violated_in(error)
        return True

    def bites(self):
        assert self.moves("off", "on")
        assert self.moves("it's", "on")
        assert self.moves("broken", "broken")
        return not self.moves("off", "broken") and not self.moves("broken", "on")


@pytest.fixture
def table():
    table = Table()
    yield table
    for model in table.state.apps.get_models():
        with connection.schema_editor() as editor:
            for constraint in list(model._meta.constraints):
                editor.remove_constraint(model, constraint)
            editor.delete_model(model)


AFTERWARDS = {
    "nothing": [],
    "the state gets longer": [migrations.AlterField("Lamp", "state", models.CharField(max_length=20))],
    "the state gets an index": [migrations.AlterField("Lamp", "state", models.CharField(max_length=9, db_index=True))],
    "another column changes": [migrations.AlterField("Lamp", "note", models.CharField(max_length=20, null=True))],
    "a column comes": [migrations.AddField("Lamp", "room", models.IntegerField(default=3))],
    "a column goes": [migrations.RemoveField("Lamp", "note")],
    "the table is renamed": [migrations.AlterModelTable("Lamp", "booking_light")],
    "the model is renamed": [migrations.RenameModel("Lamp", "Light")],
    "another constraint comes": [
        migrations.AddConstraint(
            "Lamp", models.CheckConstraint(condition=~models.Q(note="x"), name="lamp_note_is_not_x")
        )
    ],
}


@pytest.mark.parametrize("afterwards", AFTERWARDS)
@pytest.mark.parametrize("first", [[create_model(GUARD)], [create_model(), ADD]], ids=["created with it", "added"])
def test_it_still_bites_after_a_later_migration(table, first, afterwards):
    table.migrate(*first, *AFTERWARDS[afterwards])
    assert table.bites()


def test_it_can_be_taken_away_and_comes_back(table):
    table.migrate(create_model(GUARD), migrations.RemoveConstraint("Lamp", "lamp_only_moves"))
    assert table.moves("off", "broken")
    table.migrate(ADD)
    assert table.bites()


def test_rows_that_are_there_stay_as_they_are(table):
    table.migrate(create_model())
    table.model().objects.create(state="broken")
    table.migrate(ADD)
    assert table.model().objects.get().state == "broken"
    assert table.bites()


def test_a_table_of_states_gives_the_same_constraint_every_time():
    """Sets have no order; a migration must not see a change where there is none."""
    one = OnlyMoves.of({"a": {"b", "c", "d"}, "d": {"a"}}, name="x", field="state")
    other = OnlyMoves.of({"d": {"a"}, "a": {"d", "c", "b"}}, name="x", field="state")
    assert one == other
    assert one != OnlyMoves.of({"a": {"b"}}, name="x", field="state")
    assert one.deconstruct() == other.deconstruct()


def test_a_changed_column_of_the_visits_themselves_keeps_the_guard():
    """Appointment as the project's own migrations leave it."""
    before = MigrationExecutor(connection).loader.project_state()
    operation = migrations.AlterField("appointment", "state", models.CharField(max_length=12, default="booked"))
    after = before.clone()
    operation.state_forwards("booking", after)
    with connection.schema_editor() as editor:
        operation.database_forwards("booking", editor, before, after)
    try:
        triggers = "pg_trigger WHERE tgname" if connection.vendor == "postgresql" else "sqlite_master WHERE name"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {triggers} = 'appointment_only_moves'")
            assert cursor.fetchone() == (1,)
    finally:
        with connection.schema_editor() as editor:
            operation.database_backwards("booking", editor, after, before)
    assert "appointment_only_moves" in {constraint.name for constraint in Appointment._meta.constraints}
