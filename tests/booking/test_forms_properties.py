"""Whatever is sent to a form: never an exception; what it accepts comes back the same from draft and database."""

import datetime
import json

import pytest
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.actions.intake import RequestAnswers, receive_request
from booking.forms.contact import CallForm, ContactForm, PrepareForm
from booking.forms.reason import ReasonForm
from booking.forms.safety import DoctorForm, SignsForm, WhoForm
from booking.forms.when import WhenForm
from booking.models import AppointmentRequest
from booking.states import Channel, RequestKind
from clinic.hours import Opening, WeeklyStretch
from clinic.models import Clinic, Location, Practitioner
from clinic.site import Site
from content.models import Condition
from content.safety import Flag, Library
from tests.factories import MONDAY_NOON, make_clinic, make_location

CLINIC = Clinic(name="x", phone="+12015550142")
PLACES = [Location(pk=1, name="Here", street="1 Street"), Location(pk=2, name="There", street="2 Street")]
PEOPLE = [Practitioner(pk=1, name="Robin"), Practitioner(pk=2, name="Jordan")]
for person in PEOPLE:
    person._prefetched_objects_cache = {"locations": PLACES[:1]}
OFFICE = tuple(WeeklyStretch(day, datetime.time(8), datetime.time(18)) for day in range(5))
OPENING = Opening(zone=CLINIC.zone, weekly={place.pk: OFFICE for place in PLACES})
SITE = Site(CLINIC, PLACES, OPENING, MONDAY_NOON, MONDAY_NOON.date())
LIBRARY = Library(3, (Flag("bladder", "emergency", "below_waist", "a sign", True),))
FORMS = {
    "who": (WhoForm, {}),
    "signs": (SignsForm, {"library": LIBRARY, "group": "emergency"}),
    "doctor": (DoctorForm, {}),
    "reason": (ReasonForm, {"conditions": [Condition(pk=7, live_title="Sciatica")], "who": "me"}),
    "when": (WhenForm, {"site": SITE, "practitioners": PEOPLE, "now": MONDAY_NOON}),
    "contact": (ContactForm, {"who": "me"}),
    "contact-other": (ContactForm, {"who": "other"}),
    "prepare": (PrepareForm, {}),
    "call": (CallForm, {}),
}
# What a person would send, so that the way to a valid form is found often, and what nobody would.
LIKELY = st.sampled_from([
    "me", "other", "yes", "no", "on", "any", "1", "2", "7", "none-3", "none-2", "unsure", "bladder", "either", "phone",
    "email", "patient", "asker", "201-555-0123", "pat@example.com", "es", "Pat Testcase", "2026-11-24-morning",
    "2026-11-25-evening", "", "Jo\u0301se", "山田", "a\nb", "🧑\u200d⚕\ufe0f", "\u202eabc", "x" * 121,
])  # fmt: skip
ODD_LETTERS = st.one_of(st.characters(), st.characters(categories=["Cs", "Cc", "Cf", "Zs", "Mn"]))
ODD_TEXTS = st.sampled_from([
    "\0", "\ud800", "\u200b", "\u3164", "\u00a0", "x" * 100_000, "9" * 400, "-1", "1e9", "NaN", "null", "[]", "{}",
    "<script>", "' OR 1=1--", "%s{0}{{7*7}}", "\u202e" * 50, "Z\u0301" * 60, "2026-02-30-morning", "+" * 99, "\uff11",
])  # fmt: skip
HOSTILE = st.one_of(st.text(alphabet=ODD_LETTERS, max_size=40), ODD_TEXTS)


def sent(form_class, options):
    names = [*form_class(**options).fields, "state", "is_staff", "patient_name", "csrfmiddlewaretoken"]
    values = st.lists(st.one_of(LIKELY, HOSTILE), max_size=4)
    return st.dictionaries(st.sampled_from(names), values).map(MultiValueDict)


def check(form_class, options, data):
    form = form_class(data, **options)
    valid = form.is_valid()
    str(form.errors), form.typed()
    for field in form:
        str(field)
    if not valid or form_class is SignsForm:
        return
    json.dumps(form.cleaned_data, ensure_ascii=False).encode("utf-8")
    assert "\\u0000" not in json.dumps(form.cleaned_data)
    assert set(form.cleaned_data) <= set(form.fields)
    if form_class is WhoForm or form_class is DoctorForm:
        return
    kept = json.loads(json.dumps(form.cleaned_data))
    again = form_class.from_kept(kept, **options)
    assert again.is_valid(), again.errors
    assert again.cleaned_data == form.cleaned_data
    assert again.answers() == form.answers()


@pytest.mark.parametrize("name", FORMS)
def test_a_form_survives_everything_and_keeps_what_it_takes(name):
    form_class, options = FORMS[name]

    @settings(max_examples=150, deadline=None)
    @given(sent(form_class, options))
    def run(data):
        check(form_class, options, data)

    run()


@pytest.mark.proof
@pytest.mark.engine_free
@pytest.mark.parametrize("name", FORMS)
def test_a_form_survives_ten_thousand_of_them(name):
    form_class, options = FORMS[name]

    @settings(max_examples=10_000, deadline=None)
    @given(sent(form_class, options))
    def run(data):
        check(form_class, options, data)

    run()


def test_the_examples_do_reach_valid_forms():
    """Negative control: a search that never got a valid form would prove nothing about what is kept."""
    assert {name for name in FORMS if is_reached(*FORMS[name])} == set(FORMS)


def is_reached(form_class, options):
    valid = []

    @settings(max_examples=20, deadline=None, database=None)
    @given(likely(form_class, options))
    def run(data):
        valid.append(form_class(data, **options).is_valid())
        check(form_class, options, data)

    run()
    return any(valid)


RIGHT = {
    "who": {"who": ["me", "other"]},
    "signs": {"signs": ["none-3", "bladder"]},
    "doctor": {"checked": ["yes", "no"]},
    "reason": {"reason": ["7", "unsure"], "returning": ["yes"], "recent_surgery": ["no"]},
    "when": {
        "first_available": ["on"],
        "windows": ["2026-11-24-morning"],
        "location": ["any", "1"],
        "practitioner": ["any"],
    },
}


def likely(form_class, options):
    """Mostly right answers, so that many forms are valid."""
    by_name = next((RIGHT[name] for name in RIGHT if FORMS[name][0] is form_class), {})
    contact = {
        "patient_name": ["Pat", "山田"], "asked_by_name": ["Dana"], "reach_whom": ["asker"], "phone": ["201-555-0123"],
        "email": ["pat@example.com"], "contact_by": ["either"], "voicemail_ok": ["yes", "no"], "language": ["", "es"],
    }  # fmt: skip
    right = contact | by_name
    names = [name for name in form_class(**options).fields if name in right]
    return st.fixed_dictionaries({name: st.sampled_from(right[name]).map(lambda value: [value]) for name in names}).map(
        MultiValueDict
    )


@pytest.mark.parametrize("way", ["twice", "extra"])
def test_names_sent_twice_or_never_asked_for_change_nothing(way):
    query = (
        "patient_name=First&patient_name=Last" if way == "twice" else "patient_name=Last&state=answered&call_first=1"
    )
    data = QueryDict(f"{query}&phone=2015550123&voicemail_ok=yes&contact_by=phone")
    form = ContactForm(data, who="me")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["patient_name"] == "Last"
    assert not {"state", "call_first"} & set(form.cleaned_data)


@pytest.mark.django_db
def test_what_is_accepted_comes_back_from_the_database():
    make_clinic()
    make_location()
    options = FORMS["contact-other"][1]
    # max_size below each field's limit; the names are what is worth trying.
    text = st.text(
        alphabet=st.one_of(st.characters(), st.characters(categories=["Cc", "Cf", "Mn", "Zs"])), max_size=110
    )

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text, text, text, text)
    def run(name, asker, note, needs):
        contact = {"patient_name": name, "asked_by_name": asker, "reach_whom": "asker", "phone": "201-555-0123 x9"}
        contact |= {"email": "pat@example.com", "contact_by": "either", "voicemail_ok": "no"}
        forms = ContactForm(contact, **options), PrepareForm({"note": note, "access_needs": needs})
        if not all(form.is_valid() for form in forms):
            return
        answers = forms[0].answers() | forms[1].answers()
        made = receive_request(
            answers=RequestAnswers(kind=RequestKind.VISIT, safety_outcome="none", safety_version=1, **answers),
            channel=Channel.WEB,
            now=MONDAY_NOON,
        )
        kept = AppointmentRequest.objects.get(pk=made.pk)
        assert (kept.text_agreed_at is not None) is answers.pop("texts_ok", False)
        for field, value in answers.items():
            assert getattr(kept, field) == value, field
        assert kept.phone_extension == "9"

    run()
