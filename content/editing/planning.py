"""Publishing, and taking off the site, at a time that somebody chose. The worker runs what is due (njspine/worker.py).

A plan holds the exact text. It is done and marked as done in one transaction, behind the page's lock and a
compare-and-set on the plan: whatever dies in between leaves all of it or nothing, and two workers do it once.
"""

import logging

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.claims import DATABASE_AWAY
from clinic.faults import describe
from content.editing.messages import PLAN_FAILED, tell
from content.editing.people import may_publish, publishers
from content.editing.plan_times import FIELD, time_problems
from content.editing.saving import keep_draft
from content.errors import NotPlanned, NotPublishable, Problem
from content.models import Page, PlannedChange
from content.publishing import cancel_plans, lock_pictures, publish, text_of, text_problems, unpublish
from content.states import PlanAction, PlanState

logger = logging.getLogger(__name__)


@transaction.atomic
def plan_publish(*, page, at, by, why, now):
    """Publish the draft as it is saved now at the instant `at`; whatever is typed later is not part of it.

    Takes the place of a plan to publish that waits already. Returns the PlannedChange. Raises NotPlanned for a time
    that cannot be and when patients read exactly this text then anyway, NotPublishable with every reason of the gate.
    """
    page = Page.objects.select_for_update().get(pk=page.pk)
    lock_pictures(page)
    version = keep_draft(page=page, by=by, now=now)
    off = waiting(page).get(PlanAction.UNPUBLISH)
    problems = time_problems(at, now=now)
    if off and off.at == at:
        problems.append(Problem(FIELD, _("The page is to be taken off the site at the same minute. Choose another.")))
    if version.pk == page.live_version_id and (off is None or off.at > at):
        problems.append(Problem(FIELD, _("Patients read exactly this text already.")))
    if problems:
        raise NotPlanned(problems)
    # As of then: a check that is due before the text goes live would stop it.
    problems = text_problems(page, text_of(page, version), why=why, now=at)
    if problems:
        raise NotPublishable(problems)
    cancel_plans(page, PlanAction.PUBLISH, now=now)
    return PlannedChange.objects.create(
        page=page, action=PlanAction.PUBLISH, version=version, at=at, why=why.strip(), by=by, created_at=now
    )


@transaction.atomic
def plan_unpublish(*, page, at, by, why, now):
    """Take the page off the site at the instant `at`. Takes the place of such a plan that waits already.

    Raises NotPlanned for a time that cannot be, and when patients would not see the page then anyway.
    """
    page = Page.objects.select_for_update().get(pk=page.pk)
    on = waiting(page).get(PlanAction.PUBLISH)
    problems = time_problems(at, now=now)
    if on and on.at == at:
        problems.append(Problem(FIELD, _("The page is to be published at the same minute. Choose another.")))
    if page.live_version_id is None and (on is None or on.at > at):
        problems.append(Problem(FIELD, _("Patients do not see this page then, so there is nothing to take off.")))
    if problems:
        raise NotPlanned(problems)
    cancel_plans(page, PlanAction.UNPUBLISH, now=now)
    return PlannedChange.objects.create(
        page=page, action=PlanAction.UNPUBLISH, at=at, why=why.strip(), by=by, created_at=now
    )


@transaction.atomic
def cancel_plan(*, page, pk, by, now):
    """Cancel one waiting plan of the page. False when it is done, gone or another page's."""
    page = Page.objects.select_for_update().get(pk=page.pk)
    return bool(
        PlannedChange.objects.filter(pk=pk, page=page, state=PlanState.WAITING).update(
            state=PlanState.CANCELLED, finished_at=now
        )
    )


def waiting(page):
    """What is planned for the page, by PlanAction. One query."""
    rows = PlannedChange.objects.filter(page=page.pk, state=PlanState.WAITING).select_related("version", "by")
    return {plan.action: plan for plan in rows}


def run_due_plans(*, now):
    """Do everything that is due at `now`, the oldest first, each in a transaction of its own: (done, failed).

    What breaks the gate at its time fails with the gate's sentences, and what somebody planned who may not publish any
    more (left, or lost the permission) fails too: the page stays as it is, the others go on, and the page's owner, who
    planned it and the publishers get a mail. Errors of the database come through; run it again then.
    """
    due = PlannedChange.objects.filter(state=PlanState.WAITING, at__lte=now).order_by("at", "pk")
    done = failed = 0
    for pk, page_id in list(due.values_list("pk", "page_id")):
        try:
            ended = _run(pk, page_id, now)
        except DATABASE_AWAY:
            raise
        except Exception as error:  # noqa: BLE001  whatever is wrong with this one, the others must go on
            logger.error("planned change %s failed: %s", pk, describe(error))
            ended = _fail_for_unknown_reason(pk, page_id, now)
        done += ended == PlanState.DONE
        failed += ended == PlanState.FAILED
    return done, failed


@transaction.atomic
def _run(pk, page_id, now):
    """Do one plan, and say how it ended; None when somebody else was faster."""
    page = Page.objects.select_for_update().get(pk=page_id)
    if not _end(pk, PlanState.DONE, now):
        return None
    plan = PlannedChange.objects.select_related("version", "by").get(pk=pk)
    # None is a program's plan: nobody who works here can be deleted, only switched off.
    if plan.by is not None and not may_publish(plan.by):
        words = _("Whoever planned it may not publish pages any more. Somebody else must plan it again.")
        _fail(plan, page, words, now)
        return PlanState.FAILED
    try:
        if plan.action == PlanAction.PUBLISH:
            publish(page=page, version=plan.version, by=plan.by, why=plan.why, now=now, by_plan=True)
        else:
            unpublish(page=page, by=plan.by, why=plan.why, now=now, by_plan=True)
    except NotPublishable as error:
        _fail(plan, page, "\n".join(problem.text for problem in error.problems), now)
        return PlanState.FAILED
    return PlanState.DONE


@transaction.atomic
def _fail_for_unknown_reason(pk, page_id, now):
    page = Page.objects.select_for_update().get(pk=page_id)
    if not _end(pk, PlanState.FAILED, now):
        return None
    words = _("Something went wrong inside the site. Tell whoever looks after it, then plan it again.")
    _fail(PlannedChange.objects.select_related("by").get(pk=pk), page, words, now)
    return PlanState.FAILED


def _end(pk, state, now):
    return PlannedChange.objects.filter(pk=pk, state=PlanState.WAITING).update(state=state, finished_at=now)


def _fail(plan, page, words, now):
    plan.state, plan.finished_at, plan.problem = PlanState.FAILED, now, words
    plan.save(update_fields=["state", "finished_at", "problem"])
    tell(PLAN_FAILED, plan, [page.owner, plan.by, *publishers()], now=now)
