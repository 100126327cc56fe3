"""Every address that the resolver knows, asked for by everybody. A new address without an entry here fails."""

import re
import uuid

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.urls import get_resolver

from booking.actions import answering
from booking.models import AppointmentEvent
from clinic.models import Closure, Image, InsurancePlan, OutgoingMessage
from content.models import (
    Article,
    Condition,
    ExternalLink,
    Glossary,
    InfoPage,
    MissingAddress,
    PageFeedback,
    PageVersion,
    RedFlag,
    Redirect,
    SafetyVersion,
    SearchMiss,
    Treatment,
)
from tests.factories import (
    MONDAY_NOON,
    make_clinic,
    make_location,
    make_practitioner,
    make_request,
    make_room,
    make_schedule,
    make_type,
)
from tests.njspine import desk_addresses, past_addresses
from tests.staff import make_editor, make_front_desk, make_publisher, make_reviewer, make_superuser

TODAY = MONDAY_NOON.date()
ROLE_NAMES = ["anonymous", "front desk", "editor", "reviewer", "publisher", "superuser", "deactivated"]
WAIT = ("wait", "wait_leave", "wait_take", "wait_refuse")

# What GET answers to (front desk, editor, reviewer, publisher, superuser). Nobody else gets further than the sign-in
# page (302).
STAFF = {
    **desk_addresses.STAFF,
    "admin:content_board": (403, 200, 200, 200, 200),
    "admin:clinic_image_trash": (200, 200, 403, 200, 200),
    "admin:clinic_image_take_back": (405, 405, 405, 405, 405),
    "admin:index": (200, 200, 200, 200, 200),
    "admin:logout": (405, 405, 405, 405, 405),
    "admin:password_change": (200, 200, 200, 200, 200),
    "admin:password_change_done": (200, 200, 200, 200, 200),
    "admin:autocomplete": (403, 403, 403, 403, 403),
    "admin:jsi18n": (200, 200, 200, 200, 200),
    "admin:content_trash": (200, 200, 200, 200, 200),
    "admin:content_trash_page": (403, 200, 403, 200, 200),
    # The records here are not in the trash: whoever may see them is led to their form.
    "admin:content_restore_page": (302, 302, 302, 302, 302),
    "admin:content_trash_sign": (403, 200, 403, 200, 200),
    "admin:content_restore_sign": (302, 302, 302, 302, 302),
    # To the page of the site that a record has, if it has one.
    "admin:view_on_site": (404, 404, 404, 404, 404),
    "admin:auth_user_password_change": (403, 403, 403, 403, 200),
    "admin:content_redflag_proposal": (403, 403, 200, 200, 200),
    # What was pasted, cleaned: POST alone, by whoever may write.
    **dict.fromkeys(
        (f"admin:content_{kind}_paste" for kind in ("article", "condition", "glossary", "infopage", "treatment")),
        (403, 405, 403, 405, 405),
    ),
    **past_addresses.STAFF,
    # Old addresses of records, which Django sends on to …/change/.
    "admin:": (302, 302, 302, 302, 302),
}
# Which of a model's admin pages open to (front desk, editor, reviewer, publisher, superuser): V list, record and
# history, A add, D delete.
MODELS = {
    "auth.user": ("", "", "", "", "VA"),
    "booking.appointment": ("V", "", "", "", "V"),
    "booking.appointmentevent": ("V", "", "", "", "V"),
    "booking.appointmentrequest": ("V", "", "", "", "V"),
    "booking.appointmenttype": ("VA", "", "", "", "VAD"),
    "booking.room": ("VA", "", "", "", "VA"),
    "booking.schedule": ("VA", "", "", "", "VA"),
    "clinic.clinic": ("V", "V", "", "V", "V"),
    "clinic.closure": ("VAD", "VAD", "", "VAD", "VAD"),
    # Pictures go into the trash.
    "clinic.image": ("VA", "VA", "V", "VA", "VA"),
    "clinic.insuranceplan": ("VA", "VA", "", "VA", "VAD"),
    "clinic.location": ("VA", "VA", "", "VA", "VAD"),
    "clinic.outgoingmessage": ("V", "", "", "", "V"),
    "clinic.practitioner": ("VA", "VA", "", "VA", "VAD"),
    "content.article": ("V", "VA", "V", "VA", "VAD"),
    # The one here was public once, and what was public is kept.
    "content.condition": ("V", "VA", "V", "VA", "VA"),
    "content.externallink": ("", "V", "", "V", "V"),
    "content.glossary": ("V", "VA", "V", "VA", "VAD"),
    "content.infopage": ("V", "VA", "V", "VA", "VAD"),
    "content.missingaddress": ("", "V", "", "V", "V"),
    "content.pagefeedback": ("", "V", "", "V", "V"),
    "content.pageversion": ("", "V", "V", "V", "V"),
    "content.redflag": ("V", "VAD", "V", "VAD", "VAD"),
    "content.redirect": ("", "VAD", "", "VAD", "VAD"),
    "content.safetyversion": ("", "V", "V", "V", "V"),
    "content.searchmiss": ("", "V", "", "V", "V"),
    "content.treatment": ("V", "VA", "V", "VA", "VAD"),
}
# A clinician's page of a text, beside the form of it.
CHECK = (403, 403, 200, 403, 200)
# Opening a request in Django's list leads on to its page at the desk, the list of the one clinic to that clinic.
LEADS_ON = {("booking.appointmentrequest", "change"), ("clinic.clinic", "changelist")}
TRASHED = {f"content.{name}" for name in ("article", "condition", "glossary", "infopage", "treatment", "redflag")}
# Patients' pages do not know who is signed in: one status for all.
PUBLIC = {
    "home": 200,
    "livez": 200,
    "readyz": 200,
    "robots_txt": 200,
    "sitemap_xml": 200,
    "security_txt": 200,
    "gallery": 404,
    "booking:start": 200,
    "booking:call_me": 200,
    "booking:call_us": 200,
    "booking:again": 302,
    # Nobody's link.
    **dict.fromkeys(
        (
            "booking:manage",
            *(
                f"booking:manage_{press}"
                for press in ("calendar", "cancel", "late", "none", "offer", "time", "withdraw", *WAIT)
            ),
        ),
        404,
    ),
    "clinic:team": 200,
    "clinic:practitioner": 200,
    "clinic:locations": 200,
    "clinic:insurance": 200,
    "clinic:contact": 200,
    "clinic:image": 404,
    "clinic:social_image": 302,
    "clinic:inbound_texts": 405,
    "content:get_help_now": 200,
    "content:social_image": 404,
    "content:feed": 200,
    "content:search": 200,
    "content:conditions": 200,
    "content:condition": 404,
    "content:treatments": 200,
    "content:treatment": 404,
    "content:articles": 200,
    "content:article": 404,
    "content:glossary": 404,
    "content:preview": 404,
    "content:info": 404,
    "content:helpful": 404,
    "content:helpful_thanks": 404,
}
# A request being typed opens only with the secret in its cookie, for staff no more than for anybody.
DRAFT_GONE = 410
DRAFT_PAGES = "who first_check second_check reason time when contact prepare review call done"
DRAFTS = {f"booking:{page}" for page in DRAFT_PAGES.split()}
SIGNS = [
    {"key": group, "group": group, "area": "below_waist", "text": f"a sign for {group}", "in_check": True}
    for group in ("emergency", "same_day")
]


def addresses(patterns=None, prefix="", namespace=""):
    """(name, route) of every pattern; Django's unnamed ones in the admin are called “admin:”."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern.url_patterns, route, inner)
        else:
            yield f"{namespace}{pattern.name or ''}", route


def make_records():
    """One record of every model in the admin."""
    make_clinic()
    location = make_location()
    practitioner = make_practitioner(locations=[location])
    schedule = make_schedule(practitioner=practitioner)
    visit_type = make_type()
    boss = make_superuser()
    asked = make_request()
    visit = answering.confirm(
        request_id=asked.pk,
        version=asked.version,
        type=visit_type,
        practitioner=practitioner,
        location=location,
        start=MONDAY_NOON,
        by=boss,
        now=MONDAY_NOON,
    )
    pages = [
        kind.objects.create(slug=f"some-{kind.__name__.lower()}", title="Some page")
        for kind in (Condition, Treatment, Article, InfoPage, Glossary)
    ]
    version = PageVersion.objects.create(page=pages[0].page_ptr, number=1, schema=1, data={}, created_at=MONDAY_NOON)
    flag = RedFlag.objects.create(key="sign", group="emergency", area="below_waist", text="a sign")
    others = [
        boss,
        Closure.objects.create(first_day=MONDAY_NOON.date(), last_day=MONDAY_NOON.date(), reason="Repairs"),
        Image.objects.create(digest="0" * 64, alt="A room", width=1, height=1),
        InsurancePlan.objects.create(payer="Sample", name="PPO"),
        OutgoingMessage.objects.filter(kind="new_request").first()
        or OutgoingMessage.objects.create(
            key="new_request:1",
            kind="new_request",
            record_id=asked.pk,
            message_id="<1@clinic.example>",
            **dict.fromkeys(("created_at", "first_due_at", "due_at", "not_after"), MONDAY_NOON),
        ),
        SafetyVersion.objects.create(number=1, data={"flags": SIGNS}, why="First", published_at=MONDAY_NOON),
        PageFeedback.objects.create(page=pages[0], version_number=1, is_helpful=True, created_at=MONDAY_NOON),
        SearchMiss.objects.create(key="0" * 64, words="elbow", times=3, days=2, first_day=TODAY, last_day=TODAY),
        MissingAddress.objects.create(path="/missing/", times=2, first_day=TODAY, last_day=TODAY),
        Redirect.objects.create(path="/old/", to_path="/conditions/"),
        ExternalLink.objects.create(url="https://other.example/"),
        AppointmentEvent.objects.first(),
        make_room(location=location),
    ]
    records = [
        visit,
        asked,
        visit_type,
        schedule,
        make_room(location=location),
        location,
        practitioner,
        make_clinic(),
        version,
        flag,
        *pages,
        *others,
    ]
    return {record._meta.label_lower: record for record in records}


def model_of(route):
    found = re.match(r"admin/(\w+)/(\w+)/", route)
    return f"{found[1]}.{found[2]}" if found and f"{found[1]}.{found[2]}" in MODELS else None


def filled(name, route, records):
    """The address of a real record, so that a refusal is about the person and not about a missing row."""
    model = model_of(route)
    if name == "admin:app_list":
        return "/admin/booking/"
    if route.endswith("(?P<url>.*)$"):
        return "/admin/nowhere/"
    pk = {"_visit": "booking.appointment", "_page": "content.condition", "_sign": "content.redflag"}
    mail = dict.fromkeys(("admin:mail_preview", "admin:mail_html"), "confirmed")
    slugs = {"clinic:practitioner": records["clinic.practitioner"].slug} | mail
    values = {
        "draft_id": uuid.UUID(int=1),
        "slug": slugs.get(name, "no-such-page"),
        "name": "no-such-image.jpg",
        "digest": "of-older-words",
        "kind": "condition",
        "content_type_id": ContentType.objects.get_for_model(Closure).pk,
        "object_id": records[model].pk if model else records["clinic.closure"].pk,
        "id": records[model].pk if model else None,
        "token": "no-such-link",
        "pk": records[model or pk.get(f"_{name.rpartition('_')[2]}", "booking.appointmentrequest")].pk,
    }
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(values[part[1]]), route)


def expected(name, route, role):
    """The status that this role must get, or None when nobody has decided it."""
    if name in PUBLIC:
        return PUBLIC[name]
    if name in DRAFTS:
        return DRAFT_GONE
    if role in ("anonymous", "deactivated"):
        # Logging out when nobody is signed in, and everything else, ends at the sign-in page or the index before it.
        return 200 if name == "admin:login" else 302
    column = ROLE_NAMES.index(role) - 1
    if name == "admin:login":
        return 302
    if name == "admin:app_list":
        return (200, 404, 404, 404, 200)[column]
    if route.endswith("(?P<url>.*)$"):
        return 404
    if name in STAFF:
        return STAFF[name][column]
    model = model_of(route)
    if model is None:
        return None
    may = MODELS[model][column]
    page = name.rpartition("_")[2]
    if page == "check":
        return CHECK[column]
    letter = {"changelist": "V", "change": "V", "history": "V", "add": "A", "delete": "D"}[page]
    if letter == "D" and model in TRASHED and "A" in may and ("D" not in may or model == "content.redflag"):
        # Django's delete leads to the trash.
        return 302
    if letter not in may:
        return 403
    return 302 if (model, page) in LEADS_ON else 200


@pytest.fixture
def records(db, time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return make_records()


def sign_in(client, role, records):
    users = {
        "front desk": make_front_desk,
        "editor": make_editor,
        "reviewer": make_reviewer,
        "publisher": make_publisher,
        "deactivated": lambda: make_front_desk(username="gone", is_superuser=True),
    }
    if role == "superuser":
        client.force_login(records["auth.user"])
    elif role in users:
        client.force_login(user := users[role]())
        if role == "deactivated":
            user.is_active = False
            user.save()


def status_of(client, address):
    answer = client.get(address)
    if answer.streaming:
        list(answer)  # which closes its file
    return answer.status_code


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_every_address_for(role, client, records):
    sign_in(client, role, records)
    wrong = {}
    for name, route in addresses():
        must = expected(name, route, role)
        got = status_of(client, filled(name, route, records)) if must else "no entry in this file"
        if got != must:
            wrong[f"{name} {route}"] = (got, must)
    assert wrong == {}


@pytest.mark.parametrize("role", ["anonymous", "editor", "reviewer", "publisher", "deactivated"])
def test_no_press_of_the_desk_opens_to(role, client, records):
    sign_in(client, role, records)
    presses = {name: filled(name, route, records) for name, route in addresses() if name.startswith("admin:desk")}
    before = AppointmentEvent.objects.count()
    answers = {name: client.post(address, {"words": "R-12345"}).status_code for name, address in presses.items()}
    # Who is not signed in gets the sign-in page, which keeps what was typed; who was switched off is sent away.
    assert set(answers.values()) == {{"anonymous": 200, "deactivated": 302}.get(role, 403)}
    assert AppointmentEvent.objects.count() == before


def test_looking_is_not_answering(client, records):
    """Somebody who may only see requests gets the page without a single button, and no press through."""
    viewer = make_front_desk(username="viewer")
    viewer.groups.clear()
    viewer.user_permissions.add(Permission.objects.get(codename="view_appointmentrequest"))
    client.force_login(viewer)
    waiting = make_request(reference="R-VIEWS")
    page = client.get(f"/admin/desk/requests/{waiting.pk}/")
    assert "<form" not in page.content.decode().split("<main")[1]
    assert client.post(f"/admin/desk/requests/{waiting.pk}/claim/").status_code == 403
    assert client.get("/admin/desk/caller/").status_code == 403
    blocked = client.get("/admin/desk/blocks/")
    assert "<form" not in blocked.content.decode().split("<main")[1]
    assert client.post("/admin/desk/blocks/").status_code == 403
    assert client.post("/admin/desk/blocks/give-back/").status_code == 403
