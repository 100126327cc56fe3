"""Thousands of random presses at a desk, each compared with a clinic on paper (tests/booking/clinic_on_paper.py).

After every step the ledger is exactly what the paper says, every state is where the paper has it, and no open time lies
on anything that is taken.
"""

import datetime

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from booking.actions import answering, blocks, escalation, intake, ledger, visits
from booking.availability import open_times
from booking.errors import BookingError
from booking.models import Appointment, AppointmentRequest, BusySlot, TimeOff
from booking.slots import to_instant, to_minutes
from clinic.models import Closure
from clinic.site import load_site
from tests.booking.clinic_on_paper import Ask, Paper, Refused, Visit
from tests.booking.offer_rules import DAY, DAYS, KINDS, MIDNIGHT, NOON, PEOPLE, STALE, STARTS, OfferRules
from tests.booking.staff_at_work import SlotKind, assert_ledger_equals_visits
from tests.factories import (
    MONDAY_NOON,
    make_clinic,
    make_hours,
    make_location,
    make_practitioner,
    make_room,
    make_type,
)

pytestmark = pytest.mark.django_db

OVER = st.sampled_from(["", "", "", "Fell this morning"])


class Desk(OfferRules, RuleBasedStateMachine):
    """One place, two clinicians, two rooms, two kinds of visit."""

    steps = 0
    asks, seen = OfferRules.asks, OfferRules.seen
    blocked = Bundle("blocked")

    def __init__(self):
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        make_clinic()
        self.place = make_location()
        self.people = [make_practitioner(locations=[self.place]) for _ in range(2)]
        self.schedules = {("person", n): make_hours(p, self.place) for n, p in enumerate(self.people)}
        for n in range(2):
            self.schedules["room", n] = make_room(location=self.place, order=n).schedule
        self.owners = {schedule.pk: owner for owner, schedule in self.schedules.items()}
        self.types = {
            "long": make_type(duration_minutes=50, practitioners=self.people, notice_minutes=0),
            "short": make_type(
                duration_minutes=30,
                buffer_before_minutes=5,
                buffer_after_minutes=10,
                needs_room=True,
                practitioners=self.people,
                notice_minutes=0,
            ),
        }
        self.ana = User.objects.create(username="ana")
        self.now = NOON
        self.paper = Paper(rooms=2, midnight=MIDNIGHT)

    def teardown(self):
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def both(self, on_paper, for_real):
        """Does it on paper and for real: both do it, or both refuse it for the same reason. (paper's, ours)."""
        try:
            expected, refusal = on_paper(), None
        except Refused as refused:
            expected, refusal = None, str(refused)
        try:
            done, error = for_real(), None
        except BookingError as raised:
            done, error = None, type(raised).__name__
        assert error == refusal
        return expected, done

    def common(self):
        return {"by": self.ana, "now": to_instant(self.now)}

    def where(self, person, start):
        return {"practitioner": self.people[person], "location": self.place, "start": to_instant(start)}

    # Requests

    @initialize(target=asks)
    def somebody_asks_first(self):
        return self.somebody_asks(is_call=False)

    @rule(target=asks, is_call=st.booleans())
    def asks_come_in(self, is_call):
        return self.somebody_asks(is_call)

    def somebody_asks(self, is_call):
        answers = intake.RequestAnswers(
            patient_name="Pat Testcase",
            phone="201-555-0123",
            email="pat@home.example",
            safety_outcome="none",
            safety_version=1,
            kind="call" if is_call else "visit",
        )
        request = intake.receive_request(answers=answers, channel="phone", now=to_instant(self.now), by=self.ana)
        self.paper.asks[request.pk] = Ask(is_call)
        return request.pk

    def version_of(self, ask, stale):
        return self.paper.asks[ask].changes - stale, AppointmentRequest.objects.get(pk=ask).version - stale

    @rule(ask=asks)
    def claim(self, ask):
        answering.claim(request_id=ask, **self.common())

    @rule(target=seen, ask=asks, kind=st.sampled_from(list(KINDS)), person=PEOPLE, start=STARTS)
    def keep_a_time(self, ask, kind, person, start):
        """As a patient does who asks for one of the open times."""
        kept = KINDS[kind]
        try:
            room, _over = self.paper.place(kept, person, start, over=False)
        except Refused:
            return multiple()
        if self.paper.asks[ask].state != "received":
            return multiple()
        paper = Visit(ask, kept, person, start, room, state="proposed", confirmed=False)
        visit = Appointment.objects.create(
            request_id=ask,
            type=self.types[kind],
            end=to_instant(paper.end),
            room=None if room is None else self.schedules["room", room].room,
            state="proposed",
            created_at=to_instant(self.now),
            **self.where(person, start),
        )
        for owner in paper.owners:
            stretch = {"start": to_instant(paper.taken[0]), "end": to_instant(paper.taken[1])}
            ledger.take(schedule=self.schedules[owner], kind=SlotKind.PROPOSAL, appointment=visit, **stretch)
        self.paper.visits[visit.pk] = paper
        return visit.pk

    @rule(target=seen, ask=asks, kind=st.sampled_from(list(KINDS)), person=PEOPLE, start=STARTS, stale=STALE, over=OVER)
    def confirm(self, ask, kind, person, start, stale, over):
        changes, version = self.version_of(ask, stale)
        paper, visit = self.both(
            lambda: self.paper.confirm(ask, KINDS[kind], person, start, now=self.now, seen=changes, over=bool(over)),
            lambda: answering.confirm(
                request_id=ask,
                version=version,
                type=self.types[kind],
                overbook_reason=over,
                **self.where(person, start),
                **self.common(),
            ),
        )
        if not isinstance(paper, Visit):
            assert paper is None or paper == visit.pk
            return multiple()
        self.paper.visits[visit.pk] = paper
        return visit.pk

    @rule(ask=asks, kept=seen, over=OVER)
    def confirm_what_is_kept(self, ask, kept, over):
        paper = self.paper.visits[kept]
        kind = next(name for name, kind in KINDS.items() if kind == paper.kind)
        self.confirm(paper.ask, kind, paper.person, paper.start, False, over)

    @rule(ask=asks, stale=STALE, how=st.sampled_from(["decline", "withdraw", "close_call"]))
    def end(self, ask, stale, how):
        changes, version = self.version_of(ask, stale)
        state = {"decline": "declined", "withdraw": "withdrawn", "close_call": "answered"}[how]
        more = {"reason": "duplicate"} if how == "decline" else {}
        self.both(
            lambda: self.paper.end_ask(ask, state, seen=changes, only_calls=how == "close_call"),
            lambda: getattr(answering, how)(request_id=ask, version=version, **more, **self.common()),
        )

    @rule()
    def the_worker_looks(self):
        """How long each time is kept it reads from the rows; what becomes of it, from the paper."""
        now = to_instant(self.now)
        kept = Appointment.objects.filter(state="proposed", request__state="received").select_related("request")
        late = [visit.pk for visit in kept if min(visit.kept_until, visit.start) <= now]
        escalation.watch_unanswered(now=now)
        for key in late:
            self.paper.nobody_answered(key, now=self.now)

    # Visits

    @rule(visit=seen, person=PEOPLE, start=STARTS, stale=STALE, over=OVER)
    def move(self, visit, person, start, stale, over):
        version = self.paper.visits[visit].version - stale
        self.both(
            lambda: self.paper.move(visit, person, start, now=self.now, seen=version, over=bool(over)),
            lambda: visits.reschedule(
                appointment_id=visit,
                version=version,
                overbook_reason=over,
                **self.where(person, start),
                **self.common(),
            ),
        )

    @rule(visit=seen, stale=STALE, how=st.sampled_from(["cancel", "arrive", "fulfil", "noshow", "undo", "undo"]))
    def press(self, visit, stale, how):
        version = self.paper.visits[visit].version - stale
        action = {"noshow": visits.mark_noshow}.get(how) or getattr(visits, how)
        self.both(
            lambda: getattr(self.paper, how)(visit, now=self.now, seen=version),
            lambda: action(appointment_id=visit, version=version, **self.common()),
        )

    # The clinic's own time

    @rule(
        target=blocked,
        owner=st.sampled_from([("person", 0), ("person", 1), ("room", 0), ("room", 1)]),
        day=st.integers(1, 2),
        hours=st.tuples(st.integers(8, 12), st.integers(1, 3)),
        around=st.booleans(),
    )
    def block(self, owner, day, hours, around):
        start = MIDNIGHT + day * DAY + hours[0] * 60
        if start < self.now - DAY:
            return multiple()
        that_day = MONDAY_NOON.date() + datetime.timedelta(days=day)
        paper, done = self.both(
            lambda: (
                self.paper.block(owner, start, start + hours[1] * 60, around=around)
                if self.now < MIDNIGHT + (day + 1) * DAY
                else self.too_late()
            ),
            lambda: blocks.block_time(
                schedule=self.schedules[owner],
                first_day=that_day,
                last_day=that_day,
                from_time=datetime.time(hours[0]),
                until_time=datetime.time(sum(hours)),
                label="Training",
                around=around,
                **self.common(),
            ),
        )
        if done is None:
            return multiple()
        keys = [slot.pk for slot in done.slots]
        self.paper.blocks |= dict(zip(keys, paper, strict=True))
        return multiple(*keys)

    def too_late(self):
        raise Refused("NotBlockable")

    @rule(slots=st.lists(blocked, min_size=1, max_size=3, unique=True))
    def unblock(self, slots):
        self.both(
            lambda: self.paper.unblock(slots),
            lambda: blocks.unblock(slot_ids=slots, **self.common()) and None,
        )

    @rule(slot=consumes(blocked))
    def unblock_one_for_good(self, slot):
        self.unblock([slot])

    @rule(day=DAYS, person=PEOPLE)
    def time_off(self, day, person):
        """Strands visits, and changes none."""
        day = MONDAY_NOON.date() + datetime.timedelta(days=day)
        TimeOff.objects.create(schedule=self.schedules["person", person], first_day=day, last_day=day)

    @rule(day=DAYS)
    def closure(self, day):
        day = MONDAY_NOON.date() + datetime.timedelta(days=day)
        Closure.objects.create(first_day=day, last_day=day, reason="repairs")

    @rule()
    def everybody_is_back(self):
        TimeOff.objects.all().delete()
        Closure.objects.all().delete()

    @rule(minutes=st.integers(1, 300))
    def time_passes(self, minutes):
        self.now += minutes

    # What always holds

    @invariant()
    def the_ledger_is_what_the_paper_says(self):
        rows = BusySlot.objects.values_list("schedule", "kind", "appointment", "start", "end", "overbooked_by")
        found = [
            (self.owners[schedule], kind, visit, to_minutes(start), to_minutes(end), by is not None)
            for schedule, kind, visit, start, end, by in rows
        ]
        assert len(found) == len(set(found))
        assert set(found) == self.paper.rows()
        assert_ledger_equals_visits()

    @invariant()
    def every_state_is_what_the_paper_says(self):
        Desk.steps += 1
        asks = {key: ask.state for key, ask in self.paper.asks.items()}
        assert dict(AppointmentRequest.objects.values_list("pk", "state")) == asks
        states = {key: (visit.state, visit.version) for key, visit in self.paper.visits.items()}
        assert {pk: rest for pk, *rest in Appointment.objects.values_list("pk", "state", "version")} == {
            key: list(value) for key, value in states.items()
        }

    @invariant()
    def no_open_time_lies_on_what_is_taken(self):
        site = load_site(now=to_instant(self.now))
        days = {"first_day": MONDAY_NOON.date(), "last_day": MONDAY_NOON.date() + datetime.timedelta(days=2)}
        for name, kind in KINDS.items():
            for time in open_times(type=self.types[name], site=site, **days):
                person = next(n for n, one in enumerate(self.people) if one.pk == time.practitioner_id)
                self.paper.place(kind, person, to_minutes(time.start), over=False)


def walk(steps, *, shrink=True):
    """Runs the machine, each time from an empty clinic, until so many steps are done and checked. Returns how many."""
    Desk.steps = 0
    while Desk.steps < steps:
        run_machine(
            Desk,
            settings=settings(
                max_examples=max(1, min(20, steps // 50)),
                stateful_step_count=60,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
                phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
            ),
        )
    return Desk.steps


def test_a_hundred_steps():
    assert walk(100) >= 100


@pytest.mark.proof
def test_five_thousand_steps():
    print(f"{walk(5_000)} steps, each as on paper")  # noqa: T201  the figure of the proof


def test_a_ledger_that_forgets_to_free_is_caught(monkeypatch):
    """Negative control: the same walk must fail when the door leaves a cancelled visit's time behind."""
    monkeypatch.setattr(ledger, "free", lambda appointment: None)
    with pytest.raises((AssertionError, IntegrityError)):
        walk(3_000, shrink=False)
