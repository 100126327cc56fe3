"""Confirming books a visit wholly, or not at all."""

import datetime

import pytest

from booking.actions import answering
from booking.errors import IllegalMove, NotBookable, OutcomeNeeded, TimeTaken
from booking.models import Appointment, BusySlot, Schedule
from booking.states import CallOutcome
from clinic.models import OutgoingMessage
from tests.booking.staff_at_work import (
    HOUR,
    SAFETY,
    TOMORROW_9,
    Desk,
    actions,
    assert_ledger_equals_visits,
    everything,
)
from tests.factories import MONDAY_NOON, make_location, make_practitioner, make_schedule, make_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


def refused(desk, error, request=None, **changes):
    """The error, once it is sure that nothing at all was written."""
    request = request or desk.request()
    before = everything()
    with pytest.raises(error) as caught:
        desk.confirm(request, **changes)
    assert everything() == before
    assert not OutgoingMessage.objects.exists()
    return caught.value


class TestItWorks:
    def test_everything_that_it_writes(self, desk):
        request = desk.request(claimed_by=desk.ana, claimed_at=MONDAY_NOON)
        visit = desk.confirm(request)

        assert (visit.request, visit.state) == (request, "booked")
        assert (visit.type, visit.practitioner, visit.location) == (desk.type, desk.practitioner, desk.location)
        assert (visit.start, visit.end) == (TOMORROW_9, TOMORROW_9 + datetime.timedelta(minutes=50))
        assert visit.created_at == MONDAY_NOON
        slot = BusySlot.objects.get()
        assert (slot.kind, slot.appointment, slot.overbooked_by) == ("booking", visit, None)
        assert_ledger_equals_visits()

        request.refresh_from_db()
        assert (request.state, request.closed_at, request.version) == ("answered", MONDAY_NOON, 2)
        assert (request.told_at, request.told_how) == (None, "")
        assert (request.claimed_by, request.claimed_at) == (None, None)
        assert actions(request_id=request.pk, appointment_id=visit.pk, user_id=desk.ana.pk) == ["confirmed"]
        message = OutgoingMessage.objects.get()
        assert (message.kind, message.record_id, message.not_after) == ("confirmed", visit.pk, TOMORROW_9)

    @pytest.mark.parametrize("contact", [{"email": ""}, {"contact_by": "phone"}])
    def test_no_mail_to_who_has_none_or_wants_a_call(self, desk, contact):
        desk.confirm(desk.request(**contact))
        assert not OutgoingMessage.objects.exists()

    def test_the_first_booking_makes_the_schedule_and_later_ones_use_it(self, desk):
        desk.confirm(desk.request())
        desk.confirm(desk.request(), start=TOMORROW_9 + HOUR)
        assert Schedule.objects.get().practitioner == desk.practitioner

    def test_a_call_back_may_end_in_a_visit(self, desk):
        assert desk.confirm(desk.request(kind="call")).state == "booked"

    def test_any_zone_names_the_instant(self, desk):
        athens = TOMORROW_9.astimezone(datetime.timezone(2 * HOUR))
        visit = desk.confirm(desk.request(), start=athens)
        visit.refresh_from_db()
        assert visit.start == TOMORROW_9

    def test_a_claim_is_not_a_lock(self, desk):
        assert desk.confirm(desk.request(claimed_by=desk.ben, claimed_at=MONDAY_NOON))

    @pytest.mark.parametrize("start", [MONDAY_NOON, MONDAY_NOON + datetime.timedelta(days=366)])
    def test_the_first_and_last_possible_start(self, desk, start):
        assert desk.confirm(desk.request(), start=start).start == start

    def test_a_longer_type_later_leaves_the_visit_as_it_is(self, desk):
        visit = desk.confirm(desk.request())
        desk.type.duration_minutes = 90
        desk.type.save()
        visit.refresh_from_db()
        assert visit.end - visit.start == datetime.timedelta(minutes=50)

    def test_the_length_is_the_types_as_it_is_now(self, desk):
        stale = make_type(duration_minutes=30)
        type(stale).objects.filter(pk=stale.pk).update(duration_minutes=20)
        visit = desk.confirm(desk.request(), type=stale)
        assert visit.end - visit.start == datetime.timedelta(minutes=20)


class TestTakenTime:
    @pytest.mark.parametrize("minutes", [-49, -1, 0, 1, 49])
    def test_overlapping_times_are_refused(self, desk, minutes):
        desk.confirm(desk.request(email=""))
        refused(desk, TimeTaken, start=TOMORROW_9 + datetime.timedelta(minutes=minutes))

    @pytest.mark.parametrize("minutes", [-50, 50])
    def test_touching_times_are_not(self, desk, minutes):
        desk.confirm(desk.request())
        desk.confirm(desk.request(), start=TOMORROW_9 + datetime.timedelta(minutes=minutes))
        assert_ledger_equals_visits()

    def test_a_colleague_has_time_of_their_own(self, desk):
        desk.confirm(desk.request())
        desk.confirm(desk.request(), practitioner=make_practitioner(locations=[desk.location]))
        assert_ledger_equals_visits()

    def test_time_blocked_by_staff_is_taken(self, desk):
        schedule = make_schedule(practitioner=desk.practitioner)
        BusySlot.objects.create(schedule=schedule, start=TOMORROW_9, end=TOMORROW_9 + HOUR, kind="block")
        refused(desk, TimeTaken)

    def test_an_overbooked_visit_counts_as_busy(self, desk):
        schedule = make_schedule(practitioner=desk.practitioner)
        BusySlot.objects.create(
            schedule=schedule,
            start=TOMORROW_9,
            end=TOMORROW_9 + HOUR,
            kind="block",
            overbooked_by=desk.ana,
            overbooked_reason="urgent",
        )
        refused(desk, TimeTaken)


class TestNotBookable:
    @pytest.mark.parametrize(
        ("start", "reason"),
        [
            (MONDAY_NOON - datetime.timedelta(minutes=1), "past"),
            (MONDAY_NOON - datetime.timedelta(days=365), "past"),
            (MONDAY_NOON + datetime.timedelta(days=366, minutes=1), "too_far"),
            (TOMORROW_9 + datetime.timedelta(seconds=1), "off_minute"),
            (TOMORROW_9 + datetime.timedelta(microseconds=1), "off_minute"),
            (TOMORROW_9.replace(tzinfo=None), "no_zone"),
        ],
    )
    def test_start(self, desk, start, reason):
        assert refused(desk, NotBookable, start=start).reason == reason

    @pytest.mark.parametrize("what", ["type", "practitioner", "location"])
    def test_what_is_not_in_use_any_more_even_if_the_form_still_showed_it(self, desk, what):
        row = getattr(desk, what)
        type(row).objects.filter(pk=row.pk).update(is_active=False)
        assert refused(desk, NotBookable).reason == what

    def test_a_clinician_who_works_elsewhere(self, desk):
        assert refused(desk, NotBookable, location=make_location()).reason == "works_elsewhere"

    def test_each_reason_is_a_sentence(self):
        for reason in NotBookable.REASONS:
            assert str(NotBookable(reason)).endswith(".")


class TestTwice:
    def test_the_same_press_twice_is_one_visit(self, desk):
        request = desk.request()
        assert desk.confirm(request) == desk.confirm(request)
        assert Appointment.objects.count() == BusySlot.objects.count() == OutgoingMessage.objects.count() == 1
        assert actions() == ["confirmed"]

    def test_the_same_values_from_a_colleague_are_not_the_same_press(self, desk):
        request = desk.request()
        desk.confirm(request)
        with pytest.raises(IllegalMove):
            desk.confirm(request, by=desk.ben)

    @pytest.mark.parametrize("changed", ["start", "type", "practitioner", "location"])
    def test_other_values_are_not_the_same_press(self, desk, changed):
        elsewhere = make_location()
        desk.practitioner.locations.add(elsewhere)
        other = {
            "start": TOMORROW_9 + HOUR,
            "type": make_type(),
            "practitioner": make_practitioner(locations=[desk.location]),
            "location": elsewhere,
        }
        request = desk.request()
        desk.confirm(request)
        with pytest.raises(IllegalMove):
            desk.confirm(request, **{changed: other[changed]})
        assert Appointment.objects.count() == 1

    def test_a_visit_called_off_since_is_not_the_same_press(self, desk):
        request = desk.request()
        desk.cancel(desk.confirm(request))
        with pytest.raises(IllegalMove):
            desk.confirm(request)

    def test_a_request_that_changed_since_it_was_opened(self, desk):
        refused(desk, IllegalMove, version=2)


@pytest.mark.parametrize("state", ["answered", "declined", "withdrawn", "expired"])
def test_only_a_waiting_request_can_be_confirmed(desk, state):
    request = desk.request(state=state, closed_at=MONDAY_NOON, decline_reason="duplicate")
    refused(desk, IllegalMove, request)


class TestSafetyCallBack:
    @pytest.mark.parametrize("outcome", ["sees_doctor_today", "already_seen", "no_sign"])
    def test_a_visit_agreed_on_the_phone_closes_it_with_an_outcome(self, desk, outcome):
        request = desk.request(**SAFETY)
        desk.confirm(request, outcome=outcome)
        request.refresh_from_db()
        assert (request.state, request.call_outcome) == ("answered", outcome)

    @pytest.mark.parametrize("outcome", ["", "no_answer", "sent_to_emergency", "made up"])
    def test_without_an_outcome_that_goes_with_a_visit_it_stays_open(self, desk, outcome):
        refused(desk, OutcomeNeeded, desk.request(**SAFETY), outcome=outcome)

    def test_the_outcomes_that_go_with_a_visit(self):
        assert set(CallOutcome) - answering.OUTCOMES_WITH_A_VISIT == {"no_answer", "sent_to_emergency"}
