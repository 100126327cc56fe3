"""Editors learn which old links to mend; nobody learns who followed them; no flood fills the table or costs a page."""

import datetime
import sqlite3

import pytest
from django.db import OperationalError, connection
from django.test import Client

from content import missing_addresses
from content.address_rules import countable, is_robot, words_of_address
from content.missing_addresses import MOST_A_MINUTE, MOST_ROWS, Dam, count_missing, purge_missing
from content.models import MissingAddress, Redirect
from tests.content.factories import make_treatment
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_editor, make_front_desk

pytestmark = pytest.mark.django_db
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
TODAY = MONDAY_NOON.date()
DAY, MINUTE = datetime.timedelta(days=1), datetime.timedelta(minutes=1)
LIST = "/admin/content/missingaddress/"


@pytest.fixture(autouse=True)
def clinic(time_machine, monkeypatch):
    time_machine.move_to(MONDAY_NOON, tick=False)
    monkeypatch.setattr(missing_addresses, "dam", Dam())
    return make_clinic()


def ask(path, method="get", **headers):
    return getattr(Client(), method)(path, headers={"User-Agent": BROWSER} | headers)


def count(path, *, now=MONDAY_NOON, today=TODAY):
    count_missing(path=path, user_agent=BROWSER, now=now, today=today)


def rows():
    return {row.path: row.times for row in MissingAddress.objects.all()}


class TestWhatCounts:
    def test_an_address_that_a_page_could_have(self):
        assert ask("/conditions/lumbago/").status_code == 404
        row = MissingAddress.objects.get()
        assert (row.path, row.times, row.first_day, row.last_day) == ("/conditions/lumbago/", 1, TODAY, TODAY)

    def test_without_its_query(self):
        ask("/conditions/lumbago/?q=canary-4711&name=Pat")
        assert rows() == {"/conditions/lumbago/": 1}

    def test_no_columns_for_people(self):
        names = {field.name for field in MissingAddress._meta.get_fields()}
        assert names == {"id", "path", "times", "first_day", "last_day", "is_ignored"}

    @pytest.mark.parametrize(
        "path", ["/about-us", "/blog/2019/back-pain/", "/Sciatica.html", "/our_team/", "/l5-s1/", "/treatments/rest/"]
    )
    def test_words(self, path):
        assert countable(path)

    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/pat@example.com/",
            "/pat.testcase/",
            "/call/201-555-0142/",
            "/2015550142/",
            "/visit/20260401/",
            "/reset/3f2b8c1de9a74b0c/",
            "/a/12345678-1234-5678-1234-567812345678/",
            "/t/aGVsbG8gd29ybGQgdG9rZW4/",
            "/KxZqPvTbNmWs/x/",
            "/" + "a" * 21 + "/",
            "/" + "word-" * 40 + "x/",
            "/a%20b/",
            "/a b/",
            "/\u00fcber/",
            "/a//b/",
            "/../etc/passwd",
            "/x.php",
            "/.env",
            "/.git/config",
            "/wp-login.php",
            "/wp-admin/",
            "/blog/wp-includes/",
            "/wordpress/",
            "/phpmyadmin/",
            "/cgi-bin/x/",
            "/admin/content/x/",
            "/appointments/x/",
            "/static/x/",
            "/images/x/",
            "/helpful/x/",
            "/.well-known/x/",
        ],
    )
    def test_what_may_be_personal_or_a_program_s_does_not(self, path):
        assert not countable(path)

    @pytest.mark.parametrize("method", ["head", "post"])
    def test_only_reading(self, method):
        ask("/lumbago/", method)
        assert rows() == {}

    def test_no_fetch_ahead_of_a_click(self):
        ask("/lumbago/", **{"Sec-Purpose": "prefetch"})
        assert rows() == {}

    @pytest.mark.parametrize(
        "user_agent",
        [
            "",
            " ",
            "Googlebot/2.1 (+http://www.google.com/bot.html)",
            "curl/8.0",
            "python-requests/2",
            "AhrefsBot",
            "Baiduspider",
        ],
    )
    def test_no_robots(self, user_agent):
        assert is_robot(user_agent)
        ask("/lumbago/", **{"User-Agent": user_agent})
        assert rows() == {}

    def test_people_are_no_robots(self):
        assert not is_robot(BROWSER)

    def test_an_address_that_leads_on_is_not_missing(self):
        Redirect.objects.create(path="/lumbago/", to_path="/conditions/")
        assert ask("/lumbago/").status_code == 301
        assert rows() == {}

    def test_words_for_the_search_box(self):
        assert [words_of_address(path) for path in ("/a/no_such-page/", "/wp.php", "/admin/x-y-z/")] == [
            "no such page",
            "",
            "",
        ]


class TestNothingCostsThePage:
    def test_a_database_that_takes_no_writes(self, monkeypatch, log_lines):
        def read_only(*arguments, **options):
            raise OperationalError("attempt to write a readonly database: /canary-lumbago/")

        monkeypatch.setattr("njspine.errors.count_missing", read_only)
        answer = ask("/canary-lumbago/")
        assert (answer.status_code, b"We cannot find that page" in answer.content) == (404, True)
        said = [line for line in log_lines if "was not counted" in line]
        assert said
        assert not [line for line in said if "canary" in line]

    def test_no_look_at_redirects_either(self, monkeypatch):
        def away(path):
            raise OperationalError("away")

        monkeypatch.setattr("njspine.errors.destination", away)
        assert ask("/lumbago/").status_code == 404

    @pytest.mark.only_on("sqlite", reason="PostgreSQL's writers do not wait for each other's tables.")
    @pytest.mark.django_db(transaction=True)
    def test_somebody_who_holds_the_database_is_not_waited_for(self):
        rival = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        rival.execute("BEGIN IMMEDIATE")
        started = datetime.datetime.now(datetime.UTC)
        try:
            with pytest.raises(OperationalError):
                count("/lumbago/")
        finally:
            rival.execute("ROLLBACK")
            rival.close()
        assert datetime.datetime.now(datetime.UTC) - started < datetime.timedelta(seconds=5)
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] >= 20_000


class TestFloods:
    def test_the_same_address_counts_once_a_minute(self):
        for seconds in (0, 30, 59, 60, 90):
            count("/lumbago/", now=MONDAY_NOON + datetime.timedelta(seconds=seconds))
        assert rows() == {"/lumbago/": 2}

    def test_few_addresses_a_minute(self, django_assert_num_queries):
        for number in range(MOST_A_MINUTE + 20):
            count(f"/lumbago-{number}/")
        assert MissingAddress.objects.count() == MOST_A_MINUTE
        with django_assert_num_queries(0):
            count("/one-more/")
        count("/one-more/", now=MONDAY_NOON + MINUTE)
        assert MissingAddress.objects.count() == MOST_A_MINUTE + 1

    def test_rows_are_bounded_and_the_least_asked_for_goes(self):
        MissingAddress.objects.bulk_create(
            MissingAddress(path=f"/x{n}/", times=2, first_day=TODAY, last_day=TODAY) for n in range(MOST_ROWS - 2)
        )
        MissingAddress.objects.create(path="/old/", times=1, first_day=TODAY - DAY, last_day=TODAY - DAY)
        MissingAddress.objects.create(path="/ignored/", times=1, is_ignored=True, first_day=TODAY, last_day=TODAY)
        count("/lumbago/")
        assert MissingAddress.objects.count() == MOST_ROWS
        assert not MissingAddress.objects.filter(path="/old/").exists()
        assert MissingAddress.objects.filter(path__in=["/lumbago/", "/ignored/"]).count() == 2

    def test_when_all_are_ignored_nothing_is_added(self):
        MissingAddress.objects.bulk_create(
            MissingAddress(path=f"/x{n}/", is_ignored=True, first_day=TODAY, last_day=TODAY) for n in range(MOST_ROWS)
        )
        count("/lumbago/")
        assert not MissingAddress.objects.filter(path="/lumbago/").exists()

    def test_what_nobody_asks_for_is_forgotten_after_90_days(self):
        count("/lumbago/", today=TODAY - 91 * DAY)
        count("/sciatica/", today=TODAY - 90 * DAY)
        assert purge_missing(now=MONDAY_NOON) == 1
        assert rows() == {"/sciatica/": 1}


class TestEditors:
    @pytest.fixture(autouse=True)
    def asked(self):
        MissingAddress.objects.create(path="/treatments/haet/", times=7, first_day=TODAY, last_day=TODAY)
        MissingAddress.objects.create(path="/typing-mistake/", times=1, first_day=TODAY, last_day=TODAY)

    def test_they_see_what_was_asked_for_twice_with_a_guess(self, client):
        page = make_treatment(published=True, slug="heat", title="Heat")
        client.force_login(make_editor())
        text = client.get(LIST).content.decode()
        assert "/treatments/haet/" in text
        assert "typing-mistake" not in text
        assert f'href="/admin/content/redirect/add/?path=%2Ftreatments%2Fhaet%2F&amp;to_page={page.pk}"' in text

    def test_the_button_fills_the_form(self, client):
        page = make_treatment(published=True, slug="heat", title="Heat")
        client.force_login(make_editor())
        text = client.get(f"/admin/content/redirect/add/?path=/treatments/haet/&to_page={page.pk}").content.decode()
        assert 'value="/treatments/haet/"' in text
        assert f'<option value="{page.pk}" selected>Heat (treatment)</option>' in text

    def test_strange_values_in_that_address_do_no_harm(self, client):
        client.force_login(make_editor())
        answer = client.get('/admin/content/redirect/add/?path="><script>x</script>&to_page=99999999999999999999&by=1')
        assert answer.status_code == 200
        assert "<script>x" not in answer.content.decode()

    def test_what_leads_on_by_now_has_no_button(self, client):
        Redirect.objects.create(path="/treatments/haet/", to_path="/treatments/")
        client.force_login(make_editor())
        assert "Make a redirect" not in client.get(LIST).content.decode()

    def test_they_ignore_some(self, client):
        client.force_login(make_editor())
        row = MissingAddress.objects.get(times=7)
        answer = client.post(LIST, {"action": "ignore", "_selected_action": [row.pk]}, follow=True)
        assert "1 address is ignored now." in answer.content.decode()
        row.refresh_from_db()
        assert row.is_ignored

    def test_nobody_else_and_nobody_adds_or_deletes(self, client):
        row = MissingAddress.objects.get(times=7)
        client.force_login(make_editor())
        assert client.get(f"{LIST}add/").status_code == 403
        assert client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
        client.force_login(make_front_desk())
        assert client.get(LIST).status_code == 403

    @pytest.mark.parametrize("more", [0, 2])
    def test_the_list_costs_the_same_however_long(self, client, more, django_assert_num_queries):
        for number in range(more):
            MissingAddress.objects.create(path=f"/more-{number}/", times=5, first_day=TODAY, last_day=TODAY)
        client.force_login(make_editor())
        client.get(LIST)
        with django_assert_num_queries(15):
            client.get(LIST)
