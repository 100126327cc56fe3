import datetime
import logging
import os
import signal
import subprocess
import sys

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction

from booking.models import RequestDraft
from clinic import heartbeat, outbox
from clinic.models import OutgoingMessage
from clinic.states import MessageState
from content.editing.planning import plan_unpublish
from njspine import worker as worker_module
from njspine.worker import Worker
from tests.content.factories import make_info
from tests.factories import MONDAY_NOON, make_clinic, make_request
from tests.mail_server import greeting_server, mail_server
from tests.messages import make_message
from tests.outbox_workers import url_of
from tests.processes import until

# The worker lets go of stale connections, as it must; inside a test's own transaction that would end the test.
pytestmark = pytest.mark.django_db(transaction=True)

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def worker(letters):
    return Worker()


def job(worker, name):
    return next(job for job in worker.jobs if job.name == name)


class TestARound:
    @pytest.fixture(autouse=True)
    def monday_noon(self):
        with time_machine.travel(MONDAY_NOON, tick=False):
            yield

    def test_it_sends_mail_and_shows_that_it_is_alive(self, worker, caplog):
        caplog.set_level(logging.INFO, "njspine.worker")
        make_message(1)
        make_message(2)

        wait = worker.run_due()

        assert len(mail.outbox) == 2
        assert heartbeat.silent_for("worker", now=MONDAY_NOON) == datetime.timedelta(0)
        assert [record.getMessage() for record in caplog.records] == ["mail: 2 sent"]
        assert 0 < wait <= worker_module.MAIL_EVERY

    def test_it_does_what_editors_planned(self, worker, caplog):
        caplog.set_level(logging.INFO, "njspine.worker")
        page = make_info(published=True)
        an_hour_ago = MONDAY_NOON - HOUR
        plan_unpublish(page=page, at=MONDAY_NOON, by=None, why="", now=an_hour_ago)
        worker.run_due()
        page.refresh_from_db()
        assert page.live_version is None
        assert "planned changes: 1 done, 0 failed" in [record.getMessage() for record in caplog.records]

    def test_it_says_nothing_when_nothing_happened(self, worker, caplog):
        caplog.set_level(logging.INFO, "njspine.worker")

        worker.run_due()

        assert caplog.records == []

    def test_it_throws_away_what_is_no_longer_needed(self, worker):
        for hours in (3, 1):
            used = MONDAY_NOON - hours * HOUR
            RequestDraft.objects.create(secret_hash="x", created_at=used, last_used_at=used)
        old = make_message(now=MONDAY_NOON - 100 * DAY)
        OutgoingMessage.objects.filter(pk=old.pk).update(state=MessageState.SENT, finished_at=MONDAY_NOON - 100 * DAY)

        worker.run_due()

        assert RequestDraft.objects.count() == 1
        assert not OutgoingMessage.objects.exists()

    def test_a_dead_mail_server_is_left_alone_for_a_while(self, worker, monkeypatch):
        monkeypatch.setattr(worker_module, "deliver_due", lambda **arguments: outbox.Round(later=1, unreachable=True))

        worker.run_due()

        assert job(worker, "mail").next_at > job(Worker(), "mail").next_at + worker_module.MAIL_EVERY

    def test_more_mail_than_fits_in_a_round_goes_on_at_once(self, worker, monkeypatch):
        monkeypatch.setattr(worker_module, "deliver_due", lambda **arguments: outbox.Round(sent=100, more=True))

        assert worker.run_due() == 0.0

    def test_a_job_that_breaks_does_not_stop_the_others_nor_tell_secrets(self, worker, monkeypatch, caplog):
        def break_down(now):
            raise ValueError("canary-4711@home.example")

        job(worker, "heartbeat").run = break_down
        make_message()

        worker.run_due()

        assert len(mail.outbox) == 1
        [broken] = [record for record in caplog.records if record.levelno == logging.ERROR]
        assert broken.getMessage().startswith("heartbeat failed: ValueError at test_worker.py:")
        assert "canary" not in caplog.text

    def test_a_database_that_goes_away_is_waited_for_longer_and_longer(self, worker, monkeypatch, caplog):
        def away(now):
            raise OperationalError("connection to canary-4711 refused")

        really_send, job(worker, "mail").run = job(worker, "mail").run, away
        monkeypatch.setattr(worker_module.connections, "close_all", lambda: None)
        make_message()

        assert [worker.run_due() for _ in range(7)] == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
        assert "canary" not in caplog.text

        job(worker, "mail").run = really_send
        worker.run_due()
        assert worker.failures == 0
        assert len(mail.outbox) == 1


class TestOnce:
    @pytest.fixture(autouse=True)
    def keep_signals(self):
        kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        yield
        for number, handler in kept.items():
            signal.signal(number, handler)

    def test_it_does_one_round_and_stops(self, letters):
        with time_machine.travel(MONDAY_NOON):
            make_message()
            call_command("work", "--once")

        assert len(mail.outbox) == 1

    def test_it_says_in_one_sentence_that_the_database_is_away(self, letters, monkeypatch):
        def away(name, *, now):
            raise OperationalError("connection refused")

        monkeypatch.setattr(heartbeat, "beat", away)
        monkeypatch.setattr(worker_module.connections, "close_all", lambda: None)

        with pytest.raises(CommandError, match=r"^The database cannot be reached\.$"):
            call_command("work", "--once")


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
class TestProcess:
    """`manage.py work` as it really runs."""

    @pytest.fixture
    def start(self):
        started = []

        def start(port):
            environment = os.environ | {
                "DATABASE_URL": url_of(connection),
                "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            }
            process = subprocess.Popen(
                [sys.executable, "manage.py", "work"],
                env=environment,
                cwd=django_settings.BASE_DIR,
                stderr=subprocess.PIPE,
                text=True,
            )
            started.append(process)
            until(lambda: heartbeat.silent_for("worker", now=MONDAY_NOON) is not None, "the worker's first round")
            return process

        yield start
        for process in started:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def ask_for_mail(self):
        """A message to the front desk, as a request that came in just now leaves one."""
        now = datetime.datetime.now(datetime.UTC)
        make_clinic()
        request = make_request(received_at=now, reply_by=now + HOUR)
        with transaction.atomic():
            return outbox.enqueue(kind="new_request", record_id=request.pk, key="trial", now=now)

    def test_it_survives_the_loss_of_its_connections_and_stops_when_told(self, start):
        with mail_server() as server:
            process = start(server.port)
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
            message = self.ask_for_mail()
            until(lambda: server.accepted, "the mail to the desk")
            until(lambda: OutgoingMessage.objects.filter(pk=message.pk, state=MessageState.SENT), "the mark")
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        [mail_to_desk] = server.accepted
        assert mail_to_desk["X-Envelope-To"] == "desk@clinic.example"
        assert mail_to_desk["Message-ID"] == message.message_id
        assert "Traceback" not in process.stderr.read()

    def test_ctrl_c_stops_it_although_it_waits_for_a_silent_mail_server(self, start):
        message = self.ask_for_mail()
        with greeting_server() as port:
            process = start(port)
            until(lambda: OutgoingMessage.objects.filter(pk=message.pk, state=MessageState.SENDING), "a try to send")
            process.send_signal(signal.SIGINT)
            assert process.wait(15) == 0
        message.refresh_from_db()
        assert (message.state, message.reason) == (MessageState.QUEUED, "unreachable")
        assert "Traceback" not in process.stderr.read()
