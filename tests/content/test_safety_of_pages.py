"""Every public page of the sample clinic keeps the safety rules, and each rule catches a page that breaks it."""

import re
from functools import partial
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from clinic.models import Clinic
from content.models import Page
from content.safety import live_library
from content.states import FlagGroup
from tests.content import page_safety
from tests.content.reading import Soup, by_class
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db
# The sample's own number, so that a page that was written with it would show.
TYPED, PHONE = "911", "2015550142"
# While the setting says this, whatever still shows the other one was typed.
IN_THE_SETTING = "112"
EMERGENCY_SEARCHES = ["can't pee", "numb down there", "legs went weak"]
OTHER_PAGES = [
    "/appointments/",
    "/appointments/?condition=sciatica",
    "/appointments/call-me/",
    "/appointments/call-us/",
    "/helpful/condition/sciatica/?answer=no",
    "/helpful/condition/sciatica/thanks/",
    *[f"/search/?q={words}" for words in ("", "sciatica", "xyzzy", *EMERGENCY_SEARCHES)],
]


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker, tmp_path_factory):
    """{path: HTML} of every public page, with another emergency number in the setting."""
    with (
        django_db_blocker.unblock(),
        time_machine.travel(MONDAY_NOON, tick=False),
        pytest.MonkeyPatch.context() as patch,
        transaction.atomic(),
    ):
        patch.setattr("django.conf.settings.MEDIA_ROOT", tmp_path_factory.mktemp("media"))
        call_command("seed_clinic", verbosity=0)
        Clinic.objects.update(emergency_number=IN_THE_SETTING)
        client = Client()
        found = re.findall(r"<loc>([^<]+)</loc>", client.get("/sitemap.xml").content.decode())
        paths = [urlsplit(address).path for address in found]
        assert len(paths) > Page.objects.published().count() >= 17
        read = {path: client.get(path).content.decode() for path in [*paths, *OTHER_PAGES]}
        read["lost"] = client.get("/conditions/no-such-condition/").content.decode()
        sign = live_library().check(FlagGroup.EMERGENCY)[0]
        read["emergency sign ticked"] = client.post("/appointments/call-me/", {"signs": [sign.key]}).content.decode()
        yield read
        transaction.set_rollback(True)


RULES = {
    "all of": lambda root, path: page_safety.all_of(root),
    "typed number": lambda root, path: page_safety.typed_number(root, TYPED),
    "missing card": page_safety.missing_card,
    "clinic by the card": lambda root, path: page_safety.clinic_by_the_card(
        root, phone=PHONE, emergency_number=IN_THE_SETTING
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_every_public_page_keeps_the_rule(pages, rule):
    broken = {path: RULES[rule](Soup.parse(html), path) for path, html in pages.items()}
    assert {path: complaints for path, complaints in broken.items() if complaints} == {}


def test_the_pages_are_all_there(pages):
    kinds = ("/conditions/", "/treatments/", "/articles/")
    assert all(sum(path.startswith(kind) for path in pages) >= 2 for kind in kinds)
    assert {"/", "/get-help-now/", "/team/", "/locations/", "/insurance/", "/contact/", "/glossary/"} <= set(pages)
    for path in ("/conditions/sciatica/", "/get-help-now/", "emergency sign ticked"):
        assert len(by_class(Soup.parse(pages[path]), "care--em")) == 1, path


@pytest.mark.parametrize("search", EMERGENCY_SEARCHES)
def test_a_search_that_sounds_like_an_emergency_shows_the_card(pages, search):
    assert by_class(Soup.parse(pages[f"/search/?q={search}"]), "care--em")


def before(mark, more, html):
    return html.replace(mark, more + mark, 1)


def after(mark, more, html):
    return html.replace(mark, mark + more, 1)


def around_card(opening, closing, html):
    start = html.index('<section class="care care--em"')
    end = html.index("</section>", start) + len("</section>")
    return html[:start] + opening + html[start:end] + closing + html[end:]


def without_card(html):
    start = html.index('<section class="care care--em"')
    return html[:start] + html[html.index("</section>", start) + len("</section>") :]


CARD = '<section class="care care--em"'
SIGN = '<a class="btn" href="tel:112">'
NUMBER = "<p>(201) 555-0142</p>"
REQUEST = '<p><a href="/appointments/">Request an appointment</a></p>'
BAR = '<div class="bar"><a class="btn" href="tel:+1-201-555-0142">Call now</a></div>'
BAD = {
    "all of in a text": ("all of", partial(before, "</article>", "<p>Go if all of the following apply.</p>")),
    "all of in the description": ("all of", partial(before, "<h1>", "<p>If you have ALL THE FOLLOWING signs</p>")),
    "a score in a card": ("all of", partial(after, SIGN, "at least two of these: ")),
    "number in a text": ("typed number", partial(before, "</article>", "<p>Call 911.</p>")),
    "number spelled out": ("typed number", partial(before, "</article>", "<p>Call 9-1-1 now</p>")),
    "number dialed": ("typed number", partial(before, "</article>", '<p><a href="tel:911">Call</a></p>')),
    "number for screen readers": ("typed number", partial(before, "</article>", '<p aria-label="Call 911">Call</p>')),
    "number in the description": ("typed number", partial(before, "</head>", '<meta name="x" content="Call 911">')),
    "no card": ("missing card", without_card),
    "card below another": ("missing card", partial(before, CARD, '<div class="care care--urgent"></div>')),
    "phone in the card": ("clinic by the card", partial(after, SIGN, "(201) 555-0142")),
    "phone in the card as a link": ("clinic by the card", partial(before, SIGN, '<a href="tel:+12015550142">Us</a>')),
    "request link in the card": ("clinic by the card", partial(before, SIGN, REQUEST)),
    "any other link in the card": ("clinic by the card", partial(before, SIGN, '<a href="/conditions/">More</a>')),
    "a button in the card": ("clinic by the card", partial(before, SIGN, "<button>More</button>")),
    "an expander in the card": ("clinic by the card", partial(before, SIGN, "<details><summary>+</summary></details>")),
    "phone right before it": ("clinic by the card", partial(before, CARD, NUMBER)),
    "phone right after it": ("clinic by the card", partial(around_card, "", NUMBER)),
    "phone right after its block": ("clinic by the card", partial(after, '<div class="wrap page">', f"\n{NUMBER}")),
    "request link right after it": ("clinic by the card", partial(around_card, "", REQUEST)),
    "phone in the same section": (
        "clinic by the card",
        partial(around_card, f"<section><p>Help</p>{NUMBER}<p>or</p>", "<p>or</p></section>"),
    ),
    "floating bar over it": ("clinic by the card", partial(around_card, f"<div>{BAR}<p></p>", "<p></p></div>")),
    "floating bar right after it": (
        "clinic by the card",
        partial(after, '<div class="wrap page">', f"<div><nav></nav>{BAR}</div>"),
    ),
    "phone in a phone's header": (
        "clinic by the card",
        partial(lambda html: html.replace('class="call wide"', 'class="call"')),
    ),
}


@pytest.mark.parametrize("bad", BAD)
def test_the_rule_catches_a_page_with(pages, bad):
    rule, spoil = BAD[bad]
    path = "/conditions/sciatica/"
    spoiled = spoil(pages[path])
    assert spoiled != pages[path]
    assert RULES[rule](Soup.parse(spoiled), path)


@pytest.mark.parametrize("path", ["/treatments/heat/", "/treatments/manual-therapy/", "/articles/exercises-to-avoid/"])
def test_no_page_of_the_spine_goes_without_its_card(pages, path):
    assert RULES["missing card"](Soup.parse(without_card(pages[path])), path)


def test_every_floating_part_is_known():
    """The rules read the style sheets: a new sticky part is looked at without anybody thinking of it."""
    assert {"bar", "toc"} <= page_safety.floating_classes()
