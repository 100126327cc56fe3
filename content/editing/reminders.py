"""Mails about pages due for a check: one a person and day, never more, and nothing that unpublishes by itself.

Whoever looks after a page and every clinical reviewer are told when a check is 30 days away, on its day, and 30 days
later. The mail is written when it leaves and lists all that is due by then; a worker that was stopped for a month sends
one mail, not one for each day that it missed.
"""

import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse

from clinic import heartbeat
from clinic.mail import OutgoingMail, Skip, render_mail
from clinic.models import Clinic
from clinic.outbox import enqueue, register
from clinic.wall_clock import day_of
from content.anatomy import PageKind
from content.drafts import MODELS
from content.editing.board import DUE_SOON, due_pages

PAGES_DUE = "pages_due"
ROUND = "page-reminders"
# In the clinic's zone: there when people come in, and an hour that no change of the clocks skips or repeats.
FROM_HOUR = 7
STAGES = (-DUE_SOON, datetime.timedelta(0), DUE_SOON)  # from the due date
BACKEND = "django.contrib.auth.backends.ModelBackend"


def remind(*, now):
    """Ask for the mails of this day, once a day of the clinic from FROM_HOUR on. Returns how many people get one."""
    clinic = Clinic.objects.first()
    if clinic is None or now.astimezone(clinic.zone).hour < FROM_HOUR:
        return 0
    today = day_of(now, clinic.zone)
    silent = heartbeat.silent_for(ROUND, now=now)
    last = None if silent is None else day_of(now - silent, clinic.zone)
    if last is not None and last >= today:
        return 0
    with transaction.atomic():
        reached = [page for page in due_pages(today=today) if _has_reached_a_stage(page.due, after=last, until=today)]
        people = {person.pk for page in reached for person in _people_of(page, group=())}
        people |= {person.pk for person in caretakers()} if reached else set()
        for pk in sorted(people):
            enqueue(kind=PAGES_DUE, record_id=pk, key=f"{PAGES_DUE}:{pk}:{today}", now=now)
        heartbeat.beat(ROUND, now=now)
    return len(people)


def caretakers():
    """Who is told of every page: the clinical reviewers; while there are none, whoever may publish."""
    for permission in ("content.review_page", "content.publish_page"):
        is_last = permission == "content.publish_page"
        found = User.objects.with_perm(permission, backend=BACKEND, include_superusers=is_last)
        found = found.filter(is_staff=True).exclude(email="").order_by("pk")
        if found:
            return list(found)
    return []


def render_pages_due(message, now):
    """The mail as it is true when it leaves: what this person looks after, or all for a clinical reviewer."""
    person = User.objects.filter(pk=message.record_id, is_active=True, is_staff=True).exclude(email="").first()
    if person is None:
        return Skip("nobody to write to")
    today = day_of(now, Clinic.objects.get().zone)
    group = caretakers()
    pages = [page for page in due_pages(today=today) if person in _people_of(page, group=group)]
    if not pages:
        return Skip("nothing is due any more")
    context = {
        "overdue": [_line(page, today) for page in pages if page.due < today],
        "soon": [_line(page, today) for page in pages if page.due >= today],
        "board_url": settings.SITE_URL + reverse("admin:content_board"),
    }
    subject, text, html = render_mail("pages_due", context)
    return OutgoingMail(to=person.email, subject=subject, text=text, html=html)


def register_mails():
    register(PAGES_DUE, render_pages_due)


def _has_reached_a_stage(due, *, after, until):
    """Whether a stage fell into the days after the last round; without one, whether any did."""
    return any((after is None or after < due + stage) and due + stage <= until for stage in STAGES)


def _people_of(page, *, group):
    owner = page.owner
    is_there = owner is not None and owner.is_active and owner.is_staff and owner.email
    return {*group, owner} if is_there else set(group)


def _line(page, today):
    model = MODELS[PageKind(page.kind)]._meta.model_name
    return {
        "title": page.live_title,
        "due": page.due,
        "days": abs((page.due - today).days),
        "url": settings.SITE_URL + reverse(f"admin:content_{model}_change", args=[page.pk]),
    }
