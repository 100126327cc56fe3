"""What the links in patients' mails open, in every state: made in the server's own database."""

import json

# The times hang on the real clock, which the server goes by. No state is walked into: each is there.
MAKE = """
import datetime, json
from django.utils import timezone
from booking.models import Appointment, AppointmentRequest, AppointmentType, WaitListEntry, WaitListOffer
from booking.patient_links import link_token
from clinic.models import Location, Practitioner
now = timezone.now().replace(second=0, microsecond=0)
hour = datetime.timedelta(hours=1)
kind = AppointmentType.objects.first()
links = {}
def make(name, *, state, visit="", start=None, **fields):
    asked = AppointmentRequest.objects.create(
        reference="R-" + name.upper()[:9], patient_name="Sam Sample", phone="+12015550188", safety_outcome="none",
        safety_version=1, received_at=now - hour, state=state, **{"reply_by": now + 4 * hour} | fields)
    links[name] = link_token(asked)
    if visit:
        put(asked, visit, start or now + 75 * hour)
    return asked
def put(asked, state, start, **fields):
    return Appointment.objects.create(
        request=asked, type=kind, practitioner=Practitioner.objects.active().first(),
        location=Location.objects.active().first(), start=start, end=start + hour, state=state, created_at=now,
        **fields)
def wait(asked, **fields):
    today = timezone.localdate()
    return WaitListEntry.objects.create(
        request=asked, visit=asked.appointments.first(), type=kind, first_day=today,
        last_day=today + datetime.timedelta(days=9), created_at=now - hour, **fields)
def send(entry, state, **fields):
    visit = put(entry.request, "proposed", now + 50 * hour, offered_until=now + hour)
    WaitListOffer.objects.create(
        entry=entry, visit=visit, state=state, created_at=now, offered_at=now, expires_at=now + hour, **fields)
closed = {"closed_at": now}
make("booked", state="answered", visit="booked", **closed)
make("late", state="answered", visit="booked", start=now + hour, **closed)
make("kept", state="received", visit="proposed")
make("waiting", state="received", reply_by=now - hour)
make("off", state="answered", visit="cancelled", **closed)
make("withdrawn", state="withdrawn", **closed)
make("declined", state="declined", decline_reason="no_time_soon", **closed)
make("expired", state="expired", **closed)
mail = {"email": "sam@example.com", "visit": "booked", "state": "answered", **closed}
later = {"start": now + 300 * hour}
wait(make("waits", **mail, **later))
send(wait(make("freed", **mail, **later)), "offered")
send(wait(make("missed", **mail, **later)), "expired", **closed)
send(wait(make("asks", **mail, **later)), "pending")
wait(make("waitsnone", state="received"))
make("sameday", state="received").__class__.objects.filter(reference="R-SAMEDAY").update(safety_outcome="same_day")
for name, times in (("offered", 3), ("one", 1)):
    asked = make(name, state="offered", email="sam@example.com")
    for number in range(times):
        put(asked, "proposed", now + (75 + 24 * number) * hour, offered_until=now + 20 * hour)
put(make("over", state="expired", email="sam@example.com", **closed), "cancelled", now + 75 * hour, offered_until=now)
links["offered-request"] = AppointmentRequest.objects.get(reference="R-OFFERED").pk
print(json.dumps(links))
"""
LATER_STATES = {"freed", "offered", "wait-error", "check-error", "doctor-today"}
REST = ["waits", "missed", "asks", "waitsnone", "sameday", "one", "over", "expired"]
STATES = {"booked", "time", "problem", "late", "said-late", "kept", "waiting", "off", "withdrawn", "declined", "gone"}


def make_links(server):
    """Tokens by state."""
    return json.loads(server.manage("shell", "-v0", "-c", MAKE))


def walk_links(page, links):
    """Yields the name of each state while the page shows it; ends with everything in STATES seen."""
    for name in ("booked", "kept", "waiting", "off", "withdrawn", "declined"):
        page.goto(f"/appointments/mine/{links[name]}/")
        unfold(page)
        yield name
    page.goto(f"/appointments/mine/{links['booked']}/")
    page.get_by_role("link", name="Choose another time").click()
    yield "time"
    page.goto(f"/appointments/mine/{links['booked']}/")
    page.get_by_text("I cannot come").click()
    page.locator("form[action$='cancel/'] [name=version]").evaluate("field => { field.value = '77'; }")
    page.get_by_role("button", name="Call the visit off").click()
    page.get_by_role("heading", name="Nothing was changed").wait_for()
    yield "problem"
    page.goto(f"/appointments/mine/{links['late']}/")
    yield "late"
    page.get_by_role("button", name="About 20 minutes late").click()
    page.get_by_text("You told us that you are about 20 minutes late").wait_for()
    yield "said-late"
    page.goto("/appointments/mine/nonsense/")
    yield "gone"


def walk_later(page, links):
    """What we offer, and the wait list; ends with everything in LATER_STATES seen."""
    page.goto(f"/appointments/mine/{links['freed']}/")
    yield "freed"
    page.goto(f"/appointments/mine/{links['booked']}/earlier/")
    page.get_by_label("Until this day").fill("2099-01-01")
    press(page, "Put me on the list")
    yield "wait-error"
    offered = f"/appointments/mine/{links['offered']}/"
    page.goto(offered)
    unfold(page)
    yield "offered"
    page.goto(offered)
    page.get_by_role("link", name="Choose this time").first.click()
    press(page, "Book this time")
    yield "check-error"
    emergency = page.get_by_role("group", name="Is any of this new")
    emergency.get_by_role("checkbox", name="None of these").check()
    same_day = page.get_by_role("group", name="Or any of these?")
    same_day.get_by_role("checkbox", name="I am not sure").check()
    press(page, "Book this time")
    yield "doctor-today"


def walk_rest(page, links):
    """Every other page behind a link, but for the forms before an error."""
    for name in REST:
        page.goto(f"/appointments/mine/{links[name]}/")
        unfold(page)
        yield name


def unfold(page):
    for folded in page.locator("main details").all():
        folded.evaluate("details => { details.open = true; }")


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()
