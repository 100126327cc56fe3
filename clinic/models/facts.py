"""Who the clinic is: facts that staff edit live. Everything that differs between two clinics is a row here."""

import datetime
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

# "New patients are usually seen within N days" is hidden when nobody has checked it for this long.
NEW_PATIENT_WAIT_FRESH_FOR = datetime.timedelta(days=14)


def validate_time_zone(value):
    if value not in available_timezones():
        raise ValidationError(_("“%(value)s” is not a time zone. Write one like America/New_York."), params={"value": value})


class Clinic(models.Model):
    """The one clinic of this site. The database refuses a second row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=120)
    tagline = models.CharField(_("what you are, in a few words"), max_length=120, blank=True)
    phone = PhoneNumberField(_("phone"), help_text=_("The number that patients call. Shown on every page."))
    email = models.EmailField(_("public e-mail"), blank=True)
    staff_email = models.EmailField(
        _("front desk e-mail"), blank=True, help_text=_("Told of new requests: reference and link only, never a name.")
    )
    emergency_number = models.CharField(
        _("emergency number"),
        max_length=12,
        default="911",
        validators=[RegexValidator(r"^[0-9]{2,12}\Z", _("Digits only, like 911."))],
        help_text=_("Every emergency card on the site shows and dials this number."),
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="America/New_York", validators=[validate_time_zone]
    )
    reply_within_hours = models.PositiveSmallIntegerField(
        _("we answer a request within (working hours)"), default=4, validators=[MinValueValidator(1), MaxValueValidator(80)]
    )
    call_back_within_minutes = models.PositiveSmallIntegerField(
        _("we call back after a safety answer within (minutes)"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(240)],
        help_text=_("Offered only while the clinic stays open at least this long."),
    )
    new_patient_wait_days = models.PositiveSmallIntegerField(
        _("new patients are usually seen within (days)"), null=True, blank=True
    )
    new_patient_wait_checked_on = models.DateField(
        _("checked on"), null=True, blank=True, help_text=_("Hidden from patients 14 days after this date.")
    )
    languages = models.JSONField(_("languages spoken"), default=list, blank=True)
    is_sample = models.BooleanField(
        _("this is the sample clinic"),
        default=True,
        help_text=_("While ticked, every page says so, and no page claims a clinician's review."),
    )
    facts_version = models.PositiveBigIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinic")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="clinic_is_one_row")]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.id = 1
        super().save(*args, **kwargs)

    @property
    def zone(self):
        return ZoneInfo(self.time_zone)

    def new_patient_wait(self, *, today):
        """Days a new patient usually waits, or None when unknown or not checked within the last 14 days.

        `today` is a date in the clinic's zone.
        """
        if self.new_patient_wait_days is None or self.new_patient_wait_checked_on is None:
            return None
        age = today - self.new_patient_wait_checked_on
        return self.new_patient_wait_days if age <= NEW_PATIENT_WAIT_FRESH_FOR else None


class LocationQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def with_hours(self):
        return self.prefetch_related("opening_hours")


class Location(models.Model):
    """A place where patients are seen."""

    name = models.CharField(_("name"), max_length=80, help_text=_("What patients call it, like the town."))
    slug = models.SlugField(_("address on the site"), unique=True)
    street = models.CharField(_("street"), max_length=120)
    locality = models.CharField(_("town"), max_length=80)
    region = models.CharField(_("state"), max_length=40)
    postal_code = models.CharField(_("postal code"), max_length=12)
    country = models.CharField(_("country"), max_length=2, default="US")
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True, help_text=_("Empty: the clinic's own number."))
    directions = models.TextField(_("how to get there"), blank=True)
    parking = models.TextField(_("parking"), blank=True)
    access = models.TextField(_("access"), blank=True, help_text=_("Steps, doors, lift, toilets, hearing loop."))
    is_active = models.BooleanField(_("patients are seen here"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = LocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ["order", "name"]

    def __str__(self):
        return self.name


class Weekday(models.IntegerChoices):
    """Monday is 0, as in `datetime.date.weekday()`."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class OpeningHours(models.Model):
    """One stretch of one weekday, in the clinic's zone. A day may have several; `closes` 00:00 means midnight."""

    location = models.ForeignKey(Location, models.CASCADE, related_name="opening_hours", verbose_name=_("location"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"), help_text=_("12 am means midnight at the end of the day."))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["location", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) | Q(closes=datetime.time(0)),
                name="opening_hours_close_after_opening",
                violation_error_message=_("Closing time must be after opening time."),
            )
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"


class Closure(models.Model):
    """Days, or a part of a day, on which a location (or the whole clinic) is closed."""

    location = models.ForeignKey(
        Location,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="closures",
        verbose_name=_("location"),
        help_text=_("Empty: every location."),
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    from_time = models.TimeField(_("closed from"), null=True, blank=True, help_text=_("Empty: the whole day."))
    until_time = models.TimeField(_("closed until"), null=True, blank=True, help_text=_("Empty: to the end of the day."))
    reason = models.CharField(_("reason patients see"), max_length=80, help_text=_("For example Thanksgiving."))

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        ordering = ["first_day", "from_time"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="closure_ends_after_it_starts",
                violation_error_message=_("The last day must not be before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(until_time__isnull=True) | Q(from_time__isnull=True) | Q(until_time__gt=F("from_time")),
                name="closure_part_ends_after_it_starts",
                violation_error_message=_("“Closed until” must be after “closed from”."),
            ),
        ]

    def __str__(self):
        return f"{self.reason}, {self.first_day:%Y-%m-%d}"


class PractitionerQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)


class Practitioner(models.Model):
    """A clinician. New Jersey requires licence type, number and degree wherever a professional is named."""

    name = models.CharField(_("name"), max_length=90)
    slug = models.SlugField(_("address on the site"), unique=True)
    credentials = models.CharField(_("letters after the name"), max_length=40, help_text=_("For example PT, DPT."))
    job_title = models.CharField(_("job title"), max_length=80, help_text=_("In plain words, like Physical therapist."))
    focus = models.CharField(_("works most with"), max_length=120, blank=True)
    licence_type = models.CharField(_("type of licence"), max_length=80)
    licence_number = models.CharField(_("licence number"), max_length=40)
    degree = models.CharField(_("degree"), max_length=120)
    bio = models.TextField(_("about"), blank=True, help_text=_("Plain paragraphs. What patients want to know first."))
    languages = models.JSONField(_("languages spoken"), default=list, blank=True)
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


class InsurancePlan(models.Model):
    """A health plan as patients know it from their card."""

    payer = models.CharField(_("company"), max_length=80)
    name = models.CharField(_("plan"), max_length=120)
    is_active = models.BooleanField(_("shown"), default=True)

    class Meta:
        verbose_name = _("insurance plan")
        verbose_name_plural = _("insurance plans")
        ordering = ["payer", "name"]
        constraints = [models.UniqueConstraint("payer", "name", name="insurance_plan_once")]

    def __str__(self):
        return f"{self.payer} {self.name}"


class InsuranceParticipation(models.Model):
    """Who takes which plan where. New Jersey (N.J.S.A. 26:2SS-5) wants it told per professional, before a visit."""

    plan = models.ForeignKey(InsurancePlan, models.CASCADE, related_name="participations", verbose_name=_("plan"))
    practitioner = models.ForeignKey(
        Practitioner, models.CASCADE, related_name="participations", verbose_name=_("practitioner")
    )
    location = models.ForeignKey(Location, models.CASCADE, related_name="participations", verbose_name=_("location"))
    checked_on = models.DateField(_("last checked on"))

    class Meta:
        verbose_name = _("insurance taken")
        verbose_name_plural = _("insurance taken")
        constraints = [
            models.UniqueConstraint("plan", "practitioner", "location", name="insurance_participation_once")
        ]

    def __str__(self):
        return f"{self.plan_id}/{self.practitioner_id}/{self.location_id}"
