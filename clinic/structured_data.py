"""The clinic, its places and its people for machines: schema.org as dicts, saying nothing that the page does not show.

One clinic, one `@id`: every page names it, three pages tell more of it. Types and properties: schema.org 30.
"""

import datetime
from dataclasses import dataclass

from django.urls import reverse

from clinic.wall_clock import DAY

CONTEXT = "https://schema.org"
# Physiotherapy is schema.org's word for the trade; MedicalClinic alone would not say which.
CLINIC_TYPES = ["MedicalClinic", "Physiotherapy"]
SPECIALTIES = [f"{CONTEXT}/Physiotherapy", f"{CONTEXT}/Musculoskeletal"]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MIDNIGHT = datetime.time(0)
PERSON_FIELDS = ("name", "credentials", "job_title", "licence_type", "licence_number", "degree")
# A closure of part of each day is spelled out day by day, as far as this.
MOST_DAYS = 31


@dataclass(frozen=True)
class Frame:
    """Where a page stands. `base_url` is scheme and host without a slash, `url` the page's own canonical address."""

    base_url: str
    url: str
    language: str
    clinic_name: str

    @property
    def clinic_id(self):
        return f"{self.base_url}/#clinic"

    @property
    def website_id(self):
        return f"{self.base_url}/#website"


def breadcrumbs(frame, crumbs):
    """BreadcrumbList of (name, path) pairs, the page itself last."""
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "@id": f"{frame.url}#breadcrumb",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": str(name), "item": frame.base_url + path}
            for position, (name, path) in enumerate(crumbs, start=1)
        ],
    }


def web_page(frame, name, *, types="WebPage", has_breadcrumb=True, **more):
    """The page itself. `more` are further schema.org properties; those that are None are left out."""
    data = {
        "@context": CONTEXT,
        "@type": types,
        "@id": frame.url,
        "url": frame.url,
        "name": str(name),
        "inLanguage": frame.language,
        "isPartOf": website_reference(frame),
        "publisher": clinic_reference(frame),
    }
    if has_breadcrumb:
        data["breadcrumb"] = {"@id": f"{frame.url}#breadcrumb"}
    return data | {name: value for name, value in more.items() if value is not None}


def website_reference(frame):
    return {"@type": "WebSite", "@id": frame.website_id, "name": frame.clinic_name, "url": f"{frame.base_url}/"}


def website(frame, *, search_path=""):
    """The site as a whole, for the home page. `search_path`: of a page that takes `?q=`, where there is one."""
    data = {
        "@context": CONTEXT,
        **website_reference(frame),
        "inLanguage": frame.language,
        "publisher": clinic_reference(frame),
    }
    if search_path:
        data["potentialAction"] = {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": f"{frame.base_url}{search_path}?q={{search_term_string}}",
            },
            "query-input": "required name=search_term_string",
        }
    return data


def clinic_reference(frame):
    """The clinic in a few words: enough for a reader who sees this page alone."""
    return {
        "@type": CLINIC_TYPES,
        "@id": frame.clinic_id,
        "name": frame.clinic_name,
        "url": f"{frame.base_url}/",
    }


def clinic_entity(frame, site, *, image_url, email="", all_facts=False):
    """The whole clinic. One place is the clinic itself; several are its departments.

    `all_facts`: the page shows every closure to come and links to maps; otherwise only what closes today is told.
    """
    clinic = site.clinic
    data = {"@context": CONTEXT, **clinic_reference(frame), "image": image_url, "medicalSpecialty": SPECIALTIES}
    if clinic.phone:
        data["telephone"] = clinic.phone.as_international
    if email:
        data["email"] = email
    if len(site.locations) == 1:
        return data | _place(site, site.locations[0], all_facts=all_facts)
    if site.locations:
        data["address"] = [postal_address(location) for location in site.locations]
        data["department"] = [_department(frame, site, location, all_facts) for location in site.locations]
    return data


def place_reference(frame, location):
    """A place by its name. Its `@id` is its part of the page of locations."""
    return {
        "@type": CLINIC_TYPES,
        "@id": f"{frame.base_url}{reverse('clinic:locations')}#{location.slug}",
        "name": location.name,
    }


def postal_address(location):
    return {
        "@type": "PostalAddress",
        "streetAddress": location.street,
        "addressLocality": location.locality,
        "addressRegion": location.region,
        "postalCode": location.postal_code,
        "addressCountry": location.country,
    }


def practitioner_entity(frame, practitioner):
    """A clinician as the team's pages show one; the row must come with its portrait."""
    portrait = practitioner.portrait
    return person_entity(
        frame,
        {name: getattr(practitioner, name) for name in PERSON_FIELDS},
        url=frame.base_url + reverse("clinic:practitioner", args=[practitioner.slug]),
        image_url=frame.base_url + portrait.src if portrait else "",
    )


def person_entity(frame, person, *, url="", image_url=""):
    """A dict of PERSON_FIELDS, `job_title` of which may be absent. `url`: of their own page, where that is live."""
    data = {
        "@type": "Person",
        "name": person["name"],
        "honorificSuffix": person["credentials"],
        "jobTitle": person.get("job_title"),
        "hasCredential": [
            {
                "@type": "EducationalOccupationalCredential",
                "credentialCategory": "license",
                "name": person["licence_type"],
                "identifier": person["licence_number"],
            },
            {
                "@type": "EducationalOccupationalCredential",
                "credentialCategory": "degree",
                "name": person["degree"],
            },
        ],
    }
    if url:
        data |= {"@id": f"{url}#person", "url": url, "worksFor": {"@id": frame.clinic_id}}
    if image_url:
        data["image"] = image_url
    return {name: value for name, value in data.items() if value}


def item_list(entries):
    """ItemList of dicts or of (name, absolute address) pairs, in the order of the page."""
    return {
        "@type": "ItemList",
        "numberOfItems": len(entries),
        "itemListElement": [
            {"@type": "ListItem", "position": position, "item": entry}
            if isinstance(entry, dict)
            else {"@type": "ListItem", "position": position, "name": entry[0], "url": entry[1]}
            for position, entry in enumerate(entries, start=1)
        ],
    }


def _department(frame, site, location, all_facts):
    department = place_reference(frame, location) | {"parentOrganization": {"@id": frame.clinic_id}}
    phone = location.phone or site.clinic.phone
    if phone and all_facts:
        department["telephone"] = phone.as_international
    return department | _place(site, location, all_facts=all_facts)


def _place(site, location, *, all_facts):
    place = {"address": postal_address(location)}
    hours = [*_usual_hours(site, location), *_closures(site, location, all_facts=all_facts)]
    if hours:
        place["openingHoursSpecification"] = hours
    if all_facts and location.map_url:
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": float(location.latitude),
            "longitude": float(location.longitude),
        }
        place["hasMap"] = location.map_url
    return place


def _usual_hours(site, location):
    """One OpeningHoursSpecification for all days with the same stretch."""
    days_of = {}
    for stretch in sorted(site.opening.weekly[location.pk], key=lambda stretch: (stretch.weekday, stretch.opens)):
        days_of.setdefault((stretch.opens, stretch.closes), []).append(f"{CONTEXT}/{WEEKDAYS[stretch.weekday]}")
    return [_stretch(opens, closes, dayOfWeek=days) for (opens, closes), days in days_of.items()]


def _closures(site, location, *, all_facts):
    """Closures that the page tells of. A day that is closed “opens” and “closes” at midnight, as Google asks."""
    last = datetime.date.max if all_facts else site.today
    for closure in sorted(site.opening.closures_at(location.pk), key=lambda closure: closure.first_day):
        first_day, last_day = max(closure.first_day, site.today), min(closure.last_day, last)
        if first_day > last_day:
            continue
        if closure.from_time in (None, MIDNIGHT) and closure.until_time in (None, MIDNIGHT):
            yield _closed(closure, first_day, last_day)
            continue
        for number in range(min((last_day - first_day).days + 1, MOST_DAYS)):
            day = first_day + number * DAY
            walls = site.opening.walls(day, day, location.pk)
            yield from (
                _stretch(wall.start.time(), wall.end.time(), validFrom=f"{day}", validThrough=f"{day}")
                for wall in walls
            )
            if not walls:
                yield _closed(closure, day, day)


def _closed(closure, first_day, last_day):
    return {
        "@type": "OpeningHoursSpecification",
        "name": closure.reason,
        "opens": "00:00",
        "closes": "00:00",
        "validFrom": f"{first_day}",
        "validThrough": f"{last_day}",
    }


def _stretch(opens, closes, **more):
    # Midnight at the end of a day would read as its beginning.
    ends = "23:59" if closes == MIDNIGHT else f"{closes:%H:%M}"
    return {"@type": "OpeningHoursSpecification", **more, "opens": f"{opens:%H:%M}", "closes": ends}
