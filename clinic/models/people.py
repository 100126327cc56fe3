"""Who works here, and which insurance each of them takes: facts that staff edit live."""

from django.conf import settings
from django.db import models
from django.db.models.signals import m2m_changed
from django.utils.translation import gettext_lazy as _

from clinic.languages import language_names, validate_languages
from clinic.models.fact import Fact, FactQuerySet, bump_on_many_to_many_change
from clinic.models.facts import Location
from clinic.validators import validate_line, validate_text


class PractitionerQuerySet(FactQuerySet):
    def active(self):
        return self.filter(is_active=True)

    def for_pages(self):
        """With portrait and active locations, in two queries however many rows."""
        active_locations = models.Prefetch("locations", Location.objects.active(), to_attr="active_locations")
        return self.select_related("portrait").prefetch_related(active_locations)


class Practitioner(Fact):
    """A clinician. New Jersey requires license type, number and degree wherever a professional is named."""

    name = models.CharField(_("name"), max_length=90, validators=[validate_line])
    slug = models.SlugField(_("address on the site"), unique=True)
    credentials = models.CharField(
        _("letters after the name"), max_length=40, validators=[validate_line], help_text=_("For example PT, DPT.")
    )
    job_title = models.CharField(
        _("job title"),
        max_length=80,
        validators=[validate_line],
        help_text=_("In plain words, like Physical therapist."),
    )
    focus = models.CharField(
        _("works most with"),
        max_length=120,
        blank=True,
        validators=[validate_line],
        help_text=_("For example backs and legs."),
    )
    licence_type = models.CharField(
        _("type of license"),
        max_length=80,
        validators=[validate_line],
        help_text=_(
            "New Jersey wants type, number and degree wherever a professional is named. We print them for you."
        ),
    )
    licence_number = models.CharField(_("license number"), max_length=40, validators=[validate_line])
    degree = models.CharField(_("degree"), max_length=120, validators=[validate_line])
    bio = models.TextField(
        _("about"),
        blank=True,
        validators=[validate_text],
        help_text=_("Plain paragraphs, an empty line between them. What patients want to know first."),
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="practitioner",
        verbose_name=_("signs in as"),
        help_text=_("Only a clinician who signs in can check pages. Leave empty for everybody else."),
    )
    languages = models.JSONField(_("languages spoken"), default=list, blank=True, validators=[validate_languages])
    locations = models.ManyToManyField(Location, related_name="practitioners", blank=True, verbose_name=_("works at"))
    portrait = models.ForeignKey(
        "clinic.Image", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("portrait")
    )
    is_active = models.BooleanField(_("works here now"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = PractitionerQuerySet.as_manager()

    class Meta:
        verbose_name = _("practitioner")
        verbose_name_plural = _("practitioners")
        ordering = ["order", "name"]

    def __str__(self):
        return self.name_with_credentials

    @property
    def name_with_credentials(self):
        return f"{self.name}, {self.credentials}" if self.credentials else self.name

    @property
    def language_names(self):
        return language_names(self.languages)


class InsurancePlan(Fact):
    """A health plan as patients know it from their card."""

    payer = models.CharField(
        _("company"), max_length=80, validators=[validate_line], help_text=_("As printed on the card.")
    )
    name = models.CharField(_("plan"), max_length=120, validators=[validate_line])
    is_active = models.BooleanField(_("shown"), default=True)

    class Meta:
        verbose_name = _("insurance plan")
        verbose_name_plural = _("insurance plans")
        ordering = ["payer", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["payer", "name"],
                name="insurance_plan_once",
                violation_error_message=_("This plan is in the list already."),
            )
        ]

    def __str__(self):
        return f"{self.payer} {self.name}"


class InsuranceParticipationQuerySet(FactQuerySet):
    def shown(self):
        """What patients may read, in the order in which they read it: one query, plan, person and place included."""
        return (
            self.filter(plan__is_active=True, practitioner__is_active=True, location__is_active=True)
            .select_related("plan", "practitioner", "location")
            .order_by(
                "plan__payer",
                "plan__name",
                "practitioner__order",
                "practitioner__name",
                "location__order",
                "location__name",
            )
        )


class InsuranceParticipation(Fact):
    """Who takes which plan where. New Jersey (N.J.S.A. 26:2SS-5) wants it told per professional, before a visit."""

    plan = models.ForeignKey(InsurancePlan, models.CASCADE, related_name="participations", verbose_name=_("plan"))
    practitioner = models.ForeignKey(
        Practitioner, models.CASCADE, related_name="participations", verbose_name=_("practitioner")
    )
    location = models.ForeignKey(Location, models.CASCADE, related_name="participations", verbose_name=_("location"))
    checked_on = models.DateField(_("last checked on"))

    objects = InsuranceParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = _("insurance taken")
        verbose_name_plural = _("insurance taken")
        # By fields, not expressions: only then does a form find doubles among its own lines before the database does.
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "practitioner", "location"],
                name="insurance_participation_once",
                violation_error_message=_("This person and place are listed for the plan already."),
            )
        ]

    def __str__(self):
        return f"{self.plan}: {self.practitioner.name}, {self.location}"


m2m_changed.connect(bump_on_many_to_many_change, sender=Practitioner.locations.through)
