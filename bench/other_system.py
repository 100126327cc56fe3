"""django-appointment's open times of one clinician and one day, and its bookings, as JSON. Needs an environment of its
own. Its two presses of a booking are called without a web server, which is in its favor.
"""

import datetime
import json
import statistics
import sys
import time
from importlib.metadata import version

import django
from django.conf import settings

if __name__ == "__main__":
    settings.configure(
        SECRET_KEY="only for a measurement",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "appointment",
        ],
        USE_TZ=True,
        TIME_ZONE="America/New_York",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        STATIC_URL="/static/",
        ALLOWED_HOSTS=["testserver"],
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        PHONENUMBER_DEFAULT_REGION="US",
        LOGGING_CONFIG=None,
        ROOT_URLCONF="__main__",
        LANGUAGE_CODE="en",
    )
    django.setup()

from appointment.models import Appointment, Config, EmailVerificationCode, Service, StaffMember, WorkingHours
from appointment.views import get_available_slots_ajax
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

urlpatterns = [path("", include("appointment.urls"))]
ROUNDS, CALLS = 7, 20
BOOKINGS = 16


def main():
    # Its package comes without migrations: the tables as its models are now.
    call_command("migrate", run_syncdb=True, verbosity=0)
    Config.objects.create(slot_duration=30, lead_time=datetime.time(9), finish_time=datetime.time(17))
    user = get_user_model().objects.create_user("clinician")
    service = Service.objects.create(name="Visit", duration=datetime.timedelta(minutes=30), price=0)
    staff = StaffMember.objects.create(
        user=user, slot_duration=30, lead_time=datetime.time(9), finish_time=datetime.time(17)
    )
    staff.services_offered.add(service)
    for day in range(7):
        WorkingHours.objects.create(
            staff_member=staff, day_of_week=day, start_time=datetime.time(9), end_time=datetime.time(17)
        )
    day = datetime.date.today() + datetime.timedelta(days=7)
    asked = {"selected_date": day.isoformat(), "staff_member": staff.pk, "service_id": service.pk}
    request = RequestFactory().get("/", asked, headers={"x-requested-with": "XMLHttpRequest"})
    with CaptureQueriesContext(connection) as queries:
        found = json.loads(get_available_slots_ajax(request).content)["available_slots"]
    spent = []
    for _round in range(ROUNDS):
        before = time.process_time()
        for _call in range(CALLS):
            get_available_slots_ajax(request)
        spent.append((time.process_time() - before) / CALLS * 1000)
    figures = {"cpu_ms": statistics.median(spent), "times": len(found), "queries": len(queries)}
    figures |= bookings(service, staff, day)
    json.dump({"version": version("django-appointment"), **figures}, sys.stdout)


def bookings(service, staff, day):
    """What one booking costs, all of them for one and the same time, and how many of them it took."""
    spent = []
    for n in range(BOOKINGS):
        client = Client()
        before = time.process_time()
        answer = client.post(
            "/request-submit/",
            {
                "date": day.isoformat(),
                "start_time": "10:00",
                "end_time": "10:30",
                "service": service.pk,
                "staff_member": staff.pk,
            },
        )
        person = {"name": "Pat Testcase", "email": f"pat{n}@example.com", "phone_0": "US", "phone_1": "2015550123"}
        more = {"address": "100 Sample Street", "additional_info": "", "payment_type": "full"}
        answer = client.post(answer["Location"], person | more)
        # To a new patient it sends a code, and books when that comes back.
        client.post(answer["Location"], {"code": EmailVerificationCode.objects.latest("pk").code})
        spent.append((time.process_time() - before) * 1000)
    return {"booking_ms": statistics.median(spent), "rivals": BOOKINGS, "winners": Appointment.objects.count()}


if __name__ == "__main__":
    main()
