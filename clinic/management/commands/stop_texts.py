import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from phonenumber_field.phonenumber import to_python

from clinic import text_messages


class Command(BaseCommand):
    help = "Ends text messages to the phone numbers on standard input, one a line, as if each had answered STOP."

    def add_arguments(self, parser):
        parser.add_argument("--start", action="store_true", help="allow them again, as if each had answered START")

    def handle(self, *args, start, **options):
        # From standard input, because what stands on a command line is kept in its history.
        numbers = [to_python(line.strip()) for line in sys.stdin if line.strip()]
        wrong = [place for place, number in enumerate(numbers, 1) if not number.is_valid()]
        if wrong:
            raise CommandError(f"No phone number stands in line {', '.join(map(str, wrong))}. Nothing was changed.")
        now = timezone.now()
        for number in numbers:
            if start:
                text_messages.started(number.as_e164)
            else:
                text_messages.stopped(number.as_e164, now=now)
        self.stdout.write(f"{len(numbers)} {'may get texts again' if start else 'get no more texts'}.")
