"""What our mails say, and all that they must never say."""

import datetime
import re
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from django.conf import settings

from booking.actions import by_link, escalation, offering
from booking.messages import visits, words
from booking.messages import writing as messages
from booking.messages.preparation import preparation_key
from booking.models import Appointment, AppointmentEvent, AppointmentRequest, WaitListEntry, WaitListOffer
from booking.states import DeclineReason, MailKind
from clinic.mail import OutgoingMail, Skip, compose
from clinic.models import OutgoingMessage
from clinic.outbox import KINDS
from content.models import Condition
from tests.booking.staff_at_work import SAFETY, TOMORROW_9, Desk
from tests.content.factories import make_condition, make_visit_page
from tests.factories import MONDAY_NOON, imported, make_clinic
from tests.messages import make_message

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
NEWEST = 10**9

EVERY_KIND = MailKind.values
WHILE_OPEN = ["new_request", "urgent_request", "unanswered", "promise_near"]
TO_DESK = [*WHILE_OPEN, "by_link", "not_delivered", "wait_approve"]
FREED = {"wait_offer": "offered", "wait_over": "stopped", "wait_approve": "pending"}
ABOUT_VISITS = ["confirmed", "moved", "preparation", "reminder", "visit_cancelled"]
TO_PATIENTS = [kind for kind in EVERY_KIND if kind not in TO_DESK]

# One word a field; none of them may ever leave in a mail.
CANARIES = {
    "patient_name": "Canaryname",
    "asked_by_name": "Canaryasker",
    "phone": "+12015550187",
    "best_time": "canarytime",
    "language": "canarylang",
    "access_needs": "canaryneeds",
    "insurance": "canaryplan",
    "note": "canarynote",
}
HEALTH = [
    *["spine", "spinal", "back", "neck", "leg", "disc", "nerve", "sciatica", "pain", "surgery", "injection", "numb"],
    *["condition", "diagnos", "symptom", "treatment", "therap", "rehab", "exercise", "sign"],
]
HOSTILE = [
    "{{ 7*7 }}{% now 'Y' %}",
    "<script>alert(1)</script>",
    "Eve\r\nBcc: everybody@example.com",
    "%(name)s %s %",
    "O'Brien & “Söhne”",
]


@dataclass
class Case:
    desk: Desk
    request: AppointmentRequest
    visit: Appointment | None = None
    record: AppointmentEvent | OutgoingMessage | WaitListOffer | None = None

    def mail(self, kind, now=MONDAY_NOON):
        record = self.visit if kind in ABOUT_VISITS else self.record or self.request
        keys = {"reminder": lambda: visits.reminder_key(record, "days"), "preparation": lambda: preparation_key(record)}
        key = keys[kind]() if kind in keys else ""
        return KINDS[kind].render(SimpleNamespace(pk=NEWEST, kind=kind, record_id=record.pk, key=key), now)


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


def case_for(kind, desk, /, **fields):
    """A request in the state in which a mail of this kind is due."""
    state = {
        "declined": {"state": "declined", "closed_at": MONDAY_NOON, "decline_reason": "no_time_soon"},
        "request_expired": {"state": "expired", "closed_at": MONDAY_NOON},
        "urgent_request": {"call_first": True},
    }
    case = Case(desk, desk.request(**state.get(kind, {}) | fields))
    if kind in ABOUT_VISITS:
        case.visit = desk.confirm(case.request)
    if kind == "visit_cancelled":
        desk.cancel(case.visit)
    if kind == "moved":
        desk.move(case.visit)
    if kind == "by_link":
        by_link.withdraw(request_id=case.request.pk, version=case.request.version, now=MONDAY_NOON)
        case.record = AppointmentEvent.objects.latest("pk")
    if kind == "not_delivered":
        case.record = make_message(case.request.pk, kind="received")
        OutgoingMessage.objects.update(state="failed", finished_at=MONDAY_NOON)
    if kind in ("unanswered", "answer_late", "time_passed"):
        desk.propose(case.request)
        if kind == "time_passed":
            escalation.watch_unanswered(now=TOMORROW_9)
    if kind in ("offered", "offer_over"):
        start = TOMORROW_9 + Appointment.objects.count() * HOUR
        time = {"type": desk.type, "practitioner": desk.practitioner, "location": desk.location, "start": start}
        desk.press(offering.offer, case.request, times=[time])
        if kind == "offer_over":
            offering.end_offers(now=TOMORROW_9)
    if kind in FREED:
        case.record = freed_time(case, FREED[kind])
    return case


def freed_time(case, state):
    """A time that has come free for somebody who has a visit and waits for an earlier one, in a WaitOfferState."""
    visit = case.desk.confirm(case.request, start=TOMORROW_9 + HOUR)
    day = TOMORROW_9.date()
    entry = WaitListEntry.objects.create(
        request=case.request, visit=visit, type=visit.type, first_day=day, last_day=day, created_at=MONDAY_NOON
    )
    freed = Appointment.objects.create(
        **{name: getattr(visit, name) for name in ("request", "type", "practitioner", "location")},
        start=TOMORROW_9,
        end=TOMORROW_9 + HOUR,
        state="proposed",
        offered_until=TOMORROW_9,
        created_at=MONDAY_NOON,
    )
    closed = {"closed_at": MONDAY_NOON} if state == "stopped" else {}
    return WaitListOffer.objects.create(
        entry=entry, visit=freed, state=state, expires_at=MONDAY_NOON + HOUR, created_at=MONDAY_NOON, **closed
    )


def every_mail(desk, **fields):
    """Each kind of mail, the declines and call-backs in all their versions."""
    for kind in EVERY_KIND:
        for reason in DeclineReason.values if kind == "declined" else [None]:
            extra = {"decline_reason": reason} if reason else {}
            yield f"{kind} {reason or ''}", case_for(kind, desk, **fields | extra).mail(kind)
            Appointment.objects.all().delete()
            OutgoingMessage.objects.all().delete()
    yield "call", case_for("received", desk, kind="call", **fields).mail("received")
    for kind in ("answer_late", "unanswered"):
        for name, more in {"no time": {}, "call": {"kind": "call"}, "safety": SAFETY | {"kind": "call"}}.items():
            yield f"{kind} {name}", Case(desk, desk.request(**more, **fields)).mail(kind)
    safety_call = Case(desk, desk.request(**SAFETY, **fields))
    for kind in ("urgent_request", "promise_near"):
        yield f"{kind} safety call", safety_call.mail(kind)
    yield "call ended", case_for("request_expired", desk, kind="call", **fields).mail("request_expired")
    yield "late", case_for("received", desk, reply_by=MONDAY_NOON - HOUR, **fields).mail("received")


def own_words(mail):
    """Every part of the mail without the name of the clinic, which says what it does, without addresses and the safety
    line."""
    files = [text.replace("\r\n ", "").replace("\n ", "") for _name, text, _type in mail.attachments]
    for part in (mail.subject, mail.text, mail.html, *files):
        part = part.replace("New Jersey Spine Institute", "")
        part = re.sub(r"<a [^>]*>|https?://\S+|<style.*?</style>| style=\"[^\"]*\"", "", part)
        yield re.sub(r"If anything suddenly gets worse.*", "", part)


class TestWhatTheySay:
    def test_received(self, desk):
        mail = case_for("received", desk, reference="R-4K7MX", reply_by=MONDAY_NOON + 4 * HOUR).mail("received")
        assert (mail.to, mail.subject) == ("pat@home.example", "Your request R-4K7MX")
        assert "It is a request, not yet an appointment." in mail.text
        assert "We answer you by 4 pm on Monday, November 23 (New York time)." in mail.text
        assert "If you hear nothing by then, call us at (201) 555-0142 and say R-4K7MX." in mail.text

    def test_received_call(self, desk):
        mail = case_for("received", desk, kind="call", reply_by=MONDAY_NOON + HOUR).mail("received")
        assert "You asked us to call you." in mail.text
        assert "We call you by 1 pm on Monday, November 23 (New York time)." in mail.text
        assert "appointment" not in mail.text.replace("/appointments/", "")

    def test_received_that_leaves_too_late_promises_nothing(self, desk):
        mail = case_for("received", desk, reply_by=MONDAY_NOON).mail("received")
        assert "We are late with our answer." in mail.text
        assert "by then" not in mail.text + mail.html

    def test_new_request(self, desk):
        case = case_for("new_request", desk, reference="R-4K7MX")
        mail = case.mail("new_request")
        link = f"https://clinic.example/admin/booking/appointmentrequest/{case.request.pk}/change/"
        assert (mail.to, mail.subject) == ("desk@clinic.example", "New request R-4K7MX")
        assert link in mail.text
        assert link in mail.html
        assert "We promised an answer by 4 pm on Monday, November 23 (New York time)." in mail.text

    def test_confirmed(self, desk):
        mail = case_for("confirmed", desk, reference="R-4K7MX").mail("confirmed")
        place = desk.location
        assert (mail.to, mail.subject) == ("pat@home.example", "Your visit on Tuesday, November 24 (R-4K7MX)")
        assert "When: Tuesday, November 24, 9 am (New York time)" in mail.text
        assert f"Where: {place.name}, 100 Sample Street, Exampleton, New Jersey 00000" in mail.text
        assert f"With: {desk.practitioner.name}\n" in mail.text
        assert "A photo ID, your insurance card if you have one" in mail.text
        assert "https://clinic.example/visit/" in mail.text
        assert "Call us at (201) 555-0142 as early as you can, and say R-4K7MX." in mail.text

    def test_the_year_is_said_when_it_is_another_one(self, desk):
        case = Case(desk, desk.request())
        case.visit = desk.confirm(case.request, start=TOMORROW_9 + datetime.timedelta(days=45))
        assert case.mail("confirmed").subject.startswith("Your visit on Friday, January 8, 2027")

    def test_the_clinics_zone_as_it_is_when_the_mail_leaves(self, desk):
        case = case_for("confirmed", desk)
        make_clinic(time_zone="America/Los_Angeles")
        assert "6 am (Los Angeles time)" in case.mail("confirmed").text

    @pytest.mark.parametrize("reason", DeclineReason)
    def test_declined_has_a_next_step_for_every_reason(self, desk, reason):
        mail = case_for("declined", desk, reference="R-4K7MX", decline_reason=reason).mail("declined")
        sentence, next_step = words.DECLINE_TEXTS[reason]
        assert mail.subject == "Your request R-4K7MX: our answer"
        for text in (str(sentence), "What you can do next", str(next_step), "(201) 555-0142"):
            assert text in mail.text
            assert text in mail.html
        for link in ("https://clinic.example/appointments/", "https://clinic.example/appointments/call-me/"):
            assert (f"{link}\n" in mail.text) is (f'"{link}"' in mail.html) is (reason in words.ASK_AGAIN)

    def test_unanswered(self, desk):
        case = case_for("unanswered", desk, reference="R-4K7MX")
        mail = case.mail("unanswered")
        assert (mail.to, mail.subject) == ("desk@clinic.example", "Not answered: request R-4K7MX")
        assert f"https://clinic.example/admin/desk/requests/{case.request.pk}/" in mail.text
        assert "The time is kept until 4 pm on Monday, November 23 (New York time)." in mail.text
        escalation.watch_unanswered(now=TOMORROW_9)
        passed = case.mail("unanswered", now=TOMORROW_9)
        assert "The time has passed. Please call them." in passed.text

    def test_answer_late(self, desk):
        mail = case_for("answer_late", desk, reference="R-4K7MX").mail("answer_late")
        assert mail.subject == "Your request R-4K7MX: our answer is late"
        assert "We are still keeping your time: 9 am on Tuesday, November 24 (New York time)." in mail.text
        assert "It is not booked until we confirm. Please do not come before you have heard from us." in mail.text

    def test_time_passed(self, desk):
        mail = case_for("time_passed", desk, reference="R-4K7MX").mail("time_passed", now=TOMORROW_9)
        assert mail.subject == "Your request R-4K7MX: the time has passed"
        assert "9 am on Tuesday, November 24 (New York time), has passed. It was not booked." in mail.text
        assert "Your request is still open, and we still owe you an answer." in mail.text

    def test_visit_cancelled(self, desk):
        mail = case_for("visit_cancelled", desk, reference="R-4K7MX").mail("visit_cancelled")
        assert mail.subject == "Canceled: your visit on Tuesday, November 24 (R-4K7MX)"
        assert "Please do not come at this time." in mail.text
        assert "When: Tuesday, November 24, 9 am (New York time)" in mail.text
        assert "https://clinic.example/appointments/" in mail.text

    @pytest.mark.parametrize("kind", TO_PATIENTS)
    def test_every_patient_reads_what_to_do_when_it_gets_worse(self, desk, kind):
        make_clinic(emergency_number="112")
        mail = case_for(kind, desk).mail(kind)
        line = (
            "If anything suddenly gets worse, do not wait for us: call 112 or see https://clinic.example/get-help-now/"
        )
        assert line in mail.text
        assert 'call <a href="tel:112">112</a>' in mail.html


class TestWhatTheyNeverSay:
    def test_nothing_that_a_person_typed(self, desk):
        reason = make_condition(published=True, slug="sciatica", title="Sciatica")
        assert isinstance(reason, Condition)
        for name, mail in every_mail(desk, condition=reason, is_new_patient=True, recent_surgery=True, **CANARIES):
            whole = "".join([mail.subject, mail.text, mail.html, *own_words(mail)]).lower()
            for canary in [*CANARIES.values(), "555-0187", "5550187"]:
                assert canary.lower() not in whole, name

    def test_no_word_of_health(self, desk):
        desk.practitioner.credentials, desk.practitioner.job_title = "PT, DPT", "Spine physical therapist"
        desk.practitioner.save()
        make_visit_page("<ul><li>a towel</li><li>scans of your spine</li><li>a list of exercises</li></ul>")
        telling = re.compile(rf"\b(?:{'|'.join(HEALTH)})\w*|\bDPT\b", re.IGNORECASE)
        assert len(telling.findall("scans of your spine, a list of exercises")) == 2, "or nothing would be found"
        for name, mail in every_mail(desk):
            for part in own_words(mail):
                assert telling.findall(part) == [], name

    @pytest.mark.parametrize("kind", TO_DESK)
    def test_the_desk_gets_a_reference_and_a_link_alone(self, desk, kind):
        mail = case_for(kind, desk, **CANARIES).mail(kind)
        assert "pat@home.example" not in mail.text + mail.html
        assert "If anything suddenly" not in mail.text + mail.html

    @pytest.mark.parametrize("hostile", HOSTILE)
    def test_whatever_names_say_it_stays_text(self, desk, hostile):
        make_clinic(name=hostile)
        type(desk.practitioner).objects.filter(pk=desk.practitioner.pk).update(name=hostile)
        type(desk.location).objects.filter(pk=desk.location.pk).update(name=hostile, street=hostile)
        for name, mail in every_mail(desk, patient_name=hostile, note=hostile):
            assert "\n" not in mail.subject, name
            assert "<script" not in mail.html, name
            sent = compose(mail, message_id="<1@clinic.example>").message()
            assert sent["Bcc"] is None, name
            assert sent["To"] == mail.to, name
            if hostile.startswith("{{"):
                assert hostile in mail.text, name
                assert not re.search(r"\b49\b", mail.text), name


class TestSkipped:
    @pytest.mark.parametrize("kind", EVERY_KIND)
    def test_what_was_purged(self, desk, kind):
        case = case_for(kind, desk)
        pk = case.request.pk
        AppointmentRequest.objects.all().delete()
        case.request.pk = pk
        assert case.mail(kind) == Skip(messages.GONE)

    @pytest.mark.parametrize("kind", ABOUT_VISITS)
    def test_a_visit_that_is_gone(self, desk, kind):
        case = case_for(kind, desk)
        pk = case.visit.pk
        case.visit.delete()
        case.visit.pk = pk
        assert case.mail(kind) == Skip(messages.GONE)

    @pytest.mark.parametrize("kind", TO_PATIENTS)
    @pytest.mark.parametrize("contact", [{"email": ""}, {"contact_by": "phone"}])
    def test_who_has_no_mailbox_or_wants_a_call(self, desk, kind, contact):
        case = case_for(kind, desk)
        AppointmentRequest.objects.update(**contact)
        assert case.mail(kind) == Skip(messages.NO_ADDRESS)

    # Withdrawing ends the place on the wait list (tests/booking/test_waiting.py).
    @pytest.mark.parametrize("kind", [kind for kind in TO_PATIENTS if kind not in FREED])
    def test_who_withdrew(self, desk, kind):
        case = case_for(kind, desk)
        imported(AppointmentRequest.objects.get(), state="withdrawn", closed_at=MONDAY_NOON)
        assert case.mail(kind) == Skip(messages.WITHDRAWN)

    @pytest.mark.parametrize("kind", ["received", *WHILE_OPEN, "answer_late", "time_passed"])
    @pytest.mark.parametrize("state", ["answered", "declined", "expired"])
    def test_what_was_answered_before_it_left(self, desk, kind, state):
        case = case_for(kind, desk)
        AppointmentRequest.objects.update(state=state, closed_at=MONDAY_NOON, decline_reason="duplicate")
        assert case.mail(kind) == Skip(messages.ANSWERED)

    def test_a_visit_called_off_before_the_mail_left(self, desk):
        assert case_for("visit_cancelled", desk).mail("confirmed") == Skip(messages.CHANGED)

    def test_a_visit_that_stands_is_not_called_off(self, desk):
        assert case_for("confirmed", desk).mail("visit_cancelled") == Skip(messages.CHANGED)

    @pytest.mark.parametrize("kind", ABOUT_VISITS)
    def test_a_visit_that_is_over(self, desk, kind):
        case = case_for(kind, desk)
        assert case.mail(kind, now=case.visit.start) == Skip(messages.OVER)

    @pytest.mark.parametrize("state", ["received", "answered", "expired"])
    def test_what_was_not_declined(self, desk, state):
        closed = {} if state == "received" else {"closed_at": MONDAY_NOON}
        assert Case(desk, desk.request(state=state, **closed)).mail("declined") == Skip(messages.CHANGED)

    @pytest.mark.parametrize("kind", TO_DESK)
    def test_a_desk_without_a_mailbox(self, desk, kind):
        make_clinic(staff_email="")
        assert case_for(kind, desk).mail(kind) == Skip(messages.NO_ADDRESS)


def test_links_are_those_of_this_site(desk):
    for name, mail in every_mail(desk):
        assert isinstance(mail, OutgoingMail), name
        for link in re.findall(r"https?://\S+?(?=[\"<\s]|$)", mail.text + mail.html):
            assert link.startswith(settings.SITE_URL + "/"), name
