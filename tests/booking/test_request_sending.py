"""Sending: one press is one request, whatever happens to the answer; nothing personal anywhere but in its row."""

import datetime
import json
import logging
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from booking.actions.drafts import purge_drafts
from booking.models import AppointmentEvent, AppointmentRequest, RequestDraft
from booking.suspicion import SuspectReason
from clinic.models import OutgoingMessage
from clinic.network import mailbox_key, network_key
from tests.booking.patient import (
    COOKIE,
    Patient,
    call,
    contact,
    main_of,
    make_site,
    none_of_these,
    reason,
    text_of,
    when,
)
from tests.factories import MONDAY_NOON, make_request

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return time_machine


@pytest.fixture
def patient():
    make_site()
    return Patient()


def slowly(clock):
    clock.move_to(MONDAY_NOON + datetime.timedelta(minutes=4), tick=False)


def test_everything_that_was_answered_arrives(patient, clock):
    person = "O'Brien-山田 太郎"
    patient.fill(
        when={**when(first_available="", short_notice="on"), "windows": ["2026-11-27-evening", "2026-11-24-morning"]},
        contact=contact(patient_name=person, phone="(201) 555-0123 ext. 45", contact_by="phone"),
        prepare={
            "language": "es",
            "wants_interpreter": "on",
            "access_needs": "No steps,\r\nplease",
            "insurance": "Sample Health",
            "note": "After 3 is best",
        },
    )
    slowly(clock)
    response = patient.send()
    assert response.headers["Location"] == patient.url("done")
    sent = AppointmentRequest.objects.get()
    assert sent.patient_name == person
    assert (sent.phone.as_e164, sent.phone_extension, sent.email) == ("+12015550123", "45", "pat@example.com")
    assert (sent.contact_by, sent.voicemail_ok, sent.language, sent.wants_interpreter) == ("phone", True, "es", True)
    assert (sent.access_needs, sent.insurance, sent.note) == ("No steps,\nplease", "Sample Health", "After 3 is best")
    assert (sent.condition.slug, sent.reason_other) == ("sciatica", "")
    assert (sent.is_new_patient, sent.recent_surgery) == (True, False)
    assert (sent.first_available, sent.short_notice) == (False, True)
    assert [(str(window.day), window.part) for window in sent.windows.all()] == [
        ("2026-11-24", "morning"),
        ("2026-11-27", "evening"),
    ]
    assert (sent.location, sent.practitioner) == (None, None)
    assert (sent.channel, sent.state, sent.kind) == ("web", "received", "visit")
    assert (sent.safety_outcome, sent.safety_version, sent.suspect_reasons) == ("none", 1, [])
    assert sent.reply_by - sent.received_at == datetime.timedelta(hours=4)
    assert sent.network_key != ""


def test_the_confirmation_says_what_it_is_and_what_happens_next(patient):
    patient.fill()
    patient.send()
    response = patient.get("done")
    page = text_of(response)
    sent = AppointmentRequest.objects.get()
    assert f'class="ref ref--big num">{sent.reference}<' in response.content.decode()
    assert "This is a request, not yet an appointment." in page
    assert "We answer by 4 pm today, Monday, November 23, New York time" in page
    assert "If you hear nothing by then" in page
    assert f"Call and say {sent.reference}: (201) 555-0142" in page
    assert "If anything suddenly gets worse, do not wait for our answer: call 911 or read the emergency signs" in page
    assert response.headers["Cache-Control"] == "private, no-store"
    assert text_of(patient.get("done")) == page


def test_the_confirmation_after_the_promise_ran_out_says_so(patient, clock):
    patient.fill()
    patient.send()
    for hours in (1.5, 3, 4.5):
        clock.move_to(MONDAY_NOON + datetime.timedelta(hours=hours), tick=False)
        page = text_of(patient.get("done"))
    assert "We promised an answer by 4 pm today" in page


def test_press_again_back_and_reload_are_one_request(patient):
    patient.fill()
    answers = [patient.send() for _ in range(3)]
    assert {answer.headers["Location"] for answer in answers} == {patient.url("done")}
    for page in ("reason", "when", "contact", "prepare", "review", "first_check", "who"):
        assert patient.get(page).headers["Location"] == patient.url("done"), page
        assert patient.post(page, contact(patient_name="Other")).headers["Location"] == patient.url("done"), page
    assert AppointmentRequest.objects.count() == 1
    assert AppointmentRequest.objects.get().patient_name == "Pat Testcase"
    assert RequestDraft.objects.get().data == {}
    assert AppointmentEvent.objects.count() == 1
    assert sorted(OutgoingMessage.objects.values_list("kind", flat=True)) == ["new_request", "received"]


def test_two_tabs_make_two_drafts_that_do_not_mix(patient):
    patient.fill()
    other = Patient()
    other.fill(contact=contact(patient_name="Other Person"))
    patient.send()
    other.send()
    assert set(AppointmentRequest.objects.values_list("patient_name", flat=True)) == {"Pat Testcase", "Other Person"}


def test_without_an_e_mail_only_the_front_desk_is_written_to(patient):
    patient.fill(contact=contact(email=""))
    patient.send()
    sent = AppointmentRequest.objects.get()
    assert list(OutgoingMessage.objects.values_list("kind", "record_id")) == [("new_request", sent.pk)]


def test_get_sends_nothing(patient):
    patient.fill()
    patient.get("review")
    patient.get("done")
    patient.client.head(patient.url("review"))
    patient.client.options(patient.url("review"))
    assert patient.client.put(patient.url("review")).status_code == 405
    assert patient.client.post(patient.url("done")).status_code == 302
    assert not AppointmentRequest.objects.exists()
    patient.send()
    assert patient.client.post(patient.url("done")).status_code == 405


class TestGone:
    def answers(self, patient):
        return [patient.get("contact"), patient.get("done"), patient.post("review"), patient.post("reason", reason())]

    def test_two_hours_after_the_last_use(self, patient, clock):
        patient.fill()
        clock.move_to(MONDAY_NOON + datetime.timedelta(hours=1, minutes=59), tick=False)
        assert patient.get("contact").status_code == 200
        clock.move_to(MONDAY_NOON + datetime.timedelta(hours=3, minutes=58), tick=False)
        assert patient.get("contact").status_code == 200
        clock.move_to(MONDAY_NOON + datetime.timedelta(hours=5, minutes=58), tick=False)
        for response in self.answers(patient):
            assert response.status_code == 410
            assert "(201) 555-0142" in text_of(response)
            assert f'href="{reverse("booking:start")}"' in response.content.decode()
        assert not AppointmentRequest.objects.exists()

    def test_purging_deletes_exactly_what_is_two_hours_old(self, patient, clock):
        patient.begin()
        clock.move_to(MONDAY_NOON + datetime.timedelta(minutes=1), tick=False)
        young = Patient()
        young.begin()
        two_hours = datetime.timedelta(hours=2)
        assert purge_drafts(now=MONDAY_NOON + two_hours - datetime.timedelta(microseconds=1)) == 0
        assert purge_drafts(now=MONDAY_NOON + two_hours) == 1
        assert list(RequestDraft.objects.all()) == [young.draft]

    def test_the_request_stays_when_its_draft_is_purged(self, patient):
        patient.fill()
        patient.send()
        purge_drafts(now=MONDAY_NOON + datetime.timedelta(hours=3))
        assert AppointmentRequest.objects.count() == 1
        assert patient.get("done").status_code == 410

    @pytest.mark.parametrize("secret", [None, "", "wrong", "x" * 10000, "ü\xff"])
    def test_the_address_alone_opens_nothing(self, patient, secret):
        patient.fill()
        stranger = Patient()
        stranger.path = patient.path
        if secret is not None:
            stranger.client.cookies[COOKIE] = secret
        for response in self.answers(stranger):
            assert response.status_code == 410
            assert "Pat Testcase" not in response.content.decode()
            assert "201-555-0123" not in response.content.decode()
        assert not AppointmentRequest.objects.exists()

    def test_one_s_own_secret_opens_no_other_draft(self, patient):
        patient.fill()
        other = Patient()
        other.begin()
        other.path = patient.path
        assert other.get("contact").status_code == 410

    def test_unknown_and_foreign_look_alike(self, patient):
        patient.fill()
        stranger, nobody = Patient(), Patient()
        stranger.path, nobody.path = patient.path, f"/appointments/{uuid.uuid4()}/"
        assert main_of(stranger.get("contact")) == main_of(nobody.get("contact"))

    def test_what_was_typed_is_shown_though_it_cannot_be_kept(self, patient):
        patient.fill()
        RequestDraft.objects.all().delete()
        patient.client.cookies.clear()
        response = patient.post("contact", contact(patient_name="Long <b>Name", asked_by_name="Dana"))
        page = response.content.decode()
        assert response.status_code == 410
        assert "Long &lt;b&gt;Name" in page
        assert "201-555-0123" in page
        assert "Dana" in page
        assert "my long note" in text_of(patient.post("prepare", {"note": "my long note"}))
        assert "after 3" in text_of(patient.post("call", call(best_time="after 3")))

    @pytest.mark.parametrize("draft_id", ["1", "x", "00000000-0000-4000-8000-00000000000", "%00", "1;2"])
    def test_an_address_that_is_none(self, patient, draft_id):
        assert patient.client.get(f"/appointments/{draft_id}/reason/").status_code == 404


class TestSuspect:
    """Kept and flagged, never dropped: people look odd too."""

    def reasons(self):
        return AppointmentRequest.objects.order_by("-pk").first().suspect_reasons

    def test_sent_faster_than_a_person_types(self, patient):
        patient.fill()
        patient.send()
        assert self.reasons() == [SuspectReason.TOO_FAST]

    @pytest.mark.parametrize("way", ["visit", "call"])
    def test_a_field_that_people_do_not_see(self, patient, clock, way):
        if way == "visit":
            patient.fill(contact=contact(question_7="http://spam.example"))
        else:
            patient.enter(patient.post(reverse("booking:call_me"), {"signs": none_of_these()}))
            patient.post("second_check", {"signs": none_of_these()})
        slowly(clock)
        patient.send() if way == "visit" else patient.post("call", call(question_7="x" * 100_000))
        assert self.reasons() == [SuspectReason.HONEYPOT]

    def test_links(self, patient, clock):
        patient.fill(prepare={"note": "see https://spam.example/now"})
        slowly(clock)
        patient.send()
        assert self.reasons() == [SuspectReason.LINKS]

    def test_many_from_one_network(self, patient, clock):
        for number in range(6):
            sender = Patient()
            sender.fill(contact=contact(email=f"pat{number}@example.com"))
            slowly(clock)
            sender.send()
            clock.move_to(MONDAY_NOON, tick=False)
        assert [row.suspect_reasons for row in AppointmentRequest.objects.order_by("pk")] == [[]] * 5 + [["network"]]

    def test_many_with_one_mailbox_however_it_is_written(self, patient, clock):
        for address in ("pat@example.com", "PAT+a@example.com", "pat+b@Example.com"):
            sender = Patient()
            sender.fill(contact=contact(email=address))
            slowly(clock)
            sender.send()
            clock.move_to(MONDAY_NOON, tick=False)
        assert [row.suspect_reasons for row in AppointmentRequest.objects.order_by("pk")] == [[], [], ["mailbox"]]

    def test_what_came_more_than_an_hour_ago_does_not_count(self, patient, clock):
        keys = {"network_key": network_key("127.0.0.1"), "mailbox_key": mailbox_key("pat@example.com")}
        slowly(clock)
        for _number in range(9):
            make_request(**keys, received_at=timezone.now() - datetime.timedelta(hours=1))
        clock.move_to(MONDAY_NOON, tick=False)
        patient.fill()
        slowly(clock)
        patient.send()
        assert self.reasons() == []

    def test_no_pair_of_eyes_meets_the_trap(self, patient):
        patient.fill()
        page = patient.get("contact").content.decode()
        trap = re.search(r'(?s)<div class="hp".*?</div>', page)[0]
        assert 'aria-hidden="true"' in trap
        assert 'tabindex="-1"' in trap
        assert 'autocomplete="off"' in trap
        assert "question_7" in trap


CANARY = {
    "name": "Zebulon Canarybird",
    "asker": "Wilhelmina Canarysister",
    "phone": "201-555-0188",
    "digits": "2015550188",
    "email": "canary-mailbox@example.com",
    "note": "canarynote about my secret",
    "needs": "canaryneeds",
    "insurance": "canaryplan",
}


def test_nothing_personal_leaves_the_request(patient, clock, log_lines):
    patient.begin("other")
    patient.fill(
        reason=reason(),
        contact=contact(
            patient_name=CANARY["name"],
            asked_by_name=CANARY["asker"],
            reach_whom="asker",
            phone=CANARY["phone"],
            email=CANARY["email"],
        ),
        prepare={"note": CANARY["note"], "access_needs": CANARY["needs"], "insurance": CANARY["insurance"]},
    )
    patient.post("contact", contact(patient_name=CANARY["name"], phone="nonsense", asked_by_name=CANARY["asker"]))
    patient.get("review")
    slowly(clock)
    patient.send()
    patient.get("done")
    patient.post("contact", contact(patient_name=CANARY["name"]))
    RequestDraft.objects.all().delete()
    patient.post("contact", contact(patient_name=CANARY["name"], email=CANARY["email"]))
    sent = AppointmentRequest.objects.get()
    assert sent.patient_name == CANARY["name"]

    seen = list(log_lines)
    for answer in patient.answers:
        seen += [answer.request["PATH_INFO"], answer.request["QUERY_STRING"], str(answer.headers), str(answer.cookies)]
    seen += [json.dumps(row, default=str) for row in AppointmentEvent.objects.values()]
    seen += [json.dumps(row, default=str) for row in OutgoingMessage.objects.values()]
    for name, value in CANARY.items():
        assert not [line for line in seen if value in line or value.replace(" ", "+") in line], name
    for word in ("sciatica", "fever", "bladder", "same_day", "emergency"):
        assert not [line for line in seen if word in line.lower()], word


def test_the_canary_would_be_seen(log_lines):
    """Negative control of the test above: a line with a name in it is found."""
    logging.getLogger("booking").warning("request of %s", CANARY["name"])
    assert [line for line in log_lines if CANARY["name"] in line]


@pytest.mark.parametrize(("page", "queries"), [("review", 32), ("done", 9)])
def test_sending_and_the_confirmation_ask_the_database_a_fixed_number_of_times(
    patient, page, queries, django_assert_num_queries
):
    patient.fill(when=when(windows=["2026-11-24-morning", "2026-11-25-morning"]))
    if page == "done":
        patient.send()
    with django_assert_num_queries(queries):
        patient.send() if page == "review" else patient.get(page)
