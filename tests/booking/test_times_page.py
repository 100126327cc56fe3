"""The page of open times: what is on it, how it is narrowed, and what a time does that nobody offered."""

import datetime
import re

import pytest

from booking.models import AppointmentType, BusySlot, RequestDraft, WorkingHours
from clinic.models import Closure, Practitioner
from tests.booking.chooser import HOUR, MINUTE, WEDNESDAY_9, Chooser, buttons, key, make_open_site, new_clinician
from tests.booking.patient import contact, main_of, none_of_these, reason, text_of, when
from tests.factories import MONDAY_NOON, make_type

pytestmark = pytest.mark.django_db

BUSY = {"kind": "block"}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return time_machine


@pytest.fixture
def kind():
    return make_open_site()


@pytest.fixture
def patient(kind):
    return Chooser()


def here(response):
    return response.headers["Location"].rstrip("/").rpartition("/")[2].replace("-", "_")


class TestTheWay:
    def test_open_times_come_after_the_reason(self, patient):
        patient.begin()
        patient.pass_checks()
        assert here(patient.post("reason", reason())) == "time"
        page = patient.get("time")
        assert "Step 3 of 6: when and where" in text_of(page)
        assert "This is a request, not yet an appointment" in text_of(page)
        assert f'class="crumb"><a href="{patient.url("reason")}"' in page.content.decode()

    def test_a_chosen_time_leads_on_and_back_leads_to_it(self, patient):
        patient.to_times()
        assert here(patient.choose()) == "contact"
        page = patient.get("contact")
        assert f'class="crumb"><a href="{patient.url("time")}"' in page.content.decode()
        assert "We are holding Wednesday, November 25, 9 am, New York time with Jordan Example, Here, for you " in (
            text_of(page)
        )
        assert "until 12:20 pm" in text_of(page)

    def test_none_of_these_leads_to_the_windows_and_frees_the_time(self, patient):
        patient.to_times()
        assert f'href="{patient.url("when")}"' in main_of(patient.get("time"))
        patient.choose()
        assert f'class="crumb"><a href="{patient.url("time")}"' in patient.get("when").content.decode()
        assert BusySlot.objects.exists()
        assert here(patient.post("when", when())) == "contact"
        assert not BusySlot.objects.exists()
        patient.finish()
        assert "The first time you have" in text_of(patient.get("review"))

    def test_windows_that_were_chosen_first_wait_for_whoever_comes_back(self, patient):
        patient.to_times()
        patient.post("when", when(windows=["2026-11-24-morning"]))
        patient.choose()
        page = patient.get("when").content.decode()
        assert re.search(r'value="2026-11-24-morning" id="\w+" checked', page)

    @pytest.mark.parametrize("gone", ["kinds", "hours", "people"])
    def test_without_anybody_at_work_there_are_only_the_windows(self, patient, gone):
        if gone == "kinds":
            AppointmentType.objects.update(is_active=False)
        elif gone == "hours":
            WorkingHours.objects.all().delete()
        else:
            AppointmentType.objects.get().practitioners.clear()
        patient.begin()
        patient.pass_checks()
        assert here(patient.post("reason", reason())) == "when"
        assert here(patient.get("time")) == "when"
        assert here(patient.choose()) == "when"

    def test_nobody_comes_here_before_the_safety_check_and_the_reason(self, patient):
        patient.begin()
        assert here(patient.get("time")) == "first_check"
        assert here(patient.choose()) == "first_check"
        patient.pass_checks()
        assert here(patient.choose()) == "reason"
        assert not BusySlot.objects.exists()

    def test_each_continue_renews_the_hold(self, patient, clock):
        patient.to_times()
        patient.choose()
        clock.move_to(MONDAY_NOON + 15 * MINUTE, tick=False)
        patient.post("contact", contact())
        assert "until 12:35 pm" in text_of(patient.get("prepare"))

    def test_the_hold_that_was_lost_is_told_and_nothing_is_lost(self, patient, clock):
        patient.to_times()
        patient.choose()
        clock.move_to(MONDAY_NOON + 25 * MINUTE, tick=False)
        assert "We are not holding it for you, but it is still free" in text_of(patient.get("contact"))
        other = Chooser()
        other.to_times()
        other.choose()
        assert "somebody else has taken it" in text_of(patient.get("contact"))
        assert here(patient.post("contact", contact())) == "prepare"

    def test_an_emergency_answer_frees_the_time(self, patient):
        patient.to_times()
        patient.choose()
        patient.post("first_check", {"signs": "bladder"})
        assert not BusySlot.objects.exists()
        assert not RequestDraft.objects.exists()


class TestTheTimes:
    def test_every_button_says_day_time_zone_clinician_and_place(self, patient):
        page = patient.to_times()
        names = [name for _key, name in buttons(page)]
        assert (
            "9 am New York time, Wednesday, November 25, with Jordan Example, PT, DPT, Here. Ask for this time" in names
        )
        assert len({value for value, _name in buttons(page)}) == len(names) - 2  # the first times stand there twice

    def test_the_first_time_of_each_clinician_and_of_anyone(self, patient, kind):
        page = patient.to_times()
        first = [name for _value, name in buttons(page)][:3]
        assert [name.partition("with ")[2].partition(",")[0] for name in first] == [
            "whoever is free",
            "Jordan Example",
            "Robin Sample",
        ]
        assert "Physical therapist, New Jersey, license" in text_of(page)

    def test_times_of_tomorrow_noon_at_the_earliest(self, patient):
        assert [name for _value, name in buttons(patient.to_times())][3].startswith("noon New York time, Tuesday")

    def test_two_days_are_open_and_a_closed_day_says_why(self, patient):
        Closure.objects.create(
            first_day=datetime.date(2026, 11, 26), last_day=datetime.date(2026, 11, 26), reason="Thanksgiving"
        )
        page = main_of(patient.to_times())
        assert re.findall(r'<details class="day" data-part="[0-9-]+"( open)?><summary><b>([^<]+)', page) == [
            (" open", "Tuesday, November 24"),
            (" open", "Wednesday, November 25"),
            ("", "Friday, November 27"),
            ("", "Monday, November 30"),
        ]
        assert 'Thursday, November 26</b> <span class="soft">Closed for Thanksgiving' in page
        assert "Saturday" not in page

    def test_a_day_that_is_full_says_so(self, patient, kind):
        for person in kind.practitioners.all():
            BusySlot.objects.create(schedule=person.schedule, start=WEDNESDAY_9, end=WEDNESDAY_9 + 8 * HOUR, **BUSY)
        assert "Wednesday, November 25 No open times" in text_of(patient.to_times())

    def test_what_somebody_holds_is_not_there_and_ones_own_is_marked(self, patient):
        patient.to_times()
        patient.choose()
        assert [name for value, name in buttons(patient.get("time")) if value == key()] == [
            "9 am held for you New York time, Wednesday, November 25, with Jordan Example, PT, DPT, Here. "
            "Ask for this time"
        ]
        assert f'href="{patient.url("contact")}">Keep this time and continue' in patient.get("time").content.decode()
        other = Chooser()
        assert key() not in dict(buttons(other.to_times()))

    def test_no_time_at_all(self, patient, kind):
        for person in kind.practitioners.all():
            BusySlot.objects.create(schedule=person.schedule, start=MONDAY_NOON, end=WEDNESDAY_9 + 2000 * HOUR, **BUSY)
        page = patient.to_times()
        assert buttons(page) == []
        assert "No time is open in the next 60 days" in text_of(page)
        assert "None of these suit me" in text_of(page)

    def test_a_kind_that_is_booked_at_once(self, patient, kind):
        kind.booked_at_once = True
        kind.save()
        page = patient.to_times()
        assert "It is booked when you send the last page" in text_of(page)
        assert "not yet an appointment" not in text_of(page)
        assert buttons(page)[0][1].endswith("Book this time")


class TestNarrowing:
    def shown(self, patient, query):
        return [name for _value, name in buttons(patient.get(patient.url("time") + query))]

    def test_one_clinician(self, patient):
        patient.to_times()
        robin = Practitioner.objects.get(name="Robin Sample")
        page = patient.get(f"{patient.url('time')}?practitioner={robin.pk}")
        assert "Showing: First visit (60 minutes), with Robin Sample, at any place." in text_of(page)
        in_days = [name for _value, name in buttons(page)][3:]
        assert in_days
        assert all("Robin Sample" in name for name in in_days)

    def test_whoever_is_free_stands_once_and_is_chosen_by_us(self, patient):
        patient.to_times()
        values = [value for value, _ in buttons(patient.get(patient.url("time") + "?practitioner=any"))][3:]
        assert len(set(values)) == len(values)
        assert key(person=None) in values
        patient.choose(person=None)
        assert "with Jordan Example, Here" in text_of(patient.get("contact"))
        other = Chooser()
        other.to_times()
        other.choose(person=None)
        assert "with Robin Sample, Here" in text_of(other.get("contact"))

    def test_weeks_forward_and_back(self, patient):
        page = patient.to_times().content.decode()
        later = re.search(r'href="(\?week=[0-9-]+)#days">Later days, from Tuesday, December 1', page)[1]
        assert later == "?week=2026-12-01"
        page = patient.get(patient.url("time") + later).content.decode()
        assert "?week=2026-12-08#days" in page
        assert 'href="?week=2026-11-24#days">Earlier days, from Tuesday, November 24' in page

    @pytest.mark.parametrize(
        "query",
        [
            "?week=2026-02-30", "?week=9999-99-99", "?week=0001-01-01", "?week=9999-12-31", "?week=1&week=2",
            "?place=99999999999999999999", "?place=-1", "?place=1;2", "?practitioner=%00", "?practitioner=nobody",
            "?practitioner=%D9%A1", "?place=%ff%fe", "?reason=sciatica", "?week=" + "9" * 5000,
        ],
    )  # fmt: skip
    def test_nonsense_in_the_address_shows_the_page_all_the_same(self, patient, query):
        patient.to_times()
        page = patient.get(patient.url("time") + query)
        assert page.status_code == 200
        assert buttons(page)
        assert "sciatica" not in page.content.decode()

    def test_choosing_keeps_the_narrowing_when_the_time_is_gone(self, patient):
        patient.to_times()
        robin = Practitioner.objects.get(name="Robin Sample")
        page = patient.post(f"{patient.url('time')}?practitioner={robin.pk}", {"time": key(WEDNESDAY_9 + 7 * MINUTE)})
        assert page.status_code == 409
        assert f'action="{patient.url("time")}?practitioner={robin.pk}"' in page.content.decode()


class TestKinds:
    @pytest.fixture
    def doctor(self, kind):
        return make_type(
            name="Spine doctor", for_new_patients=True, practitioners=list(kind.practitioners.all())[:1], order=2
        )

    def test_several_fit_and_the_first_is_shown(self, patient, doctor):
        page = patient.to_times()
        assert "Kind of visit" in text_of(page)
        assert f'value="{doctor.pk}" id="kind_{doctor.pk}">' in page.content.decode()
        assert here(patient.post("time", {"visit_kind": str(doctor.pk)})) == "time"
        assert f'value="{doctor.pk}" id="kind_{doctor.pk}" checked' in patient.get("time").content.decode()
        for junk in ("0", "x", ""):
            assert patient.post("time", {"visit_kind": junk}).status_code == 200
        patient.choose(kind=doctor)
        patient.finish()
        assert "Spine doctor, 50 minutes" in text_of(patient.get("review"))

    def test_only_one_fits(self, patient):
        assert "Kind of visit" not in text_of(patient.to_times())

    def test_another_reason_makes_the_time_unfit_and_says_so(self, patient, kind):
        make_type(name="Follow-up", for_returning_patients=True, practitioners=kind.practitioners.all())
        patient.to_times()
        patient.choose()
        patient.finish()
        patient.post("reason", reason(returning="yes"))
        assert here(patient.get("review")) == "time"
        page = patient.get("time")
        assert "the time that you chose is for another kind of visit" in text_of(page)
        assert "Wednesday, November 25, 9 am" in text_of(page)
        assert "Keep this time" not in text_of(page)


def test_this_page_alone_may_look_again_by_itself(patient):
    page = patient.to_times()
    assert "js/open_times.js" in page.content.decode()
    assert "connect-src 'self'" in page.headers["Content-Security-Policy"]
    assert "connect-src" not in patient.get("when").headers["Content-Security-Policy"]


@pytest.mark.parametrize("page", ["time", "when"])
def test_a_draft_that_is_gone(patient, page):
    patient.to_times()
    RequestDraft.objects.all().delete()
    for answer in (patient.get(page), patient.post(page, when(time=key()))):
        assert answer.status_code == 410
        assert "This request is no longer open" in text_of(answer)


def test_only_get_and_post(patient):
    patient.to_times()
    assert patient.client.put(patient.url("time")).status_code == 405
    assert patient.client.get(patient.url("time")).headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("clinicians", [1, 3])
def test_the_page_asks_the_database_a_fixed_number_of_times(patient, kind, clinicians, django_assert_num_queries):
    people = [new_clinician() for _ in range(clinicians - 1)]
    kind.practitioners.add(*people)
    patient.to_times()
    patient.choose()
    with django_assert_num_queries(27):
        assert patient.get("time").status_code == 200


def test_a_safety_answer_is_asked_again_when_it_changes_and_the_time_stays(patient):
    patient.to_times()
    patient.choose()
    patient.post("second_check", {"signs": none_of_these()})
    assert "We are holding" in text_of(patient.get("contact"))
