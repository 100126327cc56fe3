"""The home page leads to the right place from every part of the body."""

import datetime

import pytest
import time_machine

from content.states import Region
from njspine.home import SHAPES
from tests.content.factories import make_condition
from tests.content.reading import Soup, by_class, links
from tests.factories import MONDAY_NOON, make_clinic, make_location, make_practitioner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clinic():
    with time_machine.travel(MONDAY_NOON, tick=False):
        yield make_clinic()


def test_every_region_of_the_body_is_offered():
    assert set(SHAPES) == set(Region)


def test_one_page_is_linked_itself_and_several_through_their_part_of_the_index(client):
    make_condition(region=Region.LEG, slug="sciatica", published=True)
    make_condition(region=Region.NECK, slug="neck-pain", published=True)
    make_condition(region=Region.NECK, slug="whiplash", published=True)
    page = client.get("/").content.decode()
    assert 'href="/conditions/sciatica/"' in page
    assert 'href="/conditions/#neck"' in page
    assert 'href="/conditions/#upper_back"' not in page


def test_a_draft_is_not_linked(client):
    make_condition(region=Region.LEG, slug="sciatica")
    assert "/conditions/sciatica/" not in client.get("/").content.decode()


class TestDrawnBack:
    """The drawn back leads where the list leads, and nobody meets the same link twice."""

    @pytest.fixture
    def root(self, client):
        make_condition(region=Region.LEG, slug="sciatica", published=True)
        make_condition(region=Region.NECK, slug="neck-pain", published=True)
        make_condition(region=Region.NECK, slug="whiplash", published=True)
        return Soup.parse(client.get("/").content.decode())

    def test_it_leads_where_the_list_leads(self, root):
        drawn = {a.attrib["class"]: a.attrib["href"] for a in by_class(root, "fig")[0].iter("a")}
        listed = {a.attrib["class"]: a.attrib["href"] for a in by_class(root, "pick")[0].iter("a")}
        assert listed.pop("") == "/appointments/call-me/"
        assert drawn == listed
        assert drawn["leg"] == "/conditions/sciatica/"
        assert drawn["neck"] == "/conditions/#neck"
        assert drawn["upper"] == "/conditions/"

    def test_the_tab_key_and_screen_readers_meet_each_link_once(self, root):
        drawing = by_class(root, "fig")[0]
        assert drawing.attrib["aria-hidden"] == "true"
        assert {a.attrib["tabindex"] for a in drawing.iter("a")} == {"-1"}
        assert not any("tabindex" in a.attrib for a in by_class(root, "pick")[0].iter("a"))

    def test_every_part_of_it_has_something_to_point_at(self, root):
        for place in by_class(root, "fig")[0].iter("a"):
            assert by_class(place, "hit"), place.attrib["class"]
            assert len(list(place)) >= 2, place.attrib["class"]

    def test_an_address_inside_the_index_exists_there(self, client, root):
        index = Soup.parse(client.get("/conditions/").content.decode())
        ids = {element.attrib.get("id") for element in index.iter()}
        inside = {href.split("#")[1] for href in links(by_class(root, "chooser")[0]) if "#" in href}
        assert inside == {"neck"}
        assert inside <= ids


def test_people_are_named_with_license_and_degree(client):
    make_practitioner(licence_number="DEMO-0042", degree="Doctor of Physical Therapy")
    make_practitioner(name="Gone Example", is_active=False)
    page = client.get("/").content.decode()
    assert "DEMO-0042" in page
    assert "Doctor of Physical Therapy" in page
    assert "Gone Example" not in page


@pytest.mark.parametrize(("age", "shown"), [(0, True), (14, True), (15, False)])
def test_the_usual_wait_is_hidden_once_it_is_old(client, age, shown):
    checked = MONDAY_NOON.date() - datetime.timedelta(days=age)
    make_clinic(new_patient_wait_days=5, new_patient_wait_checked_on=checked)
    assert ("within 5 days" in client.get("/").content.decode()) is shown


@pytest.mark.parametrize("rows", [1, 3])
def test_home_takes_the_same_queries_whatever_it_shows(client, django_assert_num_queries, rows):
    for _ in range(rows):
        make_location()
        make_practitioner()
        make_condition(published=True)
    with django_assert_num_queries(7):
        client.get("/")


def test_an_empty_clinic_still_has_a_home_page(client):
    page = client.get("/")
    assert page.status_code == 200
    assert b"Where does it hurt?" in page.content
