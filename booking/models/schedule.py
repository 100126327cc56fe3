"""When somebody works, in which rooms, and what kinds of visit there are. Open times are computed from these rows.

Hours are readings of the clock on the clinic's wall, so they mean the same before and after that clock is changed.
"""

import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models.facts import Weekday, validate_whole_minute
from clinic.validators import validate_line

# What a visit may last, in minutes. Buffers and several visits in a row are rows of their own.
SHORTEST_VISIT, LONGEST_VISIT = 5, 480
LONGEST_BUFFER = 120
LONGEST_NOTICE = 60 * 24 * 60  # 60 days, in minutes
MOST_DAYS_BEFORE = 14
MOST_HOURS_BEFORE = 12
LONGEST_HORIZON = 365  # days
MIDNIGHT = datetime.time(0)


class Step(models.IntegerChoices):
    """How often a visit may start, in minutes. Divisors of an hour, so that times repeat every hour."""

    FIVE = 5, _("every 5 minutes")
    TEN = 10, _("every 10 minutes")
    FIFTEEN = 15, _("every 15 minutes")
    TWENTY = 20, _("every 20 minutes")
    THIRTY = 30, _("every half hour")
    SIXTY = 60, _("every hour")


class AppointmentType(models.Model):
    """What kind of visit it is, how long it takes, and who offers it where."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("short name"), unique=True)
    duration_minutes = models.PositiveSmallIntegerField(
        _("minutes"), validators=[MinValueValidator(SHORTEST_VISIT), MaxValueValidator(LONGEST_VISIT)]
    )
    buffer_before_minutes = models.PositiveSmallIntegerField(
        _("kept free before"), default=0, validators=[MaxValueValidator(LONGEST_BUFFER)], help_text=_("Minutes.")
    )
    buffer_after_minutes = models.PositiveSmallIntegerField(
        _("kept free after"), default=0, validators=[MaxValueValidator(LONGEST_BUFFER)], help_text=_("Minutes.")
    )
    step_minutes = models.PositiveSmallIntegerField(_("may start"), choices=Step, default=Step.THIRTY)
    needs_room = models.BooleanField(
        _("needs a room"), default=False, help_text=_("Then a time is open only while a room of the place is free.")
    )
    for_new_patients = models.BooleanField(_("a first visit"), default=False)
    for_returning_patients = models.BooleanField(_("for returning patients"), default=False)
    for_after_surgery = models.BooleanField(
        _("after spine surgery"), default=False, help_text=_("Surgery or a spinal injection in the last 3 months.")
    )
    booked_at_once = models.BooleanField(
        _("booked at once"),
        default=False,
        help_text=_("A time that a patient takes is booked. Not ticked: it is kept for them until staff answer."),
    )
    notice_minutes = models.PositiveIntegerField(
        _("earliest, from now"),
        default=24 * 60,
        validators=[MaxValueValidator(LONGEST_NOTICE)],
        help_text=_("Minutes. A whole day (1440) is the same time tomorrow, also when the clocks change tonight."),
    )
    horizon_days = models.PositiveSmallIntegerField(
        _("latest, from today"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_HORIZON)],
        help_text=_("Days."),
    )
    remind_days_before = models.PositiveSmallIntegerField(
        _("reminder, days before"),
        default=2,
        validators=[MaxValueValidator(MOST_DAYS_BEFORE)],
        help_text=_("By e-mail, at the hour of the visit and never at night. 0: none."),
    )
    remind_hours_before = models.PositiveSmallIntegerField(
        _("reminder, hours before"),
        default=2,
        validators=[MaxValueValidator(MOST_HOURS_BEFORE)],
        help_text=_("By e-mail, never at night: for an early visit it leaves the evening before. 0: none."),
    )
    prepare_days_before = models.PositiveSmallIntegerField(
        _("what to bring, days before"),
        default=3,
        validators=[MaxValueValidator(MOST_DAYS_BEFORE)],
        help_text=_("By e-mail, never at night: what to bring and how to get there. 0: none."),
    )
    practitioners = models.ManyToManyField(
        "clinic.Practitioner",
        blank=True,
        related_name="+",
        verbose_name=_("clinicians"),
        help_text=_("Who does this kind of visit. Nobody ticked: it has no open times."),
    )
    locations = models.ManyToManyField(
        "clinic.Location",
        blank=True,
        related_name="+",
        verbose_name=_("places"),
        help_text=_("Where. None ticked: wherever these clinicians work."),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("appointment type")
        verbose_name_plural = _("appointment types")
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(duration_minutes__range=(SHORTEST_VISIT, LONGEST_VISIT)),
                name="appointment_type_lasts_a_sane_time",
                violation_error_message=_("A visit lasts between 5 minutes and 8 hours."),
            ),
            models.CheckConstraint(
                condition=Q(
                    buffer_before_minutes__lte=LONGEST_BUFFER,
                    buffer_after_minutes__lte=LONGEST_BUFFER,
                    step_minutes__in=Step.values,
                    notice_minutes__lte=LONGEST_NOTICE,
                    horizon_days__range=(1, LONGEST_HORIZON),
                ),
                name="appointment_type_is_offered_sanely",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def duration(self):
        return datetime.timedelta(minutes=self.duration_minutes)

    @property
    def before(self):
        return datetime.timedelta(minutes=self.buffer_before_minutes)

    @property
    def after(self):
        return datetime.timedelta(minutes=self.buffer_after_minutes)


class Room(models.Model):
    """A room of one place. Only kinds of visit that need a room look at it."""

    location = models.ForeignKey("clinic.Location", models.PROTECT, related_name="rooms", verbose_name=_("location"))
    name = models.CharField(_("name"), max_length=40, validators=[validate_line])
    is_active = models.BooleanField(_("in use"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["location", "order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["location", "name"],
                name="room_name_once_a_location",
                violation_error_message=_("This place has a room with that name."),
            )
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        """A room has its schedule from the start: without one nothing could be booked into it."""
        is_new = self._state.adding
        with transaction.atomic():
            super().save(*args, **kwargs)
            if is_new:
                Schedule.objects.create(room=self)


class Schedule(models.Model):
    """The time of one clinician or of one room. The row that every booking locks first, in primary-key order."""

    practitioner = models.OneToOneField(
        "clinic.Practitioner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="schedule",
        verbose_name=_("clinician"),
    )
    room = models.OneToOneField(
        Room, models.PROTECT, null=True, blank=True, related_name="schedule", verbose_name=_("room")
    )

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        constraints = [
            models.CheckConstraint(
                condition=Q(practitioner__isnull=False, room__isnull=True)
                | Q(practitioner__isnull=True, room__isnull=False),
                name="schedule_of_one_clinician_or_one_room",
                violation_error_message=_("Choose a clinician or a room, not both."),
            )
        ]

    def __str__(self):
        return f"schedule {self.pk}"


class WeeklyTime(models.Model):
    """A stretch of one weekday, in force between two dates. `ends` 00:00 is midnight at the end of the day."""

    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    starts = models.TimeField(_("from"), validators=[validate_whole_minute])
    ends = models.TimeField(
        _("until"), validators=[validate_whole_minute], help_text=_("12 am means midnight at the end of the day.")
    )
    valid_from = models.DateField(_("first day"), null=True, blank=True, help_text=_("Empty: has always been so."))
    valid_until = models.DateField(_("last day"), null=True, blank=True, help_text=_("Empty: until further notice."))

    class Meta:
        abstract = True
        ordering = ["weekday", "starts", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")) | Q(ends=MIDNIGHT),
                name="%(class)s_ends_after_it_starts",
                violation_error_message=_("“Until” must be after “from”."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="%(class)s_is_valid_on_some_day",
                violation_error_message=_("The last day must not be before the first day."),
            ),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.starts:%H:%M}-{self.ends:%H:%M}"


class WorkingHours(WeeklyTime):
    """When a clinician sees patients, and where. A day may have several stretches, at several places."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="working_hours")
    location = models.ForeignKey("clinic.Location", models.PROTECT, related_name="+", verbose_name=_("location"))

    class Meta(WeeklyTime.Meta):
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")


class Break(WeeklyTime):
    """A pause of every week, at whatever place: no visit is offered in it."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="breaks")

    class Meta(WeeklyTime.Meta):
        verbose_name = _("break")
        verbose_name_plural = _("breaks")


class ExtraHours(models.Model):
    """Working hours of one day, beside the usual ones. A closure or time off on that day still wins."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="extra_hours")
    location = models.ForeignKey("clinic.Location", models.PROTECT, related_name="+", verbose_name=_("location"))
    day = models.DateField(_("day"))
    starts = models.TimeField(_("from"), validators=[validate_whole_minute])
    ends = models.TimeField(_("until"), validators=[validate_whole_minute])

    class Meta:
        verbose_name = _("extra hours")
        verbose_name_plural = _("extra hours")
        ordering = ["day", "starts", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")) | Q(ends=MIDNIGHT),
                name="extra_hours_end_after_they_start",
                violation_error_message=_("“Until” must be after “from”."),
            )
        ]

    def __str__(self):
        return f"{self.day:%Y-%m-%d} {self.starts:%H:%M}-{self.ends:%H:%M}"


class TimeOff(models.Model):
    """Away without a break from a time on the first day to a time on the last: an afternoon, or three weeks."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="times_off")
    first_day = models.DateField(_("first day"))
    from_time = models.TimeField(
        _("from"),
        null=True,
        blank=True,
        validators=[validate_whole_minute],
        help_text=_("Empty: from the start of the first day."),
    )
    last_day = models.DateField(_("last day"))
    until_time = models.TimeField(
        _("until"),
        null=True,
        blank=True,
        validators=[validate_whole_minute],
        help_text=_("Empty or 12 am: to the end of the last day."),
    )
    label = models.CharField(
        _("note"), max_length=40, blank=True, validators=[validate_line], help_text=_("For staff. Never a diagnosis.")
    )

    class Meta:
        verbose_name = _("time off")
        verbose_name_plural = _("times off")
        ordering = ["first_day", "from_time", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gt=F("first_day"))
                | (
                    Q(last_day=F("first_day"))
                    & (Q(from_time__isnull=True) | Q(until_time__isnull=True) | Q(until_time__gt=F("from_time")))
                ),
                name="time_off_ends_after_it_starts",
                violation_error_message=_("The end must be after the start."),
            )
        ]

    def __str__(self):
        return f"{self.first_day:%Y-%m-%d}/{self.last_day:%Y-%m-%d}"
