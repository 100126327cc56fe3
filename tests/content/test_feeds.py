"""The feed tells of new and changed pages: absolute addresses, ids that stay, the date of the real change."""

import datetime
from xml.etree import ElementTree

import pytest

from clinic.models import Clinic
from content.publishing import publish, unpublish
from tests.content.factories import make_article, make_condition, make_info, make_treatment, publish_page
from tests.factories import MONDAY_NOON, make_clinic, make_location

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
LATER = MONDAY_NOON + datetime.timedelta(days=3)


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return make_clinic()


def read(client, **headers):
    response = client.get("/feed/", headers=headers)
    assert response.status_code == 200
    return ElementTree.fromstring(response.content)


def entries(feed):
    return [
        {child.tag.removeprefix(ATOM): child.text or child.attrib.get("href") for child in entry}
        for entry in feed.iter(f"{ATOM}entry")
    ]


def test_an_entry_says_what_the_page_says_of_itself(client):
    page = make_article(
        published=True,
        slug="moves",
        title="Moves & more",
        search_description="What is safe to do, and what to leave out for now.",
    )
    (entry,) = entries(read(client))
    assert entry == {
        "title": "Moves & more",
        "link": "https://clinic.example/articles/moves/",
        "id": f"tag:clinic.example,2026-11-23:page/{page.pk}",
        "published": "2026-11-23T17:00:00+00:00",
        "updated": "2026-11-23T17:00:00+00:00",
        "summary": "What is safe to do, and what to leave out for now.",
        "category": None,
    }


def test_the_feed_is_a_whole_atom_feed(client):
    make_article(published=True)
    response = client.get("/feed/")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)
    found = {child.tag.removeprefix(ATOM): child.text for child in feed}
    assert found["id"] == "https://clinic.example/feed/"
    assert found["title"] == "New Jersey Spine Institute: new and changed pages"
    assert found["updated"] == "2026-11-23T17:00:00+00:00"
    assert feed.find(f"{ATOM}author/{ATOM}name").text == "New Jersey Spine Institute"
    assert {link.attrib["rel"]: link.attrib["href"] for link in feed.findall(f"{ATOM}link")} == {
        "alternate": "https://clinic.example/",
        "self": "https://clinic.example/feed/",
    }


def test_a_changed_page_moves_up_under_its_old_id_and_says_why(client):
    page = make_condition(published=True, slug="sciatica", title="Sciatica")
    make_treatment(published=True, title="Heat")
    before = next(entry for entry in entries(read(client)) if entry["title"] == "Sciatica")
    page.title, page.slug = "Sciatica and you", "sciatica-and-you"
    page.save()
    publish_page(page, why="New study on exercise.", now=LATER)
    after = entries(read(client))[0]
    assert after["link"] == "https://clinic.example/conditions/sciatica-and-you/"
    assert (after["id"], after["published"]) == (before["id"], before["published"])
    assert after["updated"] == "2026-11-26T17:00:00+00:00"
    assert after["summary"].endswith("that is long enough to pass. What changed: New study on exercise.")


def test_saving_a_draft_is_no_news(client):
    page = make_article(published=True, title="Moves")
    before = client.get("/feed/").content
    page.title = "Another title"
    page.save()
    make_article(title="A draft")
    assert client.get("/feed/").content == before


def test_what_was_taken_off_the_site_is_gone(client):
    page = make_info(published=True)
    unpublish(page=page, by=None, why="", now=LATER)
    assert entries(read(client)) == []


def test_nobody_can_put_another_host_into_it(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    make_article(published=True)
    assert b"evil.example" not in client.get("/feed/", headers={"host": "evil.example"}).content


@pytest.mark.parametrize("count", [1, 3])
def test_queries(client, django_assert_num_queries, count):
    make_location()
    for _ in range(count):
        make_article(published=True)
    # Four for the site, the stamp, the pages.
    with django_assert_num_queries(4 + 1 + 1):
        client.get("/feed/")


def test_whoever_has_the_feed_gets_a_304_until_something_is_published(client):
    page = make_article(published=True)
    etag = client.get("/feed/")["ETag"]
    assert client.get("/feed/", headers={"if-none-match": etag}).status_code == 304
    publish(page=page, by=None, why="A typo.", now=LATER)
    assert client.get("/feed/", headers={"if-none-match": etag}).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_can_only_be_read(client, method):
    assert getattr(client, method)("/feed/").status_code == 405


def test_hostile_titles_are_text(client):
    make_article(published=True, title="]]><script>&\u2028\x0b\x1f\ufffe", search_description="<b>\x0bbold</b> " * 9)
    (entry,) = entries(read(client))
    assert entry["title"].startswith("]]><script>&")
    # A summary is HTML, so its own words must come out of it as text.
    assert entry["summary"].startswith("&lt;b&gt; bold&lt;/b&gt; ")


def test_a_clinics_name_that_a_restored_backup_holds_costs_no_feed(client):
    Clinic.objects.update(name="A\x0bclinic")
    assert "A clinic: new and changed pages" in [element.text for element in read(client)]


def test_an_empty_feed_is_still_a_feed(client):
    assert entries(read(client)) == []
