"""What patients see of each page, beside what editors have saved: for lists, in the query of the list."""

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Subquery, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from content.models import PageVersion, PlannedChange, ReviewRequest
from content.states import PlanAction, PlanState


class PublicState(TextChoices):
    DRAFT = "draft", _("draft only")
    SAME = "same", _("live as saved")
    DIFFERS = "differs", _("live, draft differs")


def with_public_state(pages):
    """Pages with `public_state`, `publish_at`, `unpublish_at` (instants or None) and `waits_for_check`."""
    newest = PageVersion.objects.filter(page=OuterRef("pk")).order_by("-number")
    same = Q(newest_version=F("live_version")) | Q(newest_data=F("live_version__data"))
    return pages.alias(
        newest_version=Subquery(newest.values("pk")[:1]), newest_data=Subquery(newest.values("data")[:1])
    ).annotate(
        public_state=Case(
            When(live_version__isnull=True, then=Value(PublicState.DRAFT)),
            When(same, then=Value(PublicState.SAME)),
            default=Value(PublicState.DIFFERS),
            output_field=CharField(),
        ),
        publish_at=_planned(PlanAction.PUBLISH),
        unpublish_at=_planned(PlanAction.UNPUBLISH),
        waits_for_check=Exists(ReviewRequest.objects.filter(page=OuterRef("pk"), closed_at__isnull=True)),
    )


def _planned(action):
    waiting = PlannedChange.objects.filter(page=OuterRef("pk"), action=action, state=PlanState.WAITING)
    return Subquery(waiting.values("at")[:1])
