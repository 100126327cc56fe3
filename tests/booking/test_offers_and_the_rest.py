"""Where offers meet what other rooms do: warnings, endings, the wait list, the list of people who do not know yet."""

import pytest
from django.core import mail

from booking import queue
from booking.actions import by_link, ending, escalation, offering, wait_offers, warning
from booking.errors import IllegalMove
from booking.messages.requests import render_time_passed
from booking.models import Appointment, AppointmentRequest, WaitListEntry, WaitListOffer
from clinic.models import OutgoingMessage
from clinic.outbox import deliver_due
from clinic.site import load_site
from tests.booking.staff_at_work import HOUR, TOMORROW_9, Desk, assert_ledger_equals_visits, everything
from tests.booking.test_offering import LATER, STARTS, UNTIL, accept, offer
from tests.factories import MONDAY_NOON, make_clinic

DAY = 24 * HOUR
MINUTE = HOUR / 60


@pytest.fixture
def desk(django_user_model):
    desk = Desk(django_user_model)
    make_clinic(reply_within_hours=4)
    return desk


@pytest.fixture
def asked(desk):
    return desk.request(reply_by=MONDAY_NOON + 4 * HOUR)


def kinds(kind):
    return OutgoingMessage.objects.filter(kind=kind).count()


def freed_time(desk, asked, start=TOMORROW_9 + 3 * HOUR, until=UNTIL):
    """A time on its way to them from the wait list."""
    visit = desk.propose(asked, start)
    Appointment.objects.filter(pk=visit.pk).update(offered_until=until)
    day = start.date()
    entry = WaitListEntry.objects.create(
        request=asked, type=desk.type, first_day=day, last_day=day, created_at=MONDAY_NOON
    )
    WaitListOffer.objects.create(entry=entry, visit=visit, created_at=MONDAY_NOON, expires_at=until)
    return visit


@pytest.mark.django_db
class TestAfterAnOfferThatSuitedNobody:
    """The promise is a new one, and so is all that guards it."""

    @pytest.fixture
    def asked(self, desk):
        """Late and told of twice before; then offered a time that is over soon, which they did not want."""
        asked = desk.request(received_at=MONDAY_NOON - 10 * DAY, reply_by=MONDAY_NOON - 9 * DAY)
        for hours in (0, 24):
            warning.watch_silence(now=MONDAY_NOON - 8 * DAY + hours * HOUR)
        assert kinds("unanswered") == 2
        AppointmentRequest.objects.update(reply_by=MONDAY_NOON + 10 * MINUTE)
        assert warning.warn_of_promises(now=MONDAY_NOON) == 1
        asked.refresh_from_db()
        offer(desk, asked, [MONDAY_NOON + 2 * HOUR])
        offering.none_suits(request_id=asked.pk, version=asked.version, now=MONDAY_NOON + MINUTE)
        asked.refresh_from_db()
        assert asked.reply_by == MONDAY_NOON + 4 * HOUR + MINUTE
        return asked

    def test_the_desk_hears_again(self, asked):
        assert warning.warn_of_promises(now=asked.reply_by - MINUTE) == 1
        assert kinds("promise_near") == 2, "a mail each, not an event alone"
        assert warning.watch_silence(now=asked.reply_by) == 1
        assert kinds("unanswered") == 3

    def test_nothing_ends_before_it_did(self, asked):
        AppointmentRequest.objects.filter(pk=asked.pk).update(reply_by=MONDAY_NOON + 3 * HOUR)
        asked.windows.create(day=MONDAY_NOON.date(), part="morning")
        tomorrow = MONDAY_NOON + 22 * HOUR
        assert ending.end_requests(now=tomorrow) == 0
        now = tomorrow
        while not ending.end_requests(now=now):
            warning.watch_silence(now=now)
            now += HOUR
        assert kinds("unanswered") == 4


@pytest.mark.django_db
class TestTheWaitList:
    def test_a_freed_time_holds_up_no_warning(self, desk, asked):
        freed_time(desk, asked)
        assert warning.watch_silence(now=asked.reply_by) == 1

    def test_a_time_that_they_asked_for_does(self, desk, asked):
        desk.propose(asked)
        assert warning.watch_silence(now=asked.reply_by) == 0, "that is the other watch's"

    def test_who_is_told_to_see_a_doctor_today_is_off_it(self, desk, asked):
        freed = freed_time(desk, asked)
        chosen = offer(desk, asked)[0]
        press = {"request_id": asked.pk, "appointment_id": chosen.pk, "version": asked.version}
        offering.ask_to_call(**press, safety_version=1, safety_outcome="same_day", now=MONDAY_NOON)
        wait_offers.watch_wait_list(now=MONDAY_NOON + MINUTE)
        freed.refresh_from_db()
        assert (freed.state, WaitListOffer.objects.get().state) == ("cancelled", "stopped")
        assert WaitListEntry.objects.get().state == "left"
        assert_ledger_equals_visits()

    def test_the_mail_about_a_time_that_passed_names_the_one_they_asked_for(self, desk, asked):
        desk.propose(asked, TOMORROW_9)
        freed_time(desk, asked, TOMORROW_9 + 3 * HOUR, until=MONDAY_NOON + HOUR)
        wait_offers.watch_wait_list(now=MONDAY_NOON + 2 * HOUR)
        escalation.watch_unanswered(now=TOMORROW_9)
        written = render_time_passed(OutgoingMessage.objects.get(kind="time_passed"), TOMORROW_9)
        assert "9 am" in written.text
        assert "12" not in written.text.partition("911")[0].replace(asked.reference, "")


@pytest.mark.django_db
@pytest.mark.parametrize("whose", ["asked for", "offered", "freed"])
def test_a_time_that_is_only_kept_cannot_be_called_off_as_a_visit(desk, asked, whose):
    if whose == "offered":
        (visit,) = offer(desk, asked, STARTS[:1])
    else:
        visit = desk.propose(asked) if whose == "asked for" else freed_time(desk, asked)
    before = everything()
    press = {"appointment_id": visit.pk, "version": visit.version, "now": MONDAY_NOON}
    with pytest.raises(IllegalMove):
        by_link.cancel_visit(request_id=asked.pk, **press)
    assert everything() == before


@pytest.mark.django_db(transaction=True)
class TestDoTheyKnow:
    def load(self, now):
        site = load_site(now=now)
        return queue.load_desk(now=now, opening=site.opening, zone=site.clinic.zone)

    def test_the_mail_that_an_offer_is_over_tells_them(self, desk, asked):
        offer(desk, asked)
        offering.end_offers(now=UNTIL)
        waits = self.load(UNTIL + MINUTE)
        assert (waits.untold, waits.mails_on_their_way, waits.ended) == ([], 1, [])
        deliver_due(now=LATER)
        asked.refresh_from_db()
        assert (asked.state, asked.told_at, asked.told_how) == ("expired", LATER, "email")
        assert self.load(LATER + HOUR).untold == []
        assert len(mail.outbox) == 1

    def test_one_that_staff_took_back_answers_nothing(self, desk, asked):
        offer(desk, asked)
        offering.withdraw_offer(request_id=asked.pk, version=asked.version, by=desk.ana, now=MONDAY_NOON)
        deliver_due(now=MONDAY_NOON)
        asked.refresh_from_db()
        assert (asked.state, asked.told_at, len(mail.outbox)) == ("received", None, 1)

    def test_the_visit_they_must_hear_of_is_the_one_they_took(self, desk, asked):
        first = offer(desk, asked)[0]
        desk.move(accept(asked, first), start=TOMORROW_9 + 5 * HOUR)
        OutgoingMessage.objects.update(state="failed", reason="refused", finished_at=MONDAY_NOON)
        (row,) = self.load(MONDAY_NOON + HOUR).untold
        assert (row.visit, row.visit.state) == (first, "booked")
