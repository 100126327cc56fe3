"""“Was this page helpful?”: a link counts nothing, Send counts once, nobody is locked out and nothing typed is lost."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from content.feedback import MOST_FROM_NETWORK, MOST_ON_PAGE, keep_feedback, purge_feedback
from content.models import Page, PageFeedback
from content.publishing import unpublish
from njspine.worker import Worker
from tests.content.factories import make_article, make_condition, make_info, make_treatment
from tests.content.reading import Soup, by_class, links
from tests.factories import MONDAY_NOON, make_clinic, make_location
from tests.staff import make_editor, make_front_desk

pytestmark = pytest.mark.django_db
FORM = "/helpful/condition/sciatica/"
THANKS = f"{FORM}thanks/"
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_location()
    return make_clinic()


@pytest.fixture
def page():
    return make_condition(published=True, slug="sciatica", title="Sciatica")


def send(client, path=FORM, **answers):
    return client.post(path, {"answer": "yes", "comment": "", "question_7": ""} | answers)


def read(response):
    return Soup.parse(response.content.decode())


def checked(root):
    return [e.attrib["value"] for e in root.iter("input") if e.attrib.get("type") == "radio" and "checked" in e.attrib]


def comment(root):
    return (next(root.iter("textarea")).text or "").removeprefix("\n")


def shown(response, words):
    return words in Soup.text(read(response))


class TestLinks:
    @pytest.mark.parametrize(
        ("make", "path", "form"),
        [
            (make_condition, "/conditions/some-page/", "/helpful/condition/some-page/"),
            (make_treatment, "/treatments/some-page/", "/helpful/treatment/some-page/"),
            (make_article, "/articles/some-page/", "/helpful/article/some-page/"),
            (make_info, "/some-page/", "/helpful/info/some-page/"),
        ],
    )
    def test_two_plain_links_end_every_page_and_open_its_form(self, client, make, path, form):
        make(published=True, slug="some-page", title="Some page")
        answer = client.get(path)
        assert not answer.cookies
        article = by_class(read(answer), "art")[0]
        assert links(list(article)[-1]) == [f"{form}?answer=yes", f"{form}?answer=no"]
        assert not list(article.iter("form"))
        assert client.get(form).status_code == 200

    def test_opening_a_link_counts_nothing_and_chooses_the_answer(self, client, page):
        for answer, chosen in [("yes", ["yes"]), ("no", ["no"]), ("maybe", []), ("<script>", [])]:
            assert checked(read(client.get(FORM, {"answer": answer}))) == chosen
        client.head(FORM)
        assert not PageFeedback.objects.exists()

    def test_form_and_thanks_stay_out_of_caches_and_search_engines(self, client, page):
        for path in (FORM, THANKS):
            answer = client.get(path)
            assert "no-store" in answer.headers["Cache-Control"]
            assert answer.headers["X-Robots-Tag"] == "noindex"
            assert b'name="robots" content="noindex"' in answer.content

    def test_it_says_first_that_nobody_reads_it_for_help(self, client, page):
        for path in (FORM, THANKS):
            strip = by_class(read(client.get(path)), "safe")[0]
            assert "to give medical help" in Soup.text(strip)
            assert links(strip) == ["/get-help-now/"]

    @pytest.mark.parametrize(
        "path", ["/helpful/condition/gone/", "/helpful/nothing/sciatica/", "/helpful/article/sciatica/", "/helpful/x/"]
    )
    def test_no_such_page(self, client, page, path):
        assert client.get(path).status_code == client.post(path, {"answer": "yes"}).status_code == 404

    def test_a_page_taken_off_has_no_form(self, client, page):
        unpublish(page=page, by=None, why="", now=MONDAY_NOON)
        assert client.get(FORM).status_code == client.get(THANKS).status_code == 404


class TestSending:
    @pytest.mark.parametrize(("answer", "is_helpful"), [("yes", True), ("no", False)])
    def test_it_is_kept_and_thanked_for(self, client, page, answer, is_helpful):
        answer = send(client, answer=answer, comment="  Clear.\r\nThank you. ")
        assert (answer.status_code, answer.headers["Location"]) == (302, THANKS)
        kept = PageFeedback.objects.get()
        assert (kept.page_id, kept.is_helpful, kept.version_number) == (page.pk, is_helpful, 1)
        assert kept.comment == "Clear.\nThank you."
        assert kept.created_at == MONDAY_NOON
        assert len(kept.network_key) == 64
        assert shown(client.get(THANKS), "Thank you")

    def test_no_address_is_kept(self, client, page):
        client.post(FORM, {"answer": "yes"}, REMOTE_ADDR="203.0.113.77")
        assert "203.0.113" not in str(PageFeedback.objects.values())

    @pytest.mark.parametrize("answers", [{}, {"answer": ""}, {"answer": "maybe"}, {"answer": "yes\0"}])
    def test_an_answer_is_needed_and_what_was_typed_stays(self, client, page, answers):
        root = read(client.post(FORM, {"comment": "kept <b> & é"} | answers))
        assert "Choose yes or no" in Soup.text(by_class(root, "err")[0])
        assert Soup.text(next(root.iter("title"))).startswith("Error:")
        assert comment(root) == "kept <b> & é"
        assert not PageFeedback.objects.exists()

    @pytest.mark.parametrize(
        ("text", "is_kept"),
        [("x" * 500, True), ("x" * 501, False), ("x\r\n" * 250, True), ("é" * 500, True), ("x" * 100_000, False)],
    )
    def test_five_hundred_characters_a_line_break_being_one(self, client, page, text, is_kept):
        answer = send(client, comment=text)
        assert PageFeedback.objects.exists() is is_kept
        if not is_kept:
            assert shown(answer, f"Use 500 characters or fewer. You used {len(text)}.")
            assert comment(read(answer)) == text

    def test_a_nul_is_refused_in_words(self, client, page):
        assert shown(send(client, comment="a\0b"), "There is a problem")

    @pytest.mark.parametrize("text", ["", "   ", "\u00a0\u200b", "\u3164"])
    def test_what_nobody_sees_is_no_comment(self, client, page, text):
        send(client, comment=text)
        assert PageFeedback.objects.get().comment == ""

    @pytest.mark.parametrize(
        "text",
        [
            "<script>alert(1)</script>",
            "{{7*7}} {% debug %}",
            "=HYPERLINK(1)",
            "\u202etxt",
            "a" + "\u0301" * 300,
            "'; DROP--",
        ],
    )
    def test_hostile_text_is_kept_as_text(self, client, page, text):
        assert send(client, comment=text).status_code == 302
        assert PageFeedback.objects.get().comment == text

    def test_more_than_the_form_asks_for_changes_nothing(self, client, page):
        send(client, is_helpful="0", page="1", created_at="2020-01-01", network_key="x", version_number="99")
        kept = PageFeedback.objects.get()
        assert (kept.is_helpful, kept.version_number, kept.created_at) == (True, 1, MONDAY_NOON)

    def test_twice_the_same_at_once_counts_once(self, client, page, time_machine):
        send(client, comment="Good")
        assert send(client, comment="Good").status_code == 302
        assert PageFeedback.objects.count() == 1
        time_machine.move_to(MONDAY_NOON + datetime.timedelta(minutes=2), tick=False)
        send(client, comment="Good")
        assert PageFeedback.objects.count() == 2

    def test_without_the_cookie_nothing_counts_and_the_text_can_be_sent_again(self, page):
        browser = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
        answer = browser.post(FORM, {"answer": "no", "comment": "my words"})
        assert answer.status_code == 403
        assert b"my words" in answer.content
        assert not PageFeedback.objects.exists()


class TestHiddenField:
    def test_whoever_filled_it_is_asked_once_more_and_then_believed(self, client, page):
        root = read(send(client, question_7="http://spam.example", comment="a person"))
        assert "Please press Send once more." in Soup.text(root)
        assert comment(root) == "a person"
        assert checked(root) == ["yes"]
        assert not PageFeedback.objects.exists()
        button = next(e for e in root.iter("button") if e.attrib.get("type") == "submit")
        # A browser that fills it in again does not keep a person out.
        again = send(client, question_7="autofill", comment="a person", **{button.attrib["name"]: ""})
        assert again.status_code == 302
        assert PageFeedback.objects.count() == 1

    def test_people_neither_see_nor_reach_it(self, client, page):
        field = next(e for e in read(client.get(FORM)).iter("input") if e.attrib.get("name") == "question_7")
        assert (field.attrib["tabindex"], field.attrib["autocomplete"]) == ("-1", "off")


class TestFloods:
    def flood(self, client, page, count):
        PageFeedback.objects.all().delete()
        send(client)
        key = PageFeedback.objects.get().network_key
        for number in range(count - 1):
            PageFeedback.objects.create(
                page=page,
                version_number=1,
                is_helpful=True,
                comment=f"n{number}",
                network_key=key,
                created_at=MONDAY_NOON,
            )

    def test_too_many_about_one_page_are_told_so_and_lose_nothing(self, client, page):
        self.flood(client, page, MOST_ON_PAGE)
        answer = send(client, answer="no", comment="still here")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
        assert shown(answer, "Thank you. Please try again in an hour.")
        assert comment(read(answer)) == "still here"
        assert checked(read(answer)) == ["no"]
        assert PageFeedback.objects.count() == MOST_ON_PAGE

    def test_about_another_page_or_from_another_network_it_is_kept(self, client, page):
        make_treatment(published=True, slug="heat")
        self.flood(client, page, MOST_ON_PAGE)
        assert send(client, "/helpful/treatment/heat/").status_code == 302
        assert client.post(FORM, {"answer": "yes"}, REMOTE_ADDR="198.51.100.1").status_code == 302
        assert client.post(FORM, {"answer": "no"}, REMOTE_ADDR="127.0.0.99").status_code == 429

    def test_too_many_from_one_network_about_whatever(self, client, page):
        other = make_treatment(published=True, slug="heat")
        self.flood(client, other, MOST_FROM_NETWORK)
        assert send(client, comment="one more").status_code == 429

    def test_after_an_hour_it_is_kept_again(self, client, page, time_machine):
        self.flood(client, page, MOST_ON_PAGE)
        time_machine.move_to(MONDAY_NOON + HOUR, tick=False)
        assert send(client).status_code == 302

    def test_a_claimed_address_of_a_stranger_does_not_count(self, client, page):
        self.flood(client, page, MOST_ON_PAGE)
        answers = {"answer": "no", "comment": "spoofed"}
        assert client.post(FORM, answers, HTTP_X_FORWARDED_FOR="198.51.100.7").status_code == 429


class TestForgetting:
    def rows(self, page):
        for age in (DAY - HOUR, DAY, 365 * DAY):
            PageFeedback.objects.create(
                page=page,
                version_number=1,
                is_helpful=False,
                comment="c",
                network_key="k",
                created_at=MONDAY_NOON - age,
            )

    def test_the_network_after_a_day_the_words_after_a_year_the_answer_stays(self, page):
        self.rows(page)
        assert purge_feedback(now=MONDAY_NOON) == 3
        assert list(PageFeedback.objects.values_list("network_key", "comment", "is_helpful")) == [
            ("k", "c", False),
            ("", "c", False),
            ("", "", False),
        ]
        assert purge_feedback(now=MONDAY_NOON) == 0

    def test_the_worker_does_it(self, page):
        self.rows(page)
        job = next(job for job in Worker().jobs if job.name == "feedback")
        assert job.run(MONDAY_NOON) == ("3 answers about pages made shorter", 3600.0)
        assert job.run(MONDAY_NOON) == ("", 3600.0)


class TestEditors:
    URL = "/admin/content/pagefeedback/"

    @pytest.fixture
    def answers(self, page):
        live = Page.objects.get(pk=page.pk)
        for number, is_helpful in enumerate([True, True, False]):
            keep_feedback(
                page=live, is_helpful=is_helpful, comment=f"<b>words {number}", network_key="k", now=MONDAY_NOON
            )

    def test_they_read_answers_with_the_pages_counts_and_change_none(self, client, answers):
        client.force_login(make_editor())
        root = read(client.get(self.URL))
        rows = [Soup.text(row) for row in root.iter("tr")][1:]
        assert len(rows) == 3
        assert all("Sciatica" in row and row.endswith("2 1") for row in rows)
        assert "<b>words 2" in rows[0]
        kept = PageFeedback.objects.first()
        detail = client.get(f"{self.URL}{kept.pk}/change/")
        assert "words" in Soup.text(read(detail))
        assert "network" not in Soup.text(read(detail)).lower()
        assert client.get(f"{self.URL}add/").status_code == 403
        assert client.get(f"{self.URL}{kept.pk}/delete/").status_code == 403
        assert client.post(f"{self.URL}{kept.pk}/change/", {"comment": "x"}).status_code == 403

    def test_the_list_takes_the_same_queries_whatever_is_in_it(self, client, page, answers):
        client.force_login(make_editor())
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                client.get(self.URL)
            counts.append(len(queries))
            for number in range(10):
                PageFeedback.objects.create(
                    page=page, version_number=1, is_helpful=True, comment=f"{number}", created_at=MONDAY_NOON
                )
        assert counts[0] == counts[1]

    def test_the_counts_are_of_all_answers_whatever_is_filtered(self, client, answers):
        client.force_login(make_editor())
        rows = [Soup.text(row) for row in read(client.get(f"{self.URL}?is_helpful__exact=0")).iter("tr")][1:]
        assert len(rows) == 1
        assert rows[0].endswith("2 1")

    def test_no_answer_is_paired_with_every_other_one(self, client, answers):
        client.force_login(make_editor())
        with CaptureQueriesContext(connection) as queries:
            client.get(self.URL)
        assert not [query["sql"] for query in queries if 'JOIN "content_pagefeedback"' in query["sql"]]

    def test_the_front_desk_does_not_read_them(self, client, answers):
        client.force_login(make_front_desk())
        assert client.get(self.URL).status_code == 403
