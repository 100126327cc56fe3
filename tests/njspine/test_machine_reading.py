"""What search engines and sites that show links read, on every public page of the sample clinic."""

import io
import re
import uuid

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from PIL import Image

from content.models import Page
from tests.content.reading import Soup, structured
from tests.content.schema_org import described, problems
from tests.factories import MONDAY_NOON
from tests.njspine.test_roles import addresses

SITE = "https://clinic.example"
FACT_PAGES = ["/", "/team/", "/locations/", "/insurance/", "/contact/"]
# What search engines may do with every address outside of the staff's rooms: True show it, False not, None no page.
MAY_BE_SHOWN = {
    "home": True,
    "livez": None,
    "readyz": None,
    "robots_txt": None,
    "sitemap_xml": None,
    "security_txt": None,
    "gallery": None,
    "clinic:team": True,
    "clinic:practitioner": True,
    "clinic:locations": True,
    "clinic:insurance": True,
    "clinic:contact": True,
    "clinic:image": None,
    "clinic:social_image": None,
    "clinic:inbound_texts": None,
    "content:get_help_now": True,
    "content:conditions": True,
    "content:condition": True,
    "content:treatments": True,
    "content:treatment": True,
    "content:articles": True,
    "content:article": True,
    "content:glossary": True,
    "content:info": True,
    "content:helpful": False,
    "content:helpful_thanks": False,
    "content:search": False,
    "content:feed": None,
    "content:social_image": None,
    "booking:start": False,
    "booking:call_me": False,
    "booking:call_us": False,
    "booking:again": None,
    **dict.fromkeys(("booking:manage", "booking:manage_time", "booking:manage_cancel"), False),
    **dict.fromkeys(("booking:manage_offer", "booking:manage_none"), False),
    **dict.fromkeys(("booking:manage_calendar", "booking:manage_late", "booking:manage_withdraw"), False),
    **dict.fromkeys(("booking:manage_wait", "booking:manage_wait_leave"), False),
    **dict.fromkeys(("booking:manage_wait_take", "booking:manage_wait_refuse"), False),
    "content:preview": None,  # tests/content/test_preview.py
    "booking:who": False,
    "booking:first_check": False,
    "booking:second_check": False,
    "booking:reason": False,
    "booking:time": False,
    "booking:when": False,
    "booking:contact": False,
    "booking:prepare": False,
    "booking:review": False,
    "booking:call": False,
    "booking:done": False,
}
SLUGS = {
    "clinic:practitioner": "jordan-example",
    "content:condition": "sciatica",
    "content:treatment": "heat",
    "content:article": "exercises-to-avoid",
    "content:info": "visit",
    "content:helpful": "sciatica",
    "content:helpful_thanks": "sciatica",
}
# Values for machines: addresses, dates, codes. Everything else must stand on the page.
FOR_MACHINES = frozenset(
    (
        "@context",
        "@id",
        "@type",
        "addressCountry",
        "closes",
        "credentialCategory",
        "dateModified",
        "datePublished",
        "dayOfWeek",
        "hasMap",
        "image",
        "inLanguage",
        "item",
        "lastReviewed",
        "medicalSpecialty",
        "opens",
        "query-input",
        "url",
        "urlTemplate",
        "validFrom",
        "validThrough",
    )
)


@pytest.fixture(scope="module")
def seeded_once(django_db_setup, django_db_blocker, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr("django.conf.settings.MEDIA_ROOT", tmp_path_factory.mktemp("media"))
        with time_machine.travel(MONDAY_NOON, tick=False), transaction.atomic():
            call_command("seed_clinic", verbosity=0)
            yield
            transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def seeded(seeded_once, db):
    """The sample clinic at noon on a Monday, seeded once for the whole module."""
    with time_machine.travel(MONDAY_NOON, tick=False):
        yield


@pytest.fixture(scope="module")
def pages(seeded_once):
    """(path, parsed page) of every address in the sitemap."""
    with time_machine.travel(MONDAY_NOON, tick=False):
        addresses = re.findall(r"<loc>([^<]+)</loc>", Client().get("/sitemap.xml").text)
        paths = [address.removeprefix(SITE) for address in addresses]
        found = [(path, Soup.parse(Client().get(path).text)) for path in paths]
    assert len(found) >= Page.objects.published().count() + len(FACT_PAGES)
    return found


def metas(root):
    return {
        element.attrib.get("name") or element.attrib.get("property"): element.attrib["content"]
        for element in root.iter("meta")
        if "content" in element.attrib
    }


def own_title(root):
    """The title without the clinic's name behind it."""
    return Soup.text(next(root.iter("title"))).removesuffix(" | New Jersey Spine Institute")


def visible_text(root):
    """What a reader can see, case aside: without head, scripts and the numbers of sources."""
    body = next(root.iter("body"))
    for parent in list(body.iter()):
        for child in [child for child in parent if child.tag in ("script", "sup")]:
            keep_tail(parent, child)
    return Soup.text(body).casefold()


def keep_tail(parent, child):
    position = list(parent).index(child)
    if position:
        parent[position - 1].tail = (parent[position - 1].tail or "") + (child.tail or "")
    else:
        parent.text = (parent.text or "") + (child.tail or "")
    parent.remove(child)


def texts(data, name=""):
    """(property, text) of every text in a block that is not for machines."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in FOR_MACHINES:
                yield from texts(value, key)
    elif isinstance(data, list):
        for value in data:
            yield from texts(value, name)
    elif isinstance(data, str):
        yield name, data


def unseen(root):
    blocks = structured(root)
    seen = visible_text(root)
    digits = re.sub(r"\D", "", seen)
    for block in blocks:
        for name, text in texts(block):
            if name == "telephone":
                if re.sub(r"\D", "", text)[1:] not in digits:
                    yield name, text
            elif " ".join(text.casefold().split()) not in seen:
                yield name, text


def test_every_block_is_valid_schema_org(pages):
    for path, root in pages:
        blocks = structured(root)
        assert blocks, path
        known = [(key, types) for block in blocks for key, types in described(block)]
        assert [problem for block in blocks for problem in problems(block, known)] == [], path


def test_markup_says_nothing_that_the_page_does_not_show(pages):
    assert {path: found for path, root in pages if (found := list(unseen(root)))} == {}


def test_markup_that_says_more_than_the_page_is_found():
    page = (
        '<body><h1>Heat<sup>1</sup> pack</h1><script type="application/ld+json">'
        '{"name": "Heat pack", "url": "https://x.example/", "description": "Cures all"}</script></body>'
    )
    assert list(unseen(Soup.parse(page))) == [("description", "Cures all")]


def test_one_clinic_has_one_id(pages):
    for path, root in pages:
        ids = {
            key
            for block in structured(root)
            for key, types in described(block)
            if types == ["MedicalClinic", "Physiotherapy"] and "/locations/#" not in key
        }
        assert ids == {f"{SITE}/#clinic"}, path


def test_every_page_has_its_one_canonical_address(pages):
    for path, root in pages:
        found = [e.attrib["href"] for e in root.iter("link") if e.attrib.get("rel") == "canonical"]
        assert found == [SITE + path]


def test_a_query_string_is_no_part_of_the_address(pages):
    for path, _root in pages:
        root = Soup.parse(Client().get(path, {"utm_source": "x"}).text)
        assert [e.attrib["href"] for e in root.iter("link") if e.attrib.get("rel") == "canonical"] == [SITE + path]
        assert metas(root)["og:url"] == SITE + path


def test_titles_are_short_and_no_two_are_alike(pages):
    titles = {path: own_title(root) for path, root in pages}
    assert {path: title for path, title in titles.items() if not 1 <= len(title) <= 60} == {}
    assert len(set(titles.values())) == len(titles)
    named = [Soup.text(next(root.iter("title"))) for _path, root in pages]
    assert all("New Jersey Spine Institute" in title for title in named)


def test_descriptions_are_of_a_good_length_and_no_two_are_alike(pages):
    descriptions = {path: metas(root)["description"] for path, root in pages}
    assert {path: text for path, text in descriptions.items() if not 50 <= len(text) <= 160} == {}
    assert len(set(descriptions.values())) == len(descriptions)


def test_every_page_can_be_shared(pages):
    for path, root in pages:
        found = metas(root)
        assert found["og:title"] == own_title(root), path
        assert found["og:description"] == found["description"]
        assert found["og:url"] == SITE + path
        assert found["og:site_name"] == "New Jersey Spine Institute"
        assert found["og:locale"] == "en_US"
        assert found["twitter:card"] == "summary_large_image"
        assert found["og:image:alt"]
        assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")
        is_article = path.count("/") == 3 and not path.startswith("/team/")
        assert found["og:type"] == ("article" if is_article else "profile" if path.count("/") == 3 else "website")
        assert ("article:published_time" in found) == ("article:modified_time" in found) == is_article
        assert "noindex" not in found.get("robots", "")


def test_the_picture_of_every_page_is_there(pages):
    for address in {metas(root)["og:image"] for _path, root in pages}:
        assert address.startswith(f"{SITE}/social/")
        response = Client().get(address.removeprefix(SITE))
        assert (response.status_code, response["Content-Type"]) == (200, "image/png")
        assert len(response.content) <= 60_000, address
        assert Image.open(io.BytesIO(response.content)).size == (1200, 630)


def test_every_page_tells_of_the_feed(pages):
    for _path, root in pages:
        feeds = [e.attrib["href"] for e in root.iter("link") if e.attrib.get("type") == "application/atom+xml"]
        assert feeds == ["/feed/"]


def test_what_search_engines_may_show_is_decided_for_every_address():
    names = {name for name, _route in addresses() if not name.startswith("admin:")}
    assert names == set(MAY_BE_SHOWN)


@pytest.mark.parametrize("name", [name for name, may in MAY_BE_SHOWN.items() if may is not None])
def test_an_address_tells_search_engines_whether_to_show_it(name):
    route = dict(addresses())[name]
    values = {"slug": SLUGS.get(name, ""), "kind": "condition", "draft_id": uuid.UUID(int=1), "token": "nobody"}
    path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(values[part[1]]), route)
    response = Client().get(path)
    root = Soup.parse(response.text)
    # A request that nobody began answers 410, a link of nobody 404; all their pages come from one view class.
    assert response.status_code in ((200,) if MAY_BE_SHOWN[name] else (200, 404, 410))
    told = (response.headers.get("X-Robots-Tag"), metas(root).get("robots"))
    assert told == ((None, None) if MAY_BE_SHOWN[name] else ("noindex", "noindex")), path


@pytest.mark.parametrize("path", ["/no-such-page/", "/conditions/no-such-page/", "/admin/login/", "/feed/"])
def test_what_is_no_page_for_patients_is_never_shown(path):
    assert Client().get(path).headers["X-Robots-Tag"].startswith("noindex")


def test_a_refused_press_is_never_shown():
    assert Client().post("/conditions/").headers["X-Robots-Tag"] == "noindex"


def test_only_what_may_be_shown_is_in_the_sitemap(pages):
    for path, root in pages:
        assert "robots" not in metas(root), path
    paths = {path for path, _root in pages}
    assert {"/glossary/", "/get-help-now/", "/team/jordan-example/", *FACT_PAGES} <= paths
    assert not {path for path in paths if path.startswith(("/search", "/helpful", "/appointments", "/feed", "/social"))}
