"""What answers where: not found, read only, the same for everybody, in a fixed number of queries."""

import pytest

from content.models import RatedTreatment
from tests.content.factories import (
    add_source,
    make_article,
    make_condition,
    make_every_kind,
    make_info,
    make_treatment,
    publish_flags,
    publish_page,
)
from tests.factories import MONDAY_NOON, make_clinic, make_location, make_practitioner

pytestmark = pytest.mark.django_db
CARD_PAGES = ["/conditions/sciatica/", "/treatments/heat/", "/articles/moves/", "/get-help-now/"]
NO_CARD_PAGES = ["/articles/quiet/", "/visit/", "/conditions/", "/treatments/", "/articles/"]


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_location()
    return make_clinic()


@pytest.mark.parametrize(
    "path",
    [
        "/conditions/draft/",
        "/conditions/heat/",
        "/treatments/nothing/",
        "/nothing/",
        "/conditions/%00/",
        "/conditions/%ff%fe/",
        "/conditions/" + "x" * 500 + "/",
        "/conditions/%D8%B9/",
        "/conditions/' OR 1=1--/",
    ],
)
def test_what_is_not_live_is_not_found(client, path):
    make_condition(slug="draft")
    make_treatment(published=True, slug="heat")
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_pages_are_for_reading(client, method):
    assert getattr(client, method)("/conditions/").status_code == 405


def test_pages_are_the_same_for_everybody_and_come_without_cookies(client, admin_client):
    make_every_kind()
    for path in CARD_PAGES + NO_CARD_PAGES:
        answer = client.get(path)
        assert answer.content == admin_client.get(path).content
        assert not answer.cookies
        assert "Cookie" not in answer.headers.get("Vary", "")
        unchanged = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert unchanged.status_code == 304


QUERIES = {
    "/conditions/sciatica/": 11,
    "/treatments/heat/": 10,
    "/articles/moves/": 10,
    "/visit/": 10,
    "/conditions/": 6,
    "/treatments/": 6,
    "/articles/": 6,
    "/get-help-now/": 6,
}


@pytest.mark.parametrize("path", QUERIES)
@pytest.mark.parametrize("rows", [1, 3])
def test_queries(client, django_assert_num_queries, path, rows):
    """4 for the clinic's facts, 1 for the stamp, then: page, links, glossary, library, history, and people named."""
    make_many(rows)
    with django_assert_num_queries(QUERIES[path]):
        assert client.get(path).status_code == 200


def make_many(rows):
    """`rows` pages of each kind; the first of each names all others, and has as many of everything else."""
    publish_flags()
    makers = {make_condition: "sciatica", make_treatment: "heat", make_article: "moves", make_info: "visit"}
    pages = [maker(slug=slug if n == 0 else f"{slug}-{n}") for maker, slug in makers.items() for n in range(rows)]
    author = make_practitioner()
    for page in pages:
        if page.kind == "condition":
            page.author = author
            page.save()
            for _ in range(rows - 1):
                RatedTreatment.objects.create(condition=page, name="More", rating="unclear", text="<p>x</p>")
        for _ in range(rows - 1):
            add_source(page)
        page.related.set(pages)
        publish_page(page)
