"""Offers, as rules of the desk's state machine (test_ledger_machine.py), and what all its rules draw from."""

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, multiple, rule

from booking.actions import offering
from booking.models import Appointment
from booking.slots import to_instant, to_minutes
from tests.booking.clinic_on_paper import Kind
from tests.factories import MONDAY_NOON

NOON = to_minutes(MONDAY_NOON)
MIDNIGHT = NOON - 12 * 60
DAY = 24 * 60
DAYS = st.integers(0, 2)
PEOPLE = st.integers(0, 1)
KINDS = {"long": Kind(50), "short": Kind(30, before=5, after=10, needs_room=True)}
# Two days, ten minutes apart: full enough that every second press meets somebody.
STARTS = st.builds(
    lambda day, step: MIDNIGHT + (day + 1) * DAY + 9 * 60 + 10 * step, st.integers(0, 1), st.integers(0, 15)
)
STALE = st.integers(0, 9).map(lambda n: n == 0)


class OfferRules:
    asks = Bundle("asks")
    seen = Bundle("visits")

    @rule(target=seen, ask=asks, kind=st.sampled_from(list(KINDS)), person=PEOPLE, start=STARTS, stale=STALE)
    def offer(self, ask, kind, person, start, stale):
        changes, version = self.version_of(ask, stale)
        time = {"type": self.types[kind], **self.where(person, start)}
        paper, offered = self.both(
            lambda: self.paper.offer(ask, KINDS[kind], person, start, now=self.now, seen=changes),
            lambda: offering.offer(request_id=ask, version=version, times=[time], **self.common()),
        )
        if paper is None:
            return multiple()
        self.paper.visits[offered[0].pk] = paper
        return offered[0].pk

    @rule(visit=seen, stale=STALE)
    def accept(self, visit, stale):
        """Until when it is kept it reads from the row, as the worker does."""
        ask = self.paper.visits[visit].ask
        changes, version = self.version_of(ask, stale)
        until = Appointment.objects.get(pk=visit).offered_until
        press = {"request_id": ask, "appointment_id": visit, "safety_version": 1, "now": to_instant(self.now)}
        self.both(
            lambda: self.paper.accept(ask, visit, now=self.now, seen=changes, until=until and to_minutes(until)),
            lambda: offering.accept(version=version, **press),
        )

    @rule(ask=asks, stale=STALE)
    def none_suits(self, ask, stale):
        changes, version = self.version_of(ask, stale)
        self.both(
            lambda: self.paper.let_go(ask, seen=changes, state="received"),
            lambda: offering.none_suits(request_id=ask, version=version, now=to_instant(self.now)),
        )

    @rule()
    def the_worker_ends_offers(self):
        now = to_instant(self.now)
        offered = Appointment.objects.filter(state="proposed", request__state="offered", offered_until__lte=now)
        over = list(offered.values_list("request_id", flat=True))
        assert offering.end_offers(now=now) == len(over)
        for ask in over:
            self.paper.let_go(ask, seen=self.paper.asks[ask].changes, state="expired")
