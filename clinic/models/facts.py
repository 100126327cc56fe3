"""Who the clinic is: facts that staff edit live. Everything that differs between two clinics is a row here."""

import datetime
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from clinic.languages import language_names, validate_languages
from clinic.models.fact import Fact, FactQuerySet
from clinic.validators import validate_line, validate_text

# "New patients are usually seen within N days" is hidden when nobody has checked it for this long.
NEW_PATIENT_WAIT_FRESH_FOR = datetime.timedelta(days=14)


def validate_time_zone(value):
    if value not in available_timezones():
        raise ValidationError(
            _("“%(value)s” is not a time zone. Write one like America/New_York."), params={"value": value}
        )


def validate_whole_minute(value):
    if value.second or value.microsecond:
        raise ValidationError(_("Give hours and minutes, without seconds."))


class Clinic(Fact):
    """The one clinic of this site. The database refuses a second row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=120, validators=[validate_line])
    tagline = models.CharField(
        _("what you are, in a few words"), max_length=120, blank=True, validators=[validate_line]
    )
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
        _("we answer a request within (working hours)"),
        default=4,
        validators=[MinValueValidator(1), MaxValueValidator(80)],
    )
    call_back_within_minutes = models.PositiveSmallIntegerField(
        _("we call back after a safety answer within (minutes)"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(240)],
        help_text=_("Offered only while the clinic stays open at least this long."),
    )
    offers_kept_hours = models.PositiveSmallIntegerField(
        _("we keep times that we offer for (hours)"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(168)],
        help_text=_("Counted on the clock, at most until shortly before the first of them."),
    )
    freed_time_kept_minutes = models.PositiveSmallIntegerField(
        _("we keep a freed time for one person on the wait list for (minutes)"),
        default=60,
        validators=[MinValueValidator(10), MaxValueValidator(1440)],
    )
    freed_times_need_yes = models.BooleanField(
        _("staff approve each freed time before it is offered"),
        default=False,
        help_text=_("Not ticked: the site offers a freed time by itself to whoever has waited longest."),
    )
    new_patient_wait_days = models.PositiveSmallIntegerField(
        _("new patients are usually seen within (days)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    new_patient_wait_checked_on = models.DateField(
        _("checked on"), null=True, blank=True, help_text=_("Hidden from patients 14 days after this date.")
    )
    languages = models.JSONField(_("languages spoken"), default=list, blank=True, validators=[validate_languages])
    is_sample = models.BooleanField(
        _("this is the sample clinic"),
        default=True,
        help_text=_("While ticked, every page says so, and no page claims a clinician's review."),
    )
    pages_need_review = models.BooleanField(
        _("a clinician checks every page before it is published"),
        default=False,
        help_text=_("Ticked: a page can only be published when a clinical reviewer has checked exactly this text."),
    )
    facts_version = models.PositiveBigIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinic")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="clinic_is_one_row"),
            models.CheckConstraint(
                condition=Q(new_patient_wait_days__isnull=True, new_patient_wait_checked_on__isnull=True)
                | Q(new_patient_wait_days__isnull=False, new_patient_wait_checked_on__isnull=False),
                name="clinic_new_patient_wait_has_its_date",
                violation_error_message=_(
                    "Give the days that new patients wait and the day you checked it, or neither."
                ),
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        """Never writes a remembered `facts_version`: another person may have moved it on in the meantime."""
        self.id = 1
        if not self._state.adding:
            fields = kwargs.get("update_fields") or [f.name for f in self._meta.concrete_fields if not f.primary_key]
            kwargs["update_fields"] = [name for name in fields if name != "facts_version"]
        super().save(**kwargs)
        self.refresh_from_db(fields=["facts_version"], using=kwargs.get("using"))

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
        is_fresh = datetime.timedelta(0) <= age <= NEW_PATIENT_WAIT_FRESH_FOR
        return self.new_patient_wait_days if is_fresh else None

    @property
    def language_names(self):
        return language_names(self.languages)


class LocationQuerySet(FactQuerySet):
    def active(self):
        return self.filter(is_active=True)

    def with_hours(self):
        return self.prefetch_related("opening_hours")


class Location(Fact):
    """A place where patients are seen."""

    name = models.CharField(
        _("name"), max_length=80, validators=[validate_line], help_text=_("What patients call it, like the town.")
    )
    slug = models.SlugField(_("address on the site"), unique=True)
    street = models.CharField(_("street"), max_length=120, validators=[validate_line])
    locality = models.CharField(_("town"), max_length=80, validators=[validate_line])
    region = models.CharField(_("state"), max_length=40, validators=[validate_line])
    postal_code = models.CharField(_("postal code"), max_length=12, validators=[validate_line])
    country = models.CharField(
        _("country"),
        max_length=2,
        default="US",
        validators=[RegexValidator(r"^[A-Z]{2}\Z", _("Two capital letters, like US."))],
    )
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True, help_text=_("Empty: the clinic's own number."))
    directions = models.TextField(_("how to get there"), blank=True, validators=[validate_text])
    parking = models.TextField(_("parking"), blank=True, validators=[validate_text])
    access = models.TextField(
        _("access"),
        blank=True,
        validators=[validate_text],
        help_text=_("Steps, doors, elevator, toilets, hearing loop. Say also what is hard."),
    )
    is_active = models.BooleanField(_("patients are seen here"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = LocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ["order", "name"]

    def __str__(self):
        return self.name

    @property
    def map_url(self):
        """A page on another site; empty until both coordinates are known."""
        if self.latitude is None or self.longitude is None:
            return ""
        return f"https://www.openstreetmap.org/?mlat={self.latitude}&mlon={self.longitude}#map=17/{self.latitude}/{self.longitude}"


class Weekday(models.IntegerChoices):
    """Monday is 0, as in `datetime.date.weekday()`."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class OpeningHours(Fact):
    """One stretch of one weekday, in the clinic's zone. A day may have several; `closes` 00:00 means midnight."""

    location = models.ForeignKey(Location, models.CASCADE, related_name="opening_hours", verbose_name=_("location"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"), validators=[validate_whole_minute])
    closes = models.TimeField(
        _("closes"), validators=[validate_whole_minute], help_text=_("12 am means midnight at the end of the day.")
    )

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) | Q(closes=datetime.time(0)),
                name="opening_hours_close_after_opening",
                violation_error_message=_("Closing time must be after opening time."),
            )
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"


class Closure(Fact):
    """Days on which a location (or the whole clinic) is closed: all day, or for the same part of each day."""

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
    from_time = models.TimeField(
        _("closed from"),
        null=True,
        blank=True,
        validators=[validate_whole_minute],
        help_text=_("Empty: from the start of each day."),
    )
    until_time = models.TimeField(
        _("closed until"),
        null=True,
        blank=True,
        validators=[validate_whole_minute],
        help_text=_("Empty: to the end of each day."),
    )
    reason = models.CharField(
        _("reason patients see"),
        max_length=40,
        validators=[validate_line],
        help_text=_("Finishes the sentence “Closed for ...”, for example Thanksgiving."),
    )

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
                condition=Q(until_time__isnull=True)
                | Q(until_time=datetime.time(0))
                | Q(from_time__isnull=True)
                | Q(until_time__gt=F("from_time")),
                name="closure_part_ends_after_it_starts",
                violation_error_message=_("“Closed until” must be after “closed from”."),
            ),
        ]

    def __str__(self):
        return f"{self.reason}, {self.first_day:%Y-%m-%d}"
