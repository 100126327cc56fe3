import datetime
import re

import pytest

from booking.actions import answering
from tests.booking.staff_at_work import SAFETY
from tests.factories import MONDAY_NOON

HOUR = datetime.timedelta(hours=1)
MINUTE = datetime.timedelta(minutes=1)
XSS = '<script>alert(1)</script><img src=x onerror="a">{{7*7}}{% debug %}'


def text_of(answer):
    """The main part as a reader sees it: tags gone, space folded."""
    main = answer.content.decode().split("<main")[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def heading(answer):
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", "", re.search(r"<h1.*?</h1>", answer.content.decode(), re.S)[0])
    ).strip()


def test_it_opens_with_what_matters(page, desk):
    for n in range(2):
        desk.request(reply_by=MONDAY_NOON + (n + 1) * 10 * MINUTE, **SAFETY)
        desk.confirm(desk.request(email=""), start=MONDAY_NOON + (n + 1) * HOUR)
    for n in range(5):
        desk.request(reply_by=MONDAY_NOON + 25 * MINUTE + n * HOUR)
    assert heading(page.get("/admin/desk/")) == (
        "2 people need a safety call. 5 requests are waiting, the first answer is due in 25 min. "
        "2 people do not know our answer."
    )


def test_one_of_each(page, desk):
    desk.request(reply_by=MONDAY_NOON - HOUR)
    assert heading(page.get("/admin/desk/")) == "1 request is waiting, its answer is overdue by 1 h."


def test_while_closed_it_says_that_time_stands(client, sky, desk, time_machine):
    time_machine.move_to(MONDAY_NOON + 12 * HOUR, tick=False)
    client.force_login(sky)
    desk.request(received_at=MONDAY_NOON + 5 * HOUR, reply_by=MONDAY_NOON + 21 * HOUR)
    assert heading(client.get("/admin/desk/")) == (
        "1 request is waiting, its answer is due after 1 h 30 min of opening time."
    )


def test_nothing_to_do(page, desk):
    answer = page.get("/admin/desk/")
    assert heading(answer) == "No request is waiting."
    assert "Every request is answered." in text_of(answer)
    assert "Nobody is booked today." in text_of(answer)
    assert "Safety call-backs" not in text_of(answer)


def test_only_what_is_needed_to_call(page, desk):
    """Minimum necessary: group and time, name and number. No note, no reason, no sign."""
    desk.request(
        note="canary note", access_needs="canary needs", insurance="canary plan", reason_other="unsure", **SAFETY
    )
    desk.request(note="canary note", access_needs="canary needs", insurance="canary plan", reason_other="unsure")
    text = text_of(page.get("/admin/desk/"))
    assert "Doctor or urgent care today. At noon" in text
    assert "(201) 555-0171" in text
    assert "canary" not in text
    assert "not sure" not in text


def test_who_has_it_and_what_to_know(page, desk):
    asked = desk.request(call_first=True, suspect_reasons=["links"])
    answering.claim(request_id=asked.pk, by=desk.ben, now=MONDAY_NOON)
    text = text_of(page.get("/admin/desk/"))
    assert "Call first" in text
    assert "Looks odd" in text
    assert "with ben since noon" in text


@pytest.mark.parametrize(
    ("voicemail_ok", "words"),
    [
        (True, "Call. A message is allowed: clinic and number only."),
        (False, "Call. Do not leave a message."),
        (None, "leave none"),
    ],
)
def test_what_to_do_when_nobody_picks_up(page, desk, voicemail_ok, words):
    desk.request(voicemail_ok=voicemail_ok, **SAFETY)
    assert words in text_of(page.get("/admin/desk/"))


def test_what_people_type_stays_text(page, desk):
    asked = desk.request(patient_name=XSS, asked_by_name=XSS, best_time=XSS, kind="call")
    desk.confirm(desk.request(patient_name=XSS, email=""), start=MONDAY_NOON + HOUR)
    for address in ("/admin/desk/", f"/admin/desk/requests/{asked.pk}/"):
        body = page.get(address).content.decode()
        assert "<script>alert" not in body
        assert "<img src=x" not in body
        assert "{{7*7}}" in body


def test_nothing_personal_in_an_address(page, desk):
    asked = desk.request()
    body = page.get("/admin/desk/").content.decode()
    assert f'href="/admin/desk/requests/{asked.pk}/"' in body
    assert not [href for href in re.findall(r'href="([^"]+)"', body) if "Testcase" in href or "@" in href]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_a_fixed_number_of_queries(page, desk, rows, django_assert_num_queries):
    for n in range(rows):
        desk.request(reply_by=MONDAY_NOON + (n + 1) * HOUR)
        desk.request(**SAFETY)
        desk.confirm(desk.request(email=""), start=MONDAY_NOON + (n + 1) * HOUR)
    # Session, user, two for what they may do, four for the clinic, two for mail, one headline, ten for the desk,
    # one for what is offered, six for what needs rebooking, one for the wait list.
    with django_assert_num_queries(30):
        assert page.get("/admin/desk/").status_code == 200


def test_it_is_light_with_a_hundred_rows(page, desk):
    for n in range(100):
        desk.request(reference=f"R-{n:05}")
    assert len(page.get("/admin/desk/").content) < 100_000


def test_it_only_reads(page, desk):
    assert page.post("/admin/desk/").status_code == 405
    assert page.head("/admin/desk/").status_code == 200
