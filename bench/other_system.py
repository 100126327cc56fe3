"""django-appointment's open times of one clinician and one day, and its bookings, as JSON. Needs an environment of its
own. The bookings are called without a web server and go for one and the same time. `python -m bench.other_system`, with
the environment of bench.other_settings.
"""

import datetime
import json
import statistics
import sys
import time
from importlib.metadata import version

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from appointment.models import Appointment, EmailVerificationCode
from appointment.views import get_available_slots_ajax
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from bench.other_site import make_site

ROUNDS, CALLS = 7, 20
BOOKINGS = 16


def main():
    service, staff = make_site()
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
