"""The wait list: who is offered what, when, and what a yes does."""

import pytest
from django.db import IntegrityError, transaction

from booking import queue
from booking.actions import wait_offers, waiting
from booking.errors import FreedTimeOver, IllegalMove, TimeTaken
from booking.models import Appointment, AppointmentRequest, BusySlot, TimeOff, WaitListOffer
from booking.slots import OpenTime
from clinic.models import OutgoingMessage
from tests.booking.staff_at_work import actions, assert_ledger_equals_visits, everything
from tests.booking.waiting_room import DAY, HOUR, MINUTE, MONDAY, WAIT_MAILS, WEDNESDAY_9, WaitingRoom, mails, press
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db
THURSDAY_9 = WEDNESDAY_9 + DAY


@pytest.fixture
def room(django_user_model):
    return WaitingRoom(django_user_model)


class TestOffers:
    def test_nothing_is_free_and_nothing_happens(self, room):
        room.patient()
        before = everything()
        assert room.look() == []
        assert everything() == before

    def test_a_time_called_off_is_held_for_them_alone_for_an_hour(self, room):
        entry = room.patient()
        room.free(WEDNESDAY_9)
        (offer,) = room.look()
        assert (offer.entry, offer.state, offer.visit.start) == (entry, "offered", WEDNESDAY_9)
        assert (offer.visit.state, offer.visit.offered_until) == ("proposed", MONDAY_NOON + HOUR)
        assert offer.expires_at == MONDAY_NOON + HOUR
        with pytest.raises(TimeTaken):
            room.confirm(room.request(), start=WEDNESDAY_9)
        assert mails(*WAIT_MAILS) == ["wait_offer"]
        assert actions(request_id=entry.request_id)[-1] == "wait_offered"
        assert_ledger_equals_visits()

    def test_looking_twice_makes_one_offer(self, room):
        room.patient()
        room.free(WEDNESDAY_9)
        room.free(THURSDAY_9)
        first = room.look()
        before = everything()
        assert room.look() == first
        assert everything() == before
        assert len(first) == 1, "one at a time, though another one is free"

    def test_whoever_has_waited_longest_is_first(self, room):
        later = room.patient(MONDAY_NOON + 8 * DAY + 21 * HOUR, joined=MONDAY_NOON + HOUR)
        sooner = room.patient(joined=MONDAY_NOON)
        now = MONDAY_NOON + 2 * HOUR
        room.free(WEDNESDAY_9, now)
        (offer,) = room.look(now)
        assert offer.entry == sooner
        room.free(THURSDAY_9, now)
        assert [(offer.entry, offer.visit.start) for offer in room.look(now)] == [
            (sooner, WEDNESDAY_9),
            (later, THURSDAY_9),
        ]
        assert_ledger_equals_visits()

    @pytest.mark.parametrize(
        ("wanted", "is_offered"),
        [
            ({}, True),
            ({"first_day": MONDAY + 3 * DAY}, False),
            ({"last_day": MONDAY + DAY}, False),
            ({"parts": ("afternoon",)}, False),
            ({"parts": ("evening", "morning")}, True),
            # Wednesday 9 am is 45 hours away, an hour of which is theirs to answer in.
            ({"notice_minutes": 44 * 60}, True),
            ({"notice_minutes": 44 * 60 + 1}, False),
        ],
    )
    def test_only_what_they_would_take(self, room, wanted, is_offered):
        room.patient(wanted=wanted)
        room.free(WEDNESDAY_9)
        assert bool(room.look()) is is_offered

    def test_only_before_the_visit_that_they_have(self, room):
        room.patient(MONDAY_NOON + 4 * DAY + 22 * HOUR, wanted={"last_day": MONDAY + 3 * DAY})
        Appointment.objects.filter(request__wait_list__isnull=False).update(start=WEDNESDAY_9, end=WEDNESDAY_9 + HOUR)
        room.free(THURSDAY_9)
        assert room.look() == []

    def test_never_a_time_past_and_none_that_leaves_too_little_notice(self, room):
        room.patient()
        room.free(WEDNESDAY_9)
        assert room.look(WEDNESDAY_9 + MINUTE) == room.look(WEDNESDAY_9 - HOUR) == []

    def test_an_open_time_that_nobody_ever_had_counts_too(self, django_user_model):
        room = WaitingRoom(django_user_model, full=0)
        room.patient()
        (offer,) = room.look()
        assert offer.visit.start == WEDNESDAY_9 - DAY

    def test_an_answer_in_vain_goes_to_the_next_and_not_to_them_again(self, room):
        first, second = room.patient(), room.patient(MONDAY_NOON + 8 * DAY + 21 * HOUR)
        room.free(WEDNESDAY_9)
        (offer,) = room.look()
        assert room.look(MONDAY_NOON + HOUR - MINUTE) == [offer]
        (another,) = room.look(MONDAY_NOON + HOUR)
        offer.refresh_from_db()
        assert (offer.state, offer.entry, another.entry) == ("expired", first, second)
        assert another.visit.start == WEDNESDAY_9
        assert room.look(MONDAY_NOON + 2 * HOUR) == [], "both had it"
        assert mails(*WAIT_MAILS) == ["wait_offer", "wait_offer"], "who did not answer hears nothing more"
        assert_ledger_equals_visits()

    def test_three_a_day_at_most(self, django_user_model):
        room = WaitingRoom(django_user_model, full=0)
        entry = room.patient()
        for number in range(5):
            room.look(MONDAY_NOON + number * HOUR)
        assert WaitListOffer.objects.filter(entry=entry).count() == 3
        assert room.look(MONDAY_NOON + 25 * HOUR)

    def test_at_night_it_is_held_and_the_mail_and_the_hour_begin_in_the_morning(self, room):
        room.patient()
        night = MONDAY_NOON + 11 * HOUR  # 11 pm
        room.free(WEDNESDAY_9, night)
        (offer,) = room.look(night)
        eight = MONDAY_NOON + 20 * HOUR
        assert offer.expires_at == eight + HOUR
        assert OutgoingMessage.objects.get(kind="wait_offer").due_at == eight

    def test_two_looks_at_once_cannot_make_two(self, room):
        entry = room.patient()
        room.free(WEDNESDAY_9)
        room.free(THURSDAY_9)
        (offer,) = room.look()
        there = OpenTime(THURSDAY_9, room.location.pk, room.practitioner.pk)
        assert wait_offers.offer_time(entry_id=entry.pk, time=there, now=MONDAY_NOON) is None
        with pytest.raises(IntegrityError), transaction.atomic():
            WaitListOffer.objects.create(
                entry=entry, visit=room.others[THURSDAY_9], created_at=MONDAY_NOON, expires_at=offer.expires_at
            )

    def test_killed_between_two_steps_loses_nothing(self, room, monkeypatch):
        room.patient()
        room.patient(MONDAY_NOON + 8 * DAY + 21 * HOUR)
        room.free(WEDNESDAY_9)
        room.free(THURSDAY_9)

        def die(*_args, **_kwargs):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(wait_offers, "_write_to_patient", die)
            with pytest.raises(KeyboardInterrupt):
                room.look()
        assert not WaitListOffer.objects.exists()
        assert len(room.look()) == len(mails("wait_offer")) == 2
        assert_ledger_equals_visits()

    def test_an_idle_look_costs_little(self, room, django_assert_num_queries):
        with django_assert_num_queries(8):
            wait_offers.watch_wait_list(now=MONDAY_NOON)
        for number in range(3):
            room.patient(MONDAY_NOON + (7 + number) * DAY + 21 * HOUR)
        with django_assert_num_queries(17):
            wait_offers.watch_wait_list(now=MONDAY_NOON)


class TestYes:
    @pytest.fixture
    def offer(self, room):
        room.patient()
        room.free(WEDNESDAY_9)
        return room.look()[0]

    def test_the_visit_moves_and_stays_one(self, offer):
        visit = offer.entry.visit
        press(waiting.accept, offer)
        uid = visit.uid
        visit.refresh_from_db()
        assert (visit.start, visit.state, visit.uid) == (WEDNESDAY_9, "booked", uid)
        assert BusySlot.objects.filter(appointment=visit).count() == 1
        offer.entry.refresh_from_db()
        offer.visit.refresh_from_db()
        assert (offer.state, offer.entry.state, offer.visit.state) == ("accepted", "met", "cancelled")
        assert actions(request_id=offer.entry.request_id)[-2:] == ["rescheduled", "wait_accepted"]
        assert mails("by_link", "visit_cancelled") == ["by_link"]
        request = AppointmentRequest.objects.get(pk=offer.entry.request_id)
        assert (request.told_at, request.told_how) == (MONDAY_NOON, "site")
        assert_ledger_equals_visits()

    def test_twice_moves_it_once(self, offer):
        press(waiting.accept, offer)
        before = everything()
        press(waiting.accept, offer, now=MONDAY_NOON + MINUTE)
        assert everything() == before

    @pytest.mark.parametrize("looked", [True, False])
    def test_too_late_changes_nothing(self, room, offer, looked):
        late = MONDAY_NOON + HOUR
        if looked:
            room.look(late)
        before = everything()
        with pytest.raises(FreedTimeOver):
            press(waiting.accept, offer, now=late)
        assert everything() == before

    def test_no_leaves_the_visit_and_frees_the_time_at_once(self, room, offer):
        press(waiting.refuse, offer)
        assert offer.state == "declined"
        room.confirm(room.request(), start=WEDNESDAY_9)
        offer.entry.refresh_from_db()
        assert (offer.entry.state, offer.entry.visit.state) == ("waiting", "booked")
        assert_ledger_equals_visits()

    def test_nobody_elses(self, room, offer):
        before = everything()
        for action in (waiting.accept, waiting.refuse):
            with pytest.raises(IllegalMove):
                press(action, offer, request_id=room.request().pk)
            with pytest.raises(IllegalMove):
                press(action, offer, version=7)
        assert everything()[1:] == before[1:]

    def test_not_once_the_clinician_is_away(self, room, offer):
        day = WEDNESDAY_9.date()
        TimeOff.objects.create(schedule=room.practitioner.schedule, first_day=day, last_day=day)
        with pytest.raises(FreedTimeOver):
            press(waiting.accept, offer)
        assert room.look() == []
        offer.refresh_from_db()
        assert offer.state == "stopped"
        assert mails(*WAIT_MAILS) == ["wait_offer", "wait_over"], "we had said that we keep it"

    def test_the_kept_time_is_no_visit_of_theirs(self, room, offer):
        """They are not told of our answer by it, and it stands in no list as what they asked for."""
        (row,) = [r for r in queue.untold_people(now=MONDAY_NOON + HOUR)[0] if r.request.pk == offer.entry.request_id]
        assert row.visit == offer.entry.visit


class TestEnds:
    @pytest.fixture
    def offer(self, room):
        room.patient()
        room.free(WEDNESDAY_9)
        return room.look()[0]

    def after(self, room, offer, now=MONDAY_NOON):
        room.look(now)
        offer.refresh_from_db()
        offer.entry.refresh_from_db()
        offer.visit.refresh_from_db()
        assert_ledger_equals_visits()
        return offer.entry.state, offer.state, offer.visit.state

    def test_with_the_visit(self, room, offer):
        room.cancel(offer.entry.visit)
        assert self.after(room, offer) == ("left", "stopped", "cancelled")

    def test_with_their_days(self, room, offer):
        assert self.after(room, offer, MONDAY_NOON + 5 * DAY) == ("over", "expired", "cancelled")

    def test_a_visit_that_moved_before_the_offer_waits_on_without_it(self, room, offer):
        room.free(WEDNESDAY_9 - DAY)
        room.move(offer.entry.visit, start=WEDNESDAY_9 - DAY)
        assert self.after(room, offer) == ("waiting", "stopped", "cancelled")

    def test_by_leaving_at_once(self, room, offer):
        entry = offer.entry
        waiting.leave(entry_id=entry.pk, request_id=entry.request_id, version=entry.version, by=None, now=MONDAY_NOON)
        assert not BusySlot.objects.filter(appointment=offer.visit).exists()
        with pytest.raises(FreedTimeOver):
            press(waiting.accept, offer)
        assert self.after(room, offer) == ("left", "stopped", "cancelled")
        assert mails("wait_over") == []

    def test_forgotten_with_the_request_the_time_is_free_when_its_hour_is_over(self, room, offer):
        offer.entry.request.delete()
        assert BusySlot.objects.filter(appointment=offer.visit).exists()
        room.look(MONDAY_NOON + HOUR)
        assert not BusySlot.objects.filter(appointment=offer.visit).exists()
