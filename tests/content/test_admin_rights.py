"""Who may do what with pages and signs, what stays as a record, and a form that keeps the strict policy."""

import json
import re

import pytest
from django.contrib.auth.models import Permission, User

from content.models import PageVersion, RedFlag, SafetyVersion
from tests.content.factories import (
    make_article,
    make_condition,
    make_flag,
    make_info,
    make_treatment,
    publish_flags,
)
from tests.content.reading import change_url, listed_problems
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_front_desk, make_staff

pytestmark = pytest.mark.django_db
CONDITIONS = "/admin/content/condition/"


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return make_clinic()


class TestStrictPolicy:
    def test_every_inline_script_carries_the_nonce_of_the_header(self, editor, soup):
        answer = editor.get(change_url(make_condition()))
        nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])[1]
        inline = [e for e in soup.parse(answer.content.decode()).iter("script") if "src" not in e.attrib]
        importmap = [e for e in inline if e.attrib.get("type") == "importmap"]
        assert [e.attrib["nonce"] for e in importmap] == [nonce]
        assert "django-prose-editor/configurable" in json.loads(importmap[0].text)["imports"]
        assert inline == importmap

    def test_no_inline_style_or_handler(self, editor, soup):
        root = soup.parse(editor.get(change_url(make_condition())).content.decode())
        for element in root.iter():
            assert not [name for name in element.attrib if name == "style" or name.startswith("on")], element.attrib
            assert element.tag != "style"


class TestWarningSigns:
    def test_saving_is_a_draft_and_one_person_alone_publishes_nothing(self, press):
        publish_flags()
        flag = RedFlag.objects.get(key="bladder")
        url = f"/admin/content/redflag/{flag.pk}/change/"
        answer = press(url, "_continue", text="new words")
        assert "Warning signs have changes that patients do not see yet." in answer.content.decode()
        answer = press(url, "_publish", why="Clearer").content.decode()
        assert "Proposed. Patients see it when a second person has agreed." in answer
        assert "A proposal of pip waits since Nov 23, 2026 for a second person." in answer
        assert SafetyVersion.objects.count() == 1

    def test_the_key_stays(self, press):
        flag = make_flag("bladder")
        press(f"/admin/content/redflag/{flag.pk}/change/", "_continue", key="changed")
        flag.refresh_from_db()
        assert flag.key == "bladder"

    def test_publishing_says_which_page_would_lose_its_card(self, press, soup):
        make_condition(published=True, title="Sciatica")
        flag = RedFlag.objects.get(key="bladder")
        answer = press(f"/admin/content/redflag/{flag.pk}/change/", "_publish", group="soon", why="Less")
        assert listed_problems(soup.parse(answer.content.decode())) == [
            ("#id_group", "The live page “Sciatica” would be left without an emergency sign.")
        ]


class TestHistory:
    @pytest.mark.parametrize("model", ["pageversion", "safetyversion"])
    def test_versions_are_read_and_never_written(self, editor, model):
        make_condition(published=True)
        url = f"/admin/content/{model}/"
        pk = (PageVersion if model == "pageversion" else SafetyVersion).objects.get().pk
        assert editor.get(url).status_code == 200
        shown = editor.get(f"{url}{pk}/change/")
        assert shown.status_code == 200
        assert 'name="_save"' not in shown.content.decode()
        assert editor.get(f"{url}add/").status_code == 403
        assert editor.post(f"{url}{pk}/change/", {"why": "x"}).status_code == 403
        assert editor.post(f"{url}{pk}/delete/", {"post": "yes"}).status_code == 403

    def test_a_hostile_version_is_shown_as_text(self, editor):
        page = make_condition(published=True, title="<script>alert(1)</script>")
        answer = editor.get(f"/admin/content/pageversion/{page.live_version_id}/change/")
        assert "<script>alert" not in answer.content.decode()

    def test_a_page_that_was_public_cannot_be_deleted(self, client):
        client.force_login(User.objects.create_superuser("boss", password="x"))
        page = make_condition(published=True)
        answer = client.post(f"/admin/content/condition/{page.pk}/delete/", {"post": "yes"})
        assert answer["Location"] == f"/admin/content/trash/pages/{page.pk}/"
        assert type(page).objects.filter(pk=page.pk, trashed_at=None).exists()
        never = make_condition()
        assert client.post(f"/admin/content/condition/{never.pk}/delete/", {"post": "yes"}).status_code == 302


class TestPermissions:
    def test_the_front_desk_reads_and_does_not_write(self, client):
        page = make_condition(published=True)
        client.force_login(make_front_desk())
        shown = client.get(change_url(page))
        assert shown.status_code == 200
        assert 'name="_publish"' not in shown.content.decode()
        for button in ("_continue", "_publish", "_unpublish"):
            assert client.post(change_url(page), {"title": "x", button: "1"}).status_code == 403
        page.refresh_from_db()
        assert page.live_version_id

    def test_other_staff_see_nothing(self, client):
        page = make_condition()
        client.force_login(make_staff("other"))
        assert client.get(change_url(page)).status_code == 403
        assert client.get(CONDITIONS).status_code == 403

    def test_parts_may_need_their_own_permission(self, client):
        """Somebody who may change pages but not their sections sees them without fields to type in."""
        page = make_condition()
        user = make_staff("half")
        user.user_permissions.set(Permission.objects.filter(codename__in=["change_condition", "view_section"]))
        client.force_login(user)
        html = client.get(change_url(page)).content.decode()
        assert 'name="title"' in html
        assert 'name="sections-0-body"' not in html


@pytest.mark.parametrize(
    ("path", "queries"), [("condition", 13), ("treatment", 13), ("article", 13), ("infopage", 13), ("redflag", 13)]
)
@pytest.mark.parametrize("rows", [1, 3])
def test_list_queries(editor, django_assert_num_queries, path, queries, rows):
    publish_flags()
    for _ in range(rows):
        for make in (make_condition, make_treatment, make_article, make_info):
            make(published=True)
    editor.get(f"/admin/content/{path}/")
    with django_assert_num_queries(queries):
        assert editor.get(f"/admin/content/{path}/").status_code == 200
