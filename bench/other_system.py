"""django-appointment's open times of one clinician and one day, as JSON. Runs in a virtual environment of its own."""

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
        ROOT_URLCONF="appointment.urls",
        LANGUAGE_CODE="en",
    )
    django.setup()

from appointment.models import Config, Service, StaffMember, WorkingHours
from appointment.views import get_available_slots_ajax
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

ROUNDS, CALLS = 7, 20


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
    json.dump({"version": version("django-appointment"), **figures}, sys.stdout)


if __name__ == "__main__":
    main()
