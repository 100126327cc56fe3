"""When a call-back may be promised to somebody who should see a doctor today."""

import datetime


def can_call_back(opening, *, within_minutes, now):
    """Whether the clinic stays open long enough to keep a promise to call within so many minutes.

    `opening` is a clinic.hours.Opening. A call that comes tomorrow would be a reason to wait today.
    """
    closes = opening.open_until(now)
    return closes is not None and closes - now >= datetime.timedelta(minutes=within_minutes)
