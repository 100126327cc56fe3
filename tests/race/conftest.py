"""A desk with a crowd at it, and the same code with one of its guards taken out: the negative controls."""

import pytest
from django.db import connection
from django.db.models import F

from booking.actions import answering, ledger, visits
from booking.models import BusySlot
from booking.models.appointment import NEVER_TWICE
from tests.booking.staff_at_work import Desk
from tests.race.racing import RACERS


@pytest.fixture
def desk(django_user_model):
    desk = Desk(django_user_model)
    desk.people = [django_user_model.objects.create_user(f"racer{n}") for n in range(RACERS)]
    return desk


@pytest.fixture
def without_guard(monkeypatch):
    """The same code, no lock and no constraint: it still looks before it books."""
    monkeypatch.setattr(ledger, "lock_schedules", lambda schedule_ids, **_now: None)
    with connection.schema_editor() as editor:
        editor.remove_constraint(BusySlot, NEVER_TWICE)
    yield
    BusySlot.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(BusySlot, NEVER_TWICE)


@pytest.fixture
def without_compare(monkeypatch):
    """The same code, but a move no longer looks at what it moves."""

    def careless_move(model, *, pk, version, to, moves, **changes):
        model.objects.filter(pk=pk).update(state=to, version=F("version") + 1, **changes)

    for module in (answering, visits):
        monkeypatch.setattr(module, "move", careless_move)
