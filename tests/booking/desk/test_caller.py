import datetime
import re
import uuid

import pytest

from booking.models import AppointmentEvent, AppointmentRequest
from booking.states import Channel, RequestKind, SafetyOutcome
from clinic.models import OutgoingMessage
from content.models import SafetyVersion
from content.safety import live_library
from tests.booking.desk.test_answering import problems
from tests.booking.desk.test_desk_page import XSS, text_of
from tests.content.factories import make_condition
from tests.factories import MONDAY_NOON

CALLER = "/admin/desk/caller/"
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def sciatica(desk):
    return make_condition(published=True, slug="sciatica", title="Sciatica")


def typed(**changes):
    """What Sky types for somebody who calls about a visit; None leaves a field out."""
    answers = {
        "emergency": f"none-{live_library().version}",
        "same_day": f"none-{live_library().version}",
        "press": str(uuid.uuid4()),
        "channel": "phone",
        "kind": "visit",
        "patient_name": "Pat Testcase",
        "phone": "201-555-0123",
        "reason": "unsure",
        "returning": "no",
        "recent_surgery": "no",
        "first_available": "on",
    } | changes
    return {name: value for name, value in answers.items() if value is not None}


def stored():
    return AppointmentRequest.objects.get()


def test_a_visit_for_a_caller_without_e_mail(page, sciatica, sky):
    answer = page.post(CALLER, typed(reason=str(sciatica.pk), voicemail_ok="no"), follow=True)
    asked = stored()
    assert answer.redirect_chain == [(f"/admin/desk/requests/{asked.pk}/", 302)]
    assert f"Tell them their reference: {asked.reference}." in text_of(answer)
    assert (asked.channel, asked.kind, asked.email, asked.contact_by) == (Channel.PHONE, RequestKind.VISIT, "", "phone")
    assert (asked.condition_id, asked.is_new_patient, asked.voicemail_ok) == (sciatica.pk, True, False)
    assert asked.safety_outcome == SafetyOutcome.NONE
    assert AppointmentEvent.objects.get(action="received").user_label == "sky"
    assert not OutgoingMessage.objects.filter(kind="received").exists()


def test_preferred_times_as_on_the_site(page, sciatica):
    body = page.get(CALLER).content.decode()
    first, second = re.findall(r'name="windows" value="([^"]+)"', body)[:2]
    page.post(CALLER, typed(first_available=None, windows=[first, second]))
    assert [f"{window.day}-{window.part}" for window in stored().windows.all()] == [first, second]


def test_somebody_calls_for_somebody_else(page, sciatica):
    page.post(CALLER, typed(asked_by_name="Toni Madeup", email="toni@home.example", channel="desk"))
    asked = stored()
    assert (asked.asked_by_name, asked.reach_whom, asked.channel, asked.contact_by) == (
        "Toni Madeup",
        "asker",
        Channel.DESK,
        "either",
    )


def test_a_call_back_asks_no_reason_and_no_time(page, sciatica):
    page.post(CALLER, typed(kind="call", reason=None, returning=None, recent_surgery=None, first_available=None))
    assert (stored().kind, stored().is_new_patient) == (RequestKind.CALL, None)


@pytest.mark.parametrize("rest", [{}, {"same_day": "none-0"}, {"patient_name": ""}, {"press": "x"}])
def test_an_emergency_stores_nothing_and_says_what_to_say(page, sciatica, rest):
    answer = page.post(CALLER, typed(emergency="yes", **rest))
    text = text_of(answer)
    assert "Please hang up and call 911." in text
    assert "Do not enter a request." in text
    assert not AppointmentRequest.objects.exists()
    assert "Pat Testcase" not in answer.content.decode()
    assert "201-555" not in text


def test_a_same_day_sign_becomes_a_safety_call_back(page, sciatica):
    page.post(CALLER, typed(same_day="yes", reason=None, returning=None, recent_surgery=None, first_available=None))
    asked = stored()
    assert (asked.safety_outcome, asked.kind) == (SafetyOutcome.SAME_DAY, RequestKind.CALL)
    assert asked.reply_by == MONDAY_NOON + 30 * MINUTE
    assert "1 person needs a safety call." in text_of(page.get("/admin/desk/"))


def test_no_call_is_promised_that_cannot_come_today(client, sky, sciatica, time_machine):
    time_machine.move_to(MONDAY_NOON.replace(hour=22, minute=45), tick=False)
    client.force_login(sky)
    answer = client.post(CALLER, typed(same_day="yes"))
    assert "Nobody can call them back in time today." in problems(answer)[0]
    assert not AppointmentRequest.objects.exists()
    assert 'value="Pat Testcase"' in answer.content.decode()


def test_the_check_comes_first_and_cannot_be_left_out(page, sciatica):
    body = page.get(CALLER).content.decode()
    assert body.index('name="emergency"') < body.index('name="same_day"') < body.index('name="patient_name"')
    answer = page.post(CALLER, typed(emergency=None, same_day=None))
    assert problems(answer) == ["Read the emergency list aloud first", "Read the second list aloud"]
    assert not AppointmentRequest.objects.exists()


def test_a_list_that_changed_meanwhile_is_read_again(page, sciatica):
    old = typed()
    newest = SafetyVersion.objects.get()
    SafetyVersion.objects.create(
        number=newest.number + 1, data=newest.data, why="Clearer words", published_at=MONDAY_NOON
    )
    answer = page.post(CALLER, old)
    assert problems(answer) == ["The list has just changed. Please read it aloud again"] * 2
    assert not re.search(r'name="emergency"[^>]*checked', answer.content.decode())
    assert not AppointmentRequest.objects.exists()


@pytest.mark.parametrize("signs", ["none published"])
def test_without_a_published_list_nobody_can_be_asked(page, desk, signs):
    answer = page.get(CALLER)
    assert "No warning signs are published." in text_of(answer)
    assert "<form" not in answer.content.decode().split("<main")[1]
    assert page.post(CALLER, typed()).status_code == 200
    assert not AppointmentRequest.objects.exists()


def test_one_press_is_one_request(page, sciatica):
    once = typed()
    assert page.post(CALLER, once)["Location"] == page.post(CALLER, once)["Location"]
    assert AppointmentRequest.objects.count() == 1


def test_a_family_with_one_phone_stays_two_people(page, sciatica):
    page.post(CALLER, typed())
    page.post(CALLER, typed(patient_name="Sam Testcase"))
    assert list(AppointmentRequest.objects.order_by("pk").values_list("patient_name", flat=True)) == [
        "Pat Testcase",
        "Sam Testcase",
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"patient_name": "\u00a0\u200b"}, "Enter the name of the person who needs the visit"),
        ({"patient_name": "x" * 121}, "Use 120 characters or fewer. You used 121."),
        ({"phone": ""}, "Enter a phone number"),
        ({"phone": "", "kind": "call", "email": "a@b.example"}, "Enter a phone number"),
        ({"phone": "911"}, "Enter a phone number with 10 digits, like 201-555-0123"),
        ({"phone": "call me"}, "Enter a phone number with 10 digits, like 201-555-0123"),
        ({"email": "a@b.com,c@d.com"}, "Enter an e-mail address in the right form, like name@example.com"),
        ({"reason": "999999"}, "We no longer list that reason. Choose another one"),
        ({"windows": "2020-01-01-morning"}, "One of these times is over or no longer open. Choose again"),
        ({"first_available": None}, "Tick “The first time you have”, or choose times that suit you"),
        ({"kind": "surgery"}, "Select a valid choice."),
        ({"language": "xx"}, "Choose a language from the list"),
        ({"note": "x" * 1001}, "Use 1000 characters or fewer."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(page, sciatica, changes, said):
    answer = page.post(CALLER, typed(best_time="after 3 pm", **changes))
    assert answer.status_code == 200
    assert [problem for problem in problems(answer) if said in problem]
    assert 'value="after 3 pm"' in answer.content.decode()
    assert not AppointmentRequest.objects.exists()


@pytest.mark.parametrize("press", ["", "x", "1", "9" * 100])
def test_a_broken_press_key_is_no_dead_end(page, sciatica, press):
    assert page.post(CALLER, typed(press=press)).status_code == 302


@pytest.mark.parametrize("field", ["patient_name", "asked_by_name", "best_time", "access_needs", "insurance", "note"])
@pytest.mark.parametrize("text", [XSS, "O'Brien", "Null", "山田太郎", "\u202eevil", "a\0b", "=cmd|'/c calc'!A1"])
def test_any_text_is_kept_or_refused_and_never_run(page, sciatica, field, text):
    answer = page.post(CALLER, typed(**{field: text}), follow=True)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_ten_thousand_fields(page, sciatica):
    assert page.post(CALLER, {f"field{n}": "x" for n in range(10_000)}).status_code in (400, 413)


def test_the_page_costs_a_fixed_number_of_queries(page, sciatica, django_assert_num_queries):
    # Eleven for the frame, four for the list of signs, conditions, clinicians and where they work.
    with django_assert_num_queries(15):
        page.get(CALLER)
