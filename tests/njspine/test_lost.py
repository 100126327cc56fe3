"""Somebody at a wrong address gets a search box with its words, and a guess; and the page even when nothing works."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from njspine import errors
from njspine.last_known import last_known
from tests.content.factories import make_condition, publish_flags
from tests.content.reading import Soup, by_class, links
from tests.factories import make_clinic

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pages():
    make_clinic()
    publish_flags()
    make_condition(published=True, slug="sciatica", title="Sciatica")


def lost(path):
    answer = Client().get(path)
    assert answer.status_code == 404
    return Soup.parse(answer.content.decode())


def box(root):
    return [e.attrib["value"] for e in root.iter("input") if e.attrib.get("name") == "q"]


@pytest.mark.parametrize("path", ["/conditions/siatica/", "/siatica/", "/conditions/siatica-pain/", "/a/b/siatica/"])
def test_it_guesses_what_was_meant(path):
    root = lost(path)
    assert "Perhaps you wanted:" in Soup.text(root)
    assert links(by_class(root, "links")[0])[0] == "/conditions/sciatica/"


def test_the_box_holds_the_words_of_the_address():
    root = lost("/conditions/no_such-page/")
    assert box(root) == ["no such page"]
    assert next(root.iter("form")).attrib["action"] == "/search/"


def test_without_a_guess_there_is_still_the_box():
    root = lost("/zzzqqq/")
    assert "Perhaps" not in Soup.text(root)
    assert box(root) == ["zzzqqq"]


@pytest.mark.parametrize(
    "path",
    [
        "/%3Cscript%3Ealert(1)%3C/script%3E/",
        "/%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E/",
        "/{{7*7}}/",
        "/%E2%80%AEx/",
        "/%00/",
        "/wp-login.php",
        "/.env",
        "/" + "a" * 3000 + "/",
        "/x/",
        "/%ff%fe/",
    ],
)
def test_what_is_no_name_of_a_page_is_neither_searched_nor_repeated(path, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        root = lost(path)
    assert box(root) == [""]
    assert not list(root.iter("script")) + list(root.iter("img"))


def test_staff_pages_guess_nothing(client):
    assert errors.words_of_address("/admin/content/sciatica/") == ""


def test_a_search_that_fails_costs_no_page(monkeypatch, log_lines):
    monkeypatch.setattr(errors, "search", lambda *arguments, **options: 1 / 0)
    root = lost("/conditions/siatica/")
    assert box(root) == ["siatica"]
    assert any("no suggestions on the error page: ZeroDivisionError" in line for line in log_lines)
    assert not any("siatica" in line for line in log_lines if "suggestions" in line)


def test_without_a_database_there_is_the_plain_page(rf, monkeypatch):
    def down(*arguments, **options):
        raise OperationalError("down")

    assert last_known.contact().phone
    monkeypatch.setattr(connection, "cursor", down)
    answer = errors.page_not_found(rf.get("/conditions/siatica/"))
    assert answer.status_code == 404
    assert b"(201) 555-0142" in answer.content
