import datetime

import pytest
import time_machine


@pytest.mark.parametrize("year", [2026, 2027, 2031])
def test_security_txt_never_runs_out(client, year):
    now = datetime.datetime(year, 12, 31, 23, 59, tzinfo=datetime.UTC)
    with time_machine.travel(now, tick=False):
        response = client.get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    expires = datetime.datetime.fromisoformat(fields["Expires"])
    assert datetime.timedelta(days=90) < expires - now < datetime.timedelta(days=365)
    assert fields["Contact"] == "https://clinic.example/contact/"
    assert fields["Canonical"] == "https://clinic.example/.well-known/security.txt"


def test_security_txt_names_the_contact_that_the_clinic_chose(client, settings):
    settings.SECURITY_CONTACT = "mailto:security@clinic.example"
    assert b"Contact: mailto:security@clinic.example\n" in client.get("/.well-known/security.txt").content


def test_robots_txt(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /preview/",
        "Allow: /appointments/$",
        "Disallow: /appointments/",
        "",
        "Sitemap: https://clinic.example/sitemap.xml",
    ]
