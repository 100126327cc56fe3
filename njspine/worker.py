"""The one loop in the background: sends mail, throws away what is no longer needed, and shows that it is alive."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import close_old_connections, connections
from django.utils import timezone

from booking.actions.drafts import purge_drafts
from booking.actions.ending import end_requests
from booking.actions.escalation import watch_unanswered
from booking.actions.holds import purge_holds
from booking.actions.offering import end_offers
from booking.actions.preparing import ask_for_preparations
from booking.actions.reminding import ask_for_reminders
from booking.actions.wait_offers import watch_wait_list
from booking.actions.warning import warn_of_promises, watch_silence
from clinic import heartbeat
from clinic.claims import DATABASE_AWAY
from clinic.faults import describe
from clinic.mail_files import purge_files
from clinic.outbox import deliver_due, purge_finished
from clinic.states import MessageChannel
from clinic.text_files import purge_text_files
from content.editing.planning import run_due_plans
from content.editing.reminders import remind
from content.feedback import purge_feedback
from content.link_checker import LinkChecker, sync_links
from content.missing_addresses import purge_missing

logger = logging.getLogger(__name__)

# Seconds. A person who has just asked for a visit looks into the mailbox now.
MAIL_EVERY = 5.0
MAIL_EVERY_WHILE_UNREACHABLE = 30.0
# “Published at 9:00 AM” is true at 9:00 AM.
PLANS_EVERY = 10.0
MINUTE, HOUR = 60.0, 3600.0
# Reminders leave in the clinic's morning; whoever was away then catches up within this time.
REMINDERS_EVERY = 600.0
LONGEST_WAIT_FOR_DATABASE = 30.0


@dataclass
class Job:
    """`run(now)` does the work: a line for the log or "", and the seconds until it wants to run again."""

    name: str
    run: Callable
    next_at: float = 0.0


class Worker:
    """Runs its jobs in turn until told to stop. Survives a database that goes away and a job that breaks."""

    def __init__(self):
        self.stopping = threading.Event()
        self.failures = 0
        self.links = LinkChecker()
        self.jobs = [
            Job("heartbeat", beat),
            Job("promises near", watch_promises),
            Job("unanswered", watch_times),
            Job("wait list", offer_freed_times),
            Job("silence", watch_requests),
            Job("requests over", end_what_passed),
            Job("offers", end_unanswered_offers),
            Job("mail", self.send_mail),
            Job("planned changes", run_plans),
            Job("visits ahead", remind_of_visits),
            Job("preparations", prepare_visits),
            Job("holds", end_holds),
            Job("drafts", forget_drafts),
            Job("clean-up", forget_messages),
            Job("feedback", forget_feedback),
            Job("missing addresses", forget_missing_addresses),
            Job("pages due", remind_of_pages),
            Job("links", self.check_links),
        ]

    def stop(self, *args):
        """Finish the message in hand, then leave. A signal handler."""
        self.stopping.set()

    def run(self):
        while not self.stopping.is_set():
            self.stopping.wait(self.run_due())

    def run_due(self):
        """One round: every job whose time has come. Returns the seconds until the next round."""
        close_old_connections()
        try:
            for job in self.jobs:
                if not self.stopping.is_set() and job.next_at <= time.monotonic():
                    self._run_job(job)
        except DATABASE_AWAY as error:
            self.failures += 1
            wait = min(2.0 ** (self.failures - 1), LONGEST_WAIT_FOR_DATABASE)
            logger.warning("database away (%s), looking again in %.0f s", describe(error), wait)
            connections.close_all()
            return wait
        self.failures = 0
        return max(min(job.next_at for job in self.jobs) - time.monotonic(), 0.0)

    def _run_job(self, job):
        try:
            told, again_in = job.run(timezone.now())
        except DATABASE_AWAY:
            raise
        except Exception as error:  # noqa: BLE001  one broken job must not stop the mail
            logger.error("%s failed: %s", job.name, describe(error))
            told, again_in = "", MINUTE
        if told:
            logger.info("%s: %s", job.name, told)
        job.next_at = time.monotonic() + again_in

    def send_mail(self, now):
        done = deliver_due(now=now, should_stop=self.stopping.is_set)
        again_in = MAIL_EVERY_WHILE_UNREACHABLE if MessageChannel.EMAIL in done.unreachable else MAIL_EVERY
        return str(done), 0.0 if done.more else again_in

    def check_links(self, now):
        """One link a minute, so that mail never waits long for a slow site; each link once a day."""
        if not settings.CHECK_LINKS:
            return "", HOUR
        if self.links.check_next(now=now) is not None:
            return "", MINUTE
        sync_links()
        return "", HOUR


def beat(now):
    heartbeat.beat(heartbeat.WORKER, now=now)
    return "", MINUTE


def run_plans(now):
    done, failed = run_due_plans(now=now)
    return f"{done} done, {failed} failed" if done or failed else "", PLANS_EVERY


def watch_promises(now):
    warned = warn_of_promises(now=now)
    return f"{warned} near" if warned else "", MINUTE


def watch_requests(now):
    late = watch_silence(now=now)
    return f"{late} told to the desk" if late else "", MINUTE


def end_what_passed(now):
    ended = end_requests(now=now)
    return f"{ended} ended unanswered" if ended else "", MINUTE


def watch_times(now):
    return str(watch_unanswered(now=now)), MINUTE


def offer_freed_times(now):
    return str(watch_wait_list(now=now)), MINUTE


def end_unanswered_offers(now):
    ended = end_offers(now=now)
    return f"{ended} over" if ended else "", MINUTE


def remind_of_visits(now):
    asked = ask_for_reminders(now=now)
    return f"{asked} reminders due" if asked else "", MINUTE


def prepare_visits(now):
    asked = ask_for_preparations(now=now)
    return f"{asked} due" if asked else "", MINUTE


def end_holds(now):
    # Nobody waits for it: whoever wants the time clears it. This keeps the ledger small.
    gone = purge_holds(now=now)
    return f"{gone} over" if gone else "", MINUTE


def forget_drafts(now):
    gone = purge_drafts(now=now)
    return f"{gone} forgotten" if gone else "", MINUTE


def forget_messages(now):
    gone = purge_finished(now=now) + purge_files(now=now) + purge_text_files(now=now)
    return f"{gone} old messages deleted" if gone else "", HOUR


def forget_feedback(now):
    gone = purge_feedback(now=now)
    return f"{gone} answers about pages made shorter" if gone else "", HOUR


def forget_missing_addresses(now):
    gone = purge_missing(now=now)
    return f"{gone} forgotten" if gone else "", HOUR


def remind_of_pages(now):
    people = remind(now=now)
    return f"{people} people reminded" if people else "", REMINDERS_EVERY
