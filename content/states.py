"""The fixed choices of this app. Leaves: nothing of ours is imported here."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FlagGroup(models.TextChoices):
    """What to do about a sign. Any one is enough; they are never counted."""

    EMERGENCY = "emergency", _("emergency, now")
    SAME_DAY = "same_day", _("a doctor today")
    SOON = "soon", _("a doctor soon")


class FlagArea(models.TextChoices):
    """Headings under which /get-help-now/ lists the signs."""

    BELOW_WAIST = "below_waist", _("Below the waist")
    NECK_HEAD_ARMS = "neck_head_arms", _("Neck, head and arms")
    WITH_SOMETHING_ELSE = "with_something_else", _("Back pain with something else")
    AFTER_SURGERY = "after_surgery", _("After spine surgery or an injection")
    CHILD = "child", _("A child")


class Region(models.TextChoices):
    """Where it hurts: how the index of conditions is ordered."""

    NECK = "neck", _("Neck")
    UPPER_BACK = "upper_back", _("Upper back")
    LOWER_BACK = "lower_back", _("Lower back")
    LEG = "leg", _("Down the leg")
    AFTER_SURGERY = "after_surgery", _("After surgery")


class TreatmentCategory(models.TextChoices):
    """Sorts of treatment: those that guidelines begin with come first."""

    THERAPY = "therapy", _("Exercise and physical therapy")
    MEDICINE = "medicine", _("Medicines")
    PROCEDURE = "procedure", _("Injections and other procedures")
    SURGERY = "surgery", _("Surgery")


class VersionKind(models.TextChoices):
    """Why a version was kept. Only PUBLISHED ones were ever seen by patients; OFF has no data."""

    PUBLISHED = "published", _("published")
    SAVED = "saved", _("draft saved")
    OFF = "off", _("taken off the site")


class Verdict(models.TextChoices):
    """A clinician's word on a text."""

    APPROVED = "approved", _("checked and right")
    CHANGES = "changes", _("needs changes")


class PlanAction(models.TextChoices):
    PUBLISH = "publish", _("publish")
    UNPUBLISH = "unpublish", _("take off the site")


class PlanState(models.TextChoices):
    """WAITING ends in one of the others, once."""

    WAITING = "waiting", _("waiting")
    DONE = "done", _("done")
    FAILED = "failed", _("could not be done")
    CANCELLED = "cancelled", _("cancelled")


class ProposalState(models.TextChoices):
    """WAITING ends in one of the others, once."""

    WAITING = "waiting", _("waits for a second person")
    PUBLISHED = "published", _("published")
    REFUSED = "refused", _("not agreed")
    WITHDRAWN = "withdrawn", _("withdrawn")
