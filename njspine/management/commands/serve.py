"""Runs the whole site from one terminal: web server and worker under one supervisor."""

import errno
import os
import socket
import sys

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from clinic.models import Clinic
from njspine import preparation
from njspine.environment import refuse
from njspine.supervisor import Program, Supervisor


class Command(BaseCommand):
    help = "Serves the site: gunicorn and the worker, started again when they die. Ctrl-C stops both."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--prepare", action="store_true", help="first static files, migrations, sample clinic and sign-in"
        )

    def handle(self, *, prepare, **options):
        listener = listen()
        password = None
        with preparation.alone():
            preparation.check_database()
            if prepare:
                password = self.prepare()
        clinic = Clinic.objects.first()
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "njspine.settings"}
        if clinic and not settings.CLINIC_PHONE:
            # A web worker that starts while the database is down still knows whom to call.
            environment["CLINIC_PHONE"] = clinic.phone.as_national
        connections.close_all()
        self.greet(prepare=prepare, password=password)
        Supervisor(programs(listener), environment=environment).run()
        self.stdout.write("Stopped.")

    def prepare(self):
        self.say("Static files ...")
        preparation.static_files()
        self.say("Database ...")
        preparation.tables()
        preparation.search_index()
        if preparation.sample_clinic():
            self.say("Made the sample clinic.")
        return preparation.first_sign_in()

    def greet(self, *, prepare, password):
        self.say(f"\n  The site:       {settings.SITE_URL}/")
        self.say(f"  Staff sign-in:  {settings.SITE_URL}/admin/")
        if password:
            self.say(f"  User name:      {preparation.FIRST_USER}")
            self.say(f"  Password:       {password}")
            self.say("  The password is shown this once and stored nowhere: write it down now.")
        elif prepare:
            self.say("  Password lost?  .venv/bin/python manage.py changepassword " + preparation.FIRST_USER)
        self.say("\n  Ctrl-C stops everything.\n")

    def say(self, line):
        self.stdout.write(line)
        self.stdout.flush()


def listen():
    """The listening socket, held by this process, so that a web server that starts again finds it still open."""
    host = settings.HOST.strip("[]")
    try:
        address = socket.getaddrinfo(host, settings.PORT, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(address[0], socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address[4])
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            refuse(f"Port {settings.PORT} is in use. Stop what uses it, or choose another: PORT=8001 make run")
        if error.errno == errno.EACCES:
            refuse(f"Port {settings.PORT} may not be opened by this user. Choose one above 1023.")
        refuse(f"HOST {host} is no address of this machine. Try 127.0.0.1, or 0.0.0.0 for all of them.")
    listener.listen(2048)
    return listener


def programs(listener):
    web = [sys.executable, "-m", "gunicorn", "--config", "python:njspine.gunicorn_conf"]
    web += ["--bind", f"fd://{listener.fileno()}", "njspine.wsgi:application"]
    worker = [sys.executable, str(settings.BASE_DIR / "manage.py"), "work"]
    return [Program("web", web, fds=(listener.fileno(),)), Program("work", worker)]
