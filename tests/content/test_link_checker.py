"""Links to other sites: tried seldom and politely, dead only after a second day, and listed with their pages."""

import datetime

import pytest
from django.core.management import call_command

from content.admin import links as links_admin
from content.drafts import draft_data
from content.editing.advice import page_advice
from content.editing.advice_facts import advice_facts
from content.link_checker import HOST_PAUSE, LinkChecker, count_due, keep_finding, sync_links
from content.models import ExternalLink
from content.web_probe import Found
from njspine.worker import HOUR, MINUTE, Worker
from tests.content.factories import add_source, make_article, make_condition, publish_flags, publish_page
from tests.content.web_server import web_server
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_editor, make_front_desk, make_reviewer

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
LIST = "/admin/content/externallink/"


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_clinic()
    publish_flags()


@pytest.fixture
def web(monkeypatch):
    return Web(monkeypatch)


class Web:
    """Every other site: answers what is next in `answers`, else 200. Remembers what was asked."""

    def __init__(self, monkeypatch):
        self.asked, self.answers = [], []
        monkeypatch.setattr("content.link_checker.probe", self.probe)

    def probe(self, url, **options):
        self.asked.append((url, options))
        return self.answers.pop(0) if self.answers else Found(200)

    @property
    def urls(self):
        return [url for url, _options in self.asked]


class Clock:
    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds


def make_link(url="https://a.example/", **fields):
    return ExternalLink.objects.create(url=url, **fields)


def after(*findings, link=None):
    """The link after one finding a day."""
    link = link or make_link()
    for number, found in enumerate(findings):
        keep_finding(link, found, now=MONDAY_NOON + number * DAY)
        link.refresh_from_db()
    return link


class TestDead:
    @pytest.mark.parametrize(
        "found",
        [
            Found(404),
            Found(410),
            Found(error="name"),
            Found(error="tls"),
            Found(error="private"),
            Found(error="redirects"),
        ],
    )
    def test_on_the_second_day(self, found):
        link = after(found)
        assert (link.is_dead, link.failing_since) == (False, MONDAY_NOON)
        assert after(found, link=link).is_dead is False
        assert after(found, found, link=link).is_dead

    def test_not_twice_on_one_day_of_the_clinic(self):
        link = make_link()
        for hours in (0, 3, 11):  # noon, 3 pm and 11 pm in New York
            keep_finding(link, Found(404), now=MONDAY_NOON + datetime.timedelta(hours=hours))
            link.refresh_from_db()
        assert not link.is_dead
        keep_finding(link, Found(404), now=MONDAY_NOON + datetime.timedelta(hours=13))
        link.refresh_from_db()
        assert link.is_dead

    @pytest.mark.parametrize("found", [Found(500), Found(503), Found(error="timeout"), Found(error="dropped")])
    def test_mere_trouble_only_after_a_week(self, found):
        link = make_link()
        dead = []
        for number in range(9):
            keep_finding(link, found, now=MONDAY_NOON + number * DAY)
            link.refresh_from_db()
            dead.append(link.is_dead)
        assert dead == [False] * 7 + [True] * 2

    @pytest.mark.parametrize("status", [200, 206, 301, 401, 403, 405, 429, 999])
    def test_never_because_a_site_does_not_talk_to_programs(self, status):
        link = after(*[Found(status)] * 3)
        assert (link.is_dead, link.failing_since, link.status) == (False, None, status)

    def test_one_good_answer_and_it_lives_again(self):
        link = after(Found(404), Found(404), Found(200))
        assert (link.is_dead, link.failing_since, link.error) == (False, None, "")

    def test_an_editor_is_advised_where_it_stands(self):
        page = make_article()
        add_source(page, url="https://dead.example/x#page=3")
        add_source(page, url="https://fine.example/")
        make_link("https://dead.example/x", is_dead=True)
        make_link("https://fine.example/")
        data = draft_data(page.pk)
        assert [found.field for found in page_advice(data, advice_facts(page, data))] == ["sources-1-url"]


class TestWhichLinks:
    def test_those_of_drafts_and_live_pages_and_no_others(self):
        page = make_condition(published=True)
        add_source(page, url="https://draft.example/")
        add_source(page, url="https://long.example/" + "x" * 370)
        make_link("https://no-longer.example/", is_dead=True)
        kept = make_link("https://draft.example/", checked_at=MONDAY_NOON)
        assert sync_links() == 2
        assert sync_links() == 2
        kept.refresh_from_db()
        assert kept.checked_at == MONDAY_NOON
        assert not ExternalLink.objects.filter(url="https://no-longer.example/").exists()

    def test_each_once_a_day_longest_waiting_first(self, web):
        for name, hours in (("new", None), ("old", 50), ("older", 90), ("lately", 19)):
            at = None if hours is None else MONDAY_NOON - datetime.timedelta(hours=hours)
            make_link(f"https://{name}.example/", checked_at=at)
        checker = LinkChecker(clock=Clock())
        assert count_due(now=MONDAY_NOON) == 3
        while checker.check_next(now=MONDAY_NOON):
            pass
        assert web.urls == ["https://new.example/", "https://older.example/", "https://old.example/"]


class TestManners:
    def test_one_host_one_look_every_five_seconds(self, web):
        for path in ("a", "b"):
            make_link(f"https://a.example/{path}")
        make_link("https://b.example/")
        clock = Clock()
        checker = LinkChecker(clock=clock)
        for _ in range(3):
            checker.check_next(now=MONDAY_NOON)
        assert web.urls == ["https://a.example/a", "https://b.example/"]
        assert checker.has_soon(now=MONDAY_NOON)
        clock.seconds += HOST_PAUSE
        checker.check_next(now=MONDAY_NOON)
        assert web.urls[-1] == "https://a.example/b"

    def test_a_host_that_asks_for_patience_gets_it(self, web):
        web.answers.append(Found(429, retry_after=600))
        for path in ("a", "b"):
            make_link(f"https://a.example/{path}")
        clock = Clock()
        checker = LinkChecker(clock=clock)
        checker.check_next(now=MONDAY_NOON)
        clock.seconds += 599
        assert checker.check_next(now=MONDAY_NOON) is None
        assert not LinkChecker(clock=clock).quiet_until
        clock.seconds += 1
        assert checker.check_next(now=MONDAY_NOON).url == "https://a.example/b"

    def test_it_says_whose_reader_it_is(self, web, settings):
        make_link()
        LinkChecker().check_next(now=MONDAY_NOON)
        assert web.asked[0][1]["user_agent"] == f"ClinicLinkCheck/1 (+{settings.SITE_URL}/)"
        assert web.asked[0][1]["allowed"] == frozenset()


class TestWhoDoesIt:
    def links_job(self):
        return next(job for job in Worker().jobs if job.name == "links")

    def test_the_worker_asks_nobody_unless_told(self, web, settings):
        make_link()
        assert settings.CHECK_LINKS is False
        assert self.links_job().run(MONDAY_NOON) == ("", HOUR)
        assert web.urls == []

    def test_the_worker_tries_one_a_minute_when_told(self, web, settings):
        settings.CHECK_LINKS = True
        page = make_article()
        add_source(page, url="https://a.example/")
        job = self.links_job()
        assert job.run(MONDAY_NOON) == ("", HOUR)  # nothing known yet: it looks through the pages
        assert job.run(MONDAY_NOON) == ("", MINUTE)
        assert job.run(MONDAY_NOON) == ("", HOUR)
        assert web.urls == ["https://a.example/"]

    def test_the_command_lists_the_dead(self, web, capsys):
        web.answers.append(Found(404))
        add_source(make_article(), url="https://a.example/")
        add_source(make_article(), url="https://b.example/")
        make_link("https://a.example/", failing_since=MONDAY_NOON - DAY, checked_at=MONDAY_NOON - DAY)
        ExternalLink.objects.filter(url="https://a.example/").update(checked_at=None)
        call_command("check_links")
        assert capsys.readouterr().out.splitlines() == [
            "https://a.example/  HTTP 404",
            "2 links to other sites, 2 tried now, 1 dead.",
        ]

    def test_the_command_stops_at_its_limit(self, web, capsys):
        for name in "abc":
            add_source(make_article(), url=f"https://{name}.example/")
        call_command("check_links", most=1)
        assert len(web.urls) == 1


@pytest.mark.django_db(transaction=True)
def test_a_real_server_from_end_to_end():
    with web_server() as server:
        page = make_article(published=True)
        add_source(page, url=server.url("/moved"))
        add_source(page, url=server.url("/gone"))
        publish_page(page)
        assert sync_links() == 2
        clock = Clock()
        checker = LinkChecker(allowed=server.allowed, clock=clock, timeout=2.0)
        for day in range(2):
            for _ in range(2):
                checker.check_next(now=MONDAY_NOON + day * DAY)
                clock.seconds += HOST_PAUSE
        states = {link.url: (link.status, link.is_dead) for link in ExternalLink.objects.all()}
        assert states == {server.url("/moved"): (200, False), server.url("/gone"): (410, True)}


class TestEditors:
    def test_they_see_which_are_dead_and_where_they_stand(self, client):
        page = make_article(title="Moving <b>")
        add_source(page, url="https://dead.example/?a=1&b=2")
        make_link("https://dead.example/?a=1&b=2", is_dead=True, status=404, checked_at=MONDAY_NOON)
        client.force_login(make_editor())
        text = client.get(LIST).content.decode()
        assert "dead: answer 404" in text
        assert f'<a href="/admin/content/article/{page.pk}/change/">Moving &lt;b&gt;</a>' in text
        assert 'href="https://dead.example/?a=1&amp;b=2" rel="noreferrer noopener"' in text

    def test_they_try_again_three_at_most_and_not_twice_a_minute(self, client, web):
        rows = [make_link(f"https://{name}.example/", is_dead=True, failing_since=MONDAY_NOON - DAY) for name in "abcd"]
        client.force_login(make_editor())
        data = {"action": "try_again", "_selected_action": [row.pk for row in rows]}
        text = client.post(LIST, data, follow=True).content.decode()
        assert "3 links were tried again." in text
        assert web.urls == [row.url for row in rows[:3]]
        assert {options["timeout"] for _url, options in web.asked} == {links_admin.PATIENCE}
        client.post(LIST, data)
        assert len(web.urls) == 3
        assert ExternalLink.objects.filter(is_dead=True).count() == 1

    def test_nobody_else_does(self, client, web):
        row = make_link()
        for person in (make_front_desk(), make_reviewer()):
            client.force_login(person)
            answer = client.post(LIST, {"action": "try_again", "_selected_action": [row.pk]})
            assert answer.status_code == 403
        client.force_login(make_editor("olga"))
        assert client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
        assert client.get(f"{LIST}add/").status_code == 403
        client.get(LIST)
        assert web.urls == []

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_costs_the_same_however_long(self, client, count, django_assert_num_queries):
        for number in range(count):
            add_source(make_article(), url=f"https://{number}.example/")
        sync_links()
        client.force_login(make_editor())
        client.get(LIST)
        with django_assert_num_queries(18):
            client.get(LIST)
