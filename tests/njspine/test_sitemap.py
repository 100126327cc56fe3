"""The sitemap names what is public, under the site's own address, with the day of its last real change."""

import re

import pytest
import time_machine

from tests.content.factories import make_condition
from tests.factories import MONDAY_NOON, make_clinic, make_practitioner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clinic():
    with time_machine.travel(MONDAY_NOON, tick=False):
        yield make_clinic()


def addresses(client, **headers):
    return re.findall(r"<loc>([^<]+)</loc>", client.get("/sitemap.xml", **headers).content.decode())


def test_it_lists_live_pages_only(client):
    make_condition(slug="sciatica", published=True)
    make_condition(slug="secret-draft")
    found = addresses(client)
    assert "https://clinic.example/conditions/sciatica/" in found
    assert not [address for address in found if "secret-draft" in address]


def test_it_lists_people_who_work_here(client):
    make_practitioner(slug="jordan-example")
    make_practitioner(slug="gone-example", is_active=False)
    found = addresses(client)
    assert "https://clinic.example/team/jordan-example/" in found
    assert "https://clinic.example/team/gone-example/" not in found


def test_nobody_can_put_another_host_into_it(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    found = addresses(client, headers={"host": "evil.example"})
    assert found
    assert all(address.startswith("https://clinic.example/") for address in found)


def test_a_saved_draft_does_not_look_like_news(client):
    page = make_condition(slug="sciatica", published=True)
    before = client.get("/sitemap.xml").content
    with time_machine.travel("2026-12-24T12:00:00Z", tick=False):
        page.title = "Another title"
        page.save()
        assert client.get("/sitemap.xml").content == before


def test_half_finished_requests_are_not_in_it(client):
    assert not [address for address in addresses(client) if "/appointments/" in address]
