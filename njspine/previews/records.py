"""Made-up records for the previews of our mails. They exist inside one transaction that is always rolled back.

Every name is visibly invented, every address ends in .example, every number is one of those kept for stories
(555-01xx). The clinic itself and its first location are the real ones: their names, hours and directions stand in
every mail, and whoever looks at a preview wants to read those.
"""

import datetime

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from booking.models import Appointment, AppointmentEvent, AppointmentRequest, AppointmentType
from booking.states import AppointmentState, SafetyOutcome
from clinic.models import Clinic, Location, Practitioner
from content.models import InfoPage, Page, PageVersion
from content.states import VersionKind
from njspine.roles import REVIEWER

# With a vowel and a zero: booking.references never makes one like it.
REFERENCE = "R-SAMPLE"
PATIENT, PATIENT_MAIL = "Sample Patient", "sample.patient@mail.example"
COLLEAGUE_MAIL = "sample.colleague@clinic.example"
CLINICIAN = "Sample Clinician"
SLUG = "sample-for-the-previews-of-mails"
PAGE_TITLE = "A sample page"
DAY = datetime.timedelta(days=1)
VISIT_AT = datetime.time(10)
VISIT_LASTS = datetime.timedelta(minutes=50)


class Records:
    """Makes what a mail is about, as of `now`. Use it inside a transaction that is rolled back, nowhere else."""

    def __init__(self, *, now):
        self.now = now
        self.clinic = Clinic.objects.get()
        self._clinician = None

    @property
    def visit_start(self):
        """Ten in the morning, three days from now, on the clinic's clock."""
        day = self.now.astimezone(self.clinic.zone).date() + 3 * DAY
        return datetime.datetime.combine(day, VISIT_AT, tzinfo=self.clinic.zone)

    @property
    def clinician(self):
        if self._clinician is None:
            self._clinician = Practitioner.objects.create(
                name=CLINICIAN,
                slug=SLUG,
                credentials="PT",
                job_title="Physical therapist",
                licence_type="Sample",
                licence_number="SAMPLE",
                degree="Sample",
            )
        return self._clinician

    def location(self):
        found = Location.objects.active().first()
        return found or Location.objects.create(
            name="Sample place",
            slug=SLUG,
            street="1 Sample Street",
            locality="Sampleton",
            region="New Jersey",
            postal_code="00000",
        )

    def request(self, **fields):
        """An AppointmentRequest that came in an hour ago and waits for our answer."""
        defaults = {
            "reference": REFERENCE,
            "patient_name": PATIENT,
            "phone": "+12015550199",
            "email": PATIENT_MAIL,
            "text_agreed_at": self.now - datetime.timedelta(hours=1),
            "safety_outcome": SafetyOutcome.NONE,
            "safety_version": 1,
            "received_at": self.now - datetime.timedelta(hours=1),
            "reply_by": self.now + datetime.timedelta(hours=4),
        }
        return AppointmentRequest.objects.create(**defaults | fields)

    def visit(self, request=None, *, state=AppointmentState.BOOKED, **fields):
        """A visit in three days, of `request` or of one that was answered."""
        if request is None:
            request = self.request(state="answered", closed_at=self.now)
        start = fields.pop("start", self.visit_start)
        return Appointment.objects.create(
            request=request,
            type=self.visit_type(),
            practitioner=self.clinician,
            location=self.location(),
            start=start,
            end=start + VISIT_LASTS,
            state=state,
            created_at=self.now,
            **fields,
        )

    def visit_type(self):
        found = AppointmentType.objects.filter(slug=SLUG).first()
        return found or AppointmentType.objects.create(name="Sample visit", slug=SLUG, duration_minutes=50)

    def event(self, action, **detail):
        """Something that a patient did by link."""
        request = self.request(state="answered", closed_at=self.now)
        return AppointmentEvent.objects.create(action=action, at=self.now, request_id=request.pk, detail=detail)

    def colleague(self, name="Colleague", **fields):
        """Somebody who works here and checks pages; cannot sign in."""
        user = get_user_model().objects.create(
            username=f"{SLUG}-{name.lower()}",
            first_name="Sample",
            last_name=name,
            email=COLLEAGUE_MAIL,
            is_staff=True,
            **fields,
        )
        user.set_unusable_password()
        user.groups.set(Group.objects.filter(name=REVIEWER))
        return user

    def reviewer(self):
        """The colleague whose checks count: the made-up clinician."""
        user = self.colleague("Reviewer")
        self.clinician.user = user
        self.clinician.save()
        return user

    def page(self, **data):
        """A live page and its version; `data` is what the mails read of the version."""
        page = InfoPage.objects.create(slug=SLUG, title=PAGE_TITLE, no_emergency_card=True)
        version = PageVersion.objects.create(
            page=page.page_ptr, number=1, kind=VersionKind.PUBLISHED, schema=1, data=data, created_at=self.now
        )
        Page.objects.filter(pk=page.pk).update(
            live_version=version,
            live_slug=SLUG,
            live_title=PAGE_TITLE,
            live_since=self.now,
            first_published_at=self.now,
        )
        return page.page_ptr, version
