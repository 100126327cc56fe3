"""Offering up to three times at the desk, and seeing what becomes of it."""

import datetime

import pytest

from booking.actions import offering
from booking.models import Appointment, AppointmentRequest, BusySlot
from booking.open_offers import open_offers
from clinic.models import OutgoingMessage
from tests.booking.desk.test_answering import problems, url
from tests.booking.desk.test_desk_page import text_of
from tests.booking.staff_at_work import HOUR, SAFETY, TOMORROW_9, assert_ledger_equals_visits, everything
from tests.booking.test_offering import UNTIL, offer
from tests.factories import MONDAY_NOON


def rows(desk, asked, *times, **changes):
    """What the form sends: (day, time) of each row, the rest as the page proposes it."""
    typed = {"version": asked.version}
    for number in (1, 2, 3):
        day, time = times[number - 1] if number <= len(times) else ("", "")
        own = {"type": desk.type.pk, "practitioner": desk.practitioner.pk, "location": desk.location.pk}
        own |= {"day": day, "time": time}
        typed |= {f"t{number}-{name}": value for name, value in own.items()}
    return typed | changes


TUESDAY_9, TUESDAY_10 = ("2026-11-24", "09:00"), ("11/24/2026", "10 am")


@pytest.fixture
def asked(desk):
    return desk.request(reference="R-4K7MX")


def test_two_times_are_offered(page, desk, asked):
    answer = page.post(url(asked, "offer"), rows(desk, asked, TUESDAY_9, TUESDAY_10), follow=True)
    text = text_of(answer)
    assert "The times are kept, and the patient gets a mail." in text
    assert "We offered times. The patient may choose one until Tue, Nov 24, 7 am." in text
    assert "front-desk offered times, 2 in all." in text or "offered times, 2 in all." in text
    assert [visit.start for visit in Appointment.objects.order_by("start")] == [TOMORROW_9, TOMORROW_9 + HOUR]
    assert_ledger_equals_visits()


def test_a_gap_between_the_rows_is_no_error(page, desk, asked):
    typed = rows(desk, asked, TUESDAY_9, ("", ""), TUESDAY_10)
    assert page.post(url(asked, "offer"), typed).status_code == 302
    assert Appointment.objects.count() == 2


@pytest.mark.parametrize(
    ("times", "changes", "status", "said"),
    [
        ([], {}, 200, ["Time 1: Choose a day", "Time 1: Choose a time"]),
        ([TUESDAY_9, ("2026-11-24", "")], {}, 200, ["Time 2: Choose a time"]),
        ([TUESDAY_9, ("tomorrow", "10:00")], {}, 200, ["Time 2: Enter a day, like 11/24/2026"]),
        ([TUESDAY_9], {"t1-type": "x"}, 200, ["Time 1: Choose the kind of visit"]),
        ([TUESDAY_9, TUESDAY_9], {}, 409, ["Time 2: This is the same as another time that you offer, or overlaps it."]),
        ([TUESDAY_9], {"version": 99}, 409, ["This was already answered, or has changed since you opened it."]),
        ([TUESDAY_9, ("2027-03-14", "02:30")], {}, 200, ["Time 2: This time does not exist on that day"]),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_stays(page, desk, asked, times, changes, status, said):
    before = everything()
    answer = page.post(url(asked, "offer"), rows(desk, asked, *times, **changes))
    assert answer.status_code == status
    assert [words.startswith(expected) for words, expected in zip(problems(answer), said, strict=True)] == [True] * len(
        said
    )
    text = answer.content.decode()
    for day, time in times:
        assert f'value="{day}"' in text
        assert f'value="{time}"' in text
    assert everything() == before


def test_a_taken_time_is_named(page, desk, asked):
    desk.confirm(desk.request(), start=TOMORROW_9 + HOUR)
    answer = page.post(url(asked, "offer"), rows(desk, asked, TUESDAY_9, TUESDAY_10))
    assert problems(answer) == ["Time 2: Somebody else has this time. Choose another one."]
    assert BusySlot.objects.count() == 1


def test_the_days_entered_show_who_is_taken(page, desk, asked):
    desk.confirm(desk.request(), start=TOMORROW_9 + HOUR)
    before = everything()
    answer = page.post(url(asked, "look-offer"), rows(desk, asked, TUESDAY_9, ("2026-11-25", ""), ("11/24/2026", "x")))
    text = text_of(answer)
    assert text.count("10 am to 10:50 am") == 1
    assert "Taken on Wed, Nov 25" in text
    assert 'value="09:00"' in answer.content.decode()
    assert problems(answer) == []
    assert everything() == before


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"email": ""}, "They take no e-mail"), ({"contact_by": "phone"}, "They take no e-mail"), (SAFETY, "Call them")],
)
def test_where_a_call_comes_first_there_is_no_form(page, desk, fields, said):
    asked = desk.request(**fields)
    text = text_of(page.get(url(asked)))
    assert said in text
    assert "Offer these times" not in text
    answer = page.post(url(asked, "offer"), rows(desk, asked, TUESDAY_9))
    assert answer.status_code == 409


class TestAnOffer:
    def test_can_be_booked_on_the_phone_replaced_or_taken_back(self, page, desk, asked):
        visits = offer(desk, asked)
        text = text_of(page.get(url(asked)))
        assert "Book that time above. The others are then free." in text
        assert "Offer other times instead" in text
        assert "offered, kept until Tue, Nov 24, 7 am" in text
        assert "No answer in time" not in text
        answer = page.post(url(asked, "withdraw_offer"), {"version": asked.version}, follow=True)
        assert "The offer is taken back." in text_of(answer)
        assert page.post(url(asked, "withdraw_offer"), {"version": asked.version}).status_code == 409
        asked.refresh_from_db()
        offer(desk, asked)
        typed = {"version": asked.version, "day": "2026-11-24", "time": "10:00", "type": desk.type.pk}
        typed |= {"practitioner": desk.practitioner.pk, "location": desk.location.pk}
        assert page.post(url(asked, "confirm"), typed).status_code == 302
        assert Appointment.objects.get(state="booked").start == visits[1].start
        assert_ledger_equals_visits()

    def test_stands_on_the_desk_until_three_days_after_its_end(self, page, sky, desk, asked, time_machine):
        offer(desk, asked)
        text = text_of(page.get("/admin/desk/"))
        assert "Times offered" in text
        assert "Tue, Nov 24, 9 am; Tue, Nov 24, 10 am; Wed, Nov 25, 9 am" in text
        assert "No request is waiting." in text
        offering.end_offers(now=UNTIL)
        time_machine.move_to(UNTIL + HOUR, tick=False)
        page.force_login(sky)
        assert "ended Tue, Nov 24, 7 am" in text_of(page.get("/admin/desk/"))
        assert open_offers(now=UNTIL + datetime.timedelta(days=3)) == []

    def test_whose_mail_failed_says_so(self, page, desk, asked):
        offer(desk, asked)
        OutgoingMessage.objects.update(state="failed", finished_at=MONDAY_NOON)
        assert "The e-mail failed: call" in text_of(page.get("/admin/desk/"))

    def test_of_two_the_last_one_counts(self, desk, asked):
        offer(desk, asked)
        second = offer(desk, asked, [TOMORROW_9 + 5 * HOUR], now=MONDAY_NOON + HOUR)
        (row,) = open_offers(now=MONDAY_NOON + HOUR)
        assert (row.visits, row.until) == (second, second[0].offered_until)

    @pytest.mark.parametrize("count", [1, 3])
    def test_its_queries_are_counted(self, desk, count, django_assert_num_queries):
        for n in range(count):
            offer(desk, desk.request(), [TOMORROW_9 + n * HOUR])
        with django_assert_num_queries(3):
            assert len(open_offers(now=MONDAY_NOON)) == count

    def test_what_is_booked_over_it_is_told_whose_it_is(self, page, desk, asked):
        offer(desk, asked)
        other = desk.request()
        typed = {"version": other.version, "day": "2026-11-24", "time": "09:00", "type": desk.type.pk}
        typed |= {"practitioner": desk.practitioner.pk, "location": desk.location.pk}
        assert "offered to a patient" in text_of(page.post(url(other, "confirm"), typed))
        assert AppointmentRequest.objects.get(pk=other.pk).state == "received"
