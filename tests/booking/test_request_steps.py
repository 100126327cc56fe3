"""The pages between the safety check and sending, in the order of a patient's way."""

import datetime

import pytest
from django.urls import reverse

from booking.models import AppointmentRequest, RequestDraft
from clinic.models import Closure, Location, Practitioner
from content.models import Condition
from content.publishing import unpublish
from tests.booking.patient import Patient, contact, main_of, make_site, none_of_these, reason, text_of, when
from tests.content.factories import make_condition
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db
START = reverse("booking:start")
IN_ORDER = ["first_check", "second_check", "reason", "when", "contact", "prepare", "review"]


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return time_machine


@pytest.fixture
def patient():
    make_site()
    return Patient()


def here(response):
    return response.headers["Location"].rstrip("/").rpartition("/")[2].replace("-", "_")


def test_the_draft_is_made_by_the_first_valid_answer_only(patient):
    patient.post(START, {"who": "nobody"})
    assert not RequestDraft.objects.exists()
    response = patient.begin()
    cookie = response.cookies["request"]
    assert cookie["path"] == patient.path
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    assert cookie["max-age"] == 7200
    assert patient.draft.secret_hash != cookie.value
    assert len(cookie.value) >= 43


def test_the_cookie_is_secure_where_the_site_is(patient, settings):
    settings.SESSION_COOKIE_SECURE = True
    assert patient.begin().cookies["request"]["secure"] is True


def test_each_page_leads_to_the_next_and_back(patient):
    patient.begin()
    answers = {
        "first_check": {"signs": none_of_these()},
        "second_check": {"signs": none_of_these()},
        "reason": reason(),
        "when": when(),
        "contact": contact(),
        "prepare": {},
    }
    before = patient.path
    for number, page in enumerate(IN_ORDER[:-1]):
        shown = patient.get(page)
        assert f'class="crumb"><a href="{before}"' in shown.content.decode(), page
        response = patient.post(page, answers[page])
        assert here(response) == IN_ORDER[number + 1]
        before = patient.url(page)
    assert f'href="{before}"' in patient.get("review").content.decode()


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (START, "Step 1 of 6: safety check"),
        ("reason", "Step 2 of 6: what brings you"),
        ("when", "Step 3 of 6: when and where"),
        ("contact", "Step 4 of 6: how we reach you"),
        ("prepare", "Step 5 of 6: help us prepare"),
        ("review", "Step 6 of 6: check and send"),
    ],
)
def test_progress_in_words_and_a_way_to_talk_on_every_step(patient, page, words):
    patient.fill()
    response = patient.get(page)
    assert words in text_of(response)
    assert f"<title>{words}. Request an appointment" in response.content.decode()
    assert f'href="{reverse("booking:call_me")}"' in main_of(response)
    assert ">Back</a>" in main_of(response)


@pytest.mark.parametrize("page", IN_ORDER[2:])
@pytest.mark.parametrize("answered", range(1, 6))
def test_skipping_leads_to_the_first_unanswered_page(patient, page, answered):
    patient.begin()
    steps = [
        ("first_check", {"signs": none_of_these()}),
        ("second_check", {"signs": none_of_these()}),
        ("reason", reason()),
        ("when", when()),
        ("contact", contact()),
    ]
    for name, data in steps[: answered - 1]:
        patient.post(name, data)
    first_open = IN_ORDER[answered - 1]
    if IN_ORDER.index(page) > IN_ORDER.index(first_open):
        assert here(patient.get(page)) == first_open
        assert here(patient.post(page, {"patient_name": "x"})) == first_open


def test_change_comes_back_to_the_check_page(patient):
    patient.fill()
    review = patient.get("review").content.decode()
    for page in ("who", "reason", "when", "contact", "prepare"):
        assert f'href="{patient.url(page)}"' in review
    assert f'class="crumb"><a href="{patient.url("review")}"' in patient.get("contact").content.decode()
    assert here(patient.post("contact", contact(patient_name="Other Name"))) == "review"
    assert "Other Name" in text_of(patient.get("review"))


def test_who_changed_to_someone_else_asks_what_is_missing(patient):
    patient.fill()
    assert here(patient.post("who", {"who": "other"})) == "review"
    response = patient.get("review")
    assert here(response) == "contact"
    page = text_of(patient.get("contact"))
    assert "Enter your name" in page
    assert "Choose whom we should call or write to" in page


def test_what_was_answered_stands_there_again(patient):
    patient.fill()
    page = patient.get("contact").content.decode()
    assert 'value="Pat Testcase"' in page
    assert 'value="201-555-0123"' in page
    assert 'value="yes" id="id_voicemail_ok_0" checked' in page
    assert 'value="no" id="id_returning_1" checked' in patient.get("reason").content.decode()


def test_the_condition_of_a_page_is_chosen_already_and_leaves_the_address(patient):
    other = make_condition(published=True, slug="neck-pain", title="Neck pain")
    page = patient.get(f"{START}?condition=neck-pain").content.decode()
    assert 'name="condition" value="neck-pain"' in page
    response = patient.begin(condition="neck-pain")
    assert "neck" not in response.headers["Location"]
    patient.pass_checks()
    assert f'value="{other.pk}" id="id_reason_0" checked' in patient.get("reason").content.decode()


@pytest.mark.parametrize("slug", ["no-such", "", "x" * 5000, "\0", "'; DROP TABLE", "../admin"])
def test_a_condition_nobody_published_is_no_hint_and_no_error(patient, slug):
    make_condition(slug="draft-only")
    assert 'name="condition" value="' not in patient.get(f"{START}?condition=draft-only").content.decode().replace(
        'name="condition" id', ""
    )
    assert patient.client.get(START, {"condition": slug}).status_code == 200
    assert patient.begin(condition=slug).status_code == 302
    patient.pass_checks()
    assert " checked" not in patient.get("reason").content.decode()


def test_only_published_conditions_are_offered(patient):
    make_condition(slug="draft-only", title="Draft only")
    patient.begin()
    patient.pass_checks()
    page = text_of(patient.get("reason"))
    assert "Sciatica" in page
    assert "Something else" in page
    assert "Draft only" not in page


class TestWhen:
    @pytest.fixture
    def there(self, patient):
        patient.begin()
        patient.pass_checks()
        patient.post("reason", reason())
        return patient

    def test_every_box_says_its_day(self, there):
        page = there.get("when").content.decode()
        assert '<span class="vh">Tuesday, November 24: </span>Morning, 7:30 am to noon' in page
        assert "Saturday" not in page

    def test_what_is_over_is_not_offered(self, there):
        """It is Monday noon."""
        page = there.get("when").content.decode()
        assert "2026-11-23-morning" not in page
        assert "2026-11-23-afternoon" in page

    def test_nothing_chosen(self, there):
        response = there.post("when", {"location": "any", "practitioner": "any"})
        page = response.content.decode()
        assert "Tick “The first time you have”, or choose times that suit you" in page
        assert 'href="#id_first_available"' in page

    def test_at_most_three(self, there):
        keys = [f"2026-11-{day}-morning" for day in (24, 25, 26, 27)]
        page = there.post("when", when(first_available="", windows=keys)).content.decode()
        assert "Choose up to 3 times. You chose 4" in page
        assert page.count('name="windows"') > 4
        assert all(f'value="{key}" id=' in page and "checked" in page.split(f'value="{key}"')[1][:40] for key in keys)
        assert here(there.post("when", when(first_available="", windows=keys[:3]))) == "contact"

    @pytest.mark.parametrize(
        "key", ["2026-11-23-morning", "2026-11-22-morning", "2028-01-03-morning", "x", "", "2026-11-24-night"]
    )
    def test_what_was_never_offered(self, there, key):
        response = there.post("when", when(windows=[key]))
        assert response.status_code == 200
        assert "One of these times is over or no longer open" in text_of(response)

    def test_a_time_at_which_the_chosen_place_is_closed(self, there):
        place = Location.objects.get(name="There")
        day = datetime.date(2026, 11, 24)
        Closure.objects.create(location=place, first_day=day, last_day=day, reason="Painting")
        response = there.post("when", when(windows=["2026-11-24-morning"], location=str(place.pk)))
        assert "There is closed on Tuesday, November 24, morning" in text_of(response)

    def test_a_clinician_is_named_with_license_and_degree(self, there):
        person = Practitioner.objects.get(name="Jordan Example")
        told = f"{person.licence_type}, license {person.licence_number}. {person.degree}."
        there.post("when", when(practitioner=str(person.pk)))
        there.post("contact", contact())
        there.post("prepare", {})
        pages = [there.get("when"), there.get("review")]
        there.send()
        for page in (*pages, there.get("done")):
            assert told in page.content.decode()

    def test_a_clinician_who_is_not_at_the_chosen_place(self, there):
        person = Practitioner.objects.get(name="Jordan Example")
        place = Location.objects.get(name="There")
        response = there.post("when", when(location=str(place.pk), practitioner=str(person.pk)))
        assert "Jordan Example does not work at There" in text_of(response)

    def test_one_place_and_one_clinician_are_not_asked_for_but_kept(self, there):
        Practitioner.objects.filter(name="Jordan Example").update(is_active=False)
        Location.objects.filter(name="There").update(is_active=False)
        page = there.get("when").content.decode()
        assert 'name="location"' not in page
        assert 'name="practitioner"' not in page
        there.post("when", {"first_available": "on"})
        there.post("contact", contact())
        there.post("prepare", {})
        there.send()
        sent = AppointmentRequest.objects.get()
        assert (sent.location.name, sent.practitioner.name) == ("Here", "Robin Sample")

    def test_a_clinic_that_is_closed_for_long_still_takes_requests(self, there):
        Closure.objects.create(
            first_day=datetime.date(2026, 11, 1), last_day=datetime.date(2027, 3, 1), reason="Building works"
        )
        assert 'name="windows"' not in there.get("when").content.decode()
        assert here(there.post("when", when())) == "contact"


class TestSomethingGoesWhileItIsTyped:
    def test_the_condition_is_withdrawn(self, patient):
        patient.fill()
        unpublish(page=Condition.objects.get(), by=None, why="Test", now=MONDAY_NOON)
        assert here(patient.send()) == "reason"
        assert not AppointmentRequest.objects.exists()
        assert "We no longer list that reason. Choose another one" in text_of(patient.get("reason"))
        patient.post("reason", reason(reason="unsure"))
        assert here(patient.send()) == "done"

    def test_the_place_is_closed_for_good(self, patient):
        place = Location.objects.get(name="There")
        patient.fill(when=when(location=str(place.pk)))
        Location.objects.filter(pk=place.pk).update(is_active=False)
        Practitioner.objects.filter(name="Jordan Example").update(is_active=False)
        # One place is left: there is nothing to choose, and nothing to complain about.
        assert here(patient.send()) == "done"
        assert AppointmentRequest.objects.get().location.name == "Here"

    def test_the_clinician_leaves(self, patient):
        person = Practitioner.objects.get(name="Jordan Example")
        Practitioner.objects.create(name="Third", slug="third", credentials="PT", licence_number="DEMO-9")
        patient.fill(when=when(practitioner=str(person.pk)))
        Practitioner.objects.filter(pk=person.pk).update(is_active=False)
        assert here(patient.send()) == "when"
        assert "This clinician is no longer here" in text_of(patient.get("when"))

    def test_the_time_is_over(self, patient, clock):
        patient.fill(when=when(windows=["2026-11-23-afternoon"], first_available=""))
        clock.move_to(MONDAY_NOON + datetime.timedelta(hours=1, minutes=59), tick=False)
        patient.get("review")
        clock.move_to(MONDAY_NOON + datetime.timedelta(hours=3, minutes=50), tick=False)
        patient.get("review")
        clock.move_to(MONDAY_NOON + datetime.timedelta(hours=4, minutes=45), tick=False)
        assert here(patient.send()) == "when"
        assert "One of these times is over" in text_of(patient.get("when"))


class TestContact:
    @pytest.fixture
    def there(self, patient):
        patient.begin()
        patient.pass_checks()
        patient.post("reason", reason())
        patient.post("when", when())
        return patient

    @pytest.mark.parametrize(
        ("changes", "message", "field"),
        [
            ({"phone": "", "email": ""}, "Enter a phone number or an e-mail address", "phone"),
            ({"phone": "", "contact_by": "phone"}, "Enter a phone number, or choose another way", "phone"),
            ({"email": "", "contact_by": "email"}, "Enter an e-mail address, or choose another way", "email"),
            ({"voicemail_ok": ""}, "Choose yes or no: may we leave a message?", "voicemail_ok_0"),
            ({"contact_by": ""}, "Choose how we should reach you", "contact_by_0"),
            ({"patient_name": " \u200b\u3164\u00a0"}, "Enter your name", "patient_name"),
            ({"patient_name": "x" * 121}, "Use 120 characters or fewer. You used 121", "patient_name"),
            ({"phone": "555-0100"}, "Enter a phone number with 10 digits, like 201-555-0123", "phone"),
            ({"email": "pat@"}, "Enter an e-mail address in the right form, like name@example.com", "email"),
        ],
    )
    def test_errors_say_what_to_do_and_keep_what_was_typed(self, there, changes, message, field):
        data = contact(**changes)
        page = there.post("contact", data).content.decode()
        assert "<title>Error: " in page
        assert page.count(message) == 2
        assert f'href="#id_{field}"' in page
        assert f'id="id_{field}"' in page
        for name in ("phone", "email"):
            if data[name]:
                assert f'value="{data[name]}"' in page

    def test_e_mail_alone_needs_no_answer_about_voicemail(self, there):
        assert here(there.post("contact", contact(phone="", voicemail_ok="", contact_by="email"))) == "prepare"

    def test_someone_else_s_visit(self, there):
        there.post("who", {"who": "other"})
        there.post("contact", contact(asked_by_name="Dana Daughter", patient_name="Morgan Mother", reach_whom="asker"))
        there.post("prepare", {})
        there.send()
        sent = AppointmentRequest.objects.get()
        assert (sent.patient_name, sent.asked_by_name, sent.reach_whom) == ("Morgan Mother", "Dana Daughter", "asker")


def test_what_is_optional_says_so(patient):
    patient.fill()
    page = main_of(patient.get("prepare"))
    for label in ("Language you prefer", "What would make the visit easier for you?", "Insurance", "Anything else"):
        assert "(optional)" in page.split(label)[1][:40], label
    assert "Nobody reads this right away" in page


@pytest.mark.parametrize(
    ("page", "queries"),
    [
        (START, 5),
        ("first_check", 8),
        ("second_check", 8),
        ("reason", 8),
        ("when", 9),
        ("contact", 7),
        ("prepare", 7),
        ("review", 10),
    ],
)
@pytest.mark.parametrize("conditions", [1, 3])
def test_a_page_asks_the_database_a_fixed_number_of_times(
    patient, page, queries, conditions, django_assert_num_queries
):
    for number in range(conditions - 1):
        make_condition(published=True, slug=f"more-{number}")
    patient.fill()
    with django_assert_num_queries(queries):
        assert patient.get(page).status_code == 200
