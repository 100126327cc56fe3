"""To patients, some days before a visit: what to bring and how to get there, from the clinic's own pages."""

import re

from booking.messages.visits import visit_context, visit_of
from booking.messages.writing import CHANGED, OVER, absolute, cannot_write, write
from booking.slots import to_minutes
from booking.states import AppointmentState, MailKind
from clinic.mail import Skip
from content.anatomy import PageKind
from content.models import Condition, Page
from content.wording import CITATION, EMERGENCY_TOKEN, PHONE_TOKEN, plain

PAGE = {"kind": PageKind.INFO, "language": "en", "live_slug": "visit"}
LINE = re.compile(r"<li>(.*?)(?=</?(?:li|ul|ol)>)", re.DOTALL)
# A mail is skimmed: the page has the rest.
MOST_LISTS, MOST_ITEMS = 3, 8
# A page is read by everybody, a mail by one: a line that may say why somebody comes stays on the page.
TELLING = re.compile(
    r"\b(?:spin|back|neck|leg|arm|hip|knee|shoulder|head|joint|muscle|bone|disc|nerve|sciatic|pain|ache|hurt|numb|sign|"
    r"symptom|surg|operat|inject|scan|x-?ray|mri|hospital|accident|injur|condition|diagnos|treat|therap|rehab|exercis|"
    r"pregnan|cancer)",
    re.IGNORECASE,
)


def preparation_key(visit):
    """One preparation for a visit at its present start; after a move it is another one."""
    return f"{MailKind.PREPARATION}:{visit.pk}:{to_minutes(visit.start)}"


def render_preparation(message, now):
    visit = visit_of(message)
    if problem := cannot_write(visit and visit.request):
        return problem
    if visit.state != AppointmentState.BOOKED or message.key != preparation_key(visit):
        return Skip(CHANGED)
    if visit.start <= now:
        return Skip(OVER)
    context = visit_context(visit, now) | {
        "lists": short_lists(),
        "location_url": f"{absolute('clinic:locations')}#{visit.location.slug}",
    }
    return write("preparation", visit.request.email, context)


def short_lists():
    """[(heading, [line])] of the lists on the live page about the visit, at most three; none without such a page.

    What has a word of health, or the name of one of the clinic's conditions, is left out: a line, or a whole list
    whose heading has one.
    """
    page = Page.objects.published().filter(**PAGE).select_related("live_version").first()
    if page is None:
        return []
    conditions = [title.lower() for title in Condition.objects.values_list("title", flat=True)]
    found = []
    for section in page.live_version.data["sections"]:
        lines = [plain(line) for line in LINE.findall(section["body"])]
        quiet = [line for line in lines if line and not tells(line, conditions)]
        if quiet and not tells(section["heading"], conditions):
            found.append((section["heading"], quiet[:MOST_ITEMS]))
    return found[:MOST_LISTS]


def tells(text, conditions=()):
    """Whether a line says more than everybody may read in one person's mail, or holds what only a page can fill in."""
    tokens = EMERGENCY_TOKEN in text or PHONE_TOKEN in text or CITATION.search(text)
    return bool(tokens or TELLING.search(text) or any(name in text.lower() for name in conditions))
