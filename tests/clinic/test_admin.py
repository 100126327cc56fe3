import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from clinic.models import (
    Clinic,
    Closure,
    Image,
    InsuranceParticipation,
    InsurancePlan,
    Location,
    OpeningHours,
    Practitioner,
)
from tests.factories import make_clinic, make_location, make_practitioner

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 23)


@pytest.fixture
def desk(client):
    make_clinic()
    client.force_login(get_user_model().objects.create_superuser("dana"))
    return client


def url(model, page, *args):
    return reverse(f"admin:clinic_{model._meta.model_name}_{page}", args=args)


def typed(page):
    """What a browser would send back from this form, unchanged."""
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    values = {field.html_name: field.value() for form in forms for field in form}
    values["opened_on"] = page.context["opened_on"]
    return {name: value for name, value in values.items() if value is not None and value is not False}


def change(client, row, **fields):
    address = url(type(row), "change", row.pk)
    return client.post(address, typed(client.get(address)) | fields)


def sentences(page):
    """Every error on the form, its inlines included."""
    form = page.context["adminform"].form
    found = [*form.errors.values(), *(e for i in page.context["inline_admin_formsets"] for e in i.formset.errors)]
    found += [i.formset.non_form_errors() for i in page.context["inline_admin_formsets"]]
    return str([str(error) for error in found])


def facts_version():
    return Clinic.objects.values_list("facts_version", flat=True).get()


def make_participation():
    return InsuranceParticipation.objects.create(
        plan=InsurancePlan.objects.create(payer="Sample Health", name="Gold"),
        practitioner=make_practitioner(),
        location=make_location(),
        checked_on=TODAY,
    )


def make_closure():
    return Closure.objects.create(location=make_location(), first_day=TODAY, last_day=TODAY, reason="a storm")


def make_image():
    n = Image.objects.count()
    return Image.objects.create(digest=f"{n:064}", alt="A door", width=320, height=320, widths=[320])


def make_plan():
    return InsurancePlan.objects.create(payer="Sample Health", name=f"Plan {InsurancePlan.objects.count()}")


MAKERS = {
    Location: make_location,
    Closure: make_closure,
    Practitioner: make_practitioner,
    InsurancePlan: make_plan,
    Image: make_image,
}
lists = pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
# Pictures go into the trash instead.
deletable = pytest.mark.parametrize("model", [m for m in MAKERS if m is not Image], ids=lambda model: model.__name__)


def test_the_list_of_clinics_is_the_clinics_form(desk):
    assert desk.get(url(Clinic, "changelist")).url == url(Clinic, "change", 1)


def test_every_fact_of_the_clinic_can_be_changed(client, admin_user):
    """`facts_version` counts by itself."""
    client.force_login(admin_user)
    form = client.get(reverse("admin:clinic_clinic_change", args=[make_clinic().pk])).context["adminform"].form
    facts = {field.name for field in Clinic._meta.concrete_fields if field.editable}
    assert set(form.fields) == facts


def test_there_is_no_second_clinic_and_none_can_be_deleted(desk):
    assert desk.get(url(Clinic, "add")).status_code == 403
    assert desk.post(url(Clinic, "delete", 1), {"post": "yes"}).status_code == 403


def test_a_new_installation_begins_with_the_empty_form(client):
    client.force_login(get_user_model().objects.create_superuser("dana"))
    address = client.get(url(Clinic, "changelist")).url
    assert address == url(Clinic, "add")
    fields = typed(client.get(address)) | {"name": "Our clinic", "phone": "201-555-0142", "languages": ["en", "es"]}
    assert client.post(address, fields).status_code == 302
    assert Clinic.objects.values("pk", "name", "languages").get() == {
        "pk": 1,
        "name": "Our clinic",
        "languages": ["en", "es"],
    }


def test_the_clinic_is_edited_live_and_the_change_is_written_down(desk):
    old = facts_version()
    assert change(desk, Clinic.objects.get(), tagline="Spine care", languages=["es", "en"]).status_code == 302
    clinic = Clinic.objects.get()
    assert (clinic.tagline, clinic.languages) == ("Spine care", ["es", "en"])
    assert clinic.facts_version > old
    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.object_id) == ("dana", "1")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "\u200b"}, "This looks empty."),
        ({"name": "a\x00b"}, "Null characters are not allowed."),
        ({"phone": "555"}, "Enter a valid phone number"),
        ({"time_zone": "EST5"}, "is not a time zone"),
        ({"languages": ["xx"]}, "Select a valid choice."),
        ({"new_patient_wait_days": "5"}, "or neither."),
        (
            {"new_patient_wait_days": "5", "new_patient_wait_checked_on": "2999-01-01"},
            "This day is still to come.",
        ),
    ],
)
def test_the_clinic_refuses_with_a_sentence_and_keeps_what_was_typed(desk, fields, sentence):
    page = change(desk, Clinic.objects.get(), **{"tagline": "typed just now"} | fields)
    assert page.status_code == 200
    assert sentence in sentences(page)
    assert 'value="typed just now"' in page.text
    assert Clinic.objects.get().tagline == ""


def hours_lines(*lines):
    fields = {"opening_hours-TOTAL_FORMS": len(lines), "opening_hours-INITIAL_FORMS": 0}
    for n, (weekday, opens, closes) in enumerate(lines):
        fields |= {
            f"opening_hours-{n}-weekday": weekday,
            f"opening_hours-{n}-opens": opens,
            f"opening_hours-{n}-closes": closes,
        }
    return fields


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([(0, "08:00", "13:00"), (0, "12:30", "17:00")], "Monday: 8 am to 1 pm and 12:30 pm to 5 pm overlap."),
        ([(2, "09:00", "17:00"), (2, "09:00", "17:00")], "Wednesday: 9 am to 5 pm and 9 am to 5 pm overlap."),
        ([(5, "20:00", "00:00"), (5, "08:00", "20:30")], "Saturday: 8 am to 8:30 pm and 8 pm to midnight overlap."),
        ([(5, "00:00", "00:00"), (5, "08:00", "20:30")], "Saturday: Open all day and 8 am to 8:30 pm overlap."),
        ([(0, "17:00", "09:00")], "Closing time must be after opening time."),
        ([(0, "9 in the morning", "17:00")], "Enter a valid time."),
        ([(0, "", "17:00")], "This field is required."),
        ([(9, "08:00", "17:00")], "Select a valid choice."),
    ],
)
def test_hours_that_contradict_each_other_are_refused(desk, lines, sentence):
    location = make_location(hours=False)
    page = change(desk, location, parking="typed just now", **hours_lines(*lines))
    assert page.status_code == 200
    assert sentence in sentences(page)
    assert "typed just now" in page.text
    assert not OpeningHours.objects.exists()


def test_a_lunch_break_and_a_night_are_two_lines_a_day(desk):
    location, old = make_location(hours=False), facts_version()
    lines = [(0, "08:00", "12:00"), (0, "12:00", "17:00"), (1, "18:00", "00:00"), (2, "00:00", "02:00")]
    assert change(desk, location, **hours_lines(*lines)).status_code == 302
    assert location.opening_hours.count() == 4
    assert facts_version() > old


def test_a_line_that_is_taken_away_does_not_overlap(desk):
    location = make_location(hours=False)
    row = OpeningHours.objects.create(location=location, weekday=0, opens=datetime.time(8), closes=datetime.time(13))
    fields = hours_lines((0, "08:00", "13:00"), (0, "12:00", "17:00")) | {
        "opening_hours-INITIAL_FORMS": 1,
        "opening_hours-0-id": row.pk,
        "opening_hours-0-DELETE": "on",
    }
    assert change(desk, location, **fields).status_code == 302
    assert [str(hours) for hours in location.opening_hours.all()] == ["Monday 12:00-17:00"]


def test_a_closure_of_the_whole_clinic(desk):
    old = facts_version()
    fields = {"location": "", "reason": "Thanksgiving", "first_day": "2026-11-26", "last_day": "2026-11-26"}
    assert desk.post(url(Closure, "add"), fields).status_code == 302
    assert Closure.objects.get().location is None
    assert facts_version() > old
    assert "Every location" in desk.get(url(Closure, "changelist")).text


def participation_lines(*lines):
    fields = {"participations-TOTAL_FORMS": len(lines), "participations-INITIAL_FORMS": 0}
    for n, (person, place, checked_on) in enumerate(lines):
        fields |= {
            f"participations-{n}-practitioner": person.pk,
            f"participations-{n}-location": place.pk,
            f"participations-{n}-checked_on": checked_on,
        }
    return fields


def test_who_takes_a_plan_is_entered_with_the_plan(desk):
    person, place, old = make_practitioner(), make_location(), facts_version()
    fields = {"payer": "Sample Health", "name": "Gold", "is_active": "on"}
    assert (
        desk.post(url(InsurancePlan, "add"), fields | participation_lines((person, place, "2020-02-03"))).status_code
        == 302
    )
    assert InsuranceParticipation.objects.get().checked_on == datetime.date(2020, 2, 3)
    assert facts_version() > old


@pytest.mark.parametrize(
    ("days", "sentence"),
    [(["2020-02-03", "2020-02-04"], "Please correct the duplicate"), (["2999-01-01"], "This day is still to come.")],
)
def test_lines_that_cannot_be_are_refused(desk, days, sentence):
    person, place = make_practitioner(), make_location()
    fields = {"payer": "Sample Health", "name": "Gold"}
    page = desk.post(url(InsurancePlan, "add"), fields | participation_lines(*[(person, place, day) for day in days]))
    assert page.status_code == 200
    assert sentence in sentences(page)
    assert not InsurancePlan.objects.exists()


def test_a_plan_is_entered_once(desk):
    InsurancePlan.objects.create(payer="Sample Health", name="Gold")
    page = desk.post(url(InsurancePlan, "add"), {"payer": "Sample Health", "name": "Gold"} | participation_lines())
    assert page.status_code == 200
    assert "already" in sentences(page)


def test_a_practitioner_speaks_and_works_where_the_boxes_say(desk):
    places = [make_location(), make_location()]
    person = make_practitioner(locations=places[:1])
    old = facts_version()
    fields = {"languages": ["en", "ase"], "locations": [places[1].pk]}
    assert change(desk, person, **fields).status_code == 302
    person.refresh_from_db()
    assert person.languages == ["en", "ase"]
    assert list(person.locations.all()) == places[1:]
    assert facts_version() > old


@pytest.mark.parametrize("field", ["licence_type", "licence_number", "degree"])
def test_nobody_is_named_without_license_and_degree(desk, field):
    page = change(desk, make_practitioner(), **{field: " "})
    assert page.status_code == 200
    assert "This field is required." in sentences(page)


@deletable
def test_selected_rows_are_deleted_together_and_pages_know(desk, model):
    rows = [MAKERS[model]() for _n in range(2)]
    old = facts_version()
    fields = {"action": "delete_selected", "_selected_action": [row.pk for row in rows], "post": "yes"}
    assert desk.post(url(model, "changelist"), fields).status_code == 302
    assert not model.objects.exists()
    assert facts_version() > old
    assert LogEntry.objects.count() == 2


@deletable
def test_one_row_is_deleted_and_pages_know(desk, model):
    row = MAKERS[model]()
    old = facts_version()
    assert desk.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 302
    assert not model.objects.exists()
    assert facts_version() > old


# Sign-in, the site, the desk's banners and the board's count; then the list's own, and the hours of locations where
# there are any.
FRAME = 10
QUERIES = {Location: 3, Closure: 4, Practitioner: 3, InsurancePlan: 2, Image: 5}


@lists
@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_a_list(desk, django_assert_num_queries, model, rows):
    for _n in range(rows):
        MAKERS[model]()
    with django_assert_num_queries(FRAME + QUERIES[model]):
        desk.get(url(model, "changelist"))


@pytest.mark.parametrize("lines", [1, 3])
def test_queries_of_a_plan_do_not_grow_with_its_lines(desk, django_assert_num_queries, lines):
    plan = make_participation().plan
    for _n in range(lines - 1):
        InsuranceParticipation.objects.create(
            plan=plan, practitioner=make_practitioner(), location=make_location(), checked_on=TODAY
        )
    # Whether an earlier test in the same process has looked up this content type already must not count.
    ContentType.objects.get_for_model(InsurancePlan)
    with django_assert_num_queries(FRAME + 6):
        desk.get(url(InsurancePlan, "change", plan.pk))


def test_a_fact_that_somebody_else_changed_meanwhile_is_not_overwritten(desk):
    place = make_location(parking="Behind the house")
    address = url(Location, "change", place.pk)
    opened = typed(desk.get(address))
    change(desk, place, parking="In the street")
    answer = desk.post(address, opened | {"parking": "None", **hours_lines((5, "08:00", "12:00"))})
    told = answer.content.decode()
    assert "Not saved yet: somebody saved something else meanwhile" in told
    assert "you, in another window" in told
    assert "stays in the history" not in told
    place.refresh_from_db()
    assert place.parking == "In the street"
    assert desk.post(address, typed(answer) | {"parking": "None"}).status_code == 302
    place.refresh_from_db()
    assert place.parking == "None"
