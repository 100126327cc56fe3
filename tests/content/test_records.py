"""What was public on which day, shown and exported: the record that advertising law asks for."""

import csv
import datetime
import hashlib
import io
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from clinic.images import image_path
from clinic.renditions import rendition_name
from clinic.site import load_site
from content.editing.saving import keep_draft
from content.models import Condition, Page, RedFlag
from content.publishing import publish_safety_library, unpublish
from content.records import IMAGE, embedded, harmless_cell, public_at, write_record
from tests.content.factories import make_article, make_condition, make_info, publish_flags, publish_page
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_editor

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON + 30 * DAY, tick=False)
    return make_clinic()


@pytest.fixture
def eddy(client):
    client.force_login(user := make_editor())
    return user


@pytest.fixture
def page():
    """Public from day 0, changed on day 2, off on day 4, public again from day 6; drafts in between."""
    publish_flags(now=MONDAY_NOON - DAY)
    page = make_condition(title="First text", slug="pain")
    publish_page(page, now=MONDAY_NOON)
    Condition.objects.update(title="Only a draft")
    keep_draft(page=page, by=None, now=MONDAY_NOON + DAY)
    Condition.objects.update(title="Second text")
    publish_page(page, why="=HYPERLINK(1)", now=MONDAY_NOON + 2 * DAY)
    RedFlag.objects.filter(key="bladder").update(text="the new wording")
    publish_safety_library(by=None, why="Plainer", now=MONDAY_NOON + 3 * DAY)
    unpublish(page=page, by=None, why="Old", now=MONDAY_NOON + 4 * DAY)
    publish_page(page, now=MONDAY_NOON + 6 * DAY)
    return Page.objects.get()


def as_of(client, page, text):
    return client.get(f"/admin/content/condition/{page.pk}/as-of/", {"on": text})


def archive(pages=None, **between):
    out = io.BytesIO()
    write_record(out, pages or Page.objects.all(), site=load_site(now=MONDAY_NOON), **between)
    return out.getvalue()


def lines_of(content):
    text = zipfile.ZipFile(io.BytesIO(content)).read("manifest.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


class TestOnADay:
    @pytest.mark.parametrize(
        ("days", "number"), [(-0.1, None), (0, 1), (1.5, 1), (2, 3), (3.9, 3), (4, None), (5.9, None), (6, 5), (29, 5)]
    )
    def test_only_what_was_public_counts(self, page, days, number):
        version, _ended_at = public_at(page, MONDAY_NOON + days * DAY)
        assert (version.number if version else None) == number

    def test_it_is_shown_with_the_signs_of_that_moment(self, eddy, client, page, soup):
        html = as_of(client, page, "2026-11-25T12:30").content.decode()
        text = soup.text(soup.parse(html))
        assert "On November 25, 2026, 12:30 PM patients could read version 3" in text
        assert "until November 27, 2026, 12:00 PM" in text
        assert "(version 1)" in text
        frame = next(soup.parse(html).iter("iframe")).attrib["src"]
        shown = client.get(frame).content.decode()
        assert "Second text" in shown
        assert "trouble starting or stopping your pee" in shown
        assert "the new wording" not in shown

    def test_when_it_was_not_public_it_says_so(self, eddy, client, page):
        answer = as_of(client, page, "2026-11-28")
        assert "this page was not public" in answer.content.decode()
        assert "<iframe" not in answer.content.decode()
        assert "frame-src" not in answer["Content-Security-Policy"]

    @pytest.mark.parametrize(
        ("typed", "told"),
        [
            ("", "Choose a day."),
            ("soon", "Write the day like 2026-03-08"),
            ("2027-06-01", "This moment has not come yet."),
            ("2026-11-31T10:00", "Write the day like"),
            ("0001-01-01", None),
            ("\0", None),
        ],
    )
    def test_what_is_no_day(self, eddy, client, page, typed, told):
        answer = as_of(client, page, typed)
        assert answer.status_code == 200
        assert told is None or told in answer.content.decode()

    @pytest.mark.parametrize("typed", ["2026-03-08T02:30", "2025-11-02T01:30"])
    def test_an_hour_that_the_clock_skips_or_shows_twice(self, eddy, client, page, typed):
        answer = as_of(client, page, typed)
        assert answer.status_code == 200
        assert "errorlist" in answer.content.decode()


class TestExport:
    def test_every_public_version_and_nothing_else(self, page):
        content = archive()
        files = zipfile.ZipFile(io.BytesIO(content))
        assert files.testzip() is None
        stem = f"condition-{page.pk}/version-"
        pages = [f"{stem}{number}.{kind}" for number in (1, 3, 5) for kind in ("html", "json")]
        signs = ["warning-signs/1.json", "warning-signs/2.json"]
        assert sorted(files.namelist()) == sorted([*pages, *signs, "manifest.csv", "about.txt"])
        assert all(b"Only a draft" not in files.read(name) for name in files.namelist())

    def test_the_list_says_when_who_why_and_proves_each_file(self, page):
        content = archive()
        files, lines = zipfile.ZipFile(io.BytesIO(content)), lines_of(content)
        assert [(line["public from (UTC)"], line["public until (UTC)"]) for line in lines] == [
            ("2026-11-23T17:00:00Z", "2026-11-25T17:00:00Z"),
            ("2026-11-25T17:00:00Z", "2026-11-27T17:00:00Z"),
            ("2026-11-29T17:00:00Z", ""),
        ]
        assert [(line["warning signs at first"], line["warning signs later"]) for line in lines] == [
            ("1", ""),
            ("1", "2"),
            ("2", ""),
        ]
        assert lines[1]["why"] == "'=HYPERLINK(1)"
        for line in lines:
            assert hashlib.sha256(files.read(line["page as patients saw it"])).hexdigest() == line["SHA-256"]
            assert hashlib.sha256(files.read(line["data"])).hexdigest() == line["SHA-256 of data"]
        assert json.loads(files.read(lines[0]["data"]))["title"] == "First text"

    def test_a_file_needs_nothing_from_elsewhere(self, page, settings):
        settings.SITE_URL = "https://clinic.example"
        html = zipfile.ZipFile(io.BytesIO(archive())).read(f"condition-{page.pk}/version-1.html").decode()
        assert "First text" in html
        assert "<style" in html
        assert not [bad for bad in ("<script", "<link", "<iframe", 'href="/', 'src="/', "url(") if bad in html]
        assert "trouble starting or stopping your pee" in html

    def test_the_same_record_is_the_same_bytes_whenever_it_is_made(self, page, time_machine):
        first = archive()
        time_machine.move_to(MONDAY_NOON + 400 * DAY, tick=False)
        assert archive() == first

    def test_only_what_was_public_between_two_instants(self, page):
        def numbers(since, until):
            content = archive(since=MONDAY_NOON + since * DAY, until=MONDAY_NOON + until * DAY)
            return [line["version"] for line in lines_of(content)]

        assert numbers(-9, -1) == []
        assert numbers(-9, 0) == ["1"]
        assert numbers(1, 3) == ["1", "3"]
        assert numbers(4, 5) == []
        assert numbers(7, 99) == ["5"]

    def test_what_spreadsheets_take_for_a_formula(self):
        assert [harmless_cell(text) for text in ("=1", "+1", "-1", "@x", "\tx", "a=1", 5)] == [
            *("'=1", "'+1", "'-1", "'@x", "'\tx", "a=1", "5")
        ]

    def test_no_larger_than_a_few_versions_in_memory_and_a_fixed_number_of_queries_each(
        self, page, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(30):
            archive()

    def test_the_download(self, eddy, client, page):
        answer = client.get(f"/admin/content/condition/{page.pk}/record.zip")
        assert answer["Content-Disposition"] == f'attachment; filename="page-{page.pk}-record.zip"'
        assert answer["Cache-Control"].startswith("no-store") or "no-store" in answer["Cache-Control"]
        assert len(lines_of(b"".join(answer.streaming_content))) == 3

    def test_a_picture_stands_in_the_file(self, page, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        name = rendition_name("a" * 64, 800, "jpg")
        image_path(name).parent.mkdir(parents=True, exist_ok=True)
        image_path(name).write_bytes(b"JPEG")

        assert IMAGE.sub(embedded, f'<img src="/images/{name}">') == '<img src="data:image/jpeg;base64,SlBFRw==">'
        assert IMAGE.sub(embedded, '<img src="/images/bbbb-800.jpg">') == '<img src="bbbb-800.jpg">'


class TestCommand:
    def test_the_whole_site_between_two_days(self, page, tmp_path, capsys):
        make_info(published=True)
        make_article(published=True)
        out = tmp_path / "record.zip"
        call_command("export_pages", "--from", "2026-11-24", "--to", "2026-11-26", "--out", str(out))
        assert "versions written" in capsys.readouterr().out
        assert [line["version"] for line in lines_of(out.read_bytes())] == ["1", "3", "1", "1"]

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            (["--from", "soon"], "--from is no day"),
            (["--from", "2026-02-02", "--to", "2026-02-01"], "--to is before --from"),
        ],
    )
    def test_what_cannot_be_meant(self, options, told, tmp_path):
        with pytest.raises(CommandError, match=told):
            call_command("export_pages", *options, "--out", str(tmp_path / "x.zip"))
        assert list(tmp_path.iterdir()) == []

    def test_it_never_overwrites(self, tmp_path):
        out = tmp_path / "x.zip"
        out.write_text("mine")
        with pytest.raises(CommandError, match="Cannot write"):
            call_command("export_pages", "--out", str(out))
        assert out.read_text() == "mine"

    def test_half_an_archive_is_no_archive(self, page, tmp_path, monkeypatch):
        def fails(*args, **kwargs):
            raise OSError("disk full")

        monkeypatch.setattr("content.records.render_to_string", fails)
        with pytest.raises(OSError, match="disk full"):
            call_command("export_pages", "--out", str(tmp_path / "x.zip"))
        assert list(tmp_path.iterdir()) == []
