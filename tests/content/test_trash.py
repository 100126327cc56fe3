"""The trash: what breaks is said first, nothing is lost, and nothing in it is seen by patients."""

import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from content.editing.saving import keep_draft
from content.editing.trash import StillPublic, restore_page, trash_page
from content.models import (
    Condition,
    Page,
    PageVersion,
    PlannedChange,
    RatedTreatment,
    RedFlag,
    ReviewRequest,
    Section,
    Source,
)
from content.states import PlanAction, PlanState, VersionKind
from tests.content.factories import (
    make_article,
    make_condition,
    make_flag,
    make_info,
    make_treatment,
    publish_flags,
)
from tests.content.reading import Soup, change_url, form_data
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_editor, make_publisher, make_reviewer, make_superuser

pytestmark = pytest.mark.django_db
TRASH = "/admin/content/trash/"


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return make_clinic()


@pytest.fixture
def publisher(client):
    client.force_login(make_publisher())
    return client


def page_url(page, restore=False):
    return f"{TRASH}pages/{page.pk}/" + ("restore/" if restore else "")


def sign_url(flag, restore=False):
    return f"{TRASH}signs/{flag.pk}/" + ("restore/" if restore else "")


def text(answer):
    return Soup.text(next(Soup.parse(answer.content.decode()).iter("main")))


def put_in_trash(page):
    trash_page(page=page, by=None, may_take_off=True, why="", now=MONDAY_NOON)
    page.refresh_from_db()
    return page


class TestWhatWouldBreak:
    def test_it_is_said_in_sentences_with_links_and_looking_changes_nothing(self, publisher):
        publish_flags()
        heat = make_treatment(published=True, slug="heat", title="Heat")
        other = make_condition(title="Back pain")
        RatedTreatment.objects.create(condition=other, treatment=heat, name="Heat", rating="may_help", text="<p>x</p>")
        linking = make_article(title="Warm up")
        Section.objects.filter(page=linking).update(body='<p>See <a href="/treatments/heat/">heat</a>.</p>')
        linking.related.add(heat)
        PlannedChange.objects.create(page=heat, action=PlanAction.UNPUBLISH, at=MONDAY_NOON, created_at=MONDAY_NOON)
        before = list(Page.objects.values())
        answer = publisher.get(page_url(heat))
        said = text(answer)
        assert "It is taken off the site: the address will say “not found”." in said
        assert "The draft of “Back pain” rates it as a treatment." in said
        assert "A text in the draft of “Warm up” links to it." in said
        assert "The draft of “Warm up” sends readers on to it." in said
        assert "1 change is planned for it. It is canceled." in said
        assert f'<a href="{change_url(other)}">' in answer.content.decode()
        assert list(Page.objects.values()) == before

    def test_a_page_that_the_menu_names(self, publisher):
        assert "The menu or the foot of every page links to it" in text(
            publisher.get(page_url(make_info(slug="visit")))
        )

    def test_a_page_that_nothing_names(self, publisher):
        assert "Nothing else on the site leads here." in text(publisher.get(page_url(make_info())))


class TestMovingAPage:
    def test_it_leaves_the_site_and_keeps_everything(self, publisher):
        page = make_condition(published=True, slug="sciatica", title="Sciatica")
        version = keep_draft(page=page, by=None, now=MONDAY_NOON)
        PlannedChange.objects.create(page=page, action=PlanAction.UNPUBLISH, at=MONDAY_NOON, created_at=MONDAY_NOON)
        ReviewRequest.objects.create(page=page, version=version, created_at=MONDAY_NOON)
        rows = (page.sections.count(), page.sources.count())
        answer = publisher.post(page_url(page), {"why": "Written anew"}, follow=True)
        assert "“Sciatica” is in the trash now. It can be restored." in text(answer)
        assert publisher.get("/conditions/sciatica/").status_code == 404
        page.refresh_from_db()
        assert (page.trashed_at, page.trashed_by.username, page.live_version) == (MONDAY_NOON, "pip", None)
        assert (page.sections.count(), page.sources.count()) == rows
        assert page.versions.order_by("-number").first().kind == VersionKind.OFF
        assert page.versions.order_by("-number").first().why == "Written anew"
        assert PlannedChange.objects.get().state == PlanState.CANCELLED
        assert ReviewRequest.objects.get().closed_at == MONDAY_NOON
        assert LogEntry.objects.filter(change_message="Moved to the trash.", user__username="pip").count() == 1

    def test_an_unsaved_version_is_kept_first(self, publisher):
        page = make_condition(title="Never kept")
        publisher.post(page_url(page))
        assert PageVersion.objects.get(page=page).data["title"] == "Never kept"

    def test_who_may_not_take_pages_off_the_site_is_told_so(self, client):
        client.force_login(make_editor())
        page = make_condition(published=True)
        answer = client.post(page_url(page))
        assert answer.status_code == 403
        assert "Only somebody who publishes can take it off the site." in text(answer)
        assert "Only somebody who publishes can take it off the site." in text(client.get(page_url(page)))
        page.refresh_from_db()
        assert (page.trashed_at, page.live_version_id is None) == (None, False)

    def test_a_page_published_meanwhile_is_not_taken_off_by_an_editor(self):
        page = make_condition(published=True)
        with pytest.raises(StillPublic):
            trash_page(page=page, by=None, may_take_off=False, why="", now=MONDAY_NOON)

    def test_an_editor_moves_a_draft(self, client):
        client.force_login(make_editor())
        page = make_condition()
        assert client.post(page_url(page)).status_code == 302
        page.refresh_from_db()
        assert page.trashed_at == MONDAY_NOON

    def test_a_reviewer_moves_nothing(self, client):
        client.force_login(make_reviewer())
        page = make_condition()
        assert client.post(page_url(page)).status_code == 403
        page.refresh_from_db()
        assert page.trashed_at is None

    def test_twice_is_once(self, publisher):
        page = make_condition()
        publisher.post(page_url(page))
        slug = Page.objects.get().slug
        assert publisher.post(page_url(page))["Location"] == page_url(page, restore=True)
        assert Page.objects.get().slug == slug
        assert LogEntry.objects.filter(change_message="Moved to the trash.").count() == 1


class TestInTheTrash:
    def test_its_address_is_free_for_another_page(self, press):
        old = put_in_trash(make_condition(slug="sciatica"))
        press("/admin/content/condition/add/", "_continue", title="Fresh", slug="sciatica")
        assert Condition.objects.get(title="Fresh").slug == "sciatica"
        assert put_in_trash(Condition.objects.get(title="Fresh")).slug != old.slug

    def test_old_addresses_say_where_it_is(self, publisher):
        page = put_in_trash(make_condition(title="Gone"))
        for name in ("change", "history", "delete"):
            answer = publisher.get(f"/admin/content/condition/{page.pk}/{name}/", follow=True)
            assert "This page is in the trash" in text(answer)
            assert "Gone" in text(answer)
        assert "This page is in the trash" in text(publisher.get(page_url(page), follow=True))

    def test_what_was_typed_meanwhile_is_kept(self, publisher):
        page = make_condition(title="As it was")
        data = form_data(Soup.parse(publisher.get(change_url(page)).content.decode()))
        put_in_trash(page)
        answer = publisher.post(change_url(page), data | {"title": "Typed", "_continue": "Save"})
        assert answer.status_code == 409
        assert "What you typed is kept on this page." in text(answer)
        form = next(f for f in Soup.parse(answer.content.decode()).iter("form") if "action" not in f.attrib)
        sent = {}
        for field in form.iter("input"):
            if "name" in field.attrib:
                sent.setdefault(field.attrib["name"], []).append(field.attrib["value"])
        publisher.post(page_url(page, restore=True), {"slug": "back"})
        publisher.post(change_url(page), sent)
        # The address was changed by the way through the trash, so both are shown before anything is saved.
        assert Condition.objects.get().title in ("As it was", "Typed")

    def test_lists_and_choosers_leave_it_out(self, publisher):
        gone = put_in_trash(make_treatment(title="Gone from choosers"))
        flag = make_flag("not-easing")
        RedFlag.objects.filter(pk=flag.pk).update(trashed_at=timezone.now())
        page = make_condition()
        html = publisher.get(change_url(page)).content.decode()
        assert gone.title not in html
        assert flag.text not in html
        assert gone.title not in publisher.get("/admin/content/treatment/").content.decode()
        assert gone.title in text(publisher.get(TRASH))

    def test_the_list_says_who_when_and_what(self, publisher):
        page = make_condition(title="Gone")
        publisher.post(page_url(page))
        assert "Gone Condition. Put here by pip on November 23, 2026, 12:00 PM." in text(publisher.get(TRASH))

    def test_an_empty_trash(self, publisher):
        assert "The trash is empty." in text(publisher.get(TRASH))

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_asks_as_often_for_one_page_as_for_three(self, client, django_assert_num_queries, count):
        client.force_login(make_superuser())
        for number in range(count):
            put_in_trash(make_condition(slug=f"gone-{number}"))
        client.get(TRASH)
        with django_assert_num_queries(QUERIES):
            client.get(TRASH)

    def test_nobody_but_a_superuser_deletes_and_only_what_was_never_kept(self, client):
        for make in (make_editor, make_publisher):
            client.force_login(make())
            page = make_condition()
            url = f"/admin/content/condition/{page.pk}/delete/"
            assert client.get(url)["Location"] == page_url(page)
            client.post(url, {"post": "yes"})
            assert Page.objects.filter(pk=page.pk).exists()
        client.force_login(make_superuser())
        assert client.get(url).status_code == 200
        keep_draft(page=page, by=None, now=MONDAY_NOON)
        assert client.get(url)["Location"] == page_url(page)

    @pytest.mark.parametrize("model", ["condition", "redflag"])
    def test_many_at_once_are_never_deleted(self, client, model):
        client.force_login(make_superuser())
        record = make_flag("bladder") if model == "redflag" else make_condition(flags=())
        data = {"action": "delete_selected", "_selected_action": [str(record.pk)], "post": "yes"}
        client.post(f"/admin/content/{model}/", data)
        assert type(record).objects.filter(pk=record.pk).exists()
        assert "delete_selected" not in client.get(f"/admin/content/{model}/").content.decode()


class TestRestoring:
    def test_it_is_a_draft_with_its_address_never_live(self, publisher):
        page = put_in_trash(make_condition(published=True, slug="sciatica", title="Sciatica"))
        assert 'value="sciatica"' in publisher.get(page_url(page, restore=True)).content.decode()
        answer = publisher.post(page_url(page, restore=True), {"slug": "sciatica"}, follow=True)
        assert "Restored as a draft. Patients see it when you publish it." in text(answer)
        page.refresh_from_db()
        assert (page.slug, page.trashed_at, page.trashed_by, page.live_version) == ("sciatica", None, None, None)
        assert publisher.get("/conditions/sciatica/").status_code == 404
        assert LogEntry.objects.filter(change_message="Restored from the trash.").count() == 1

    def test_a_taken_address_is_explained_and_a_free_one_offered(self, publisher):
        page = put_in_trash(make_condition(slug="sciatica"))
        make_condition(slug="sciatica", title="Newer")
        answer = publisher.get(page_url(page, restore=True))
        assert "The page “Newer” has its old address “sciatica” now." in text(answer)
        assert 'value="sciatica-2"' in answer.content.decode()
        answer = publisher.post(page_url(page, restore=True), {"slug": "sciatica"})
        assert "Another page has the address “sciatica” now. “sciatica-2” is free." in text(answer)
        publisher.post(page_url(page, restore=True), {"slug": "sciatica-2"})
        page.refresh_from_db()
        assert (page.slug, page.trashed_at) == ("sciatica-2", None)

    @pytest.mark.parametrize("slug", ["", "a b", "x" * 81, "../x", "é", "\0", "<script>"])
    def test_an_impossible_address_is_a_sentence(self, publisher, slug):
        page = put_in_trash(make_condition())
        answer = publisher.post(page_url(page, restore=True), {"slug": slug})
        assert "Use up to 80 letters, digits and hyphens, like neck-pain." in text(answer)
        page.refresh_from_db()
        assert page.trashed_at is not None

    def test_looking_restores_nothing_and_a_reviewer_may_only_look(self, client):
        page = put_in_trash(make_condition())
        client.force_login(make_reviewer())
        answer = client.get(page_url(page, restore=True))
        assert answer.status_code == 200
        assert "Somebody who writes pages can restore it." in text(answer)
        assert client.post(page_url(page, restore=True), {"slug": "x"}).status_code == 403
        page.refresh_from_db()
        assert page.trashed_at is not None

    def test_everything_comes_back_as_it_was(self):
        page = make_condition(slug="sciatica")
        before = keep_draft(page=page, by=None, now=MONDAY_NOON)
        put_in_trash(page)
        restore_page(page=page, slug="sciatica", by=None, now=MONDAY_NOON + datetime.timedelta(days=1))
        assert keep_draft(page=page, by=None, now=MONDAY_NOON) == before
        assert Source.objects.filter(page=page).exists()


class TestWarningSigns:
    def test_it_leaves_the_drafts_and_patients_keep_it_until_the_next_publishing(self, publisher):
        publish_flags()
        flag = RedFlag.objects.get(key="not-easing")
        answer = publisher.post(sign_url(flag), follow=True)
        assert "Patients read it until the warning signs are published again." in text(answer)
        flag.refresh_from_db()
        assert (flag.trashed_at, flag.trashed_by.username) == (MONDAY_NOON, "pip")
        assert flag.text in publisher.get("/get-help-now/").content.decode()
        assert flag.text not in publisher.get("/admin/content/redflag/").content.decode()
        publisher.post(sign_url(flag, restore=True))
        flag.refresh_from_db()
        assert flag.trashed_at is None

    def test_pages_that_show_it_are_listed(self, publisher):
        publish_flags()
        make_condition(published=True, title="Back pain", flags=("bladder", "neck-cord"))
        said = text(publisher.get(sign_url(RedFlag.objects.get(key="bladder"))))
        assert "“Back pain” shows it. Patients see that now." in said
        assert "The safety check asks for it before every request." in said

    def test_the_last_emergency_sign_stays(self, client):
        client.force_login(make_superuser())
        flag = make_flag("bladder")
        answer = client.post(sign_url(flag))
        assert answer.status_code == 409
        assert "It is the last emergency sign." in text(answer)
        assert "It is the last emergency sign." in text(client.get(sign_url(flag)))
        flag.refresh_from_db()
        assert flag.trashed_at is None

    def test_a_live_page_is_never_left_without_one(self, publisher):
        publish_flags()
        make_condition(published=True, title="Back pain", flags=("bladder",))
        flag = RedFlag.objects.get(key="bladder")
        assert "The live page “Back pain” would be left without an emergency sign." in text(
            publisher.post(sign_url(flag))
        )
        flag.refresh_from_db()
        assert flag.trashed_at is None

    def test_nor_is_the_safety_check(self, publisher):
        flag = make_flag("bladder")
        make_flag("neck-cord", in_check=False)
        assert "The safety check before a request would ask for no emergency sign any more." in text(
            publisher.post(sign_url(flag))
        )

    def test_a_sign_in_the_trash_keeps_its_short_name(self, press):
        flag = make_flag("bladder")
        RedFlag.objects.filter(pk=flag.pk).update(trashed_at=timezone.now())
        html = press(
            "/admin/content/redflag/add/", "_continue", key="bladder", group="soon", area="child", text="x"
        ).content.decode()
        assert "A sign in the trash has this short name. Restore that one, or choose another name." in html

    def test_old_addresses_say_where_it_is(self, publisher):
        flag = make_flag("bladder")
        RedFlag.objects.filter(pk=flag.pk).update(trashed_at=timezone.now())
        assert "This warning sign is in the trash" in text(publisher.get(change_url(flag), follow=True))


QUERIES = 11
