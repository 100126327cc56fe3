"""Pages for machines: schema.org as dicts, saying nothing that the page does not show.

Values come from named columns of the published version, never from reading running text for meaning. Whatever a column
cannot say for certain is left out.
"""

import re

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.structured_data import CONTEXT, breadcrumbs, clinic_reference, item_list, person_entity, web_page
from content.anatomy import Drawing, PageKind
from content.rendering import SPACED_CITATION
from content.states import TreatmentCategory
from content.wording import EMERGENCY_TOKEN, PHONE_TOKEN, plain

MEDICAL_KINDS = frozenset({PageKind.CONDITION, PageKind.TREATMENT, PageKind.ARTICLE, PageKind.GLOSSARY})
PATIENTS = {"@type": "Patient"}
# A page on medicines is about many of them, so it is no DrugClass.
TREATMENT_TYPES = {
    TreatmentCategory.THERAPY: "PhysicalTherapy",
    TreatmentCategory.MEDICINE: "MedicalTherapy",
    TreatmentCategory.PROCEDURE: "MedicalProcedure",
    TreatmentCategory.SURGERY: "SurgicalProcedure",
}
SERVICES = frozenset({TreatmentCategory.THERAPY, TreatmentCategory.PROCEDURE, TreatmentCategory.SURGERY})
# schema.org: of these, only therapies have contraindications.
THERAPIES = frozenset({"PhysicalTherapy", "MedicalTherapy"})
# What a drawing names first and foremost, in the words of its own legend.
ANATOMY = {
    Drawing.SCIATIC_NERVE: ("Nerve", gettext_lazy("Sciatic nerve")),
    Drawing.NECK_NERVE: ("AnatomicalStructure", gettext_lazy("Nerve root")),
    Drawing.DISC_HERNIATION: ("AnatomicalStructure", gettext_lazy("Disc")),
}
LIST = re.compile(r"<(ul|ol)\b[^>]*>(.*?)</\1>", re.DOTALL)
# An entry that holds no list of its own.
ENTRY = re.compile(r"<li>((?:[^<]|<(?!/?(?:li|ul|ol)\b))*)</li>")
PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
YEAR = re.compile(r"[12]\d{3}", re.ASCII)


def page_data(frame, view, data, *, crumbs, published_on, updated_on, profiles, image_url):
    """The JSON-LD dicts of a published page: its breadcrumbs, and the page with what it is about.

    `view` is the content.rendering.PageView of the version `data`; dates are in the clinic's zone; `profiles` are the
    slugs of people who have a page of their own. A review is told only where the page itself tells it.
    """
    dates = {"datePublished": published_on.isoformat(), "dateModified": updated_on.isoformat()}
    author = _person(frame, view.review.author, profiles)
    properties = {**dates, "author": None if view.kind == PageKind.ARTICLE else author}
    if view.kind in MEDICAL_KINDS:
        properties["audience"] = PATIENTS
    if view.review.reviewer:
        properties["lastReviewed"] = view.review.last_reviewed.isoformat()
        properties["reviewedBy"] = _person(frame, view.review.reviewer, profiles)
    if view.sources:
        properties["citation"] = [_source(source) for source in view.sources]
    pictures = _pictures(frame, view)
    if pictures:
        properties["image"] = pictures
    if view.kind == PageKind.CONDITION:
        properties["about"] = condition_entity(frame, view, data)
    elif view.kind == PageKind.TREATMENT:
        properties["about"] = treatment_entity(frame, view, data)
    elif view.kind == PageKind.ARTICLE:
        properties["mainEntity"] = _article(frame, view, author=author, image_url=image_url, **dates)
    elif view.kind == PageKind.GLOSSARY:
        properties["mainEntity"] = term_set(frame, view, data)
    types = "MedicalWebPage" if view.kind in MEDICAL_KINDS else "WebPage"
    return breadcrumbs(frame, crumbs), web_page(frame, view.title, types=types, **properties)


def index_data(frame, kind, name, groups, *, crumbs):
    """The JSON-LD dicts of the list of a kind of page: (heading, entries) groups as content/listing.py gives them.

    Treatments that the list shows as the clinic's own are services of the clinic; medicines are none.
    """
    entries = [entry for _heading, entries in groups for entry in entries]
    # A page may stand under two headings; it is one page.
    links = list(dict.fromkeys((entry.title, frame.base_url + entry.url) for entry in entries))
    page = web_page(frame, name, types="CollectionPage", mainEntity=item_list(links) if links else None)
    services = [
        {"@type": TREATMENT_TYPES[category], "name": entry.title, "url": frame.base_url + entry.url}
        for category, entries in (groups if kind == PageKind.TREATMENT else ())
        if category in SERVICES
        for entry in entries
        if entry.is_offered
    ]
    if not services:
        return breadcrumbs(frame, crumbs), page
    clinic = {"@context": CONTEXT, **clinic_reference(frame), "availableService": services}
    return breadcrumbs(frame, crumbs), page, clinic


def condition_entity(frame, view, data):
    """MedicalCondition with its names, signs, anatomy and treatments; what we advise against is no treatment."""
    treatments = [
        {"@type": "MedicalTherapy", "name": rated["name"]} | _url(frame, rated["url"])
        for rated in view.rated_treatments
        if rated["rating"] is None or not rated["rating"].is_against
    ]
    anatomy = [
        {"@type": kind, "name": str(name)}
        for kind, name in (ANATOMY.get(section.drawing, (None, None)) for section in view.sections)
        if kind
    ]
    return _filled(
        {
            "@type": "MedicalCondition",
            "@id": f"{frame.url}#condition",
            "name": view.title,
            "alternateName": _names(view.medical_name, *view.own.get("also_called", "").split(",")),
            "signOrSymptom": [
                {"@type": "MedicalSymptom", "name": entry} for entry in _entries(_section(data, "symptoms"))
            ],
            "associatedAnatomy": anatomy,
            "expectedPrognosis": _prognosis(view, _section(data, "expect")),
            "possibleTreatment": treatments,
        }
    )


def treatment_entity(frame, view, data):
    """The treatment as the type that its category stands for; a version without one is a therapy."""
    kind = TREATMENT_TYPES.get(view.own.get("category"), TREATMENT_TYPES[TreatmentCategory.THERAPY])
    return _filled(
        {
            "@type": kind,
            "@id": f"{frame.url}#treatment",
            "name": view.title,
            "alternateName": _names(view.medical_name),
            "howPerformed": _first_paragraph(_section(data, "session")),
            "contraindication": _entries(_section(data, "contraindications")) if kind in THERAPIES else [],
        }
    )


def term_set(frame, view, data):
    """DefinedTermSet of the glossary's words, each with the address at which its meaning stands."""
    meanings = {row["name"].strip(): row["meaning"] for row in data["terms"]}
    words = [word for _letter, _id, words in view.letters for word in words]
    return {
        "@type": "DefinedTermSet",
        "@id": f"{frame.url}#words",
        "name": view.title,
        "hasDefinedTerm": [
            _filled(
                {
                    "@type": "DefinedTerm",
                    "@id": f"{frame.url}#{word['id']}",
                    "name": word["name"],
                    "alternateName": _names(*word["also"].split(",")),
                    "description": _words(meanings.get(word["name"], "")),
                }
            )
            for word in words
        ],
    }


def _article(frame, view, *, author, image_url, **dates):
    return _filled(
        {
            "@type": "Article",
            "@id": f"{frame.url}#article",
            "headline": view.title,
            "image": image_url,
            "author": author,
            "publisher": clinic_reference(frame),
            "mainEntityOfPage": {"@id": frame.url},
            **dates,
        }
    )


def _pictures(frame, view):
    """ImageObject of every picture that says something; decoration says nothing."""
    shown = [section.picture for section in view.sections if section.picture and section.picture.alt]
    return [
        _filled(
            {
                "@type": "ImageObject",
                "contentUrl": frame.base_url + picture.offer.src,
                "width": picture.offer.width,
                "height": picture.offer.height,
                "description": picture.alt,
                "creditText": picture.credit,
            }
        )
        for picture in shown
    ]


def _person(frame, person, profiles):
    if person is None:
        return None
    path = reverse("clinic:practitioner", args=[person["slug"]]) if person["slug"] in profiles else ""
    return person_entity(frame, person, url=frame.base_url + path if path else "")


def _source(source):
    work = {"@type": "CreativeWork", "name": source["citation"], "url": source["url"]}
    if YEAR.fullmatch(source["year"]):
        work["datePublished"] = source["year"]
    return _filled(work)


def _url(frame, path):
    return {"url": frame.base_url + path} if path else {}


def _filled(data):
    return {name: value for name, value in data.items() if value not in (None, "", [])}


def _names(*names):
    return [name.strip() for name in names if name.strip()]


def _section(data, key):
    return next((section for section in data["sections"] if section["key"] == key), None)


def _entries(section):
    """The entries of a section's first list as plain text."""
    found = LIST.search(section["body"]) if section else None
    return [words for words in map(_words_of_html, ENTRY.findall(found[2])) if words] if found else []


def _first_paragraph(section):
    found = PARAGRAPH.match(section["body"].lstrip()) if section else None
    return _words_of_html(found[1]) if found else ""


def _words_of_html(html):
    return _words(plain(html))


def _words(text):
    """The words without citations; nothing where a token stands, which every clinic fills in differently."""
    if EMERGENCY_TOKEN in text or PHONE_TOKEN in text:
        return ""
    return " ".join(SPACED_CITATION.sub("", text).split())


def _prognosis(view, section):
    shown = next((part for part in view.sections if part.key == "expect"), None)
    if section is None or shown is None or shown.dots is None or not section["number_text"]:
        return ""
    return _("%(filled)s in 100") % {"filled": shown.dots.filled} + " " + _words(section["number_text"])
