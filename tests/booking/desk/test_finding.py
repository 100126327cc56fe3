import re

import pytest
from django.test import Client

from booking.desk.finding import MOST_FOUND, find
from clinic.network import mailbox_key
from tests.booking.desk.test_desk_page import XSS, text_of
from tests.factories import make_request

FIND = "/admin/desk/find/"


@pytest.fixture
def people(desk):
    make_request(reference="R-4K7MX", patient_name="Dolores O'Brien", phone="+12015550123", email="")
    make_request(
        reference="R-3DFHJ",
        patient_name="Émile van der 100%",
        asked_by_name="Toni Madeup",
        phone="",
        email="Emile.V@gmail.com",
        mailbox_key=mailbox_key("emile.v@gmail.com"),
    )
    make_request(reference="R-9WXCT", patient_name="山田太郎", phone="+442079460018", email="taro@home.example")


@pytest.mark.parametrize(
    ("words", "references"),
    [
        ("R-4K7MX", ["R-4K7MX"]),
        (" r-4k7mx ", ["R-4K7MX"]),
        ("4k7mx", ["R-4K7MX"]),
        ("R 4K7MX", ["R-4K7MX"]),
        ("o'brien", ["R-4K7MX"]),
        ("brien dolores", ["R-4K7MX"]),
        ("toni", ["R-3DFHJ"]),
        ("山田", ["R-9WXCT"]),
        ("201-555-0123", ["R-4K7MX"]),
        ("(201) 555 0123", ["R-4K7MX"]),
        ("+1 201 555 0123", ["R-4K7MX"]),
        ("0123", ["R-4K7MX"]),
        ("555-01", ["R-4K7MX"]),
        ("+44 20 7946 0018", ["R-9WXCT"]),
        ("taro@home.example", ["R-9WXCT"]),
        ("TARO@home.example", ["R-9WXCT"]),
        ("emilev+clinic@googlemail.com", ["R-3DFHJ"]),
        ("100%", ["R-3DFHJ"]),
        ("%", ["R-3DFHJ"]),
        ("_", []),
        ("' OR 1=1--", []),
        ("012", []),
        ("nobody", []),
    ],
)
def test_by_whatever_a_caller_says(people, words, references):
    assert [found.reference for found in find(words)] == references


def test_newest_first_and_never_too_many(desk):
    for n in range(MOST_FOUND + 2):
        make_request(reference=f"R-{n:05}")
    found = find("testcase")
    assert len(found) == MOST_FOUND + 1
    assert [row.pk for row in found] == sorted((row.pk for row in found), reverse=True)


def test_words_go_by_post_and_come_back_in_no_address(page, people):
    answer = page.post(FIND, {"words": "Dolores"})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "1 request fits" in text_of(answer)
    assert "(201) 555-0123" in text_of(answer)
    hrefs = re.findall(r'(?:href|action)="([^"]+)"', answer.content.decode())
    assert not [href for href in hrefs if "Dolores" in href or "?" in href]


def test_words_in_the_address_find_nobody(page, people):
    answer = page.get(FIND, {"words": "Dolores"})
    assert "R-4K7MX" not in answer.content.decode()


def test_it_needs_the_forms_own_token(sky, people):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(sky)
    assert strict.post(FIND, {"words": "Dolores"}).status_code == 403


def test_more_than_fits_is_said(page, desk):
    for n in range(MOST_FOUND + 1):
        make_request(reference=f"R-{n:05}")
    assert "More requests fit than are shown." in text_of(page.post(FIND, {"words": "testcase"}))


@pytest.mark.parametrize("words", ["", "   ", "\u200b\u00a0\u3164"])
def test_nothing_typed(page, desk, words):
    assert "Enter a name, a phone number" in text_of(page.post(FIND, {"words": words}))


@pytest.mark.parametrize(
    "words", [XSS, "x" * 121, "x" * 100_000, "\0", "\u202e", "%' AND SLEEP(5)", "9" * 120, "a@" * 60, "\\"]
)
def test_hostile_words(page, people, words):
    answer = page.post(FIND, {"words": words})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_same_queries_for_one_and_for_three(page, desk, rows, django_assert_num_queries):
    for n in range(rows):
        make_request(reference=f"R-{n:05}")
    # Eleven for the frame, two for what was found.
    with django_assert_num_queries(13):
        page.post(FIND, {"words": "testcase"})
