"""What a chosen time means: kept until staff answer, or booked at once; what pages, mails and the desk say of it."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.urls import reverse

from booking.actions import answering, asking
from booking.errors import IllegalMove, TimeTaken
from booking.messages import requests, visits
from booking.models import Appointment, AppointmentRequest, BusySlot
from booking.queue import load_desk
from booking.states import AppointmentState, RequestState
from clinic.models import Clinic, Closure, OutgoingMessage
from clinic.site import load_site
from tests.booking.chooser import HOUR, MINUTE, WEDNESDAY_9, Chooser, buttons, make_open_site, new_clinician
from tests.booking.patient import contact, reason, text_of, when
from tests.booking.staff_at_work import actions, assert_ledger_equals_visits, everything
from tests.factories import MONDAY_NOON, make_practitioner, make_room

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + 25 * MINUTE


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return time_machine


@pytest.fixture
def kind():
    return make_open_site()


@pytest.fixture
def at_once(kind):
    kind.booked_at_once = True
    kind.save()
    return kind


@pytest.fixture
def patient(kind):
    return with_time()


@pytest.fixture
def ana(django_user_model):
    ana = django_user_model.objects.create_user("ana", is_staff=True)
    codes = ["view_appointmentrequest", "change_appointmentrequest", "add_appointmentrequest"]
    ana.user_permissions.set(Permission.objects.filter(codename__in=codes))
    return ana


def with_time(start=WEDNESDAY_9, **choice):
    """A patient at the last page, with a time."""
    patient = Chooser()
    patient.to_times()
    patient.choose(start, **choice)
    patient.finish()
    return patient


def sent(patient):
    assert patient.send().headers["Location"] == patient.url("done")
    return AppointmentRequest.objects.order_by("pk").last()


def here(response):
    return response.headers["Location"].rstrip("/").rpartition("/")[2].replace("-", "_")


class TestAskedFor:
    def test_the_check_page_says_what_will_be_kept(self, patient):
        page = text_of(patient.get("review"))
        assert "Wednesday, November 25, 9 am, New York time" in page
        assert "First visit, 60 minutes" in page
        assert "We keep this time for you until we answer. It is not booked until we confirm." in page
        assert "Ask for this time" in page
        assert "Send my request" not in page

    def test_a_proposal_takes_the_time(self, patient):
        request = sent(patient)
        visit = request.appointments.get()
        assert (visit.state, visit.start, visit.end) == ("proposed", WEDNESDAY_9, WEDNESDAY_9 + HOUR)
        assert (request.state, request.practitioner.name) == ("received", "Jordan Example")
        assert BusySlot.objects.get().kind == "proposal"
        assert actions(request_id=request.pk) == ["received", "asked_for_time"]
        assert sorted(OutgoingMessage.objects.values_list("kind", flat=True)) == ["new_request", "received"]
        assert_ledger_equals_visits()

    def test_the_confirmation_is_honest(self, patient):
        sent(patient)
        page = text_of(patient.get("done"))
        assert "We are keeping Wednesday, November 25, 9 am, New York time for you until 4 pm today, Monday" in page
        assert "It is not booked until we confirm." in page
        assert "with Jordan" not in page or "booked for you" not in page

    def test_late_is_not_free(self, patient, clock):
        """Nothing frees the time when the promise is broken: the page says so, and the ledger keeps it."""
        request = sent(patient)
        clock.move_to(MONDAY_NOON + HOUR, tick=False)
        patient.get("done")
        clock.move_to(request.reply_by + MINUTE, tick=False)
        AppointmentRequest.objects.filter(pk=request.pk).update(reply_by=MONDAY_NOON + HOUR)
        clock.move_to(MONDAY_NOON + 2 * HOUR, tick=False)
        assert "We are still keeping Wednesday, November 25, 9 am" in text_of(patient.get("done"))
        assert BusySlot.objects.get().kind == "proposal"

    def test_the_mail_names_the_time_and_what_it_means(self, patient):
        sent(patient)
        mail = requests.render_received(OutgoingMessage.objects.get(kind="received"), MONDAY_NOON)
        kept = "9 am on Wednesday, November 25 (New York time)"
        assert f"We are keeping {kept} for you until we answer. It is not booked until we confirm." in mail.text
        assert kept in mail.html
        late = requests.render_received(OutgoingMessage.objects.get(kind="received"), MONDAY_NOON + 9 * HOUR)
        assert f"We are still keeping {kept} for you. It is not booked until we confirm." in late.text

    def test_a_room_is_kept_with_it(self, kind):
        from_rooms = make_room(location=kind.practitioners.first().locations.get(name="Here"))
        kind.needs_room, kind.buffer_after_minutes = True, 10
        kind.save()
        assert sent(with_time()).appointments.get().room == from_rooms
        assert list(BusySlot.objects.values_list("kind", "end")) == [("proposal", WEDNESDAY_9 + 70 * MINUTE)] * 2

    def test_whoever_was_picked_stays_it(self, kind):
        request = sent(with_time(person=None))
        assert request.appointments.get().practitioner.name == "Jordan Example"
        assert request.practitioner is None

    def test_pressed_twice_it_is_one(self, patient):
        first = sent(patient)
        assert patient.send().status_code == 302
        assert (AppointmentRequest.objects.get(), Appointment.objects.count()) == (first, 1)


class TestBookedAtOnce:
    def test_it_is_booked_and_the_request_is_answered(self, at_once):
        patient = with_time()
        assert "Book this time" in text_of(patient.get("review"))
        request = sent(patient)
        assert (request.state, request.told_how, request.appointments.get().state) == ("answered", "site", "booked")
        assert BusySlot.objects.get().kind == "booking"
        assert list(OutgoingMessage.objects.values_list("kind", flat=True)) == ["confirmed"]
        assert actions(request_id=request.pk) == ["received", "booked_on_site"]
        mail = visits.render_confirmed(OutgoingMessage.objects.get(), MONDAY_NOON)
        assert "Your visit is booked." in mail.text

    def test_the_page_says_booked_and_never_request(self, at_once):
        patient = with_time()
        sent(patient)
        page = text_of(patient.get("done"))
        assert "Your visit is booked" in page
        assert "Wednesday, November 25, 9 am, New York time, with Jordan Example, Here." in page
        assert "not yet" not in page
        assert "not booked" not in page

    def test_without_mail_nobody_has_to_be_told(self, at_once):
        patient = with_time()
        patient.post("contact", contact(email="", contact_by="phone"))
        sent(patient)
        site = load_site(now=MONDAY_NOON)
        waits = load_desk(now=MONDAY_NOON, opening=site.opening, zone=site.clinic.zone)
        assert (waits.untold, waits.waiting) == ([], [])
        assert not OutgoingMessage.objects.exists()


class TestTheHoldIsLost:
    def test_sending_still_works_while_the_time_is_free(self, patient, clock):
        clock.move_to(LATER, tick=False)
        assert sent(patient).appointments.get().start == WEDNESDAY_9

    def test_it_works_without_ever_having_been_held(self, kind):
        with_time(WEDNESDAY_9)
        capped = with_time(WEDNESDAY_9 + 2 * HOUR)
        assert BusySlot.objects.count() == 1
        assert sent(capped).appointments.get().start == WEDNESDAY_9 + 2 * HOUR

    def gone(self, patient):
        before = everything(), patient.draft.data
        page = patient.send()
        assert page.status_code == 409
        assert (everything(), patient.draft.data) == before
        assert "We kept everything you typed." in text_of(page)
        assert "None of these suit me" in text_of(page)
        return page

    def test_somebody_else_has_it(self, patient, clock):
        clock.move_to(LATER, tick=False)
        sent(with_time())
        page = self.gone(patient)
        assert "Wednesday, November 25, 9 am, New York time: Somebody else has this time." in text_of(page)
        value, name = buttons(page)[0]
        assert "Wednesday, November 25" in name
        assert here(patient.post("time", {"time": value})) == "review"
        assert "Terry" not in text_of(patient.get("review"))
        assert sent(patient).appointments.get().state == "proposed"
        assert_ledger_equals_visits()

    def test_none_of_these_after_all(self, patient, clock):
        clock.move_to(LATER, tick=False)
        sent(with_time())
        self.gone(patient)
        assert here(patient.post("when", when())) == "review"
        assert not sent(patient).appointments.exists()

    def test_with_anyone_somebody_else_may_do_it(self, kind, clock):
        patient = with_time(person=None)
        clock.move_to(LATER, tick=False)
        sent(with_time())
        assert sent(patient).appointments.get().practitioner.name == "Robin Sample"

    @pytest.mark.parametrize("change", ["closed", "type", "person"])
    def test_the_clinic_changed_its_mind_meanwhile(self, patient, kind, change):
        if change == "closed":
            Closure.objects.create(first_day=WEDNESDAY_9.date(), last_day=WEDNESDAY_9.date(), reason="repairs")
        elif change == "person":
            kind.practitioners.remove(kind.practitioners.get(name="Jordan Example"))
        else:
            kind.is_active = False
            kind.save()
            assert here(patient.send()) == "time"
            assert here(patient.get("time")) == "when"
            return
        self.gone(patient)

    def test_notice_counts_from_the_choice_while_the_hour_lasts(self, kind, clock):
        """Noon on Tuesday is a day away when it is chosen at noon on Monday."""
        patient = with_time(MONDAY_NOON + 24 * HOUR)
        clock.move_to(MONDAY_NOON + 15 * MINUTE, tick=False)
        assert sent(patient).appointments.get().start == MONDAY_NOON + 24 * HOUR

    def test_and_no_longer(self, kind, clock):
        patient = with_time(MONDAY_NOON + 24 * HOUR)
        for minutes in (50, 61):
            clock.move_to(MONDAY_NOON + minutes * MINUTE, tick=False)
            patient.get("review")
        self.gone(patient)

    def test_a_time_that_would_come_before_our_answer(self, patient, clock):
        """The promise grew while the request lay open; what would start before the answer is not asked for."""
        Clinic.objects.update(reply_within_hours=30)
        self.gone(patient)


def test_one_network_cannot_take_the_whole_book(kind, monkeypatch):
    """Whoever comes later is led to the windows; nobody's request is refused."""
    monkeypatch.setattr(asking, "MOST_KEPT_FROM_ONE_NETWORK", 2)
    for hours in (0, 24):
        sent(with_time(WEDNESDAY_9 + hours * HOUR))
    patient = with_time(WEDNESDAY_9 + 4 * HOUR)
    page = patient.send()
    assert page.status_code == 409
    assert "Many times are kept for people on your network." in text_of(page)
    assert "We kept everything you typed." in text_of(page)
    assert here(patient.post("when", when())) == "review"
    assert not sent(patient).appointments.exists()
    assert Appointment.objects.count() == 2


def test_another_time_chosen_in_another_tab_is_shown_before_it_is_sent(patient):
    page = patient.get("review").content.decode()
    shown = page.split('name="time" value="')[1].split('"')[0]
    patient.choose(WEDNESDAY_9 + HOUR)
    response = patient.post("review", {"time": shown})
    assert "You have chosen another time since this page was opened" in text_of(response)
    assert "Wednesday, November 25, 10 am" in text_of(response)
    assert not AppointmentRequest.objects.exists()


def test_a_call_instead_frees_the_time(patient):
    patient.post("reason", reason())
    patient.client.get(reverse("booking:call_me"))
    assert BusySlot.objects.exists()
    patient.post("when", when())
    assert not BusySlot.objects.exists()


class TestStaffAnswer:
    @pytest.fixture
    def request_(self, patient):
        return sent(patient)

    def press(self, action, request, ana, **arguments):
        return action(request_id=request.pk, version=request.version, by=ana, now=MONDAY_NOON, **arguments)

    def confirm(self, request, ana, **changes):
        visit = Appointment.objects.filter(request=request).first()
        wanted = {
            "type": visit.type,
            "practitioner": visit.practitioner,
            "location": visit.location,
            "start": visit.start,
        }
        return self.press(answering.confirm, request, ana, **wanted | changes)

    def test_confirming_the_time_books_it_in_its_place(self, request_, ana):
        kept = request_.appointments.get()
        visit = self.confirm(request_, ana)
        assert (visit.pk, visit.state, visit.version) == (kept.pk, "booked", 2)
        assert BusySlot.objects.get().kind == "booking"
        assert OutgoingMessage.objects.filter(kind="confirmed", record_id=visit.pk).exists()
        assert self.confirm(request_, ana) == visit
        assert_ledger_equals_visits()

    def test_another_time_frees_the_kept_one_even_when_they_overlap(self, request_, ana):
        visit = self.confirm(request_, ana, start=WEDNESDAY_9 + 30 * MINUTE)
        assert dict(request_.appointments.values_list("pk", "state"))[visit.pk] == "booked"
        assert request_.appointments.filter(state="cancelled").count() == 1
        assert "let_go" in actions(request_id=request_.pk)
        assert_ledger_equals_visits()

    def test_a_taken_time_leaves_everything_as_it_was(self, request_, ana):
        other = sent(with_time(WEDNESDAY_9 + 2 * HOUR))
        before = everything()
        with pytest.raises(TimeTaken):
            self.confirm(request_, ana, start=WEDNESDAY_9 + 2 * HOUR)
        assert everything() == before
        assert other.appointments.get().state == "proposed"

    @pytest.mark.parametrize("how", ["decline", "withdraw"])
    def test_every_other_answer_frees_it(self, request_, ana, how):
        arguments = {"reason": "no_time_soon"} if how == "decline" else {}
        self.press(getattr(answering, how), request_, ana, **arguments)
        assert not BusySlot.objects.exists()
        assert request_.appointments.get().state == AppointmentState.CANCELLED
        assert "let_go" in actions(request_id=request_.pk)
        with pytest.raises(IllegalMove):
            self.confirm(request_, ana)

    def test_a_declined_request_waits_for_the_declining_mail(self, request_, ana):
        self.press(answering.decline, request_, ana, reason="no_time_soon")
        now = MONDAY_NOON + HOUR
        site = load_site(now=now)
        (untold,) = load_desk(now=now, opening=site.opening, zone=site.clinic.zone).untold
        assert untold.visit is None
        assert untold.why == "The e-mail has not left yet"

    def test_the_desk_shows_the_time_and_fills_it_in(self, request_, ana, client):
        client.force_login(ana)
        page = client.get(reverse("admin:desk_request", args=[request_.pk]))
        words = text_of(page)
        assert "Wed, Nov 25, 9 am, kept for them" in words
        initial = page.context["forms"]["confirm"].initial
        visit = request_.appointments.get()
        assert (initial["type"], initial["practitioner"]) == (visit.type_id, visit.practitioner_id)
        body = page.content.decode()
        assert 'value="2026-11-25"' in body
        assert 'value="09:00"' in body
        assert "9 am to 10 am" not in words
        assert "Wed, Nov 25, 9 am, kept for them" in text_of(client.get(reverse("admin:desk")))

    def test_confirming_at_the_desk(self, request_, ana, client):
        client.force_login(ana)
        visit = request_.appointments.get()
        typed = {
            "version": request_.version,
            "day": "2026-11-25",
            "time": "9 am",
            "type": visit.type_id,
            "practitioner": visit.practitioner_id,
            "location": visit.location_id,
        }
        assert client.post(reverse("admin:desk_confirm", args=[request_.pk]), typed).status_code == 302
        visit.refresh_from_db()
        request_.refresh_from_db()
        assert (visit.state, request_.state) == ("booked", RequestState.ANSWERED)

    def test_others_see_that_the_time_is_gone(self, request_):
        make_practitioner()
        page = Chooser().to_times()
        assert not [name for _v, name in buttons(page) if name.startswith("9 am") and "25, with Jordan" in name]


@pytest.mark.parametrize("people", [1, 3])
def test_sending_with_a_time_asks_the_database_a_fixed_number_of_times(kind, people, django_assert_num_queries):
    for _ in range(people - 1):
        kind.practitioners.add(new_clinician())
    patient = with_time(person=None)
    shown = patient.get("review").content.decode().split('name="time" value="')[1].split('"')[0]
    # On PostgreSQL one more waits for others of this network.
    with django_assert_num_queries(52 if connection.vendor == "postgresql" else 51):
        assert patient.post("review", {"time": shown}).status_code == 302
