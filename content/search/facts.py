"""Facts that staff edit live, as documents: who works here, where, which insurance is taken. Read at each search.

They are few rows, and a search must not say what the team's page no longer says; so they are in no index.
"""

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import places
from clinic.models import InsurancePlan, Practitioner
from content.search.documents import PERSON, PLACE, SITE, Document, Passage, sentences
from content.search.places import SITE_PAGES


def fact_documents(site):
    """Documents of the site's own pages, of active locations, and of who works here. Two queries beside `site`'s."""
    plans = ", ".join(map(str, InsurancePlan.objects.filter(is_active=True)))
    for page in SITE_PAGES:
        yield Document(
            kind=SITE,
            title=str(page.title),
            tagline=str(page.tagline),
            names=page.names,
            url=reverse(page.route),
            more=plans if page.route == "clinic:insurance" else "",
        )
    yield from (_place(location, site) for location in site.locations)
    yield from map(_person, Practitioner.objects.active())


def _place(location, site):
    hours = tuple(f"{day.name}: {day.hours}" for day in places.day_rows(site.opening, location.pk, today=site.today))
    texts = (
        (_("How to get here"), sentences(location.directions)),
        (_("Parking"), sentences(location.parking)),
        (_("Steps, doors and other access"), sentences(location.access)),
        (_("Opening hours"), hours if site.opening.has_hours(location.pk) else ()),
    )
    return Document(
        kind=PLACE,
        title=location.name,
        tagline=f"{location.street}, {location.locality}, {location.region} {location.postal_code}",
        names="location, address, directions",
        url=f"{reverse('clinic:locations')}#{location.slug}",
        passages=tuple(Passage(lines=tuple(lines), heading=heading) for heading, lines in texts if lines),
    )


def _person(person):
    languages = ", ".join(map(str, person.language_names))
    told = [_("Speaks %(languages)s.") % {"languages": languages}] if languages else []
    return Document(
        kind=PERSON,
        title=person.name_with_credentials,
        tagline=", ".join(filter(None, (person.job_title, person.focus))),
        names=", ".join(filter(None, (person.job_title, person.focus, person.licence_type, person.degree))),
        url=reverse("clinic:practitioner", args=[person.slug]),
        passages=(Passage(lines=(*told, *sentences(" ".join(person.bio.split()))), heading=_("About")),),
    )
