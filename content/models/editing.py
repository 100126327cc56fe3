"""What happens around a draft before patients see it: checks by clinicians, planned changes, and who decided."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from content.constraints import AppendOnly
from content.models.version import AppendOnlyModel
from content.states import PlanAction, PlanState, ProposalState, Verdict


def _user(verbose_name, **options):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=verbose_name, **options
    )


class ReviewRequest(models.Model):
    """An editor asks a clinician to check exactly the text of `version`. Open until somebody answers or withdraws."""

    page = models.ForeignKey("content.Page", models.CASCADE, related_name="review_requests", verbose_name=_("page"))
    version = models.ForeignKey("content.PageVersion", models.PROTECT, related_name="+", verbose_name=_("text"))
    asked_by = _user(_("asked by"))
    asked_of = _user(_("asked of"), blank=True)
    note = models.CharField(_("what to look at"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("asked"))
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)

    class Meta:
        verbose_name = _("request for a check")
        verbose_name_plural = _("requests for a check")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page"], condition=Q(closed_at__isnull=True), name="review_request_open_once"
            ),
        ]

    def __str__(self):
        return f"{self.page_id}: {self.created_at:%Y-%m-%d}"


class PageReview(AppendOnlyModel):
    """A signed-in clinician's word on exactly the text of `version`; `digest` is content.drafts.text_digest of it."""

    page = models.ForeignKey("content.Page", models.PROTECT, related_name="reviews", verbose_name=_("page"))
    version = models.ForeignKey("content.PageVersion", models.PROTECT, related_name="+", verbose_name=_("text"))
    digest = models.CharField(max_length=64)
    verdict = models.CharField(_("answer"), max_length=10, choices=Verdict)
    note = models.TextField(_("note to the editor"), blank=True, max_length=2000)
    by = _user(_("checked by"))
    practitioner = models.ForeignKey(
        "clinic.Practitioner", models.SET_NULL, null=True, related_name="+", verbose_name=_("clinician")
    )
    next_review = models.DateField(_("next check due"), null=True, blank=True)
    created_at = models.DateTimeField(_("checked"))

    class Meta:
        verbose_name = _("check by a clinician")
        verbose_name_plural = _("checks by clinicians")
        ordering = ["-created_at", "-pk"]
        constraints = [
            AppendOnly(
                name="page_review_never_changes",
                fields=["page", "version", "digest", "verdict", "note", "next_review", "created_at"],
            ),
        ]

    def __str__(self):
        return f"{self.page_id}#{self.version_id}: {self.verdict}"


class PlannedChange(models.Model):
    """Publish exactly the text of `version`, or take the page off the site, at an instant. The worker does it."""

    page = models.ForeignKey("content.Page", models.CASCADE, related_name="planned_changes", verbose_name=_("page"))
    action = models.CharField(_("what"), max_length=10, choices=PlanAction)
    version = models.ForeignKey(
        "content.PageVersion", models.PROTECT, null=True, related_name="+", verbose_name=_("text")
    )
    at = models.DateTimeField(_("when"))
    why = models.CharField(_("what changed and why"), max_length=200, blank=True)
    by = _user(_("planned by"))
    created_at = models.DateTimeField(_("planned"))
    state = models.CharField(_("state"), max_length=10, choices=PlanState, default=PlanState.WAITING)
    finished_at = models.DateTimeField(_("done"), null=True)
    problem = models.TextField(_("why it could not be done"), blank=True)

    class Meta:
        verbose_name = _("planned change")
        verbose_name_plural = _("planned changes")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page", "action"], condition=Q(state=PlanState.WAITING), name="planned_change_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(action=PlanAction.PUBLISH, version__isnull=False)
                | Q(action=PlanAction.UNPUBLISH, version__isnull=True),
                name="planned_publishing_has_its_text",
            ),
            models.CheckConstraint(
                condition=Q(state=PlanState.WAITING, finished_at__isnull=True)
                | (~Q(state=PlanState.WAITING) & Q(finished_at__isnull=False)),
                name="planned_change_ends_once",
            ),
        ]
        indexes = [models.Index(fields=["at"], condition=Q(state=PlanState.WAITING), name="planned_change_due")]

    def __str__(self):
        return f"{self.page_id}: {self.action}"


class SafetyProposal(models.Model):
    """Warning signs as one person wants them. Somebody else decides, one of the two a clinical reviewer."""

    data = models.JSONField(_("the warning signs"))
    why = models.CharField(_("what changed and why"), max_length=200)
    proposed_by = _user(_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed"))
    state = models.CharField(_("state"), max_length=10, choices=ProposalState, default=ProposalState.WAITING)
    decided_by = _user(_("decided by"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    version = models.ForeignKey(
        "content.SafetyVersion", models.PROTECT, null=True, related_name="+", verbose_name=_("published as")
    )

    class Meta:
        verbose_name = _("proposal for the warning signs")
        verbose_name_plural = _("proposals for the warning signs")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state=ProposalState.WAITING), name="safety_proposal_waits_once"
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.PUBLISHED)
                | Q(decided_by__isnull=True)
                | Q(proposed_by__isnull=True)
                | ~Q(decided_by=F("proposed_by")),
                name="safety_proposal_needs_two_people",
                violation_error_message=_("Somebody else must agree: warning signs always need two people."),
            ),
        ]

    def __str__(self):
        return f"{self.proposed_at:%Y-%m-%d}: {self.state}"
