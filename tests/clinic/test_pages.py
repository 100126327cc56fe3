import datetime
import re

import pytest
import time_machine

from clinic.models import Closure, Image, InsuranceParticipation, InsurancePlan, Practitioner
from tests.factories import MONDAY_NOON, make_clinic, make_location, make_practitioner

pytestmark = pytest.mark.django_db
CHECKED = datetime.date(2026, 11, 2)
PAGES = ["/team/", "/locations/", "/insurance/", "/contact/"]
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}\"'"


@pytest.fixture(autouse=True)
def monday_noon():
    with time_machine.travel(MONDAY_NOON, tick=False):
        yield


def read(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return response.text


def words(html):
    """What a reader sees, without tags and without what is for machines."""
    html = re.sub(r'<script type="application/ld\+json">.*?</script>', " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def make_portrait(digest):
    return Image.objects.create(digest=digest * 64, alt="A person at a desk", width=640, height=800, widths=[320, 640])


def fill(count):
    """`count` of everything: people with portraits who each take one plan at one place."""
    make_clinic(email="hello@clinic.example")
    for n in range(count):
        place = make_location()
        person = make_practitioner(locations=[place], portrait=make_portrait(str(n)), languages=["en", "es"])
        plan = InsurancePlan.objects.create(payer=f"Payer {n}", name="Gold")
        InsuranceParticipation.objects.create(plan=plan, practitioner=person, location=place, checked_on=CHECKED)
        Closure.objects.create(location=place, first_day=CHECKED, last_day=datetime.date(2027, 1, 1), reason="a fire")


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    # Four for the site, then the page's own.
    [("/team/", 4 + 2), ("/locations/", 4), ("/insurance/", 4 + 1), ("/contact/", 4)],
)
def test_queries(client, django_assert_num_queries, path, queries, count):
    fill(count)
    with django_assert_num_queries(queries):
        client.get(path)


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_one_person(client, django_assert_num_queries, count):
    fill(count)
    slug = Practitioner.objects.values_list("slug", flat=True).first()
    with django_assert_num_queries(4 + 2):
        client.get(f"/team/{slug}/")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("count", [0, 1])
def test_every_page_has_title_description_and_the_phones_bar(client, path, count):
    fill(count)
    html = read(client, path)
    title = re.search(r"<title>(.+?)</title>", html)[1]
    assert title.endswith(" | New Jersey Spine Institute")
    assert len(title) <= 60
    assert 50 <= len(re.search(r'<meta name="description" content="([^"]+)">', html)[1]) <= 160
    assert html.count("<h1>") == 1
    main = html.partition("<main")[2].partition("</main>")[0]
    assert main.rstrip().removesuffix("</div>").rstrip().endswith("</a></div>")
    assert main.count('<div class="bar">') == 1


def test_team_tells_what_new_jersey_wants_of_everybody(client):
    fill(3)
    seen = words(read(client, "/team/"))
    for person in Practitioner.objects.all():
        assert f"{person.licence_type}, number {person.licence_number}" in seen
        assert person.name_with_credentials in seen
    assert seen.count("Doctor of Physical Therapy") == 3
    assert seen.count("English, Spanish") == 3


@pytest.mark.parametrize("path", ["/insurance/", "/team/{slug}/"])
def test_so_does_every_other_page_that_names_somebody(client, path):
    fill(1)
    person = Practitioner.objects.get()
    seen = words(read(client, path.format(slug=person.slug)))
    assert f"{person.licence_type}, number {person.licence_number}" in seen
    assert person.degree in seen


def test_a_person(client):
    place = make_location(name="Exampleton", slug="exampleton")
    given_up = make_location(name="Given up", is_active=False)
    make_clinic()
    person = make_practitioner(
        bio="First.\n\nSecond.", focus="necks", locations=[place, given_up], portrait=make_portrait("a")
    )
    html = read(client, f"/team/{person.slug}/")
    assert "<p>First.</p>\n\n<p>Second.</p>" in html
    assert '<a href="/locations/#exampleton">Exampleton</a>' in html
    assert "Given up" not in html
    assert "Works most with necks." in html


def test_a_portrait_is_offered_small_and_modern_first(client):
    make_clinic()
    person = make_practitioner(portrait=make_portrait("a"))
    html = read(client, f"/team/{person.slug}/")
    name = "a" * 32
    assert (
        f'<picture><source type="image/avif" srcset="/images/{name}-320.avif 320w, /images/{name}-640.avif 640w" '
        f'sizes="320px"><img src="/images/{name}-640.jpg" srcset="/images/{name}-320.jpg 320w, '
        f'/images/{name}-640.jpg 640w" sizes="320px" width="640" height="800" alt="A person at a desk" '
        'loading="lazy" decoding="async"></picture>'
    ) in html


def test_decoration_is_passed_over_by_screen_readers(client):
    make_clinic()
    portrait = make_portrait("a")
    portrait.is_decorative = True
    portrait.save()
    person = make_practitioner(portrait=portrait)
    assert ' alt="" ' in read(client, f"/team/{person.slug}/")


def test_a_deleted_portrait_breaks_no_page(client):
    make_clinic()
    person = make_practitioner(portrait=make_portrait("a"))
    Image.objects.all().delete()
    assert "<picture>" not in read(client, f"/team/{person.slug}/")


def test_what_is_not_active_is_nowhere(client):
    fill(1)
    gone = make_practitioner(name="Gone Person", is_active=False)
    place = make_location(name="Gone Place", is_active=False)
    plan = InsurancePlan.objects.create(payer="Gone Plan", name="x", is_active=False)
    present = {
        "plan": InsurancePlan.objects.get(payer="Payer 0"),
        "practitioner": Practitioner.objects.exclude(pk=gone.pk).get(),
        "location": present_place(),
    }
    for missing in ({"plan": plan}, {"practitioner": gone}, {"location": place}):
        InsuranceParticipation.objects.create(**present | missing, checked_on=CHECKED)
    for path in PAGES:
        assert "Gone" not in read(client, path)
    read(client, f"/team/{gone.slug}/", status=404)


def present_place():
    return Practitioner.objects.filter(is_active=True).get().locations.get()


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/team/", "No one is listed here yet. Call us, and we tell you who can see you."),
        ("/locations/", "No location is listed here yet. Call us, and we tell you where we can see you."),
        ("/insurance/", "No plan is listed yet. Call us with your card at hand, and we look it up for you."),
        ("/contact/", "Call for opening hours"),
    ],
)
def test_nothing_entered_yet(client, path, sentence):
    make_clinic()
    assert sentence in words(read(client, path))


@pytest.mark.parametrize("path", PAGES)
def test_before_the_clinic_itself_was_entered(client, path):
    read(client, path)


def test_locations(client):
    make_clinic()
    make_location(
        name="Exampleton", slug="exampleton", parking="Behind the building.", access="Step-free.", directions="Bus 000."
    )
    make_location(name="Lower Sampleford", slug="lower-sampleford", hours=False, phone="+12015550143")
    Closure.objects.create(
        first_day=datetime.date(2026, 11, 26), last_day=datetime.date(2026, 11, 26), reason="Thanksgiving"
    )
    html = read(client, "/locations/")
    seen = words(html)
    for text in (
        "Open until 6 pm",
        "Behind the building.",
        "Step-free.",
        "Bus 000.",
        "Thursday, November 26 , all day: Thanksgiving",
        "(201) 555-0143",
        "Call us for the opening hours.",
    ):
        assert text in seen
    assert '<tr class="now"><th scope="row">Monday (today)</th><td>7:30 am to 6 pm</td></tr>' in html
    assert html.count('class="now"') == 1
    assert '<a class="inl" href="#lower-sampleford">' in html
    assert "<iframe" not in html


def test_today_is_marked_with_what_holds_today(client):
    make_clinic()
    make_location()
    Closure.objects.create(
        first_day=datetime.date(2026, 11, 23),
        last_day=datetime.date(2026, 11, 23),
        from_time=datetime.time(15),
        reason="staff training",
    )
    row = re.search(r'<tr class="now">.+?</tr>', read(client, "/locations/"))[0]
    assert " ".join(words(row).split()) == ("Monday (today) 7:30 am to 3 pm Closed part of today for staff training")


def test_a_location_speaks_for_itself_the_header_for_the_clinic(client):
    make_clinic()
    make_location()
    shut = make_location()
    today = datetime.date(2026, 11, 23)
    Closure.objects.create(location=shut, first_day=today, last_day=today, reason="a burst pipe")
    html = read(client, "/locations/")
    assert "Open until 6 pm" in html.partition("<main")[0]
    assert "Closed for a burst pipe. Opens tomorrow at 7:30 am" in html.partition("<main")[2]


def test_insurance(client):
    fill(1)
    html = read(client, "/insurance/")
    seen = words(html)
    assert "This can change. Ask us before you come." in seen
    assert "Payer 0" in seen
    assert "Nov 2, 2026" in seen
    assert "<caption>Gold</caption>" in html
    assert '<th scope="col">' in html
    assert '<th scope="row">' in html


def test_a_person_who_takes_many_plans_is_licensed_once(client):
    fill(1)
    person, place = Practitioner.objects.get(), present_place()
    for n in range(3):
        plan = InsurancePlan.objects.create(payer="Payer 0", name=f"Silver {n}")
        InsuranceParticipation.objects.create(plan=plan, practitioner=person, location=place, checked_on=CHECKED)
    html = read(client, "/insurance/")
    assert html.count(person.licence_number) == 1
    assert html.count("<h2>Payer 0</h2>") == 1
    assert html.count("<caption>") == 4


def test_contact(client):
    make_clinic(email="hello@clinic.example", emergency_number="112", languages=["es", "en"], reply_within_hours=1)
    make_location()
    seen = words(read(client, "/contact/"))
    for text in (
        "In an emergency, call 112. Do not wait for us.",
        "(201) 555-0142",
        "Open until 6 pm",
        "What happens when you call",
        "hello@clinic.example",
        "E-mail is not fully private.",
        "A person answers within 1 working hour.",
        "We speak English, Spanish.",
    ):
        assert text in seen
    assert "New patients" not in seen


def test_contact_without_an_address_to_write_to(client):
    make_clinic()
    assert "mailto:" not in read(client, "/contact/")


@pytest.mark.parametrize(("checked", "is_shown"), [(9, True), (8, False)])
def test_the_wait_of_new_patients_is_shown_for_14_days(client, checked, is_shown):
    make_clinic(new_patient_wait_days=5, new_patient_wait_checked_on=datetime.date(2026, 11, checked))
    seen = words(read(client, "/contact/"))
    assert ("New patients are usually seen within 5 days." in seen) is is_shown
    assert ("Checked on November 9, 2026." in seen) is is_shown


def test_whatever_staff_type_is_text(client):
    fill(1)
    Practitioner.objects.update(name=HOSTILE, bio=HOSTILE, focus=HOSTILE, degree=HOSTILE)
    InsurancePlan.objects.update(payer=HOSTILE, name=HOSTILE)
    place = present_place()
    place.name = place.parking = place.directions = place.access = place.street = HOSTILE[:80]
    place.save()
    Closure.objects.update(reason="<script>x</script>")
    make_clinic(name=HOSTILE)
    for path in [*PAGES, f"/team/{Practitioner.objects.get().slug}/"]:
        html = read(client, path)
        assert "<script" not in html.replace('<script type="application/ld+json">', "")
        assert "&lt;script&gt;" in html
        assert "{{ 7*7 }}" in html
