"""One press is one request: eight at once, over real connections, on both engines. Promise 2."""

import threading

import pytest
from django.db import connection

from booking.actions.drafts import start_draft
from booking.actions.intake import RequestAnswers, receive_request
from booking.drafts import sent_request
from booking.models import AppointmentEvent, AppointmentRequest, PreferredWindow, RequestDraft
from booking.states import Channel, SafetyOutcome
from clinic.models import OutgoingMessage
from tests.booking.patient import COOKIE, Patient, call, contact, make_site, none_of_these, text_of, when
from tests.factories import MONDAY_NOON

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
RACERS = 8


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)


def at_once(action, racers=RACERS):
    """What `action(number)` returned in each of the threads, all let go at the same moment; raises what any raised."""
    barrier, results, failures = threading.Barrier(racers), [None] * racers, []

    def run(number):
        try:
            connection.ensure_connection()
            barrier.wait(30)
            results[number] = action(number)
        except Exception as failure:  # noqa: BLE001 - handed to the test's own thread
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(racers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    return results


def same_browser(patient):
    """Another tab of the same browser: the same cookie, its own connection."""
    tab = Patient()
    tab.path = patient.path
    tab.client.cookies[COOKIE] = patient.client.cookies[COOKIE].value
    return tab


def press(patient, page, data):
    def send(_number):
        tab = same_browser(patient)
        answer = tab.post(page, data)
        return answer.status_code, answer.headers["Location"], text_of(tab.get("done"))

    return send


def one_press_is_one_request(patient, page="review", data=None):
    answers = at_once(press(patient, page, data))
    sent = AppointmentRequest.objects.get()
    assert {(status, location) for status, location, _page in answers} == {(302, patient.url("done"))}
    assert len({page for _status, _location, page in answers}) == 1
    assert sent.reference in answers[0][2]
    assert AppointmentEvent.objects.count() == 1
    assert sorted(OutgoingMessage.objects.values_list("kind", flat=True)) == sorted(
        ["new_request", "received"] if sent.email else ["new_request"]
    )
    assert RequestDraft.objects.get().data == {}
    return sent


def test_eight_presses_of_send():
    make_site()
    patient = Patient()
    patient.fill(when=when(windows=["2026-11-24-morning", "2026-11-25-evening"]))
    one_press_is_one_request(patient)
    assert PreferredWindow.objects.count() == 2


def test_eight_presses_of_call_me():
    make_site()
    patient = Patient()
    patient.enter(patient.post("/appointments/call-me/", {"signs": none_of_these()}))
    patient.post("second_check", {"signs": none_of_these()})
    one_press_is_one_request(patient, "call", call())


def test_the_same_key_without_a_draft_row():
    """As at the desk, whose form carries a key of its own."""
    make_site()
    key = start_draft(now=MONDAY_NOON)[0].pk
    RequestDraft.objects.all().delete()
    made = at_once(lambda number: receive(draft_key=key, channel=Channel.PHONE).reference)
    assert len(set(made)) == 1
    assert AppointmentRequest.objects.count() == 1
    assert OutgoingMessage.objects.count() == 1


def test_an_emergency_answer_in_one_tab_while_the_other_sends():
    """Whoever comes first: never a request and an emergency page from a draft that still holds answers."""
    make_site()
    for _round in range(4):
        patient = Patient()
        patient.fill()

        def act(number, patient=patient):
            tab = same_browser(patient)
            page, data = ("first_check", {"signs": "bladder"}) if number else ("review", None)
            return tab.post(page, data).status_code

        sent, warned = at_once(act, racers=2)
        assert (sent, warned) in {(302, 200), (410, 200)}
        assert not RequestDraft.objects.exclude(data={}).exists()


def receive(**options):
    answers = RequestAnswers(
        patient_name="Pat Testcase", phone="201-555-0123", safety_outcome=SafetyOutcome.NONE, safety_version=1
    )
    return receive_request(answers=answers, now=MONDAY_NOON, **options)


def test_without_the_key_there_would_be_eight():
    """Negative control: look first, then write, as most do it. The race is real, or nothing above means anything."""
    make_site()
    key = start_draft(now=MONDAY_NOON)[0].pk
    looked = threading.Barrier(RACERS)

    def look_then_write(_number):
        seen = sent_request(key)
        looked.wait(30)
        return seen or receive(channel=Channel.WEB)

    at_once(look_then_write)
    assert AppointmentRequest.objects.count() == RACERS


@pytest.mark.proof
def test_five_hundred_drafts_eight_presses_each():
    make_site()
    for number in range(500):
        patient = Patient()
        patient.fill(contact=contact(patient_name=f"Pat {number}"))
        answers = at_once(press(patient, "review", None))
        assert len({page for _status, _location, page in answers}) == 1, number
        assert {status for status, _location, _page in answers} == {302}
    assert AppointmentRequest.objects.count() == 500
