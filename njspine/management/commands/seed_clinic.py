"""Fills an empty database with the sample clinic, and touches nothing in any other."""

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from booking.models import AppointmentRequest
from clinic.images import ImageRefused
from clinic.models import Clinic, Practitioner
from content.errors import NotPublishable
from content.models import Page, RedFlag
from njspine.roles import create_groups
from njspine.sample.demo import load_demo_requests
from njspine.sample.files import read_clinic
from njspine.sample.loader import load_clinic, load_texts
from njspine.sample.portraits import store_portraits

ALREADY = "There is a clinic in this database already. Nothing was changed."


class Command(BaseCommand):
    help = "Fill an empty database with the sample clinic: facts, texts and staff groups; no patients."

    def add_arguments(self, parser):
        parser.add_argument(
            "--demo-requests",
            action="store_true",
            help="also receive a handful of made-up requests, so that the front desk has something to show",
        )

    def handle(self, *, demo_requests, **options):
        if _has_clinic():
            self.stdout.write(ALREADY)
        elif _has_rows():
            raise CommandError("This database has no clinic, but is not empty. Nothing was changed.")
        else:
            self._seed()
        if demo_requests:
            self._receive_demo_requests()

    def _seed(self):
        # Pictures first: they take time, which a transaction on SQLite would take from everybody else.
        try:
            portraits = store_portraits(len(read_clinic()["practitioners"]))
        except ImageRefused as error:
            raise CommandError(str(error)) from error
        now = timezone.now()
        try:
            with transaction.atomic():
                load_clinic(now=now, portraits=portraits)
                load_texts(now=now)
                create_groups()
        except IntegrityError:
            # Another run was quicker; the database let only one of them insert the clinic's row.
            if not _has_clinic():
                raise
            self.stdout.write(ALREADY)
            return
        except NotPublishable as error:
            raise CommandError(_why_refused(error)) from error
        self.stdout.write("The sample clinic is in place. Everybody and everything in it is made up.")

    def _receive_demo_requests(self):
        if not Clinic.objects.filter(is_sample=True).exists():
            raise CommandError("Made-up requests are for the sample clinic only.")
        if AppointmentRequest.objects.exists():
            raise CommandError("There are requests already. No made-up ones were added.")
        with transaction.atomic():
            count = load_demo_requests(now=timezone.now())
        self.stdout.write(f"{count} made-up requests are waiting at the front desk.")


def _has_clinic():
    try:
        return Clinic.objects.exists()
    except DatabaseError as error:
        raise CommandError(
            "The database cannot be read or has no tables yet. Run “manage.py migrate” first."
        ) from error


def _has_rows():
    return any(model.objects.exists() for model in (Practitioner, Page, RedFlag))


def _why_refused(error):
    """The publish gate's reasons, one a line, below the name of the page."""
    names = ", ".join(getattr(error, "__notes__", ())) or "the warning signs"
    reasons = [f"  {problem.field}: {problem.text}" for problem in error.problems]
    return "\n".join([f"Not publishable: {names}", *reasons])
