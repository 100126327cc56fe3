import signal

from django.core.management.base import BaseCommand, CommandError

from njspine.worker import Worker


class Command(BaseCommand):
    help = "Sends mail and throws away what is no longer needed, until it gets SIGTERM or SIGINT (Ctrl-C)."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do one round and stop")

    def handle(self, *args, once, **options):
        worker = Worker()
        signal.signal(signal.SIGTERM, worker.stop)
        signal.signal(signal.SIGINT, worker.stop)
        if not once:
            worker.run()
            return
        worker.run_due()
        if worker.failures:
            raise CommandError("The database cannot be reached.")
