"""What pages tell machines is schema.org's language, and says nothing that the page does not."""

import copy
import datetime

import pytest

from clinic.models import Closure, Image
from content.models import Glossary, RatedTreatment, Section
from content.states import TreatmentCategory
from tests.content.factories import (
    add_section,
    check_page,
    make_article,
    make_clinician,
    make_condition,
    make_info,
    make_treatment,
    publish_flags,
    publish_page,
)
from tests.content.reading import structured
from tests.content.schema_org import PENDING_IN_USE, PROPERTIES, TYPES, described, problems
from tests.factories import MONDAY_NOON, make_clinic, make_location, make_practitioner

pytestmark = pytest.mark.django_db
SITE = "https://clinic.example"


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return make_clinic(email="desk@clinic.example")


@pytest.fixture
def read(visit):
    """The JSON-LD blocks of the page at a path, all of them valid."""

    def read(path):
        blocks = structured(visit(path))
        known = {pair for block in blocks for pair in ((key, tuple(types)) for key, types in described(block))}
        assert [problem for block in blocks for problem in problems(block, known)] == []
        return blocks

    return read


class TestTheCheckItself:
    GOOD = {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "@id": f"{SITE}/",
        "lastReviewed": "2026-11-09",
        "reviewedBy": {"@type": "Person", "name": "Casey"},
        "about": {"@type": "MedicalCondition", "name": "Sciatica", "signOrSymptom": [{"@type": "MedicalSymptom"}]},
        "publisher": {
            "@type": ["MedicalClinic", "Physiotherapy"],
            "medicalSpecialty": "https://schema.org/Physiotherapy",
        },
    }

    def test_good_markup_passes(self):
        assert problems(self.GOOD) == []

    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            ({"@context": "http://schema.org"}, "@context is not"),
            ({"@type": "MedicalPage"}, "no term of schema.org"),
            ({"symptoms": "pain"}, "symptoms is no term"),
            ({"signOrSymptom": {"@type": "MedicalSymptom"}}, "not a property of MedicalWebPage"),
            ({"aspect": "symptoms"}, "superseded by mainContentOfPage"),
            ({"isAcceptingNewPatients": True}, "is pending"),
            ({"reviewedBy": {"@type": "MedicalCondition"}}, "takes Organization, Person, not MedicalCondition"),
            ({"reviewedBy": "Casey"}, "'Casey' is no"),
            ({"reviewedBy": {"@id": f"{SITE}/#nobody"}}, "neither a type nor something described"),
            ({"reviewedBy": []}, "empty"),
            ({"lastReviewed": "November 9, 2026"}, "is no Date"),
            ({"url": "/conditions/"}, "is no URL"),
            ({"name": ""}, "'' is no"),
            ({"@id": "#page"}, "no absolute address"),
            ({"isFamilyFriendly": "yes"}, "is no Boolean"),
            (
                {"publisher": {"@type": "MedicalClinic", "medicalSpecialty": "https://schema.org/Spine"}},
                "is no MedicalS",
            ),
            (
                {"about": {"@type": "MedicalCondition", "possibleTreatment": {"@type": "SurgicalProcedure"}}},
                "takes Drug",
            ),
        ],
    )
    def test_a_mistake_is_found(self, change, complaint):
        found = problems(copy.deepcopy(self.GOOD) | change)
        assert complaint in found[0]
        assert len(found) == 1 or "@type" in change, found

    def test_what_is_pending_is_still_pending(self):
        """A term that schema.org has taken in needs no excuse any more."""
        assert {name for name in PENDING_IN_USE if (TYPES | PROPERTIES)[name].get("pending")} == set(PENDING_IN_USE)


class TestClinic:
    def clinic_of(self, read, path):
        return next(block for block in read(path) if block["@type"] == ["MedicalClinic", "Physiotherapy"])

    def test_one_place_is_the_clinic_itself(self, read):
        make_location(latitude="40.5", longitude="-74.25")
        found = self.clinic_of(read, "/locations/")
        assert found["@id"] == f"{SITE}/#clinic"
        assert (found["name"], found["telephone"]) == ("New Jersey Spine Institute", "+1 201-555-0142")
        assert found["address"] == {
            "@type": "PostalAddress",
            "streetAddress": "100 Sample Street",
            "addressLocality": "Exampleton",
            "addressRegion": "New Jersey",
            "postalCode": "00000",
            "addressCountry": "US",
        }
        assert found["geo"] == {"@type": "GeoCoordinates", "latitude": 40.5, "longitude": -74.25}
        assert found["openingHoursSpecification"] == [
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": [
                    f"https://schema.org/{day}" for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
                ],
                "opens": "07:30",
                "closes": "18:00",
            }
        ]
        assert "department" not in found

    def test_several_places_are_departments(self, read):
        make_location(slug="north", phone="+12015550143")
        make_location(slug="south", hours=False)
        north, south = self.clinic_of(read, "/locations/")["department"]
        assert north["@id"] == f"{SITE}/locations/#north"
        assert north["parentOrganization"] == {"@id": f"{SITE}/#clinic"}
        assert (north["telephone"], south["telephone"]) == ("+1 201-555-0143", "+1 201-555-0142")
        assert "openingHoursSpecification" not in south

    @pytest.mark.parametrize("path", ["/", "/contact/"])
    def test_a_page_without_map_and_closures_tells_neither(self, read, path):
        make_location(latitude="40.5", longitude="-74.25")
        Closure.objects.create(first_day="2026-11-26", last_day="2026-11-26", reason="Thanksgiving")
        found = self.clinic_of(read, path)
        assert {"geo", "hasMap"}.isdisjoint(found)
        assert len(found["openingHoursSpecification"]) == 1

    def test_a_closed_day_opens_and_closes_at_midnight(self, read):
        make_location()
        Closure.objects.create(first_day="2026-11-20", last_day="2026-11-27", reason="a move")
        closed = {
            "@type": "OpeningHoursSpecification",
            "name": "a move",
            "opens": "00:00",
            "closes": "00:00",
            "validFrom": "2026-11-23",
        }
        assert self.clinic_of(read, "/locations/")["openingHoursSpecification"][1:] == [
            closed | {"validThrough": "2026-11-27"}
        ]
        assert self.clinic_of(read, "/")["openingHoursSpecification"][1:] == [closed | {"validThrough": "2026-11-23"}]

    def test_of_a_day_that_is_closed_in_part_the_rest_is_told(self, read):
        make_location()
        Closure.objects.create(
            first_day="2026-11-27", last_day="2026-11-28", from_time=datetime.time(12), reason="training"
        )
        friday, saturday = self.clinic_of(read, "/locations/")["openingHoursSpecification"][1:]
        assert (friday["opens"], friday["closes"], friday["validFrom"]) == ("07:30", "12:00", "2026-11-27")
        assert (saturday["opens"], saturday["closes"]) == ("00:00", "00:00")

    def test_open_until_midnight_is_not_closed_all_day(self, read):
        place = make_location(hours=False)
        place.opening_hours.create(weekday=5, opens=datetime.time(0), closes=datetime.time(0))
        assert self.clinic_of(read, "/")["openingHoursSpecification"][0] == {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": ["https://schema.org/Saturday"],
            "opens": "00:00",
            "closes": "23:59",
        }

    def test_services_are_the_treatments_that_we_offer(self, read):
        make_treatment(published=True, slug="heat", title="Heat")
        make_treatment(published=True, title="Ultrasound", is_offered=False)
        make_treatment(published=True, title="Pills", category=TreatmentCategory.MEDICINE)
        make_treatment(published=True, title="Discectomy", category=TreatmentCategory.SURGERY)
        assert [(s["@type"], s["name"]) for s in self.clinic_of(read, "/treatments/")["availableService"]] == [
            ("PhysicalTherapy", "Heat"),
            ("SurgicalProcedure", "Discectomy"),
        ]

    @pytest.mark.parametrize("path", ["/", "/contact/", "/locations/", "/team/", "/insurance/", "/conditions/"])
    def test_a_clinic_that_has_entered_nothing_is_still_valid(self, read, path):
        make_clinic(tagline="", email="")
        read(path)

    def test_before_there_is_a_clinic(self, client, clinic):
        clinic.delete()
        assert client.get("/").status_code == 200


class TestPeople:
    def test_a_page_of_one_person(self, read):
        portrait = Image.objects.create(digest="a" * 64, alt="A person", width=640, height=800, widths=[640])
        person = make_practitioner(name="Jordan", portrait=portrait, locations=[make_location(slug="north")])
        crumbs, page = read(f"/team/{person.slug}/")
        url = f"{SITE}/team/{person.slug}/"
        assert [item["name"] for item in crumbs["itemListElement"]] == ["Home", "Our team", "Jordan"]
        found = page["mainEntity"]
        assert (found["@id"], found["name"], found["jobTitle"]) == (f"{url}#person", "Jordan", "Physical therapist")
        assert found["worksFor"]["@id"] == f"{SITE}/#clinic"
        assert [place["@id"] for place in found["workLocation"]] == [f"{SITE}/locations/#north"]
        assert found["image"].startswith(f"{SITE}/images/")
        assert [(c["credentialCategory"], c["name"]) for c in found["hasCredential"]] == [
            ("license", "Physical therapist, New Jersey"),
            ("degree", "Doctor of Physical Therapy"),
        ]

    def test_the_team_is_a_list_of_people(self, read):
        make_practitioner(name="Jordan", order=1)
        make_practitioner(name="Robin", order=2)
        _crumbs, page = read("/team/")
        assert [item["item"]["name"] for item in page["mainEntity"]["itemListElement"]] == ["Jordan", "Robin"]


class TestConditions:
    @pytest.fixture
    def about(self, read):
        publish_flags()
        page = make_condition(slug="sciatica", title="Sciatica", also_called="pinched nerve, ")
        Section.objects.filter(page=page, key="symptoms").update(
            body="<p>You feel:</p><ul><li><p>numb [1]</p></li><li>weak: call [clinic phone]</li><li>tingling</li></ul>"
            "<ul><li>no second list</li></ul>",
            drawing="sciatic_nerve",
            caption="It starts in the back.",
        )
        Section.objects.filter(page=page, key="expect").update(
            number=55, number_text="were better [1]", number_note="609 people [1]"
        )
        heat = make_treatment(published=True, slug="heat")
        for name, rating, treatment in (("Heat", "unclear", heat), ("Bed rest", "not_recommended", None)):
            RatedTreatment.objects.create(
                condition=page, name=name, rating=rating, treatment=treatment, text="<p>x</p>"
            )
        publish_page(page)
        return read("/conditions/sciatica/")[1]["about"]

    def test_signs_are_the_entries_of_the_first_list(self, about):
        assert [sign["name"] for sign in about["signOrSymptom"]] == ["numb", "tingling"]

    def test_what_we_advise_against_is_no_treatment(self, about):
        assert about["possibleTreatment"] == [
            {"@type": "MedicalTherapy", "name": "Exercise"},
            {"@type": "MedicalTherapy", "name": "Heat", "url": f"{SITE}/treatments/heat/"},
        ]

    def test_names_number_and_anatomy(self, about):
        assert about["alternateName"] == ["pinched nerve"]
        assert about["expectedPrognosis"] == "55 in 100 were better"
        assert about["associatedAnatomy"] == [{"@type": "Nerve", "name": "Sciatic nerve"}]


@pytest.mark.parametrize(
    ("category", "kind", "has_contraindications"),
    [
        ("therapy", "PhysicalTherapy", True),
        ("medicine", "MedicalTherapy", True),
        ("procedure", "MedicalProcedure", False),
        ("surgery", "SurgicalProcedure", False),
    ],
)
def test_a_treatment_has_the_type_of_its_category(read, category, kind, has_contraindications):
    publish_flags()
    page = make_treatment(slug="heat", title="Heat", category=category)
    Section.objects.filter(page=page, key="session").update(body="<p>You lie <em>down</em>. [1]</p><p>Then more.</p>")
    Section.objects.filter(page=page, key="contraindications").update(body="<ul><li>numb skin</li></ul>")
    publish_page(page)
    about = read("/treatments/heat/")[1]["about"]
    assert (about["@type"], about["howPerformed"]) == (kind, "You lie down.")
    assert about.get("contraindication") == (["numb skin"] if has_contraindications else None)


def test_an_article_has_its_author_image_and_dates(read):
    author = make_practitioner(name="Robin Sample")
    make_article(published=True, slug="moves", title="Moves", author=author)
    article = read("/articles/moves/")[1]["mainEntity"]
    assert (article["@type"], article["headline"], article["datePublished"]) == ("Article", "Moves", "2026-11-23")
    assert article["author"]["url"] == f"{SITE}/team/{author.slug}/"
    assert article["image"].startswith(f"{SITE}/social/article/moves/")


def test_an_author_who_has_left_has_no_page_and_no_employer(read):
    author = make_practitioner(name="Robin Sample")
    make_info(published=True, slug="visit", author=author)
    author.delete()
    assert {"url", "worksFor", "@id"}.isdisjoint(read("/visit/")[1]["author"])


def test_a_review_is_told_with_who_did_it(read):
    make_clinic(is_sample=False)
    publish_flags()
    checked = make_condition(slug="sciatica")
    checked_at = datetime.datetime(2026, 11, 9, 17, 0, tzinfo=datetime.UTC)
    check_page(checked, by=make_clinician(name="Casey Specimen"), now=checked_at)
    publish_page(checked)
    page = read("/conditions/sciatica/")[1]
    assert (page["lastReviewed"], page["reviewedBy"]["name"]) == ("2026-11-09", "Casey Specimen")


def test_the_emergency_page_tells_no_phone(read, client):
    (page,) = read("/get-help-now/")
    assert (page["@type"], page["publisher"]["@id"]) == ("MedicalWebPage", f"{SITE}/#clinic")
    assert "telephone" not in str(page)


def test_lists_name_their_pages_in_their_order(read):
    make_condition(published=True, slug="a", title="Stiff neck", region="neck", also_region="upper_back")
    make_condition(published=True, slug="b", title="Sciatica", region="leg")
    _crumbs, page = read("/conditions/")
    assert [(item["position"], item["name"], item["url"]) for item in page["mainEntity"]["itemListElement"]] == [
        (1, "Stiff neck", f"{SITE}/conditions/a/"),
        (2, "Sciatica", f"{SITE}/conditions/b/"),
    ]


def test_a_series_named_like_a_sort_of_treatment_is_no_service(read):
    make_article(published=True, series="surgery")
    assert [data["@type"] for data in read("/articles/")] == ["BreadcrumbList", "CollectionPage"]


HOSTILE = "</script><script>alert(1)</script>&\u2028\"'{{ 7*7 }}"


def test_whatever_was_typed_is_text(read, client):
    make_location(name=HOSTILE[:80], street=HOSTILE)
    make_clinic(name=HOSTILE)
    make_condition(published=True, slug="sciatica", title=HOSTILE, medical_name=HOSTILE, also_called=HOSTILE)
    for path in ("/", "/conditions/", "/conditions/sciatica/"):
        read(path)
        html = client.get(path).text
        assert "<script>alert" not in html
        assert "{{ 7*7 }}" in html.partition("</head>")[0]


def test_the_glossary_is_a_set_of_terms_each_with_its_address(read):
    page = Glossary.objects.create(
        slug="glossary",
        title="Words",
        summary="What they mean.",
        search_description="Plain meanings of the words in letters, reports and bills.",
        no_emergency_card=True,
    )
    add_section(page, "terms")
    page.terms.create(name="stenosis", also="narrowing, tight canal", meaning="A canal that is too narrow.")
    page.terms.create(name="acute", meaning="New.")
    publish_page(page)
    terms = read("/glossary/")[1]["mainEntity"]
    assert (terms["@type"], terms["name"]) == ("DefinedTermSet", "Words")
    url = f"{SITE}/glossary/#word-stenosis"
    assert [term["name"] for term in terms["hasDefinedTerm"]] == ["acute", "stenosis"]
    assert terms["hasDefinedTerm"][1] == {
        "@type": "DefinedTerm",
        "@id": url,
        "name": "stenosis",
        "alternateName": ["narrowing", "tight canal"],
        "description": "A canal that is too narrow.",
    }


def test_the_home_page_tells_of_the_site_and_its_search(read):
    site = read("/")[0]
    assert (site["@type"], site["@id"], site["url"]) == ("WebSite", f"{SITE}/#website", f"{SITE}/")
    assert site["potentialAction"] == {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{SITE}/search/?q={{search_term_string}}"},
        "query-input": "required name=search_term_string",
    }
