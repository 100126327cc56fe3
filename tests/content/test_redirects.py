"""A page that moves takes its visitors along; a redirect never hides a page, runs in circles or leaves the site."""

import pytest
from django.test import Client

from content.addresses import checked, destination, keep_redirect
from content.admin import addresses
from content.errors import AddressRefused
from content.models import Page, Redirect
from content.publishing import unpublish
from tests.content.factories import (
    make_article,
    make_condition,
    make_glossary,
    make_info,
    make_treatment,
    publish_flags,
    publish_page,
)
from tests.factories import MONDAY_NOON, make_clinic, make_practitioner
from tests.staff import make_editor, make_publisher

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clinic():
    make_clinic()
    publish_flags()


@pytest.fixture
def heat():
    return make_treatment(published=True, slug="heat", title="Heat")


def move(page, slug, **options):
    page = type(page).objects.get(pk=page.pk)
    page.slug = slug
    page.save()
    return publish_page(page, **options)


def off(page):
    unpublish(page=page, by=None, why="", now=MONDAY_NOON)


def keep(path, to="", *, page=None, by=None):
    redirect = Redirect(path=path, to_page=page and page.page_ptr, to_path=to)
    return keep_redirect(redirect=redirect, by=by)


def rows():
    return {row.path: row.to_path or row.to_page.live_slug for row in Redirect.objects.all()}


def sent_to(path, **options):
    answer = Client().get(path, **options)
    return answer.headers.get("Location", answer.status_code)


class TestAPageThatMoves:
    def test_takes_its_visitors_along(self, heat):
        publisher = make_publisher()
        move(heat, "warmth", by=publisher)
        answer = Client().get("/treatments/heat/")
        assert (answer.status_code, answer["Location"]) == (301, "/treatments/warmth/")
        redirect = Redirect.objects.get()
        assert (redirect.is_automatic, redirect.by, redirect.to_page_id) == (True, publisher, heat.pk)

    def test_not_while_the_new_address_is_a_draft(self, heat):
        heat.slug = "warmth"
        heat.save()
        assert not Redirect.objects.exists()
        assert Client().get("/treatments/heat/").status_code == 200

    def test_not_for_an_address_that_was_only_a_draft_s(self):
        page = make_treatment(slug="first-idea")
        move(page, "heat")
        assert not Redirect.objects.exists()

    def test_every_old_address_leads_straight_to_the_newest(self, heat):
        for slug in ("warmth", "warm-packs", "heat-packs"):
            heat = move(heat, slug)
        for slug in ("heat", "warmth", "warm-packs"):
            assert sent_to(f"/treatments/{slug}/") == "/treatments/heat-packs/"

    def test_back_again_and_no_loop(self, heat):
        move(move(heat, "warmth"), "heat")
        assert rows() == {"/treatments/warmth/": "heat"}
        assert Client().get("/treatments/heat/").status_code == 200

    def test_another_page_takes_the_old_address(self, heat):
        move(heat, "warmth")
        make_treatment(published=True, slug="heat", title="Another")
        assert not Redirect.objects.exists()
        assert Client().get("/treatments/heat/").status_code == 200

    def test_the_address_from_before_it_was_taken_off(self, heat):
        off(heat)
        move(heat, "warmth")
        assert sent_to("/treatments/heat/") == "/treatments/warmth/"

    def test_but_not_when_somebody_else_lives_there_by_then(self, heat):
        off(heat)
        heat.refresh_from_db()
        heat.slug = "warmth"
        heat.save()
        make_treatment(published=True, slug="heat")
        publish_page(heat)
        assert not Redirect.objects.exists()

    def test_redirects_to_the_old_address_follow(self, heat):
        Redirect.objects.create(path="/heat/", to_path="/treatments/heat/")
        move(heat, "warmth")
        assert rows() == {"/heat/": "warmth", "/treatments/heat/": "warmth"}

    def test_the_glossary_has_one_place_whatever_it_is_called(self):
        move(make_glossary(published=True), "words")
        assert not Redirect.objects.exists()

    def test_a_redirect_made_by_hand_at_its_address_gives_way(self):
        Redirect.objects.create(path="/treatments/heat/", to_path="/treatments/")
        make_treatment(published=True, slug="heat")
        assert not Redirect.objects.exists()


class TestTheAnswer:
    def test_it_is_kept_only_briefly_and_carries_no_query(self, heat):
        keep("/old/", page=heat)
        answer = Client().get("/old/?q=canary-4711&next=https://evil.example/")
        assert answer["Location"] == "/treatments/heat/"
        assert answer["Cache-Control"] == "public, max-age=300"
        assert "Set-Cookie" not in answer.headers

    def test_head_yes_post_no(self, heat):
        keep("/old/page.html", page=heat)
        assert Client().head("/old/page.html").status_code == 301
        assert Client().post("/old/page.html").status_code == 404

    def test_the_last_slash_and_the_case_as_everywhere_on_the_site(self, heat):
        keep("/old/news", page=heat)
        assert rows() == {"/old/news/": "heat"}
        assert sent_to("/old/news") == "/treatments/heat/"
        assert sent_to("/Old/news/") == 404
        move(heat, "warmth")
        assert sent_to("/treatments/heat") == "/treatments/warmth/"

    def test_a_page_that_is_off_the_site_is_not_found(self, heat):
        keep("/old/", page=heat)
        off(heat)
        assert sent_to("/old/") == 404
        Page.objects.filter(pk=heat.pk).update(trashed_at=MONDAY_NOON)
        assert sent_to("/old/") == 404
        Page.objects.filter(pk=heat.pk).update(trashed_at=None)
        publish_page(heat)
        assert sent_to("/old/") == "/treatments/heat/"

    @pytest.mark.parametrize(
        "to",
        [
            "//evil.example/",
            "/\\evil.example/",
            "https://evil.example/",
            "/%2f%2fevil.example/",
            "/a\r\nSet-Cookie: x=1/",
            "/a/../../b/",
            "javascript:alert(1)",
            "/treatments/gone/",
            "/nowhere/",
            "/team/nobody/",
            "/admin/",
        ],
    )
    def test_rows_that_nobody_should_have_written_lead_nowhere(self, to):
        Redirect.objects.create(path="/old/", to_path=to)
        assert sent_to("/old/") == 404

    @pytest.mark.parametrize(
        "path", ["/%2f%2fevil.example/", "//evil.example/", "/\\evil/", "/%0d%0a/", "/%00/", "/" + "a" * 3000]
    )
    def test_strange_addresses_are_not_even_looked_up(self, path, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert destination(path) == ""

    def test_two_that_were_saved_at_once_are_followed_and_circles_end(self, heat):
        Redirect.objects.bulk_create(
            [
                Redirect(path="/a/", to_path="/b/"),
                Redirect(path="/b/", to_path="/treatments/"),
                Redirect(path="/c/", to_path="/d/"),
                Redirect(path="/d/", to_path="/c/"),
            ]
        )
        assert [sent_to(f"/{name}/") for name in "abcd"] == ["/treatments/", "/treatments/", 404, 404]

    def test_nothing_of_the_site_can_be_hidden(self, heat):
        for path in ("/treatments/heat/", "/team/", "/admin/", "/", "/get-help-now/", "/search/"):
            Redirect.objects.create(path=path, to_path="/treatments/")
        for path in ("/treatments/heat/", "/team/", "/", "/get-help-now/", "/search/"):
            assert Client().get(path).status_code == 200
        assert sent_to("/admin/").startswith("/admin/login/")

    def test_staff_and_request_addresses_are_never_led_away(self, heat):
        for path in ("/admin/nowhere/", "/appointments/nowhere/"):
            Redirect.objects.create(path=path, to_page=heat.page_ptr)
        assert destination("/admin/nowhere/") == ""
        assert sent_to("/appointments/nowhere/") == 404


class TestByHand:
    @pytest.mark.parametrize(
        ("path", "says"),
        [
            ("old", "Begin with a slash"),
            ("https://clinic.example/old/", "Begin with a slash"),
            ("//evil.example/", "Use letters"),
            ("/a//b/", "Use letters"),
            ("/a/../b/", "Use letters"),
            ("/a b/", "Use letters"),
            ("/\u202eold/", "Use letters"),
            ("/%2f/", "Use letters"),
            ("/a\\b/", "Use letters"),
            ("/a?x=1", "from the ? or the #"),
            ("/a/#b", "from the ? or the #"),
            ("/" + "a" * 200, "at most 200"),
            ("/", "part of the site itself"),
            ("/admin/old/", "part of the site itself"),
            ("/static/old.css", "part of the site itself"),
            ("/appointments/", "part of the site itself"),
            ("/team/", "part of the site itself"),
            ("/glossary/", "part of the site itself"),
            ("/team/kim/", "part of the site itself"),
            ("/treatments/heat", "A page that patients see"),
        ],
    )
    def test_addresses_that_cannot_be_old_ones(self, heat, path, says):
        make_practitioner(slug="kim")
        with pytest.raises(AddressRefused) as refused:
            checked(Redirect(path=path, to_path="/treatments/"))
        assert (refused.value.field, says in refused.value.text) == ("path", True), refused.value.text

    @pytest.mark.parametrize(
        "path", ["/old/", "/old.html", "/old/index.php", "/team/who-left/", "/treatments/het/", "/x_y~z/"]
    )
    def test_addresses_that_can(self, heat, path):
        keep(path, page=heat)
        assert sent_to(path) == "/treatments/heat/"

    @pytest.mark.parametrize(
        ("to", "says"),
        [
            ("//evil.example/", "Use letters"),
            ("https://evil.example/", "Begin with a slash"),
            ("/nowhere/", "nothing at this address"),
            ("/treatments/draft/", "nothing at this address"),
            ("/admin/", "nothing at this address"),
            ("/old/", "leads back"),
            ("/old", "leads back"),
            ("/insurance/#plans", "from the ? or the #"),
            ("", "Choose a page or give an address"),
        ],
    )
    def test_targets_that_are_refused(self, to, says):
        make_treatment(slug="draft")
        with pytest.raises(AddressRefused) as refused:
            checked(Redirect(path="/old/", to_path=to))
        assert (refused.value.field, says in refused.value.text) == ("to_path", True), refused.value.text

    def test_the_address_of_a_page_is_kept_as_the_page(self, heat):
        assert keep("/old/", "/treatments/heat").to_page_id == heat.pk
        move(heat, "warmth")
        assert sent_to("/old/") == "/treatments/warmth/"

    def test_a_page_that_is_not_live_is_refused(self):
        with pytest.raises(AddressRefused):
            keep("/old/", page=make_treatment())

    def test_an_address_leads_to_one_place_only(self, heat):
        keep("/old/", page=heat)
        with pytest.raises(AddressRefused, match="path"):
            keep("/old", "/treatments/")

    def test_chains_are_cut_in_both_directions(self):
        keep("/b/", "/insurance/")
        assert keep("/a/", "/b/").to_path == "/insurance/"
        later = Redirect.objects.get(path="/b/")
        later.to_path = "/locations/"
        keep_redirect(redirect=later, by=None)
        keep("/insured/", "/b/")
        assert rows() == {"/a/": "/insurance/", "/b/": "/locations/", "/insured/": "/locations/"}

    def test_a_target_that_becomes_an_old_address_is_passed_over(self):
        Redirect.objects.create(path="/a/", to_path="/b/")
        keep("/b/", "/insurance/")
        assert rows() == {"/a/": "/insurance/", "/b/": "/insurance/"}

    def test_loops_are_refused(self):
        Redirect.objects.create(path="/b/", to_path="/a/")
        Redirect.objects.create(path="/c/", to_path="/b/")
        for to in ("/b/", "/c/"):
            with pytest.raises(AddressRefused) as refused:
                keep("/a/", to)
            assert "leads back" in refused.value.text


class TestEditors:
    def test_they_make_one_and_read_what_is_wrong(self, client, heat):
        editor = make_editor()
        client.force_login(editor)
        url = "/admin/content/redirect/add/"
        answer = client.post(url, {"path": "old stuff", "to_page": "", "to_path": "/insurance/"})
        text = answer.content.decode()
        assert "Begin with a slash" in text
        assert 'value="old stuff"' in text
        assert 'value="/insurance/"' in text
        answer = client.post(url, {"path": "/old/", "to_page": heat.pk, "to_path": ""})
        assert answer.status_code == 302
        redirect = Redirect.objects.get()
        assert (redirect.by, redirect.is_automatic) == (editor, False)
        assert "by hand" in client.get("/admin/content/redirect/").content.decode()

    def test_both_or_neither_target_is_refused(self, client, heat):
        client.force_login(make_editor())
        for page, path in ((heat.pk, "/insurance/"), ("", "")):
            answer = client.post("/admin/content/redirect/add/", {"path": "/old/", "to_page": page, "to_path": path})
            assert "not both" in answer.content.decode()
        assert not Redirect.objects.exists()

    def test_changing_one_keeps_its_address(self, client, heat):
        client.force_login(make_editor())
        redirect = keep("/old/", page=heat)
        url = f"/admin/content/redirect/{redirect.pk}/change/"
        assert client.post(url, {"path": "/old/", "to_page": "", "to_path": "/insurance/"}).status_code == 302
        assert rows() == {"/old/": "/insurance/"}

    def test_a_rival_s_save_between_check_and_save_costs_nothing(self, client, heat, monkeypatch):
        client.force_login(make_editor())
        tries = []

        def too_late_once(*, redirect, by):
            tries.append(redirect.path)
            if len(tries) == 1:
                raise AddressRefused("path", "taken")
            return keep_redirect(redirect=redirect, by=by)

        monkeypatch.setattr(addresses, "keep_redirect", too_late_once)
        answer = client.post("/admin/content/redirect/add/", {"path": "/old/", "to_page": "", "to_path": "/team/"})
        assert (answer.status_code, tries, rows()) == (302, ["/old/", "/old/"], {"/old/": "/team/"})

    def test_a_redirect_to_a_page_off_the_site_says_so(self, client, heat):
        keep("/old/", page=heat)
        off(heat)
        client.force_login(make_editor())
        assert "nowhere now: “Heat” is not live" in client.get("/admin/content/redirect/").content.decode()

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_costs_the_same_however_long(self, client, heat, count, django_assert_num_queries):
        for number in range(count):
            keep(f"/old-{number}/", page=heat)
        client.force_login(make_editor())
        client.get("/admin/content/redirect/")
        with django_assert_num_queries(13):
            client.get("/admin/content/redirect/")


def test_other_kinds_move_too():
    for page, folder in (
        (make_condition(published=True, slug="one"), "/conditions/"),
        (make_info(published=True, slug="one"), "/"),
        (make_article(published=True, slug="one"), "/articles/"),
    ):
        move(page, "two")
        assert sent_to(f"{folder}one/") == f"{folder}two/"
