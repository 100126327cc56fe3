"""Turns the sample clinic's data files into rows, and publishes them."""

from booking.models import AppointmentType, Break, Room, Schedule, WorkingHours
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
from clinic.wall_clock import day_of
from content.drafts import MODELS
from content.editing.links import known_addresses
from content.models import Movement, RatedTreatment, RedFlag, Section, Source, Term
from content.publishing import publish, publish_safety_library
from njspine.sample.closing_days import WEEKDAYS, closing_day
from njspine.sample.files import read_clinic, read_pages, read_red_flags

CLOSURE_YEARS = 5  # this year and the next ones
WHY = "First version of the sample clinic."
PORTRAIT_ALT = "Placeholder drawing instead of a photo: a column of rounded blocks, one of them amber."
LINKS = {"author", "flags", "related", "sections", "sources", "rated", "movements", "terms"}


def load_clinic(*, now, portraits):
    """Fill the clinic's facts, schedules and kinds of visit. `portraits`: one StoredImage for each practitioner.

    Call it inside a transaction, in a database without a Clinic row: the second of two racing runs gets an
    IntegrityError at once, before it has written anything else.
    """
    data = read_clinic()
    clinic = Clinic(**data["clinic"])
    clinic.new_patient_wait_checked_on = today = day_of(now, clinic.zone)
    # Unlike _insert(), this leaves the question whether there is a clinic already to the database.
    clinic.clean_fields()
    clinic.save(force_insert=True)
    locations = {place["slug"]: _load_location(order, place) for order, place in enumerate(data["locations"])}
    for rule in data["closures"]:
        for year in range(today.year, today.year + CLOSURE_YEARS):
            day = closing_day(rule, year)
            _insert(Closure(reason=rule["reason"], first_day=day, last_day=day))
    people = {
        person["slug"]: _load_practitioner(order, person, portrait, locations)
        for order, (person, portrait) in enumerate(zip(data["practitioners"], portraits, strict=True))
    }
    for taken in data["insurance"]:
        _load_insurance(taken, people, today)
    for order, room in enumerate(data["rooms"]):
        _insert(Room(order=order, location=locations[room["location"]], name=room["name"]))
    for order, kind in enumerate(data["appointment_types"]):
        row = _insert(AppointmentType(order=order, **_without(kind, "practitioners")))
        row.practitioners.set(people[slug] for slug in kind["practitioners"])


def load_texts(*, now):
    """Fill and publish the warning signs, then every page. Call it after load_clinic, inside the same transaction.

    Raises content.errors.NotPublishable when a text breaks a rule of the publish gate; its notes name the page.
    """
    flags = {
        data["key"]: _insert(RedFlag(order=order, **_flag_fields(data)))
        for order, data in enumerate(read_red_flags(), start=1)
    }
    publish_safety_library(by=None, why=WHY, now=now)
    files = read_pages()
    pages = {file.name: _insert(_page(file)) for file in files}
    for file in files:
        _load_parts(file, pages, flags)
    known = known_addresses(together=[page.pk for page in pages.values()])
    for file in files:
        _publish(file, pages[file.name], known, now)


def _insert(row):
    # SQLite takes texts of any length; the models' own checks are what keeps the files within bounds.
    row.full_clean()
    row.save(force_insert=True)
    return row


def _load_location(order, data):
    location = _insert(Location(order=order, **_without(data, "hours")))
    for stretch in data["hours"]:
        for day in stretch["days"]:
            weekday = WEEKDAYS.index(day)
            _insert(OpeningHours(location=location, weekday=weekday, opens=stretch["opens"], closes=stretch["closes"]))
    return location


def _load_practitioner(order, data, portrait, locations):
    image = Image(
        alt=PORTRAIT_ALT,
        digest=portrait.digest,
        width=portrait.width,
        height=portrait.height,
        widths=list(portrait.widths),
    )
    person = _insert(
        Practitioner(order=order, portrait=_insert(image), **_without(data, "locations", "hours", "breaks"))
    )
    person.locations.set(locations[slug] for slug in data["locations"])
    _load_schedule(person, data, locations)
    return person


def _load_schedule(person, data, locations):
    schedule = _insert(Schedule(practitioner=person))
    for stretch in data["hours"]:
        for weekday in map(WEEKDAYS.index, stretch["days"]):
            hours = {"weekday": weekday, "starts": stretch["starts"], "ends": stretch["ends"]}
            _insert(WorkingHours(schedule=schedule, location=locations[stretch["at"]], **hours))
    for stretch in data["breaks"]:
        for weekday in map(WEEKDAYS.index, stretch["days"]):
            _insert(Break(schedule=schedule, weekday=weekday, starts=stretch["starts"], ends=stretch["ends"]))


def _load_insurance(data, people, today):
    plan = _insert(InsurancePlan(payer=data["payer"], name=data["name"]))
    for slug in data["practitioners"]:
        for location in people[slug].locations.all():
            _insert(InsuranceParticipation(plan=plan, practitioner=people[slug], location=location, checked_on=today))


def _flag_fields(data):
    return {"is_verified": True} | _without(data, "covered_by")


def _page(file):
    author = Practitioner.objects.get(slug=file.data["author"])
    return MODELS[file.kind](kind=file.kind, slug=file.slug, author=author, **_without(file.data, *LINKS))


def _load_parts(file, pages, flags):
    page = pages[file.name]
    page.red_flags.set(flags[key] for key in file.data.get("flags", ()))
    page.related.set(pages[name].page_ptr for name in file.data.get("related", ()))
    for order, section in enumerate(file.data["sections"]):
        _insert(Section(page=page.page_ptr, order=order, **section))
    for number, source in enumerate(file.data.get("sources", ()), start=1):
        _insert(Source(page=page.page_ptr, number=number, **source))
    for order, rated in enumerate(file.data.get("rated", ())):
        slug = rated.get("treatment")
        treatment = pages[f"treatments/{slug}"] if slug else None
        _insert(RatedTreatment(condition=page, order=order, treatment=treatment, **_without(rated, "treatment")))
    for order, movement in enumerate(file.data.get("movements", ())):
        _insert(Movement(article=page, order=order, **movement))
    for term in file.data.get("terms", ()):
        _insert(Term(glossary=page, **term))


def _publish(file, page, known, now):
    try:
        publish(page=page.page_ptr, by=None, why=WHY, now=now, known=known)
    except Exception as error:
        error.add_note(file.name)
        raise


def _without(data, *names):
    return {key: value for key, value in data.items() if key not in names}
