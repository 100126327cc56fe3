"""Up to three times offered for a request: all held, one taken, the others free; and a clear end."""

import datetime

import pytest

from booking.actions import answering, escalation, offering
from booking.errors import CannotOffer, IllegalMove, OfferOver
from booking.models import Appointment, BusySlot, WaitListEntry, WaitListOffer
from booking.states import RequestState
from clinic.models import OutgoingMessage
from tests.booking.staff_at_work import (
    HOUR,
    TOMORROW_9,
    Desk,
    actions,
    assert_ledger_equals_visits,
    everything,
)
from tests.factories import MONDAY_NOON, make_clinic, make_location, make_practitioner, make_room, make_type

pytestmark = pytest.mark.django_db

DAY = 24 * HOUR
UNTIL = TOMORROW_9 - 2 * HOUR
STARTS = [TOMORROW_9, TOMORROW_9 + HOUR, TOMORROW_9 + DAY]
LATER = UNTIL + HOUR / 60


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


@pytest.fixture
def asked(desk):
    return desk.request()


def offer(desk, asked, starts=STARTS, *, each=None, **changes):
    """The visits; `each` changes the times one by one. The request is then as it is in the database."""
    usual = {"type": desk.type, "practitioner": desk.practitioner, "location": desk.location}
    times = [
        usual | {"start": start} | change for start, change in zip(starts, each or [{} for _ in starts], strict=True)
    ]
    wanted = {"version": asked.version, "times": times, "by": desk.ana, "now": MONDAY_NOON} | changes
    visits = offering.offer(request_id=asked.pk, **wanted)
    asked.refresh_from_db()
    return visits


def accept(asked, visit, *, now=MONDAY_NOON + HOUR, **changes):
    wanted = {"version": asked.version, "safety_version": 1, "now": now} | changes
    return offering.accept(request_id=asked.pk, appointment_id=visit.pk, **wanted)


def states():
    return list(Appointment.objects.order_by("pk").values_list("state", flat=True))


def mails():
    return sorted(OutgoingMessage.objects.values_list("kind", flat=True))


class TestOffering:
    def test_three_times_are_held_and_the_patient_is_told(self, desk, asked):
        visits = offer(desk, asked)
        assert [visit.start for visit in visits] == STARTS
        assert {visit.offered_until for visit in visits} == {UNTIL}, "all end at once, before the first"
        assert (asked.state, asked.claimed_by, asked.closed_at) == ("offered", None, None)
        assert set(BusySlot.objects.values_list("kind", flat=True)) == {"proposal"}
        assert_ledger_equals_visits()
        assert actions(request_id=asked.pk) == ["offered"]
        assert mails() == ["offered"]

    def test_with_a_room_where_the_type_needs_one(self, desk, asked):
        room = make_room(location=desk.location)
        kind = make_type(needs_room=True, buffer_after_minutes=10)
        first, second = offer(desk, asked, STARTS[:2], each=[{"type": kind}, {"type": kind, "start": STARTS[2]}])
        assert first.room == second.room == room
        assert_ledger_equals_visits()

    @pytest.mark.parametrize(
        ("ahead", "hours", "kept"),
        [
            (72 * HOUR, 24, 24 * HOUR),
            (72 * HOUR, 168, 70 * HOUR),
            (5 * HOUR, 24, 3 * HOUR),
            (2 * HOUR, 24, HOUR),
            (HOUR, 24, HOUR / 2),
        ],
    )
    def test_until_when_they_are_kept(self, ahead, hours, kept):
        starts = [MONDAY_NOON + ahead, MONDAY_NOON + ahead + DAY]
        assert offering.kept_until(starts, hours=hours, now=MONDAY_NOON) == MONDAY_NOON + kept

    def test_the_same_press_twice_offers_once(self, desk, asked):
        seen = asked.version
        first = offer(desk, asked)
        assert offer(desk, asked, version=seen) == first
        assert (Appointment.objects.count(), mails()) == (3, ["offered"])
        with pytest.raises(IllegalMove):
            offer(desk, asked, version=seen, by=desk.ben)

    def test_offering_again_takes_the_place_of_the_offer_before(self, desk, asked):
        offer(desk, asked)
        second = offer(desk, asked, [STARTS[1], STARTS[1] + 2 * HOUR])
        assert states() == ["cancelled"] * 3 + ["proposed"] * 2
        assert second[0].start == STARTS[1], "what the offer before held is not in the way"
        assert_ledger_equals_visits()
        assert mails() == ["offered"] * 2

    def test_a_time_that_was_asked_for_is_let_go(self, desk, asked):
        kept = desk.propose(asked)
        offer(desk, asked, STARTS[1:])
        kept.refresh_from_db()
        assert (kept.state, actions(appointment_id=kept.pk)) == ("cancelled", ["let_go"])
        assert_ledger_equals_visits()

    def test_others_cannot_have_them(self, desk, asked):
        offer(desk, asked)
        with pytest.raises(CannotOffer, match="Time 2: Somebody else has this time"):
            offer(desk, desk.request(), [STARTS[0] + 5 * HOUR, STARTS[1]])

    def test_two_clinicians_at_the_same_hour_are_a_choice(self, desk, asked):
        other = make_practitioner(locations=[desk.location])
        offer(desk, asked, [TOMORROW_9] * 2, each=[{}, {"practitioner": other}])
        assert_ledger_equals_visits()


@pytest.mark.parametrize(
    ("starts", "words"),
    [
        ([], "Offer one, two or three times"),
        ([TOMORROW_9 + n * HOUR for n in range(4)], "Offer one, two or three times"),
        ([TOMORROW_9, TOMORROW_9], "Time 2: This is the same"),
        ([TOMORROW_9, TOMORROW_9 + 2 * HOUR, TOMORROW_9 + HOUR / 2], "Time 3: This is the same .* or overlaps"),
        ([TOMORROW_9, MONDAY_NOON - HOUR], "Time 2: This time is already over"),
        ([MONDAY_NOON + HOUR / 2], "Time 1: A time that we offer is at least an hour ahead"),
        ([TOMORROW_9 + HOUR / 7200], "Time 1: A visit starts on a full minute"),
        ([TOMORROW_9 + 400 * DAY], "Time 1: This is more than a year ahead"),
    ],
)
def test_a_refused_offer_says_which_time_and_stores_nothing(desk, asked, starts, words):
    before = everything()
    with pytest.raises(CannotOffer, match=words):
        offer(desk, asked, starts)
    assert everything() == before
    assert mails() == []


def test_it_is_refused_where_nobody_may_be_written_to_or_a_call_comes_first(desk):
    elsewhere = make_practitioner(locations=[make_location(name="Elsewhere")])
    for fields, each, words in [
        ({"email": ""}, {}, "takes no e-mail"),
        ({"contact_by": "phone"}, {}, "takes no e-mail"),
        ({"safety_outcome": "same_day"}, {}, "safety call-back"),
        ({}, {"practitioner": elsewhere}, "Time 1: This clinician does not work at this location"),
        ({}, {"type": make_type(is_active=False)}, "Time 1: This kind of visit is no longer in use"),
    ]:
        with pytest.raises(CannotOffer, match=words):
            offer(desk, desk.request(**fields), STARTS[:1], each=[each])
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("state", [s for s in RequestState if s not in ("received", "offered")])
def test_what_is_closed_gets_no_offer(desk, state):
    fields = {"closed_at": MONDAY_NOON, "decline_reason": "duplicate" if state == "declined" else ""}
    with pytest.raises(IllegalMove):
        offer(desk, desk.request(state=state, **fields))
    assert not Appointment.objects.exists()


class TestThePatient:
    def test_takes_one_and_the_others_are_free(self, desk, asked):
        visits = offer(desk, asked)
        visit = accept(asked, visits[1])
        asked.refresh_from_db()
        assert states() == ["cancelled", "booked", "cancelled"]
        assert (visit.offered_until, asked.state, asked.told_how, asked.safety_version) == (None, "answered", "site", 1)
        assert_ledger_equals_visits()
        assert mails() == ["by_link", "confirmed", "offered"]
        assert actions(appointment_id=visit.pk) == ["accepted"]

    def test_pressed_again_it_is_the_same_visit_and_another_one_is_refused(self, desk, asked):
        visits = offer(desk, asked)
        assert accept(asked, visits[1]) == accept(asked, visits[1])
        before = everything()
        with pytest.raises(IllegalMove):
            accept(asked, visits[0])
        assert everything() == before

    @pytest.mark.parametrize(("now", "works"), [(UNTIL - HOUR / 60, True), (UNTIL, False)])
    def test_only_until_the_offer_ends(self, desk, asked, now, works):
        visit = offer(desk, asked)[0]
        if works:
            assert accept(asked, visit, now=now).state == "booked"
            return
        with pytest.raises(OfferOver):
            accept(asked, visit, now=now)
        offering.end_offers(now=now)
        with pytest.raises(OfferOver):
            accept(asked, visit, now=now)

    def test_cannot_take_what_is_not_theirs(self, desk, asked):
        offer(desk, asked)
        other = desk.request()
        theirs = offer(desk, other, [TOMORROW_9 + 5 * HOUR])[0]
        for visit, changes in [(theirs, {}), (Appointment(pk=10**9), {}), (theirs, {"version": 1})]:
            with pytest.raises(IllegalMove):
                accept(asked, visit, **changes)
        assert states() == ["proposed"] * 4

    def test_wants_none_and_waits_again_with_a_promise_from_now(self, desk, asked):
        make_clinic(reply_within_hours=4)
        offer(desk, asked)
        now = MONDAY_NOON + HOUR
        offering.none_suits(request_id=asked.pk, version=asked.version, now=now)
        asked.refresh_from_db()
        assert (asked.state, asked.reply_by, asked.escalated_at) == ("received", now + 4 * HOUR, None)
        assert not BusySlot.objects.exists()
        assert mails() == ["by_link", "offered"]
        before = everything()
        with pytest.raises(IllegalMove):
            offering.none_suits(request_id=asked.pk, version=asked.version - 1, now=now)
        assert everything() == before
        desk.confirm(asked, now=now)

    @pytest.mark.parametrize(
        ("outcome", "changed", "promise"), [("same_day", False, HOUR / 2), ("none", True, 4 * HOUR)]
    )
    def test_is_called_before_anything_is_booked(self, desk, asked, outcome, changed, promise):
        make_clinic(reply_within_hours=4, call_back_within_minutes=30)
        chosen = offer(desk, asked)[1]
        now = MONDAY_NOON + HOUR
        answer = {"safety_outcome": outcome, "safety_version": 2, "changed": changed}
        press = {"request_id": asked.pk, "appointment_id": chosen.pk, "version": asked.version, "now": now}
        offering.ask_to_call(**press, **answer)
        asked.refresh_from_db()
        assert (asked.state, asked.safety_outcome, asked.call_first) == ("received", outcome, changed)
        assert asked.reply_by == now + promise
        assert states() == ["cancelled", "proposed", "cancelled"]
        assert_ledger_equals_visits()
        assert mails() == ["by_link", "offered"]
        with pytest.raises(IllegalMove):
            offering.ask_to_call(**press, **answer)
        assert offering.end_offers(now=TOMORROW_9 - HOUR) == 0, "it waits for us now, not for the patient"
        assert escalation.watch_unanswered(now=now + 5 * HOUR).extended == 1
        assert desk.confirm(asked, start=chosen.start, outcome="already_seen") == chosen


class TestStaff:
    def test_book_one_of_them_on_the_phone(self, desk, asked):
        visits = offer(desk, asked)
        assert desk.confirm(asked, start=visits[2].start) == visits[2]
        assert states() == ["cancelled", "cancelled", "booked"]
        assert_ledger_equals_visits()
        with pytest.raises(IllegalMove):
            accept(asked, visits[0])

    @pytest.mark.parametrize(
        ("action", "more"), [(answering.decline, {"reason": "duplicate"}), (answering.withdraw, {})]
    )
    def test_end_the_request_and_free_them(self, desk, asked, action, more):
        offer(desk, asked)
        desk.press(action, asked, **more)
        assert not BusySlot.objects.exists()
        assert offering.end_offers(now=LATER) == 0

    def test_take_it_back_and_tell(self, desk, asked):
        offer(desk, asked)
        offering.withdraw_offer(request_id=asked.pk, version=asked.version, by=desk.ana, now=MONDAY_NOON + HOUR)
        asked.refresh_from_db()
        assert asked.state == "received"
        assert asked.reply_by > MONDAY_NOON + HOUR
        assert not BusySlot.objects.exists()
        assert mails() == ["offer_over", "offered"]


class TestTheEnd:
    def test_it_ends_once_and_clearly(self, desk, asked):
        offer(desk, asked)
        assert offering.end_offers(now=UNTIL - HOUR / 60) == 0
        assert asked.state == "offered"
        assert (offering.end_offers(now=UNTIL), offering.end_offers(now=LATER)) == (1, 0)
        asked.refresh_from_db()
        assert (asked.state, asked.closed_at) == ("expired", UNTIL)
        assert states() == ["cancelled"] * 3
        assert not BusySlot.objects.exists()
        assert mails() == ["offer_over", "offered"]
        assert actions(request_id=asked.pk, action="offer_over") == ["offer_over"]

    def test_a_worker_that_was_stopped_for_days_ends_it_then(self, desk, asked):
        offer(desk, asked)
        assert offering.end_offers(now=TOMORROW_9 + 5 * DAY) == 1
        assert_ledger_equals_visits()

    def test_an_offered_time_is_never_escalated(self, desk, asked):
        offer(desk, asked)
        before = everything()
        assert str(escalation.watch_unanswered(now=TOMORROW_9 + 5 * DAY)) == ""
        assert everything() == before

    def test_freed_times_of_the_wait_list_have_an_end_of_their_own(self, desk, asked):
        freed = desk.propose(asked, TOMORROW_9 + 3 * HOUR)
        Appointment.objects.filter(pk=freed.pk).update(offered_until=UNTIL)
        day = TOMORROW_9.date()
        entry = WaitListEntry.objects.create(
            request=asked, type=desk.type, first_day=day, last_day=day, created_at=MONDAY_NOON
        )
        WaitListOffer.objects.create(entry=entry, visit=freed, created_at=MONDAY_NOON, expires_at=UNTIL)
        assert offering.end_offers(now=LATER) == 0, "the request waits for our answer"
        visits = offer(desk, asked, STARTS[:2])
        with pytest.raises(IllegalMove):
            accept(asked, freed)
        assert offering.end_offers(now=LATER) == 1
        freed.refresh_from_db()
        assert (freed.state, {v.start for v in visits}) == ("proposed", set(STARTS[:2]))


def test_no_offer_outlives_its_first_time():
    """Whatever the clinic sets: at least half an hour to answer, and over before somebody would have to leave."""
    for minutes in range(60, 60 * 30, 7):
        for hours in (1, 24, 168):
            start = MONDAY_NOON + datetime.timedelta(minutes=minutes)
            until = offering.kept_until([start], hours=hours, now=MONDAY_NOON)
            assert MONDAY_NOON + HOUR / 2 <= until <= start - HOUR / 2
