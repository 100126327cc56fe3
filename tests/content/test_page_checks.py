"""Beside the form of a page: what is missing, what is worth a look, its parts, and clean paste."""

import pytest
from django.contrib import admin

from content.editing.advice import MOST_WORDS
from content.models import InfoPage, Section
from tests.content.factories import add_section, add_source, make_article, make_condition, make_info, publish_flags
from tests.content.reading import Soup, by_class, change_url, links, listed_problems
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_editor, make_front_desk, make_publisher, make_reviewer

pytestmark = pytest.mark.django_db
PASTE = "/admin/content/condition/paste/"


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return make_clinic()


def root_of(client, page):
    return Soup.parse(client.get(change_url(page)).content.decode())


class TestBesideTheForm:
    def test_a_whole_plain_page_has_nothing_but_its_parts(self, editor):
        publish_flags()
        root = root_of(editor, make_info(published=True))
        assert not by_class(root, "draft-problems")
        assert not by_class(root, "draft-advice")
        assert links(by_class(root, "draft-parts")[0]) == ["#sections-group", "#sections-0", "#sources-group"]

    def test_problems_stand_there_before_anybody_presses_publish(self, editor):
        page = make_condition(summary="")
        assert ("#id_summary", "Write the opening lines: what it is, how it usually goes, what matters most.") in (
            listed_problems(root_of(editor, page))
        )

    def test_a_problem_of_a_row_leads_to_its_own_field(self, editor):
        publish_flags()
        page = make_condition()
        page.sections.filter(key="expect").update(body="")
        ((target, _text),) = listed_problems(root_of(editor, page))
        assert target == "#id_sections-3-body"

    def test_every_link_leads_to_something_on_the_form(self, editor):
        publish_flags()
        page = make_condition(title="Always")
        Section.objects.filter(page=page).update(body='<h4>Small</h4><p><a href="/x/">here</a> 911 always [7]</p>')
        page.red_flags.clear()
        root = root_of(editor, page)
        ids = {element.attrib["id"] for element in root.iter() if "id" in element.attrib}
        boxes = [by_class(root, name)[0] for name in ("draft-problems", "draft-advice", "draft-parts")]
        targets = [target for box in boxes for target in links(box)]
        assert len(targets) > 20
        assert [target for target in targets if target.removeprefix("#") not in ids] == []

    def test_advice_names_its_place_and_is_folded_when_there_is_much(self, editor):
        page = make_article()
        for number in range(6):
            add_section(page, "question", heading=f"Part {number}", body="<p>It always works.</p>")
        (box,) = by_class(root_of(editor, page), "draft-advice")
        assert "open" not in box.attrib
        assert Soup.text(box).startswith(
            "Worth a look: 6 things None of these stops you from publishing. Part 0 “always”"
        )
        page.sections.filter(heading="Part 0").delete()
        (box,) = by_class(root_of(editor, page), "draft-advice")
        assert "open" in box.attrib

    def test_advice_does_not_block(self, press):
        publish_flags()
        page = make_article()
        body = f"<p>It always works. {'word ' * (MOST_WORDS + 1)}.</p>"
        answer = press(change_url(page), "_publish", why="New", **{"sections-0-body": body})
        assert "Published." in answer.content.decode()

    def test_who_may_only_read_gets_no_list_of_things_to_do(self, client):
        client.force_login(make_reviewer())
        root = root_of(client, make_condition(summary=""))
        assert not by_class(root, "draft-problems")

    def test_rows_are_folded_new_and_wrong_ones_are_open(self, editor, press):
        page = make_condition()
        rows = by_class(root_of(editor, page), "part")
        # The last row of each part is the empty one that the script copies.
        assert [("open" in row.attrib) for row in rows] == [False] * 5 + [True, False, True, False, True]
        answer = press(change_url(page), "_continue", **{"sources-0-number": "none"})
        rows = by_class(Soup.parse(answer.content.decode()), "part")
        assert ["open" in row.attrib for row in rows][-2:] == [True, True]

    @pytest.mark.parametrize("rows", [1, 3])
    def test_advice_asks_as_much_about_one_row_as_about_three(self, rows, django_assert_num_queries):
        page = make_info(published=True)
        for _row in range(rows):
            add_source(page, url="https://study.example/")
            add_section(page, "topic", heading="More")
        page = InfoPage.objects.get(pk=page.pk)
        # Six for the draft, four for what stands beside it.
        with django_assert_num_queries(11):
            admin.site.get_model_admin(InfoPage).advice(page)


class TestPaste:
    def post(self, client, html="<p style='color:red'>Some <b>words</b></p>", **kwargs):
        return client.post(PASTE, html, content_type="text/plain", **kwargs)

    @pytest.mark.parametrize("make", [make_editor, make_publisher])
    def test_it_answers_with_the_html_that_would_be_stored(self, client, make):
        client.force_login(make())
        answer = self.post(client)
        assert answer.json() == {"html": "<p>Some <strong>words</strong></p>"}
        assert "no-store" in answer.headers["Cache-Control"]

    @pytest.mark.parametrize("make", [make_front_desk, make_reviewer])
    def test_nobody_else(self, client, make):
        client.force_login(make())
        assert self.post(client).status_code == 403

    def test_not_without_signing_in_nor_by_get_nor_from_elsewhere(self, client, editor):
        assert editor.get(PASTE).status_code == 405
        editor.logout()
        assert "json" not in self.post(editor).headers["Content-Type"]
        strict = type(client)(enforce_csrf_checks=True)
        strict.force_login(make_editor())
        assert self.post(strict).status_code == 403

    @pytest.mark.parametrize(
        "body", [b"", b"\xff\xfe<p>x</p>", b"<p>\x00x</p>", "<p>\u202ex</p>".encode(), b"<b" * 9_000]
    )
    def test_strange_bytes_are_no_error(self, editor, body):
        assert self.post(editor, body).status_code == 200
