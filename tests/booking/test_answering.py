"""Opening a request, trying to reach the patient, and every way to end it but a visit."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from booking.actions import answering
from booking.errors import AttemptsNeeded, ClaimedByOther, IllegalMove, OutcomeNeeded
from booking.models import AppointmentEvent, ContactAttempt
from booking.states import UNDECIDED_REQUEST_STATES, DeclineReason, RequestState
from clinic.models import OutgoingMessage
from tests.booking.staff_at_work import SAFETY, Desk, actions, everything
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
CLOSED = [state for state in RequestState if state not in UNDECIDED_REQUEST_STATES]


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


def refused(error, press):
    """The error, once it is sure that nothing at all was written."""
    before = everything()
    with pytest.raises(error) as caught:
        press()
    assert everything() == before
    assert not OutgoingMessage.objects.exists()
    return caught.value


def ending(request):
    request.refresh_from_db()
    return request.state, request.told_how, request.call_outcome


class TestClaim:
    def claim(self, request, by, *, after=0):
        answering.claim(request_id=request.pk, by=by, now=MONDAY_NOON + after * MINUTE)
        request.refresh_from_db()
        return request.claimed_by, request.claimed_at

    def test_it_shows_who_has_it(self, desk):
        request = desk.request()
        assert self.claim(request, desk.ana) == (desk.ana, MONDAY_NOON)
        assert actions(request_id=request.pk, user_id=desk.ana.pk) == ["claimed"]

    def test_it_does_not_make_a_colleagues_page_stale(self, desk):
        request = desk.request()
        self.claim(request, desk.ana)
        assert request.version == 1

    def test_renewing_it_is_not_news(self, desk):
        request = desk.request()
        self.claim(request, desk.ana)
        assert self.claim(request, desk.ana, after=9) == (desk.ana, MONDAY_NOON + 9 * MINUTE)
        assert actions() == ["claimed"]

    def test_a_colleague_who_has_it_keeps_it(self, desk):
        request = desk.request()
        self.claim(request, desk.ana)
        error = refused(ClaimedByOther, lambda: self.claim(request, desk.ben, after=9))
        assert (error.user_id, error.since) == (desk.ana.pk, MONDAY_NOON)
        assert "ana" not in str(error)

    def test_after_ten_minutes_it_may_be_taken_over(self, desk):
        request = desk.request()
        self.claim(request, desk.ana)
        assert self.claim(request, desk.ben, after=10) == (desk.ben, MONDAY_NOON + 10 * MINUTE)
        assert actions() == ["claimed", "claimed"]

    def test_giving_it_back(self, desk):
        request = desk.request()
        self.claim(request, desk.ana)
        answering.release(request_id=request.pk, by=desk.ana, now=MONDAY_NOON)
        request.refresh_from_db()
        assert (request.claimed_by, request.claimed_at) == (None, None)
        assert actions() == ["claimed", "released"]
        assert self.claim(request, desk.ben)[0] == desk.ben

    @pytest.mark.parametrize("holder", ["ana", None])
    def test_giving_back_what_one_does_not_hold_changes_nothing(self, desk, holder):
        request = desk.request()
        if holder:
            self.claim(request, desk.ana)
        before = everything()
        answering.release(request_id=request.pk, by=desk.ben, now=MONDAY_NOON)
        assert everything() == before


class TestAttempt:
    @pytest.mark.parametrize("result", ["reached", "voicemail", "no_answer", "wrong_number"])
    def test_it_is_written_down(self, desk, result):
        request = desk.request()
        desk.try_to_reach(request, result=result)
        attempt = ContactAttempt.objects.get()
        assert (attempt.request, attempt.by, attempt.at, attempt.result) == (request, desk.ana, MONDAY_NOON, result)
        assert AppointmentEvent.objects.get(action="attempt").detail == {"result": result}

    @pytest.mark.parametrize("result", ["", "made up"])
    def test_only_results_from_the_list(self, desk, result):
        request = desk.request()
        refused(ValidationError, lambda: desk.try_to_reach(request, result=result))


class TestDecline:
    @pytest.mark.parametrize("reason", DeclineReason)
    def test_everything_that_it_writes(self, desk, reason):
        request = desk.request(claimed_by=desk.ana, claimed_at=MONDAY_NOON)
        desk.press(answering.decline, request, reason=reason.value)
        assert ending(request) == ("declined", "", "")
        assert (request.decline_reason, request.closed_at, request.version) == (reason, MONDAY_NOON, 2)
        assert (request.claimed_by, request.told_at) == (None, None)
        event = AppointmentEvent.objects.get()
        assert (event.action, event.request_id, event.detail) == ("declined", request.pk, {"reason": reason})
        message = OutgoingMessage.objects.get()
        assert (message.kind, message.record_id) == ("declined", request.pk)

    @pytest.mark.parametrize("contact", [{"email": ""}, {"contact_by": "phone"}])
    def test_no_mail_to_who_has_none_or_wants_a_call(self, desk, contact):
        desk.press(answering.decline, desk.request(**contact), reason="duplicate")
        assert not OutgoingMessage.objects.exists()

    @pytest.mark.parametrize("reason", ["", "made up"])
    def test_only_reasons_from_the_list(self, desk, reason):
        request = desk.request()
        refused(ValueError, lambda: desk.press(answering.decline, request, reason=reason))


class TestWithdraw:
    def test_who_called_it_off_knows(self, desk):
        request = desk.request()
        desk.press(answering.withdraw, request)
        assert ending(request) == ("withdrawn", "phone", "")
        assert actions() == ["withdrawn"]
        assert not OutgoingMessage.objects.exists()


class TestCloseCall:
    def test_an_ordinary_call_needs_no_outcome(self, desk):
        request = desk.request(kind="call")
        desk.press(answering.close_call, request)
        assert ending(request) == ("answered", "phone", "")
        assert (request.told_at, request.closed_at) == (MONDAY_NOON, MONDAY_NOON)
        assert AppointmentEvent.objects.get().detail == {"outcome": ""}

    @pytest.mark.parametrize("kind", ["call", "visit"])
    @pytest.mark.parametrize("outcome", ["sent_to_emergency", "sees_doctor_today", "already_seen", "no_sign"])
    def test_a_safety_call_closes_with_its_outcome(self, desk, kind, outcome):
        request = desk.request(kind=kind, **SAFETY)
        desk.press(answering.close_call, request, outcome=outcome)
        assert ending(request) == ("answered", "phone", outcome)

    def test_a_request_for_a_visit_is_answered_not_closed(self, desk):
        request = desk.request()
        refused(IllegalMove, lambda: desk.press(answering.close_call, request))


ENDINGS = {
    "decline": (answering.decline, {"reason": "not_reached"}, "declined", ""),
    "withdraw": (answering.withdraw, {}, "withdrawn", "phone"),
    "close_call": (answering.close_call, {}, "answered", "attempts"),
}


@pytest.mark.parametrize("ending_name", ENDINGS)
class TestEveryEnding:
    def test_a_safety_call_back_needs_an_outcome(self, desk, ending_name):
        action, arguments, _state, _told = ENDINGS[ending_name]
        for outcome in ("", "made up"):
            request = desk.request(kind="call", **SAFETY)
            refused(OutcomeNeeded, lambda: desk.press(action, request, outcome=outcome, **arguments))  # noqa: B023

    @pytest.mark.parametrize("safety", [SAFETY, {}], ids=["safety call", "ordinary call"])
    def test_not_reached_means_three_tries_in_vain(self, desk, ending_name, safety):
        action, arguments, state, told = ENDINGS[ending_name]
        request = desk.request(kind="call", **safety)
        desk.try_to_reach(request, 2)
        desk.try_to_reach(request, result="reached")
        refused(AttemptsNeeded, lambda: desk.press(action, request, outcome="no_answer", **arguments))
        desk.try_to_reach(request, result="voicemail")
        desk.press(action, request, outcome="no_answer", **arguments)
        assert ending(request) == (state, told, "no_answer")

    @pytest.mark.parametrize("state", CLOSED)
    def test_what_is_closed_stays_as_it_is(self, desk, ending_name, state):
        action, arguments, _state, _told = ENDINGS[ending_name]
        request = desk.request(kind="call", state=state, closed_at=MONDAY_NOON, decline_reason="duplicate")
        refused(IllegalMove, lambda: desk.press(action, request, **arguments))

    def test_what_changed_since_it_was_opened_is_looked_at_again(self, desk, ending_name):
        action, arguments, _state, _told = ENDINGS[ending_name]
        request = desk.request(kind="call")
        refused(IllegalMove, lambda: desk.press(action, request, version=2, **arguments))
