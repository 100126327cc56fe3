"""The card, alone: one action, one link, and the clinic's phone nowhere near it."""

import pytest

from tests.content.factories import (
    make_condition,
    make_every_kind,
    make_flag,
    publish_flags,
)
from tests.content.reading import by_class, links
from tests.factories import MONDAY_NOON, make_clinic, make_location

pytestmark = pytest.mark.django_db
PHONE = "(201) 555-0142"
CARD_PAGES = ["/conditions/sciatica/", "/treatments/heat/", "/articles/moves/", "/get-help-now/"]
NO_CARD_PAGES = ["/articles/quiet/", "/visit/", "/conditions/", "/treatments/", "/articles/"]


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_location()
    return make_clinic()


def parents(root):
    return {child: parent for parent in root.iter() for child in parent}


class TestEmergencyCard:
    def test_pages_of_the_spine_have_one_and_others_none(self, visit):
        make_every_kind()
        for path in CARD_PAGES:
            assert len(by_class(visit(path), "care--em")) == 1, path
        for path in NO_CARD_PAGES:
            assert not by_class(visit(path), "care--em"), path

    @pytest.mark.parametrize("path", CARD_PAGES)
    def test_one_action_one_link_no_clinic_phone(self, visit, soup, path):
        make_clinic(emergency_number="112")
        make_every_kind()
        card = by_class(visit(path), "care--em")[0]
        heading = card[0]
        assert heading.tag == ("h1" if path == "/get-help-now/" else "h2")
        assert card.attrib["aria-labelledby"] == heading.attrib["id"]
        assert soup.text(heading) == (
            "Emergency Call 112 or go to the emergency room now if any of this is new or getting worse:"
        )
        assert links(card) == ["tel:112"]
        assert not [e for e in card.iter() if e.tag in {"button", "input", "summary", "details", "area", "form"}]
        assert "Do not drive yourself. Tell them" in soup.text(card)
        assert PHONE not in soup.text(card)

    @pytest.mark.parametrize("path", CARD_PAGES)
    def test_nothing_beside_it_holds_the_clinics_phone(self, visit, soup, path):
        """Beside: its section, an adjacent sibling, or the sticky bar, whose container starts after the contents."""
        make_every_kind()
        root = visit(path)
        up = parents(root)
        card = by_class(root, "care--em")[0]
        around = up[card]
        place = list(around).index(card)
        neighbors = [sibling for sibling in list(around)[max(0, place - 1) : place + 2] if sibling is not card]
        section = up[around]
        place = list(section).index(around)
        following = list(section)[place + 1 : place + 2]
        for element in [*neighbors, *[child for block in following for child in list(block)[:1]]]:
            assert PHONE not in soup.text(element)
            assert not [href for href in links(element) if href.startswith("tel:")]
        for bar in by_class(root, "bar"):
            container = up[bar]
            assert card not in list(container.iter())
            toc = by_class(root, "toc")[0]
            siblings = list(up[container])
            assert siblings.index(toc) < siblings.index(container)

    def test_on_a_phone_the_header_of_such_a_page_shows_no_number(self, visit):
        make_every_kind()
        assert "wide" in by_class(visit("/conditions/sciatica/"), "call")[0].attrib["class"].split()
        assert "wide" not in by_class(visit("/visit/"), "call")[0].attrib["class"].split()

    def test_it_comes_before_everything_but_title_and_lead(self, visit):
        make_every_kind()
        order = [
            e.attrib.get("class", e.tag) for e in visit("/conditions/sciatica/").iter() if e.tag in {"h1", "section"}
        ]
        assert order[0] == "h1"
        assert order[1] == "care care--em"

    def test_hostile_words_of_a_sign_are_inert(self, client):
        make_flag("bladder", text='"><script>alert(1)</script>')
        make_condition(published=True, slug="sciatica")
        for path in ("/conditions/sciatica/", "/get-help-now/"):
            assert "<script>alert" not in client.get(path).content.decode()


class TestHelpNow:
    def test_its_own_shell(self, visit, soup):
        publish_flags()
        root = visit("/get-help-now/")
        assert PHONE not in soup.text(root)
        assert links(root) == ["#main", "tel:911", "/"]
        assert not list(root.iter("nav"))
        assert not by_class(root, "foot")

    def test_card_then_words_then_the_rest(self, visit, soup):
        publish_flags()
        headings = [soup.text(e) for e in visit("/get-help-now/").iter() if e.tag in {"h1", "h2", "h3"}]
        assert headings[0].startswith("Emergency Call 911")
        assert headings[1:3] == ["Below the waist", "Neck, head and arms"]
        assert headings[3] == "What to say on the phone"
        assert headings[-1] == "If none of this fits"

    def test_before_anything_is_published_it_still_says_whom_to_call(self, visit, soup):
        root = visit("/get-help-now/")
        assert "Call 911 or go to the emergency room now if you think that this is an emergency." in soup.text(root)
        assert "tel:911" in links(root)
