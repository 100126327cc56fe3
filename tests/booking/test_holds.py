"""A time is held for somebody who is typing: for whom, how long, how much of a day, and what frees it."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from booking.actions import ledger
from booking.actions.drafts import discard_draft, purge_drafts, start_draft
from booking.actions.holds import hold_time, purge_holds, release_hold, renew_hold
from booking.availability import open_times
from booking.errors import DraftGone, NotOffered, TimeTaken
from booking.models import BusySlot
from booking.wanted_time import held_until, is_taken, wanted_time
from clinic.models import Closure
from clinic.site import load_site
from tests.booking.staff_at_work import Desk
from tests.factories import MONDAY_NOON, make_clinic, make_hours, make_location, make_practitioner, make_room, make_type

pytestmark = pytest.mark.django_db

T = datetime.time
MINUTE, HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)
NINE = MONDAY_NOON + 45 * HOUR  # Wednesday 9 am in New York
THURSDAY_NINE = NINE + 24 * HOUR


@pytest.fixture
def place():
    make_clinic(reply_within_hours=4)
    return make_location()


@pytest.fixture
def ana(place):
    ana = make_practitioner(name="Ana", locations=[place])
    make_hours(ana, place, T(9), T(17))
    return ana


@pytest.fixture
def hour(ana):
    return make_type(practitioners=[ana], duration_minutes=60)


def new_draft(now=MONDAY_NOON):
    return start_draft(now=now)[0]


@pytest.fixture
def hold(hour, ana, place):
    """Holds 9 am on Wednesday with Ana for a new draft; keyword arguments change that."""

    def do(draft=None, **changes):
        wanted = {"type": hour, "practitioner": ana, "location": place, "start": NINE, "now": MONDAY_NOON}
        return hold_time(draft=draft or new_draft(), **wanted | changes)

    return do


def offered(hour, now=MONDAY_NOON, **fields):
    return [time.start for time in open_times(type=hour, site=load_site(now=now), **fields)]


def rows():
    return sorted(BusySlot.objects.values_list("draft", "start", "end", "expires_at"), key=lambda row: row[1])


class TestHolding:
    def test_it_stands_in_the_ledger_and_the_draft_remembers_it(self, hold, hour, ana, place):
        draft = hold()
        assert rows() == [(draft.pk, NINE, NINE + HOUR, MONDAY_NOON + 20 * MINUTE)]
        wanted = wanted_time(draft)
        assert (wanted.type, wanted.practitioner, wanted.location, wanted.start) == (hour, ana, place, NINE)
        assert held_until(draft, now=MONDAY_NOON) == MONDAY_NOON + 20 * MINUTE

    def test_nobody_else_can_have_it_and_it_is_not_offered(self, hold, hour):
        draft = hold()
        with pytest.raises(TimeTaken):
            hold()
        assert NINE not in offered(hour)
        assert NINE in offered(hour, draft_id=draft.pk)

    def test_buffers_and_a_room_are_held_with_it(self, hold, hour, place):
        hour.buffer_before_minutes, hour.buffer_after_minutes, hour.needs_room = 5, 10, True
        hour.save()
        with pytest.raises(TimeTaken):
            hold()
        room = make_room(location=place)
        hold()
        assert [row[1:3] for row in rows()] == [(NINE - 5 * MINUTE, NINE + HOUR + 10 * MINUTE)] * 2
        assert BusySlot.objects.filter(schedule__room=room).count() == 1

    def test_another_time_frees_the_first_even_one_that_overlaps_it(self, hold):
        draft = hold()
        for start in (NINE + 30 * MINUTE, NINE + 2 * HOUR, NINE + 2 * HOUR):
            hold(draft, start=start)
            assert [row[1] for row in rows()] == [start]

    def test_a_time_that_cannot_be_had_leaves_the_first_as_it_was(self, hold):
        draft = hold()
        hold(start=THURSDAY_NINE)
        before = rows()
        with pytest.raises(TimeTaken):
            hold(draft, start=THURSDAY_NINE)
        with pytest.raises(NotOffered):
            hold(draft, start=NINE + 7 * MINUTE)
        assert rows() == before
        draft.refresh_from_db()
        assert wanted_time(draft).start == NINE

    def test_a_draft_that_was_deleted(self, hold):
        draft = new_draft()
        discard_draft(draft=draft)
        with pytest.raises(DraftGone):
            hold(draft)
        assert rows() == []


@pytest.mark.parametrize(
    "start",
    [
        NINE + 7 * MINUTE,
        NINE + datetime.timedelta(seconds=1),
        NINE - 48 * HOUR,
        MONDAY_NOON - HOUR,
        MONDAY_NOON + 25 * HOUR + 730 * 24 * HOUR,
        NINE + 12 * HOUR,
        NINE + 7 * HOUR + 30 * MINUTE,
        NINE + 3 * 24 * HOUR,
    ],
    ids=["off the grid", "off the minute", "past", "past today", "in two years", "at night", "too late", "Saturday"],
)
def test_a_time_that_is_never_offered(hold, start):
    with pytest.raises(NotOffered):
        hold(start=start)
    assert rows() == []


def test_a_kind_clinician_or_place_that_is_not_offered(hold, hour, ana, place):
    stranger = make_practitioner(locations=[place])
    make_hours(stranger, place, T(9), T(17))
    for changes in ({"practitioner": stranger}, {"location": make_location()}):
        with pytest.raises(NotOffered):
            hold(**changes)
    Closure.objects.create(first_day=NINE.date(), last_day=NINE.date(), reason="repairs")
    with pytest.raises(NotOffered):
        hold()
    hour.is_active = False
    hour.save()
    with pytest.raises(NotOffered):
        hold(start=THURSDAY_NINE)


def test_what_staff_answer_starts_after_the_promised_answer(hold, hour):
    """4 working hours and the hour that filling in may take: from noon on Monday to 5 pm."""
    hour.notice_minutes = 0
    hour.save()
    with pytest.raises(NotOffered):
        hold(start=MONDAY_NOON + 4 * HOUR)
    hour.booked_at_once = True
    hour.save()
    hold(start=MONDAY_NOON + 4 * HOUR)


class TestAnyone:
    @pytest.fixture
    def bo(self, hour, place):
        bo = make_practitioner(name="Bo", locations=[place])
        make_hours(bo, place, T(9), T(17))
        hour.practitioners.add(bo)
        return bo

    def picked(self, draft):
        assert wanted_time(draft).is_any
        return wanted_time(draft).practitioner

    def test_everybody_in_turn_and_then_nobody(self, hold, ana, bo):
        assert self.picked(hold(practitioner=None)) == ana
        assert self.picked(hold(practitioner=None)) == bo
        with pytest.raises(TimeTaken):
            hold(practitioner=None)

    @pytest.mark.parametrize(("booked_at", "expected"), [(NINE + 3 * HOUR, "Bo"), (NINE + 7 * 24 * HOUR, "Ana")])
    def test_the_one_with_fewer_booked_minutes_that_week(
        self, hold, ana, bo, place, django_user_model, booked_at, expected
    ):
        desk = Desk(django_user_model)
        desk.practitioner, desk.location = ana, place
        desk.confirm(desk.request(), start=booked_at)
        assert self.picked(hold(practitioner=None)).name == expected

    def test_staff_blocks_are_no_bookings(self, hold, ana, bo):
        ledger.take(schedule=ana.schedule, start=NINE + 3 * HOUR, end=NINE + 5 * HOUR, kind="block")
        assert self.picked(hold(practitioner=None)) == ana

    def test_one_who_is_busy_then_is_no_reason_to_refuse(self, hold, ana, bo):
        ledger.take(schedule=ana.schedule, start=NINE, end=NINE + HOUR, kind="block")
        assert self.picked(hold(practitioner=None)) == bo


class TestCaps:
    def test_a_fifth_of_a_day_and_beyond_it_without_a_hold(self, hold, place, ana):
        """8 hours are 480 minutes, a fifth 96: a second hour is too much."""
        hold()
        draft = hold(start=NINE + 2 * HOUR)
        assert wanted_time(draft).start == NINE + 2 * HOUR
        assert held_until(draft, now=MONDAY_NOON) is None
        assert len(rows()) == 1
        assert draft.held_since is None
        assert held_until(hold(start=THURSDAY_NINE), now=MONDAY_NOON)

    def test_what_is_not_held_is_not_renewed_either(self, hold):
        hold()
        draft = hold(start=NINE + 2 * HOUR)
        assert held_until(renew_hold(draft=draft, now=MONDAY_NOON + MINUTE), now=MONDAY_NOON + MINUTE) is None

    def test_taken_time_is_refused_with_and_without_a_hold(self, hold):
        hold()
        hold(start=NINE + 2 * HOUR)
        with pytest.raises(TimeTaken):
            hold(start=NINE + 30 * MINUTE)

    def test_short_visits_up_to_the_fifth(self, hold, hour):
        hour.duration_minutes = 30
        hour.save()
        held = [hold(start=NINE + n * 30 * MINUTE) for n in range(5)]
        assert [bool(held_until(draft, now=MONDAY_NOON)) for draft in held] == [True, True, True, False, False]

    def test_ten_from_one_network(self, hold):
        days = [NINE + n * 24 * HOUR for n in range(20) if n % 7 not in (3, 4)]
        held = [hold(start=day, network_key="one") for day in days[:11]]
        assert [bool(held_until(draft, now=MONDAY_NOON)) for draft in held] == [True] * 10 + [False]
        assert held_until(hold(start=days[11], network_key="two"), now=MONDAY_NOON)
        assert held_until(hold(held[0], start=days[12], network_key="one"), now=MONDAY_NOON)


class TestRenewing:
    def test_each_continue_adds_twenty_minutes_up_to_an_hour(self, hold):
        draft = hold()
        ends = []
        for minutes in (10, 25, 41, 59, 60):
            now = MONDAY_NOON + minutes * MINUTE
            until = held_until(renew_hold(draft=draft, now=now), now=now)
            ends.append(until and (until - MONDAY_NOON) // MINUTE)
        assert ends == [30, 45, 60, 60, None]

    def test_another_time_does_not_start_a_new_hour(self, hold):
        draft = hold()
        now = MONDAY_NOON + 50 * MINUTE
        hold(draft, start=THURSDAY_NINE, now=now)
        assert held_until(draft, now=now) == MONDAY_NOON + HOUR
        later = MONDAY_NOON + 61 * MINUTE
        kept = hold(draft, start=NINE + 2 * HOUR, now=later)
        assert wanted_time(kept).start == NINE + 2 * HOUR
        assert held_until(kept, now=later) is None

    def test_a_hold_that_ended_is_made_again_while_the_time_is_free(self, hold):
        draft = hold()
        now = MONDAY_NOON + 20 * MINUTE
        assert held_until(draft, now=now) is None
        assert held_until(renew_hold(draft=draft, now=now), now=now) == MONDAY_NOON + 40 * MINUTE

    def test_a_time_that_somebody_else_took_meanwhile_is_remembered_and_not_held(self, hold, hour, place):
        hour.needs_room = True
        hour.save()
        make_room(location=place), make_room(location=place)
        draft = hold()
        now = MONDAY_NOON + 20 * MINUTE
        assert NINE in offered(hour, now=now)
        other = hold(now=now)
        assert held_until(renew_hold(draft=draft, now=now), now=now) is None
        assert wanted_time(draft).start == NINE
        assert is_taken(wanted_time(draft), draft=draft, now=now)
        assert not is_taken(wanted_time(other), draft=other, now=now)
        assert {row[0] for row in rows()} == {other.pk}

    def test_without_a_time_there_is_nothing_to_renew(self):
        draft = new_draft()
        assert renew_hold(draft=draft, now=MONDAY_NOON).data == {}


class TestEnding:
    def test_release(self, hold, hour):
        draft = hold()
        assert release_hold(draft=draft).data == {}
        release_hold(draft=draft)
        assert rows() == []
        assert NINE in offered(hour)

    def test_discarding_the_draft(self, hold):
        discard_draft(draft=hold())
        assert rows() == []

    def test_the_draft_that_is_purged(self, hold):
        draft = hold()
        hold(start=THURSDAY_NINE, draft=new_draft(MONDAY_NOON + 2 * HOUR), now=MONDAY_NOON + 2 * HOUR)
        assert purge_drafts(now=draft.last_used_at + 2 * HOUR) == 1
        assert [row[1] for row in rows()] == [THURSDAY_NINE]

    @pytest.mark.parametrize(("seconds", "gone"), [(-1, 0), (0, 1)])
    def test_the_worker_clears_what_is_over(self, hold, seconds, gone):
        hold()
        assert purge_holds(now=MONDAY_NOON + 20 * MINUTE + datetime.timedelta(seconds=seconds)) == gone
        assert len(rows()) == 1 - gone

    def test_staff_take_a_time_whose_hold_is_over(self, hold, ana, place, django_user_model):
        hold()
        desk = Desk(django_user_model)
        desk.practitioner, desk.location = ana, place
        with pytest.raises(TimeTaken):
            desk.confirm(desk.request(), start=NINE)
        desk.confirm(desk.request(), start=NINE, now=MONDAY_NOON + 20 * MINUTE)
        assert BusySlot.objects.get().kind == "booking"


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "hold"},
        {"kind": "hold", "expires_at": NINE},
        {"kind": "block", "expires_at": NINE},
    ],
)
def test_the_database_wants_a_hold_whole_and_nothing_else_to_end(ana, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        BusySlot.objects.create(schedule=ana.schedule, start=NINE, end=NINE + HOUR, **fields)


def test_the_database_wants_one_hold_a_draft_and_schedule(hold, ana):
    draft = hold()
    with pytest.raises(IntegrityError), transaction.atomic():
        BusySlot.objects.create(
            schedule=ana.schedule,
            start=THURSDAY_NINE,
            end=THURSDAY_NINE + HOUR,
            kind="hold",
            draft=draft,
            expires_at=NINE,
        )


@pytest.mark.parametrize("clinicians", [1, 3])
def test_holding_takes_the_same_number_of_queries_however_many_could_do_it(
    django_assert_num_queries, hold, hour, place, clinicians
):
    for _ in range(clinicians - 1):
        person = make_practitioner(locations=[place])
        make_hours(person, place, T(9), T(17))
        hour.practitioners.add(person)
    draft = new_draft()
    # On PostgreSQL one more waits for others of this network.
    with django_assert_num_queries(28 if connection.vendor == "postgresql" else 27):
        hold(draft, practitioner=None, network_key="one")
