"""The wait list and the desk: saying yes first, calling whoever takes no mail or has no visit, joining and changing."""

import pytest

from booking.actions import answering, wait_offers, waiting
from booking.errors import FreedTimeOver, IllegalMove, NotWaitable
from booking.models import WaitListEntry
from tests.booking.staff_at_work import assert_ledger_equals_visits
from tests.booking.waiting_room import DAY, HOUR, MINUTE, MONDAY, WAIT_MAILS, WEDNESDAY_9, WaitingRoom, mails, press
from tests.factories import MONDAY_NOON, make_clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(django_user_model):
    return WaitingRoom(django_user_model)


class TestApproval:
    @pytest.fixture
    def offer(self, room):
        make_clinic(freed_times_need_yes=True)
        room.patient()
        room.free(WEDNESDAY_9)
        return room.look()[0]

    def test_the_desk_says_yes_first_and_the_hour_begins_then(self, room, offer):
        assert (offer.state, mails(*WAIT_MAILS)) == ("pending", ["wait_approve"])
        with pytest.raises(FreedTimeOver):
            press(waiting.accept, offer)
        later = MONDAY_NOON + 30 * MINUTE
        wait_offers.approve(offer_id=offer.pk, version=offer.version, by=room.ana, now=later)
        offer.refresh_from_db()
        offer.visit.refresh_from_db()
        assert (offer.state, offer.approved_by) == ("offered", room.ana)
        assert offer.expires_at == offer.visit.offered_until == later + HOUR
        assert mails(*WAIT_MAILS) == ["wait_approve", "wait_offer"]
        with pytest.raises(IllegalMove):
            wait_offers.approve(offer_id=offer.pk, version=offer.version, by=room.ben, now=later)
        press(waiting.accept, offer, now=later)

    def test_without_a_yes_it_ends_and_nobody_is_asked_about_it_again(self, room, offer):
        assert room.look(MONDAY_NOON + HOUR) == []
        offer.refresh_from_db()
        assert (offer.state, mails(*WAIT_MAILS)) == ("expired", ["wait_approve"])

    def test_no(self, room, offer):
        wait_offers.stop(offer_id=offer.pk, version=offer.version, by=room.ana, now=MONDAY_NOON)
        assert room.look() == []
        assert mails(*WAIT_MAILS) == ["wait_approve"], "they knew nothing of it"
        assert_ledger_equals_visits()


class TestByPhone:
    def test_whoever_takes_no_mail_is_called(self, room):
        entry = room.patient(email="")
        room.free(WEDNESDAY_9)
        (offer,) = room.look()
        assert (offer.state, mails(*WAIT_MAILS)) == ("pending", ["wait_approve"])
        with pytest.raises(IllegalMove):
            wait_offers.approve(offer_id=offer.pk, version=offer.version, by=room.ana, now=MONDAY_NOON)
        press(waiting.accept, offer, by=room.ana)
        entry.visit.refresh_from_db()
        assert (offer.state, entry.visit.start) == ("accepted", WEDNESDAY_9)
        assert mails("by_link") == []
        assert_ledger_equals_visits()

    @pytest.fixture
    def asked(self, room):
        return room.request(is_new_patient=False, recent_surgery=False)

    def test_whoever_has_no_visit_is_called_and_their_request_is_answered(self, room, asked):
        entry = room.join(asked)
        room.free(WEDNESDAY_9)
        (offer,) = room.look()
        with pytest.raises(IllegalMove):
            press(waiting.accept, offer)
        press(waiting.accept, offer, by=room.ana)
        asked.refresh_from_db()
        entry.refresh_from_db()
        visit = asked.appointments.get()
        assert (asked.state, entry.state, offer.state) == ("answered", "met", "accepted")
        assert (visit.start, visit.state, visit.offered_until) == (WEDNESDAY_9, "booked", None)
        assert_ledger_equals_visits()

    def test_booked_from_the_page_of_the_request_is_the_same(self, room, asked):
        entry = room.join(asked)
        room.free(WEDNESDAY_9)
        (offer,) = room.look()
        room.confirm(asked, start=WEDNESDAY_9)
        assert room.look() == []
        entry.refresh_from_db()
        offer.refresh_from_db()
        assert (entry.state, offer.state, asked.appointments.get().offered_until) == ("met", "accepted", None)

    def test_answered_with_another_time_they_wait_on_in_their_turn(self, room, asked):
        entry = room.join(asked)
        visit = room.confirm(asked, start=MONDAY_NOON + 7 * DAY + 21 * HOUR)
        room.free(WEDNESDAY_9)
        room.look()
        (offer,) = room.look()
        entry.refresh_from_db()
        assert (entry.visit, offer.state, offer.entry) == (visit, "offered", entry)

    def test_declined_they_are_off_the_list(self, room, asked):
        entry = room.join(asked)
        room.press(answering.decline, asked, reason="no_time_soon")
        room.look()
        entry.refresh_from_db()
        assert entry.state == "left"


class TestPlaces:
    def test_one_a_request_and_a_change_keeps_the_turn(self, room):
        entry = room.patient()
        assert room.join(entry.request) == entry, "the same press again"
        with pytest.raises(IllegalMove):
            room.join(entry.request, notice_minutes=1440)
        wanted = waiting.WaitFor(first_day=MONDAY, last_day=MONDAY + DAY, notice_minutes=2880, parts=("morning",))
        common = {"entry_id": entry.pk, "request_id": entry.request_id, "wanted": wanted, "by": None}
        waiting.change(version=entry.version, now=MONDAY_NOON + HOUR, **common)
        with pytest.raises(IllegalMove):
            waiting.change(version=entry.version, now=MONDAY_NOON + HOUR, **common)
        entry.refresh_from_db()
        assert (entry.created_at, entry.last_day, entry.parts) == (MONDAY_NOON, MONDAY + DAY, ["morning"])

    @pytest.mark.parametrize(
        "days", [{"last_day": MONDAY + 8 * DAY}, {"last_day": MONDAY - DAY}, {"first_day": MONDAY + 5 * DAY}]
    )
    def test_days_before_the_visit_alone(self, room, days):
        with pytest.raises(NotWaitable):
            room.patient(wanted=days)
        assert not WaitListEntry.objects.exists()

    @pytest.mark.parametrize("fields", [{"safety_outcome": "same_day"}, {"kind": "call"}])
    def test_nobody_who_needs_something_else(self, room, fields):
        with pytest.raises(NotWaitable):
            room.join(room.request(is_new_patient=False, recent_surgery=False, **fields))
