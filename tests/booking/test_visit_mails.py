"""The calendar file that goes with mails about a visit."""

import datetime

import pytest
import vobject

from clinic.mail import compose
from tests.booking.staff_at_work import TOMORROW_9, Desk
from tests.booking.test_messages import CANARIES, HOSTILE, case_for
from tests.factories import MONDAY_NOON, make_clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


def sent_file(mail):
    """The calendar file as it arrives: through MIME and back."""
    message = compose(mail, message_id="<1@clinic.example>").message()
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    return part, part.get_payload(decode=True).decode()


def event(mail):
    return vobject.readOne(sent_file(mail)[1]).vevent


def test_a_confirmation_puts_the_visit_into_the_calendar(desk):
    case = case_for("confirmed", desk, reference="R-4K7MX")
    mail = case.mail("confirmed")
    part, text = sent_file(mail)
    assert part.get_param("method") == "REQUEST"
    assert part.get_filename() == "visit.ics"
    visit = vobject.readOne(text).vevent
    assert visit.dtstart.value == TOMORROW_9
    assert visit.dtend.value == case.visit.end
    assert visit.attendee.value == "mailto:pat@home.example"
    assert "R-4K7MX" in visit.description.value


def test_moved_and_cancelled_it_is_the_same_visit_and_counts_up(desk):
    case = case_for("confirmed", desk)
    first = event(case.mail("confirmed"))
    desk.move(case.visit, start=TOMORROW_9 + datetime.timedelta(hours=2))
    case.visit.refresh_from_db()
    second = event(case.mail("confirmed"))
    desk.cancel(case.visit)
    third = case.mail("visit_cancelled")
    assert sent_file(third)[0].get_param("method") == "CANCEL"
    third = event(third)
    assert first.uid.value == second.uid.value == third.uid.value
    numbers = [int(one.sequence.value) for one in (first, second, third)]
    assert numbers == sorted(set(numbers))
    assert second.dtstart.value == TOMORROW_9 + datetime.timedelta(hours=2)
    assert third.status.value == "CANCELLED"


def test_the_file_says_no_more_than_the_mail(desk):
    text = sent_file(case_for("confirmed", desk, **CANARIES).mail("confirmed"))[1].lower()
    for canary in [*CANARIES.values(), "555-0187", "5550187"]:
        assert canary.lower() not in text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_whatever_names_say_it_is_one_visit(desk, hostile):
    make_clinic(name=hostile)
    type(desk.practitioner).objects.filter(pk=desk.practitioner.pk).update(name=hostile)
    type(desk.location).objects.filter(pk=desk.location.pk).update(name=hostile, street=hostile)
    calendar = vobject.readOne(sent_file(case_for("confirmed", desk).mail("confirmed"))[1])
    assert len(calendar.vevent_list) == 1
    assert calendar.vevent.attendee.value == "mailto:pat@home.example"


def test_mails_about_no_visit_carry_no_file(desk):
    assert case_for("received", desk).mail("received", MONDAY_NOON).attachments == ()
    assert case_for("declined", desk).mail("declined", MONDAY_NOON).attachments == ()
