"""The one door for requests: what it promises, what it writes beside the row, what it leaves alone."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError

from booking.actions import intake
from booking.actions.drafts import start_draft
from booking.actions.intake import RequestAnswers, receive_request
from booking.errors import DraftGone
from booking.models import AppointmentEvent, AppointmentRequest, RequestDraft
from booking.states import Channel, RequestState, SafetyOutcome
from clinic.models import Closure, OutgoingMessage
from tests.factories import MONDAY_NOON, make_clinic, make_location

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clinic():
    make_location()
    return make_clinic()


def answers(**changes):
    return RequestAnswers(
        **{
            "patient_name": "Pat Testcase",
            "phone": "201-555-0123",
            "safety_outcome": SafetyOutcome.NONE,
            "safety_version": 3,
        }
        | changes
    )


def receive(*, now=MONDAY_NOON, channel=Channel.WEB, **options):
    return receive_request(answers=options.pop("answers", None) or answers(), channel=channel, now=now, **options)


def test_the_row_as_it_comes_in():
    made = receive(network_key="abc", suspect_reasons=("links",))
    kept = AppointmentRequest.objects.get()
    assert kept == made
    assert (kept.state, kept.channel, kept.received_at) == (RequestState.RECEIVED, "web", MONDAY_NOON)
    assert (kept.network_key, kept.suspect_reasons, kept.safety_version) == ("abc", ["links"], 3)
    assert kept.reference.startswith("R-")


# The clinic is open Monday to Friday, 7:30 to 18:00 in New York, and promises four working hours.
@pytest.mark.parametrize(
    ("now", "promised"),
    [
        ("2026-11-23 12:00", "2026-11-23 16:00"),
        ("2026-11-23 17:00", "2026-11-24 10:30"),
        ("2026-11-23 18:00", "2026-11-24 11:30"),
        ("2026-11-23 03:00", "2026-11-23 11:30"),
        ("2026-11-27 17:30", "2026-11-30 11:00"),
        ("2026-11-28 12:00", "2026-11-30 11:30"),
        ("2026-11-25 17:00", "2026-11-27 10:30"),
        ("2026-10-30 17:00", "2026-11-02 10:30"),
        ("2026-03-06 17:00", "2026-03-09 10:30"),
    ],
)
def test_the_promise_counts_only_open_hours(clinic, now, promised):
    day = datetime.date(2026, 11, 26)
    Closure.objects.create(first_day=day, last_day=day, reason="Thanksgiving")
    in_new_york = (datetime.datetime.fromisoformat(text).replace(tzinfo=clinic.zone) for text in (now, promised))
    received_at, reply_by = (instant.astimezone(datetime.UTC) for instant in in_new_york)
    assert receive(now=received_at).reply_by == reply_by


def test_a_safety_call_is_promised_in_minutes_of_open_time():
    made = receive(answers=answers(safety_outcome=SafetyOutcome.SAME_DAY, kind="call"))
    assert made.reply_by == MONDAY_NOON + datetime.timedelta(minutes=30)


@pytest.mark.parametrize(("email", "kinds"), [("pat@example.com", ["new_request", "received"]), ("", ["new_request"])])
def test_messages_and_event_come_with_the_row(email, kinds):
    made = receive(answers=answers(email=email))
    messages = OutgoingMessage.objects.order_by("kind")
    assert [(message.kind, message.key, message.record_id) for message in messages] == [
        (kind, f"{kind}:{made.pk}", made.pk) for kind in kinds
    ]
    event = AppointmentEvent.objects.get()
    assert (event.action, event.request_id, event.user_label, event.detail) == (
        "received",
        made.pk,
        "",
        {"channel": "web"},
    )


@pytest.mark.parametrize("urgent", [{"safety_outcome": SafetyOutcome.SAME_DAY, "kind": "call"}, {"call_first": True}])
def test_where_a_call_comes_first_the_desk_reads_that_it_is_urgent(urgent):
    made = receive(answers=answers(email="", **urgent))
    message = OutgoingMessage.objects.get()
    assert (message.kind, message.key, message.record_id) == ("urgent_request", f"urgent_request:{made.pk}", made.pk)


def test_staff_who_enter_it_stand_in_the_history():
    desk = User.objects.create_user("desk")
    receive(channel=Channel.PHONE, by=desk)
    event = AppointmentEvent.objects.get()
    assert (event.user_id, event.user_label, event.detail) == (desk.pk, "desk", {"channel": "phone"})


def test_the_same_draft_again_gives_the_first_row_whatever_is_sent():
    draft, _secret = start_draft(now=MONDAY_NOON, data={"contact": {"patient_name": "Pat Testcase"}})
    first = receive(draft_key=draft.pk)
    second = receive(draft_key=draft.pk, answers=answers(patient_name="Other"))
    assert (second.pk, second.patient_name) == (first.pk, "Pat Testcase")
    assert AppointmentEvent.objects.count() == 1
    assert OutgoingMessage.objects.count() == 1
    assert RequestDraft.objects.get().data == {}


def test_from_the_site_a_deleted_draft_becomes_no_request():
    draft, _secret = start_draft(now=MONDAY_NOON)
    draft_key = draft.pk
    draft.delete()
    with pytest.raises(DraftGone):
        receive(draft_key=draft_key)
    assert not AppointmentRequest.objects.exists()


def test_at_the_desk_the_key_needs_no_draft():
    key = "6f9619ff-8b86-4011-b42d-00cf4fc964ff"
    first, second = receive(channel=Channel.DESK, draft_key=key), receive(channel=Channel.DESK, draft_key=key)
    assert first.pk == second.pk


def test_a_reference_that_is_taken_is_drawn_again(monkeypatch):
    drawn = iter(["R-AAAAA", "R-AAAAA", "R-AAAAA", "R-BBBBB"])
    monkeypatch.setattr(intake, "new_reference", lambda: next(drawn))
    assert [receive().reference for _ in range(2)] == ["R-AAAAA", "R-BBBBB"]


def test_when_every_reference_is_taken_the_caller_hears_of_it(monkeypatch):
    monkeypatch.setattr(intake, "new_reference", lambda: "R-AAAAA")
    receive()
    with pytest.raises(IntegrityError):
        receive()
    assert AppointmentRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("phone", "e164", "words"),
    [
        ("201-555-0123", "+12015550123", "(201) 555-0123"),
        ("201-555-0123 x9", "+12015550123", "(201) 555-0123 ext. 9"),
        ("+44 20 7946 0018", "+442079460018", "+44 20 7946 0018"),
        ("", "", ""),
    ],
)
def test_phone_in_words(phone, e164, words):
    made = receive(answers=answers(phone=phone, email="pat@example.com"))
    kept = AppointmentRequest.objects.get(pk=made.pk)
    assert (kept.phone.as_e164 if kept.phone else "", str(kept.phone_in_words)) == (e164, words)


def test_a_window_sent_twice_is_kept_once():
    window = (datetime.date(2026, 11, 24), "morning")
    made = receive(answers=answers(windows=(window, window)))
    assert made.windows.count() == 1


def test_without_a_way_to_reach_them_the_database_refuses():
    with pytest.raises(IntegrityError):
        receive(answers=answers(phone="", email=""))
    assert not AppointmentRequest.objects.exists()
    assert not OutgoingMessage.objects.exists()
