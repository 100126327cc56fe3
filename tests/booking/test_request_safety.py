"""The safety check as a patient meets it. Rules: shared medical facts, “Rules above all”."""

import datetime
import re
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from booking.models import AppointmentEvent, AppointmentRequest, RequestDraft
from booking.states import RequestKind, SafetyOutcome
from clinic.models import Closure, OutgoingMessage
from content.models import SafetyVersion
from content.safety import live_library
from tests.booking.patient import Patient, call, main_of, make_site, none_of_these, text_of
from tests.content.factories import publish_flags
from tests.factories import MONDAY_NOON, make_clinic

START, CALL_ME = reverse("booking:start"), reverse("booking:call_me")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return time_machine


@pytest.fixture
def patient():
    make_site()
    return Patient()


def nothing_is_stored():
    rows = (RequestDraft, AppointmentRequest, AppointmentEvent, OutgoingMessage)
    return [model.__name__ for model in rows if model.objects.exists()] == []


def test_the_first_page_stores_nothing_and_sets_no_cookie_but_the_form_s_own(patient):
    response = patient.get(START)
    assert response.status_code == 200
    assert nothing_is_stored()
    assert set(response.cookies) == {"csrftoken"}


@pytest.mark.parametrize("page", ["start", "call_me", "call_us"])
def test_every_page_is_kept_out_of_caches_and_search(patient, page):
    response = patient.get(reverse(f"booking:{page}"))
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_for_a_child_we_ask_to_be_called_and_store_nothing(patient):
    response = patient.begin("child")
    assert response.headers["Location"] == reverse("booking:call_us")
    assert "request" not in response.cookies
    assert nothing_is_stored()
    page = text_of(patient.get(reverse("booking:call_us")))
    assert "A parent or guardian must agree" in page
    assert "(201) 555-0142" in page


def test_who_turns_out_to_be_a_child_is_forgotten(patient):
    patient.begin()
    patient.pass_checks()
    response = patient.post("who", {"who": "child"})
    assert response.headers["Location"] == reverse("booking:call_us")
    assert nothing_is_stored()
    assert "booking:again" not in patient.get("reason").content.decode()
    assert 'name="marker"' not in patient.get("reason").content.decode()


def test_each_list_asks_its_own_group(patient):
    patient.begin()
    first = text_of(patient.get("first_check"))
    assert "Is any of this new or getting worse?" in first
    assert "Trouble starting or stopping your pee" in first
    assert "Back pain with fever" not in first
    patient.post("first_check", {"signs": none_of_these()})
    second = text_of(patient.get("second_check"))
    assert "Is any of this new or getting worse?" in second
    assert "Back pain with fever" in second
    assert "pee" not in second
    assert "does not ease with rest" not in first + second


def test_nothing_ticked_is_an_error_that_says_where(patient):
    patient.begin()
    response = patient.post("first_check")
    page = response.content.decode()
    assert response.status_code == 200
    assert "<title>Error: Step 1 of 6" in page
    assert 'href="#id_signs_0"' in page
    assert patient.draft.safety_version is None


@pytest.mark.parametrize(
    "ticked",
    [
        ["bladder"],
        ["unsure"],
        ["bladder", "unsure"],
        ["bladder", "none"],
        ["none", "unsure"],
        ["withdrawn-sign"],
        ["x" * 9999],
    ],
)
def test_any_sign_ends_the_request_and_leaves_nothing_behind(patient, ticked, log_lines):
    patient.begin()
    path = patient.path
    response = patient.post("first_check", {"signs": [none_of_these() if one == "none" else one for one in ticked]})
    assert response.status_code == 200
    assert response.request["PATH_INFO"] == f"{path}first-check/"
    assert "Call 911 or go to the emergency room now" in text_of(response)
    assert nothing_is_stored()
    assert not [line for line in log_lines if "bladder" in line or "emergency" in line.lower()]


def test_the_emergency_page_has_one_link_and_no_clinic_phone(patient):
    patient.begin()
    response = patient.post("first_check", {"signs": "bladder"})
    page = response.content.decode()
    assert re.findall(r'<a [^>]*href="([^"]*)"', page) == ["#main", "tel:911"]
    assert "555-0142" not in page
    card = re.search(r'(?s)<section class="care care--em".*?</section>', page)[0]
    assert "<form" not in card
    assert "Do not drive yourself" in card
    assert "bladder" not in page
    assert "pee" not in re.sub("trouble peeing", "", text_of(response))


def test_the_emergency_number_is_the_clinic_s(patient):
    make_clinic(emergency_number="112")
    patient.begin()
    page = patient.post("first_check", {"signs": "unsure"}).content.decode()
    assert 'href="tel:112"' in page
    assert "911" not in page


def test_sending_a_sign_again_shows_the_same_page_though_the_draft_is_gone(patient):
    patient.begin()
    first, second = (patient.post("first_check", {"signs": "bladder"}) for _ in range(2))
    assert second.status_code == 200
    assert text_of(first) == text_of(second)


def test_a_sign_sent_to_somebody_else_s_draft_shows_the_page_and_harms_nobody(patient):
    patient.begin()
    stranger = Patient()
    stranger.path = patient.path
    assert "Call 911" in text_of(stranger.post("first_check", {"signs": "bladder"}))
    assert RequestDraft.objects.count() == 1


def test_a_sign_after_sending_is_answered_all_the_same(patient):
    patient.fill()
    patient.send()
    assert "Call 911" in text_of(patient.post("first_check", {"signs": "bladder"}))
    assert "See a doctor or urgent care today" in text_of(patient.post("second_check", {"signs": "fever"}))
    sent = AppointmentRequest.objects.get()
    assert sent.safety_outcome == SafetyOutcome.NONE
    assert sent.reference in text_of(patient.get("done"))


def change_answers(patient, page):
    marker = re.search(r'name="marker" value="([^"]+)"', page.content.decode())[1]
    return patient.enter(patient.post(reverse("booking:again"), {"marker": marker}))


@pytest.mark.parametrize("way", ["button", "back"])
def test_an_emergency_answer_changed_to_none_is_asked_about_once_and_marked(patient, way):
    patient.begin("other")
    page = patient.post("first_check", {"signs": "bladder"})
    if way == "back":
        page = patient.get("first_check")
        assert page.status_code == 410
    change_answers(patient, page)
    if way == "back":
        patient.post("who", {"who": "other"})
    response = patient.pass_checks()
    assert response.headers["Location"].endswith("/second-check/")
    assert "Has a doctor checked this?" in text_of(patient.get("second_check"))
    assert "Error:" in patient.post("second_check").content.decode()
    assert patient.get("reason").headers["Location"].endswith("/second-check/")
    assert patient.post("second_check", {"checked": "no"}).headers["Location"].endswith("/reason/")
    assert "Has a doctor" not in text_of(patient.get("second_check"))
    assert patient.draft.safety_changed is True
    assert patient.draft.doctor_checked is False


def test_the_changed_answer_reaches_the_front_desk(patient):
    patient.begin()
    change_answers(patient, patient.post("first_check", {"signs": "unsure"}))
    patient.pass_checks()
    patient.post("second_check", {"checked": "yes"})
    patient.fill()
    patient.send()
    sent = AppointmentRequest.objects.get()
    assert (sent.call_first, sent.doctor_checked, sent.safety_outcome) == (True, True, SafetyOutcome.NONE)


def test_no_change_no_mark(patient):
    patient.fill()
    patient.send()
    sent = AppointmentRequest.objects.get()
    assert (sent.call_first, sent.doctor_checked) == (False, None)


@pytest.mark.parametrize("marker", ["", "forged", "eyJraW5kIjoidmlzaXQifQ:1abc:zzz"])
def test_a_forged_marker_starts_from_the_beginning(patient, marker):
    response = patient.post(reverse("booking:again"), {"marker": marker})
    assert response.headers["Location"] == START
    assert nothing_is_stored()


@pytest.mark.parametrize("ticked", [["fever"], ["unsure"], ["fever", "none"], ["no-longer-listed"]])
def test_a_same_day_sign_gives_the_advice_at_the_same_address_and_only_its_group_is_kept(patient, ticked):
    patient.begin()
    patient.post("first_check", {"signs": none_of_these()})
    signs = [none_of_these() if one == "none" else one for one in ticked]
    response = patient.post("second_check", {"signs": signs})
    assert response.status_code == 302
    assert response.headers["Location"] == f"{patient.path}second-check/"
    page = text_of(patient.get("second_check"))
    assert "See a doctor or urgent care today" in page
    assert "If you cannot be seen today, go to an emergency room. Do not wait for us to call." in page
    draft = patient.draft
    assert (draft.safety_outcome, draft.safety_version) == (SafetyOutcome.SAME_DAY, live_library().version)
    assert draft.data == {"who": {"who": "me", "condition": ""}}


def told_to_see_a_doctor(patient):
    patient.begin()
    patient.post("first_check", {"signs": none_of_these()})
    patient.post("second_check", {"signs": "fever"})


def test_after_the_advice_no_visit_can_be_asked_for_only_a_call(patient):
    told_to_see_a_doctor(patient)
    for page in ("reason", "when", "contact", "prepare", "review"):
        assert patient.get(page).headers["Location"].endswith("/second-check/"), page
        assert patient.post(page, {}).headers["Location"].endswith("/second-check/"), page
    assert not AppointmentRequest.objects.exists()


def test_the_call_comes_second_and_is_promised_in_minutes(patient):
    told_to_see_a_doctor(patient)
    page = text_of(patient.get("second_check"))
    assert page.index("See a doctor or urgent care today") < page.index("We can also call you")
    assert "we call you by 12:30 pm today, Monday, November 23" in page
    form = patient.get("call")
    assert "Step 2 of 2: how we reach you" in text_of(form)
    assert f'class="crumb"><a href="{patient.url("second_check")}"' in form.content.decode()
    response = patient.post("call", call())
    assert response.headers["Location"].endswith("/done/")
    sent = AppointmentRequest.objects.get()
    assert (sent.kind, sent.safety_outcome) == (RequestKind.CALL, SafetyOutcome.SAME_DAY)
    assert sent.reply_by == MONDAY_NOON + datetime.timedelta(minutes=30)
    done = text_of(patient.get("done"))
    assert "See a doctor or urgent care today all the same" in done
    assert "We call you by 12:30 pm today" in done


def test_the_same_day_answer_changed_to_none_is_asked_about(patient):
    told_to_see_a_doctor(patient)
    patient.post("second_check", {"change": "1"})
    assert "Back pain with fever" in text_of(patient.get("second_check"))
    patient.post("second_check", {"signs": none_of_these()})
    assert "Has a doctor checked this?" in text_of(patient.get("second_check"))
    patient.post("second_check", {"checked": "yes"})
    assert (patient.draft.safety_changed, patient.draft.doctor_checked) == (True, True)


def test_none_sent_over_a_yes_from_an_old_page_counts_as_changed(patient):
    told_to_see_a_doctor(patient)
    patient.post("second_check", {"signs": none_of_these()})
    assert patient.draft.must_ask_doctor


def test_none_gets_no_tick_and_no_praise(patient):
    patient.begin()
    patient.pass_checks()
    page = text_of(patient.get("reason")).lower()
    for word in ("good news", "great", "no signs", "you are fine", "all clear", "✓", "well done"):
        assert word not in page


def test_a_list_that_changed_meanwhile_is_asked_again(patient):
    patient.begin()
    old = none_of_these()
    publish_flags("bladder", "fever", "added-sign")
    response = patient.post("first_check", {"signs": old})
    assert "We have just changed this list" in text_of(response)
    assert patient.draft.safety_version is None
    patient.post("first_check", {"signs": none_of_these()})
    publish_flags("bladder", "fever", "another-sign")
    assert patient.get("second_check").headers["Location"].endswith("/first-check/")
    assert patient.post("second_check", {"signs": none_of_these()}).headers["Location"].endswith("/first-check/")


@pytest.mark.parametrize("published", [None, "emergency", "same_day"])
@pytest.mark.parametrize("page", [START, CALL_ME])
def test_without_a_complete_safety_check_nobody_can_ask_here_but_everybody_is_told_what_to_do(published, page):
    make_clinic()
    if published:
        flag = {"key": "bladder", "group": published, "area": "below_waist", "text": "x", "in_check": True}
        SafetyVersion.objects.create(number=1, data={"flags": [flag]}, published_at=MONDAY_NOON)
    patient = Patient()
    for response in (patient.get(page), patient.post(page, {"who": "me", "signs": "none-0"})):
        words = text_of(response)
        assert response.status_code == 503
        assert "(201) 555-0142" in words
        assert "Call 911 or go to the emergency room" in words
    assert nothing_is_stored()


class TestCallMe:
    def test_the_safety_check_comes_before_anything_is_typed(self, patient):
        page = main_of(patient.get(CALL_ME))
        assert "Is any of this new or getting worse?" in page
        assert 'type="text"' not in page
        assert 'type="tel"' not in page

    def test_a_sign_stores_nothing(self, patient):
        assert "Call 911" in text_of(patient.post(CALL_ME, {"signs": "bladder"}))
        assert nothing_is_stored()

    def test_nothing_ticked_is_an_error(self, patient):
        assert "Tick what fits" in text_of(patient.post(CALL_ME, {}))
        assert nothing_is_stored()

    def test_name_and_number_make_a_request_for_a_call(self, patient):
        patient.enter(patient.post(CALL_ME, {"signs": none_of_these()}))
        patient.post("second_check", {"signs": none_of_these()})
        response = patient.post("call", call(best_time="after 3 pm", language="es"))
        assert response.headers["Location"].endswith("/done/")
        sent = AppointmentRequest.objects.get()
        assert (sent.kind, sent.best_time, sent.language, sent.voicemail_ok) == ("call", "after 3 pm", "es", False)
        assert sent.reply_by == MONDAY_NOON + datetime.timedelta(hours=4)

    def test_changing_an_emergency_answer_comes_back_to_the_call(self, patient):
        page = patient.post(CALL_ME, {"signs": "bladder"})
        change_answers(patient, page)
        assert (patient.draft.kind, patient.draft.safety_changed) == ("call", True)


ZONE = ZoneInfo("America/New_York")
THANKSGIVING = datetime.date(2026, 11, 26)


def a_call_can_be_kept(instant):
    """The rule once more, in the clinic's own hours: Monday to Friday 7:30 to 18:00, 30 minutes to call."""
    local = instant.astimezone(ZONE)
    minutes = local.hour * 60 + local.minute
    return local.weekday() < 5 and local.date() != THANKSGIVING and 7 * 60 + 30 <= minutes <= 18 * 60 - 30


@pytest.mark.parametrize(
    "first_day", [datetime.date(2026, 11, 23), datetime.date(2026, 3, 8), datetime.date(2026, 11, 1)]
)
def test_a_call_is_offered_in_exactly_the_hours_in_which_we_keep_it(patient, clock, first_day):
    """All 168 hours of a week with a holiday, and of the weeks in which the clock is changed."""
    Closure.objects.create(first_day=THANKSGIVING, last_day=THANKSGIVING, reason="Thanksgiving")
    instant = datetime.datetime.combine(first_day, datetime.time(0), ZONE).astimezone(datetime.UTC)
    clock.move_to(instant, tick=False)
    told_to_see_a_doctor(patient)
    offered = set()
    for hour in range(168):
        now = instant + datetime.timedelta(hours=hour)
        clock.move_to(now, tick=False)
        page = text_of(patient.get("second_check"))
        assert "Do not wait for us to call" in page
        assert ("We can also call you" in page) == a_call_can_be_kept(now), now
        if "We can also call you" in page:
            offered.add(hour)
    assert len(offered) == (10 * 4 if first_day.month == 11 and first_day.day == 23 else 10 * 5)


@pytest.mark.parametrize(("minute", "kept"), [(29, True), (30, True), (31, False)])
def test_the_last_minute_in_which_a_call_is_still_taken(patient, clock, minute, kept):
    """Closing is at 6 pm and we promise 30 minutes."""
    five_pm = datetime.datetime(2026, 11, 23, 22, 0, tzinfo=datetime.UTC)
    clock.move_to(five_pm, tick=False)
    told_to_see_a_doctor(patient)
    assert patient.get("call").status_code == 200
    clock.move_to(five_pm + datetime.timedelta(minutes=minute), tick=False)
    response = patient.post("call", call())
    assert AppointmentRequest.objects.exists() == kept
    if not kept:
        assert "We close too soon" in text_of(response)
        assert "See a doctor or urgent care today" in text_of(response)
        assert patient.get("call").headers["Location"].endswith("/second-check/")
