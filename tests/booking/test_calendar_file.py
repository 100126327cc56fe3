"""Calendar files, read back by a parser that shares no code with their writer."""

import datetime
import re
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from booking.calendar_file import VisitEvent, calendar_text, content_type, zone_component

NEW_YORK = ZoneInfo("America/New_York")
STAMP = datetime.datetime(2026, 3, 2, 17, tzinfo=datetime.UTC)
HALF_HOUR = datetime.timedelta(minutes=30)
ME = ("Sample Clinic", "desk@clinic.example")
YOU = ("", "patient@mail.example")
HOSTILE = [
    'Eve\r\nBEGIN:VEVENT\r\nSUMMARY:"stolen"',
    "a;b,c:d\\e",
    "ü" * 200,
    "👩‍⚕️" * 60,
    "\x00\x07\u202e",
    "END:VCALENDAR",
]


def visit(**fields):
    start = fields.pop("start", datetime.datetime(2026, 3, 9, 13, tzinfo=datetime.UTC))
    defaults = {
        "uid": "9f0c@clinic.example",
        "sequence": 1,
        "start": start,
        "end": start + HALF_HOUR,
        "zone": NEW_YORK,
        "title": "Visit: Sample Clinic",
        "place": "Main Street 1, Sampletown",
        "notes": "Reference R-12345",
        "url": "https://clinic.example/visit/",
        "organizer": ME,
        "attendee": YOU,
    }
    return VisitEvent(**defaults | fields)


def read(text):
    return vobject.readOne(text)


class TestMethods:
    def test_a_new_visit_is_a_request(self):
        calendar = read(calendar_text(visit(), stamp=STAMP))
        assert calendar.method.value == "REQUEST"
        assert calendar.vevent.status.value == "CONFIRMED"
        assert content_type(visit()) == "text/calendar; method=REQUEST"

    def test_a_cancelled_one_keeps_its_uid_and_counts_up(self):
        before = read(calendar_text(visit(), stamp=STAMP)).vevent
        after = read(calendar_text(visit(sequence=2, is_cancelled=True), stamp=STAMP))
        assert after.method.value == "CANCEL"
        assert after.vevent.uid.value == before.uid.value
        assert int(after.vevent.sequence.value) > int(before.sequence.value)
        assert after.vevent.status.value == "CANCELLED"

    def test_a_download_invites_nobody(self):
        calendar = read(calendar_text(visit(attendee=None), stamp=STAMP))
        assert calendar.method.value == "PUBLISH"
        assert "attendee" not in calendar.vevent.contents

    def test_nobody_is_asked_to_answer(self):
        attendee = read(calendar_text(visit(), stamp=STAMP)).vevent.attendee
        assert attendee.value == "mailto:patient@mail.example"
        assert attendee.params["RSVP"] == ["FALSE"]


class TestLines:
    def test_they_end_with_crlf_and_hold_75_octets_at_most(self):
        text = calendar_text(visit(title="ü" * 200, notes="long " * 200), stamp=STAMP)
        assert "\n" not in text.replace("\r\n", "")
        assert max(len(line.encode()) for line in text.split("\r\n")) <= 75

    @pytest.mark.parametrize("words", HOSTILE)
    @pytest.mark.parametrize("field", ["title", "place", "notes"])
    def test_hostile_words_stay_words(self, field, words):
        calendar = read(calendar_text(visit(**{field: words}), stamp=STAMP))
        assert len(calendar.vevent_list) == 1
        value = {"title": "summary", "place": "location", "notes": "description"}[field]
        kept = getattr(calendar.vevent, value).value
        assert kept == re.sub(r"[\x00-\x09\x0b-\x1f\x7f]", "", words)

    @pytest.mark.parametrize("name", HOSTILE)
    def test_hostile_names_stay_names(self, name):
        calendar = read(calendar_text(visit(organizer=(name, "desk@clinic.example")), stamp=STAMP))
        assert calendar.vevent.organizer.value == "mailto:desk@clinic.example"
        assert len(calendar.vevent_list) == 1


def onset_instants(zone, first, last):
    """The UTC instant and the new offset of each observance, worked out by RFC 5545 alone."""
    for part in zone_component(zone, first, last).subcomponents:
        onset = part["dtstart"].dt
        yield (onset - part["tzoffsetfrom"].td).replace(tzinfo=datetime.UTC), part["tzoffsetto"].td


@pytest.mark.parametrize("key", ["America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
@given(hours=st.integers(0, 24 * 365))
def test_the_zone_says_what_the_clock_shows(key, hours):
    zone = ZoneInfo(key)
    first = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    instant = first + datetime.timedelta(hours=hours)
    onsets = list(onset_instants(zone, first, first + datetime.timedelta(days=366)))
    offset = [to for onset, to in onsets if onset <= instant][-1]
    assert offset == instant.astimezone(zone).utcoffset()


def test_the_spring_change_is_at_two_by_the_old_clock():
    text = calendar_text(visit(), stamp=STAMP)
    assert "BEGIN:DAYLIGHT\r\nDTSTART:20260308T020000\r\n" in text
    assert "DTSTART;TZID=America/New_York:20260309T090000" in text


def test_the_second_half_past_one_is_not_the_first():
    start = datetime.datetime(2026, 11, 1, 6, 30, tzinfo=datetime.UTC)
    assert read(calendar_text(visit(start=start), stamp=STAMP)).vevent.dtstart.value == start


@pytest.mark.parametrize(
    ("start", "shown"),
    [
        (datetime.datetime(2026, 3, 8, 6, 30, tzinfo=datetime.UTC), "20260308T013000"),
        (datetime.datetime(2026, 3, 8, 7, 0, tzinfo=datetime.UTC), "20260308T030000"),
        (datetime.datetime(2026, 11, 1, 4, 30, tzinfo=datetime.UTC), "20261101T003000"),
        (datetime.datetime(2026, 11, 1, 7, 30, tzinfo=datetime.UTC), "20261101T023000"),
    ],
)
def test_another_reader_finds_the_same_instant(start, shown):
    text = calendar_text(visit(start=start), stamp=STAMP)
    assert f"DTSTART;TZID=America/New_York:{shown}" in text
    read_back = read(text).vevent.dtstart.value
    assert read_back.astimezone(datetime.UTC) == start
