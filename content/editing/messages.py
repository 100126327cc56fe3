"""Mails to staff about their own work: no text of a page, and in the subject not even its title."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse

from clinic.mail import OutgoingMail, Skip, render_mail
from clinic.outbox import enqueue, register
from content.editing.people import clinician_of, name_of
from content.models import Page, PageReview, PlannedChange, ReviewRequest, SafetyProposal
from content.states import PlanState, ProposalState, Verdict

PLAN_FAILED = "plan_failed"
CHECK_ASKED = "check_asked"
CHECK_ANSWERED = "check_answered"
SIGNS_PROPOSED = "signs_proposed"
# Why a mail did not leave, as staff read it beside the message.
GONE = "the record is gone"
NO_ADDRESS = "no e-mail address to use"
ANSWERED = "answered already"
NOT_STAFF = "does not work here any more"


def tell(kind, record, users, *, now):
    """Ask for one mail about the record to each of these users, in the transaction that changes it."""
    for pk in sorted({user.pk for user in users if user is not None}):
        enqueue(kind=kind, record_id=record.pk, key=f"{kind}:{record.pk}:{pk}", now=now)


def register_mails():
    register(PLAN_FAILED, render_plan_failed)
    register(CHECK_ASKED, render_check_asked)
    register(CHECK_ANSWERED, render_check_answered)
    register(SIGNS_PROPOSED, render_signs_proposed)


def render_plan_failed(message, now):
    plan = PlannedChange.objects.select_related("page").filter(pk=message.record_id, state=PlanState.FAILED).first()
    return _mail(message, plan, {"title": plan.page.title, "link": _page_link(plan.page)} if plan else {})


def render_check_asked(message, now):
    asked = ReviewRequest.objects.select_related("page", "asked_by").filter(pk=message.record_id).first()
    if asked is not None and asked.closed_at is not None:
        return Skip(ANSWERED)
    if asked is None:
        return Skip(GONE)
    if clinician_of(_recipient(message)) is None:
        return Skip(NOT_STAFF)
    link = _page_link(asked.page, "check")
    return _mail(message, asked, {"title": asked.page.title, "who": name_of(asked.asked_by), "link": link})


def render_check_answered(message, now):
    review = PageReview.objects.select_related("page", "by").filter(pk=message.record_id).first()
    if review is None:
        return Skip(GONE)
    context = {
        "title": review.page.title,
        "who": name_of(review.by),
        "is_approved": review.verdict == Verdict.APPROVED,
        "link": _page_link(review.page),
    }
    return _mail(message, review, context)


def render_signs_proposed(message, now):
    proposal = SafetyProposal.objects.select_related("proposed_by").filter(pk=message.record_id).first()
    if proposal is not None and proposal.state != ProposalState.WAITING:
        return Skip(ANSWERED)
    link = settings.SITE_URL + reverse("admin:content_redflag_proposal")
    return _mail(message, proposal, {"who": name_of(proposal.proposed_by), "link": link} if proposal else {})


def _mail(message, record, context):
    user = _recipient(message)
    if record is None:
        return Skip(GONE)
    if user is None or not user.is_active:
        return Skip(NOT_STAFF)
    if not user.email:
        return Skip(NO_ADDRESS)
    subject, text, html = render_mail(message.kind, context)
    return OutgoingMail(to=user.email, subject=subject, text=text, html=html)


def _recipient(message):
    # The key ends with whom it is for: see tell().
    return get_user_model().objects.filter(pk=int(message.key.rpartition(":")[2])).first()


def _page_link(page, what="change"):
    kind = Page.objects.values_list("kind", flat=True).get(pk=page.pk)
    model = {"info": "infopage"}.get(kind, kind)
    return settings.SITE_URL + reverse(f"admin:content_{model}_{what}", args=[page.pk])
