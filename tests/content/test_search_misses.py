"""Editors learn what is missing; nobody learns what one person typed; no program fills the table."""

import datetime

import pytest
from django.db import OperationalError
from django.test import Client

from content.models import SearchMiss
from content.search.misses import LEAST_TIMES, MOST_A_DAY, MOST_NEW_A_DAY, MOST_ROWS, count_miss, countable
from tests.content.factories import make_condition
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_editor

pytestmark = pytest.mark.django_db
TODAY = MONDAY_NOON.date()
DAY = datetime.timedelta(days=1)
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return make_clinic()


def count(query, *, today=TODAY, times=1):
    for _ in range(times):
        count_miss(countable(query), today=today)


class TestWhatCounts:
    def ask(self, query, method="get", **headers):
        getattr(Client(), method)("/search/", {"q": query}, headers=OURS | headers)
        return SearchMiss.objects.count()

    def test_a_search_from_our_own_box(self):
        assert self.ask("zzzqqq") == 1

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "none"},
            {"Sec-Purpose": "prefetch"},
            {"Purpose": "prefetch"},
        ],
    )
    def test_no_link_from_elsewhere_and_no_prefetch(self, headers):
        assert self.ask("zzzqqq", **headers) == 0

    def test_no_browser_that_does_not_say(self):
        Client().get("/search/", {"q": "zzzqqq"})
        assert not SearchMiss.objects.exists()

    def test_no_head(self):
        assert self.ask("zzzqqq", "head") == 0

    def test_nothing_that_was_found_and_nothing_empty(self):
        make_condition(published=True, title="Sciatica")
        assert self.ask("sciatica") == 0
        assert self.ask("") == 0

    def test_nobody_in_danger(self):
        assert self.ask("zzzqqq can't pee") == 0
        assert self.ask("suicidal zzzqqq") == 0

    def test_a_failure_to_count_costs_no_page(self, monkeypatch):
        def fail(*arguments, **options):
            raise OperationalError("locked")

        monkeypatch.setattr("content.search.view.count_miss", fail)
        assert Client().get("/search/", {"q": "zzzqqq"}, headers=OURS).status_code == 200


class TestNobodyIsKnown:
    @pytest.mark.parametrize(
        "query",
        [
            "555-0142",
            "pain 2019",
            "pat@example.com",
            "pat.testcase@example.com",
            "dr kowalski",
            "my name is pat testcase",
            "Mrs Testcase",
            "x",
            "a b c",
            "one two three four five",
            "w" * 21,
            "",
            "!!!",
        ],
    )
    def test_what_may_be_personal_is_not_even_counted(self, query):
        assert countable(query) == ""

    def test_words_come_only_when_several_days_have_seen_them(self):
        count("tennis elbow", times=LEAST_TIMES + 3)
        assert [miss.words for miss in SearchMiss.objects.all()] == [""]
        count("Elbow, TENNIS", today=TODAY + DAY)
        miss = SearchMiss.objects.get()
        assert (miss.words, miss.times, miss.days) == ("elbow tennis", LEAST_TIMES + 4, 2)
        assert (miss.first_day, miss.last_day) == (TODAY, TODAY + DAY)

    def test_two_searches_on_two_days_are_too_few(self):
        count("kowalski")
        count("kowalski", today=TODAY + DAY)
        assert SearchMiss.objects.get().words == ""

    def test_the_key_cannot_be_read_without_the_site_s_secret(self, settings):
        count("kowalski")
        settings.SECRET_KEY = "another"
        count("kowalski")
        keys = set(SearchMiss.objects.values_list("key", flat=True))
        assert len(keys) == 2
        assert not [key for key in keys if "kowalski" in key]

    def test_what_nobody_repeats_is_forgotten(self):
        count("kowalski")
        count("elbow", today=TODAY + 31 * DAY)
        assert SearchMiss.objects.count() == 1

    def test_no_column_holds_a_time_or_an_address(self):
        kinds = {field.name: field.get_internal_type() for field in SearchMiss._meta.get_fields()}
        assert "DateTimeField" not in kinds.values()
        assert set(kinds) == {
            "id", "key", "words", "times", "times_on_last_day", "days", "first_day", "last_day",
        }  # fmt: skip


class TestFlood:
    def test_one_search_over_and_over_counts_for_little(self):
        count("elbow", times=MOST_A_DAY + 10)
        assert SearchMiss.objects.get().times == MOST_A_DAY

    def test_new_words_a_day_are_bounded(self):
        SearchMiss.objects.bulk_create(
            SearchMiss(key=f"{number:064}", first_day=TODAY, last_day=TODAY) for number in range(MOST_NEW_A_DAY)
        )
        count("elbow")
        assert SearchMiss.objects.count() == MOST_NEW_A_DAY
        count("elbow", today=TODAY + DAY)
        assert SearchMiss.objects.count() == MOST_NEW_A_DAY + 1

    def test_rows_are_bounded(self):
        day = TODAY - DAY
        SearchMiss.objects.bulk_create(
            SearchMiss(key=f"{number:064}", first_day=day, last_day=day) for number in range(MOST_ROWS)
        )
        count("elbow")
        assert SearchMiss.objects.count() == MOST_ROWS


class TestEditors:
    def test_they_see_only_what_many_searched_for(self, client):
        count("kowalski")
        count("elbow", times=3)
        count("elbow", today=TODAY + DAY)
        client.force_login(make_editor())
        text = client.get("/admin/content/searchmiss/").content.decode()
        assert "elbow" in text
        hidden = SearchMiss.objects.get(words="")
        assert hidden.key not in text
        assert client.get(f"/admin/content/searchmiss/{hidden.pk}/change/").status_code == 302

    def test_they_change_nothing(self, client):
        count("elbow", times=3)
        count("elbow", today=TODAY + DAY)
        client.force_login(make_editor())
        miss = SearchMiss.objects.get()
        assert client.get("/admin/content/searchmiss/add/").status_code == 403
        assert client.post(f"/admin/content/searchmiss/{miss.pk}/change/", {"words": "x"}).status_code == 403
