"""Whether a background process is alive, seen from any machine that shares the database."""

from clinic.models import Heartbeat

WORKER = "worker"


def beat(name, *, now):
    """Say "alive at `now`"."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})


def silent_for(name, *, now):
    """How long the process has said nothing (timedelta), or None when it never ran."""
    at = Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
    return None if at is None else now - at
