"""A site of django-appointment, in an environment of its own: one clinician who works all day, every day.

Settings: bench/other_settings.py. gunicorn serves `bench.other_site:application`.
"""

import datetime

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from appointment.models import Config, EmailVerificationCode, Service, StaffMember, WorkingHours
from django.contrib.auth import get_user_model
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.http import HttpResponse
from django.urls import include, path

OPENS, CLOSES = datetime.time(8), datetime.time(18)


def code(request):
    """The code that was mailed to an address: what a patient reads in the mail."""
    return HttpResponse(EmailVerificationCode.objects.filter(user__email=request.GET["email"]).latest("pk").code)


def make_site():
    """Tables, the service and the clinician, each the first of its kind: (Service, StaffMember)."""
    # Its package comes without migrations: the tables as its models are now.
    call_command("migrate", run_syncdb=True, verbosity=0)
    Config.objects.create(slot_duration=30, lead_time=OPENS, finish_time=CLOSES)
    user = get_user_model().objects.create_user("clinician")
    service = Service.objects.create(name="Visit", duration=datetime.timedelta(minutes=30), price=0)
    staff = StaffMember.objects.create(user=user, slot_duration=30, lead_time=OPENS, finish_time=CLOSES)
    staff.services_offered.add(service)
    for day in range(7):
        WorkingHours.objects.create(staff_member=staff, day_of_week=day, start_time=OPENS, end_time=CLOSES)
    return service, staff


urlpatterns = [path("code/", code), path("", include("appointment.urls"))]
application = WSGIHandler()
