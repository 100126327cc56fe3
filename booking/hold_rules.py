"""How long a time is held for somebody who is still typing, and how much of a day may be held at once. Pure."""

import datetime

HOLD_FOR = datetime.timedelta(minutes=20)
HOLD_IN_ALL = datetime.timedelta(minutes=60)
# One in so many of a clinician's working minutes of a day may be held: a robot must not close the clinic.
ONE_IN = 5
# Offices and phone networks share an address. Beyond this a patient goes on without a hold.
MOST_FROM_ONE_NETWORK = 10
# Visits that stand in the book after a day's asking: a robot that sends its requests would close the clinic as well.
# Whoever comes later says when they can come instead; no request is refused.
MOST_KEPT_FROM_ONE_NETWORK = 20


def hold_ends(*, now, held_since):
    """The instant until which a hold lasts that is made or renewed `now`; not after `now` when the hour is used up.

    `held_since`: when this request first held any time, None for never.
    """
    return min(now + HOLD_FOR, (held_since or now) + HOLD_IN_ALL)


def day_has_room(*, held, wanted, working):
    """Whether `wanted` more minutes of a day may be held. The first hold of a day always may.

    `held`: minutes that others hold on it; `working`: minutes that the clinician works on it.
    """
    return held == 0 or (held + wanted) * ONE_IN <= working
