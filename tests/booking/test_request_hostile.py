"""Rubbish on every page: a page with words comes back, never an error of ours. Shared list, sections A to C."""

import pytest
from django.urls import reverse

from booking.forms.safety import WhoForm
from booking.models import AppointmentRequest, RequestDraft
from tests.booking.patient import Patient, call, contact, form_body, make_site, none_of_these, reason, text_of, when
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db
RUBBISH = [
    "", " ", "\0", "\u200b", "\u3164", "\u00a0", "\ud800", "x" * 100_000, "\u202eabc\u202c", "Z" + "\u0301" * 500,
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title></textarea>", "{{7*7}}{% debug %}", "%s{0}",
    "' OR 1=1--", "-1", str(2**63), "1.0", "1;2", "NaN", "null", "[]", "\r\nSet-Cookie: a=b", "\x1b[31m", "🧑‍⚕️" * 50,
]  # fmt: skip
PAGES = {
    "first_check": {"signs": ""},
    "second_check": {"signs": "", "checked": ""},
    "reason": reason,
    "when": when,
    "contact": contact,
    "prepare": lambda: dict.fromkeys(("language", "wants_interpreter", "access_needs", "insurance", "note"), ""),
    "who": {"who": "", "condition": ""},
}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)


@pytest.fixture
def patient():
    make_site()
    return Patient()


def usual(page):
    return PAGES[page]() if callable(PAGES[page]) else dict(PAGES[page])


@pytest.mark.parametrize("page", PAGES)
def test_rubbish_in_every_field_of_every_page(patient, page):
    patient.fill()
    for name in (*usual(page), "question_7"):
        for rubbish in RUBBISH:
            response = patient.post(page, usual(page) | {name: rubbish})
            assert response.status_code in {200, 302, 410}, (name, rubbish[:20])
            if response.status_code == 302 and "<" in rubbish:
                response = patient.get("review")
                assert response.status_code in {200, 302}
            assert "<script>alert" not in response.content.decode()
            assert "<img" not in response.content.decode()
            if not RequestDraft.objects.exists():
                patient.path = None
                patient.fill()


@pytest.mark.parametrize("page", ["start", "call_me", "again"])
def test_rubbish_at_the_ways_in(patient, page):
    for name in ("who", "condition", "signs", "marker"):
        for rubbish in RUBBISH:
            assert patient.post(reverse(f"booking:{page}"), {name: rubbish}).status_code in {200, 302}
    for rubbish in RUBBISH:
        query = form_body({"condition": rubbish[:3000]})
        assert patient.client.get(f"{reverse(f'booking:{page}')}?{query}").status_code in {200, 302}


@pytest.mark.parametrize(
    "query", ["?condition=%ff%fe", "?condition[]=1", "?condition=a&condition=b", "?" + "a=b&" * 200]
)
def test_odd_query_strings(patient, query):
    assert patient.client.get(reverse("booking:start") + query).status_code == 200


def test_the_same_name_twice_and_names_nobody_asked_for(patient):
    patient.fill(
        contact=contact(
            patient_name=["First", "Last"], state="answered", call_first="1", is_staff="1", reference="R-1"
        ),
        prepare={"claimed_by": "1", "suspect_reasons": "[]", "safety_outcome": "same_day"},
    )
    patient.post("review", {"patient_name": "Evil", "state": "answered", "reply_by": "2000-01-01"})
    sent = AppointmentRequest.objects.get()
    assert (sent.patient_name, sent.state, sent.call_first, sent.claimed_by) == ("Last", "received", False, None)
    assert sent.reference != "R-1"
    assert sent.safety_outcome == "none"


@pytest.mark.parametrize(
    "name", ["O'Brien", "Null", "None", "undefined", "True", "X Æ A-12", "J", "山田太郎", "محمد", "=1+1"]
)
def test_real_names_are_taken_and_shown_as_they_are(patient, name):
    patient.fill(contact=contact(patient_name=name))
    assert f'<bdi class="typed">{name.replace(chr(39), "&#x27;")}</bdi>' in patient.get("review").content.decode()
    patient.send()
    assert AppointmentRequest.objects.get().patient_name == name


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "patch", "delete", "trace"])
def test_only_post_changes_anything(patient, method):
    patient.fill()
    for page in (*PAGES, "review", "done", "call"):
        response = getattr(patient.client, method)(patient.url(page))
        assert response.status_code in {200, 204, 302, 405}
    for page in ("start", "call_me", "call_us", "again"):
        assert getattr(patient.client, method)(reverse(f"booking:{page}")).status_code in {200, 204, 302, 405}
    assert not AppointmentRequest.objects.exists()
    assert patient.client.post(patient.url("review"), headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 302


def test_the_call_page_takes_rubbish_too(patient):
    for rubbish in RUBBISH:
        patient.path = None
        patient.enter(patient.post(reverse("booking:call_me"), {"signs": none_of_these()}))
        patient.post("second_check", {"signs": none_of_these()})
        assert patient.post("call", {"best_time": rubbish, "language": rubbish}).status_code == 200
        for name in call():
            assert patient.post("call", call() | {name: rubbish}).status_code in {200, 302}


def test_bidi_marks_stay_inside_their_own_box(patient):
    patient.fill(contact=contact(patient_name="abc\u202edef"))
    page = patient.get("review").content.decode()
    assert '<bdi class="typed">abc\u202edef</bdi>' in page
    assert "Change" in text_of(patient.get("review"))


@pytest.mark.parametrize("hint", ["\x00", "sciatica\x00", "'; DROP TABLE", "<script>", "\ud800", "x" * 5000])
def test_a_hostile_hint_of_the_page_somebody_came_from_is_no_hint(hint):
    form = WhoForm({"who": WhoForm.ME, "condition": hint})
    assert form.is_valid()
    assert form.cleaned_data["condition"] == ""
