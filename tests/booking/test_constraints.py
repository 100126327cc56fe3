"""Two stretches of one schedule never overlap, whoever writes: model, QuerySet, raw SQL."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.constraints import NoOverlap
from booking.models import BusySlot
from booking.models.appointment import NEVER_TWICE
from booking.states import SlotKind
from tests.factories import MONDAY_NOON, make_schedule

pytestmark = pytest.mark.django_db

# Minutes after noon. The stretch that is there already lasts from 60 to 120.
CANDIDATES = [
    pytest.param(0, 59, True, id="before"),
    pytest.param(0, 60, True, id="ends when it starts"),
    pytest.param(0, 61, False, id="reaches into it"),
    pytest.param(0, 180, False, id="around it"),
    pytest.param(60, 120, False, id="the same"),
    pytest.param(60, 61, False, id="its first minute"),
    pytest.param(119, 120, False, id="its last minute"),
    pytest.param(80, 100, False, id="inside it"),
    pytest.param(119, 180, False, id="starts before it ends"),
    pytest.param(120, 180, True, id="starts when it ends"),
    pytest.param(121, 180, True, id="after"),
]


def minutes(n):
    return MONDAY_NOON + datetime.timedelta(minutes=n)


def block(schedule, start, end, **fields):
    return BusySlot.objects.create(
        schedule=schedule, start=minutes(start), end=minutes(end), kind=SlotKind.BLOCK, **fields
    )


def refused(write):
    """Whether the database refused, and for this reason."""
    try:
        with transaction.atomic():
            write()
    except IntegrityError as error:
        return NEVER_TWICE.is_violated_in(error)
    return False


@pytest.fixture
def schedule():
    return make_schedule()


@pytest.fixture
def overbooker(django_user_model):
    return django_user_model.objects.create_user("desk")


@pytest.mark.parametrize(("start", "end", "fits"), CANDIDATES)
def test_a_new_stretch_may_touch_but_not_overlap(schedule, start, end, fits):
    block(schedule, 60, 120)
    assert refused(lambda: block(schedule, start, end)) is not fits


@pytest.mark.parametrize(("start", "end", "fits"), CANDIDATES)
def test_a_moved_stretch_may_touch_but_not_overlap(schedule, start, end, fits):
    block(schedule, 60, 120)
    moved = block(schedule, 300, 360)

    def move():
        BusySlot.objects.filter(pk=moved.pk).update(start=minutes(start), end=minutes(end))

    assert refused(move) is not fits


@pytest.mark.parametrize(("start", "end", "fits"), CANDIDATES)
def test_a_form_hears_it_before_the_database(schedule, start, end, fits):
    block(schedule, 60, 120)
    candidate = BusySlot(schedule=schedule, start=minutes(start), end=minutes(end), kind=SlotKind.BLOCK)
    if fits:
        candidate.validate_constraints()
        return
    with pytest.raises(ValidationError) as refusal:
        candidate.validate_constraints()
    assert refusal.value.messages == ["This time is already taken."]


def test_a_stretch_does_not_overlap_itself(schedule):
    slot = block(schedule, 60, 120)
    slot.end = minutes(130)
    slot.validate_constraints()
    slot.save()
    assert not refused(lambda: BusySlot.objects.filter(pk=slot.pk).update(end=minutes(110)))


def test_schedules_do_not_disturb_each_other(schedule):
    block(schedule, 60, 120)
    other = block(make_schedule(), 60, 120)
    assert refused(lambda: BusySlot.objects.filter(pk=other.pk).update(schedule=schedule))


def test_overbooked_rows_neither_refuse_nor_are_refused(schedule, overbooker):
    block(schedule, 60, 120)
    overbooked = block(schedule, 60, 120, overbooked_by=overbooker, overbooked_reason="urgent")
    overbooked.validate_constraints()
    block(schedule, 90, 130, overbooked_by=overbooker, overbooked_reason="urgent")
    assert not refused(lambda: block(schedule, 120, 130))


def test_an_overbooked_row_cannot_become_an_ordinary_one_in_taken_time(schedule, overbooker):
    block(schedule, 60, 120)
    overbooked = block(schedule, 60, 120, overbooked_by=overbooker, overbooked_reason="urgent")
    rows = BusySlot.objects.filter(pk=overbooked.pk)
    assert refused(lambda: rows.update(overbooked_by=None, overbooked_reason=""))


def test_raw_sql_is_refused_too(schedule):
    slot = block(schedule, 60, 120)

    def copy():
        with connection.cursor() as cursor:
            cursor.execute(
                'INSERT INTO booking_busyslot (schedule_id, start, "end", kind, label, overbooked_reason)'
                ' SELECT schedule_id, start, "end", kind, label, overbooked_reason FROM booking_busyslot WHERE id = %s',
                [slot.pk],
            )

    assert refused(copy)


def test_other_refusals_are_not_mistaken_for_an_overlap(schedule):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        block(schedule, 120, 60)
    assert not NEVER_TWICE.is_violated_in(caught.value)


@pytest.mark.parametrize("missing", ["schedule", "start", "end"])
def test_a_stretch_that_is_not_whole_yet_is_left_to_other_checks(schedule, missing):
    block(schedule, 60, 120)
    slot = BusySlot(schedule=schedule, start=minutes(60), end=minutes(120))
    setattr(slot, missing, None)
    NEVER_TWICE.validate(BusySlot, slot)
    whole = BusySlot(schedule=schedule, start=minutes(60), end=minutes(120))
    NEVER_TWICE.validate(BusySlot, whole, exclude={missing})
    with pytest.raises(ValidationError):
        NEVER_TWICE.validate(BusySlot, whole)


def test_migrations_can_write_it_down_and_compare_it():
    assert NEVER_TWICE.clone() == NEVER_TWICE
    others = {"name": "other", "owner": "kind", "start": "end", "end": "start", "exempt": "appointment"}
    path, _, kwargs = NEVER_TWICE.deconstruct()
    assert path == "booking.constraints.NoOverlap"
    for name, value in others.items():
        assert NoOverlap(**kwargs | {name: value}) != NEVER_TWICE
    assert NEVER_TWICE != "busy_slot_never_twice"
    assert "schedule" in repr(NEVER_TWICE)


@pytest.mark.only_on("sqlite", reason="PostgreSQL keeps a GiST index of its own")
def test_the_guard_on_sqlite_finds_its_one_neighbor_by_index(schedule):
    with connection.cursor() as cursor:
        cursor.execute(
            'EXPLAIN QUERY PLAN SELECT other."end" FROM booking_busyslot AS other WHERE other.schedule_id = 1'
            " AND other.overbooked_by_id IS NULL AND other.start < 2 ORDER BY other.start DESC LIMIT 1"
        )
        plan = cursor.fetchall()
    assert len(plan) == 1
    assert "SEARCH other USING INDEX busy_slot_never_twice_index (schedule_id=? AND start<?)" in plan[0][3]


stretches = st.tuples(st.integers(0, 1), st.integers(0, 40), st.integers(1, 20), st.booleans())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 9)), stretches), max_size=12))
def test_any_order_of_writes_is_refused_exactly_when_it_overlaps(overbooker, steps):
    """Inserts (None) and changes of the n-th row, against a list kept beside the database."""
    point = transaction.savepoint()
    schedules = [make_schedule(), make_schedule()]
    kept = {}
    for target, (owner, start, length, is_exempt) in steps:
        changed = sorted(kept)[target] if target is not None and target < len(kept) else None
        overlaps = not is_exempt and any(
            not other_exempt and owner == other_owner and start < other_end and other_start < start + length
            for key, (other_owner, other_start, other_end, other_exempt) in kept.items()
            if key != changed
        )
        slot = BusySlot(
            pk=changed,
            schedule=schedules[owner],
            start=minutes(start),
            end=minutes(start + length),
            kind=SlotKind.BLOCK,
            overbooked_by=overbooker if is_exempt else None,
            overbooked_reason="urgent" if is_exempt else "",
        )
        slot._state.adding = changed is None
        assert refused(slot.save) is overlaps
        if not overlaps:
            kept[slot.pk] = (owner, start, start + length, is_exempt)
    transaction.savepoint_rollback(point)
