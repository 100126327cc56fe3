"""Counts searches that found nothing, so that editors learn which words and pages are missing.

What one person types stays that person's. So there is no row for anything but a few plain words; the words themselves
are written down only when the same search has come LEAST_TIMES on LEAST_DAYS days, before that only their keyed hash,
which nobody can read back; and what nobody searches for again is forgotten. No time of day, no address, no cookie.
"""

import datetime
import re
import unicodedata

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When
from django.utils.crypto import salted_hmac

from content.models import SearchMiss
from content.search.text import words

LEAST_TIMES, LEAST_DAYS = 3, 2
MOST_WORDS, LONGEST_WORD, LONGEST_QUERY = 4, 20, 60
# Bounds for whoever lets a program search: rows, rows a day, and how much one day may add to a row.
MOST_ROWS, MOST_NEW_A_DAY, MOST_A_DAY = 1_000, 100, 20
HIDDEN_FOR = datetime.timedelta(days=30)
SHOWN_FOR = datetime.timedelta(days=400)
ADDRESS = re.compile(r"[@/:_]|\.\w")
# “Dr. Kowalski”, “my name is”: what follows is somebody's name.
BEFORE_NAMES = frozenset({"dr", "doctor", "mr", "mrs", "ms", "miss", "prof", "nurse", "name", "called", "named"})


def countable(query):
    """The words of a cleaned search as they may be counted, in no order, or "".

    Letters and what belongs to a sentence only, few words and short; no digit, no address, and no word that announces
    a name.
    """
    texts = [word.text for word in words(query)]
    plain = " ".join(sorted(set(texts)))
    fits = 0 < len(texts) <= MOST_WORDS and len(plain) <= LONGEST_QUERY and not ADDRESS.search(query)
    return plain if fits and all(map(_is_plain, texts)) and BEFORE_NAMES.isdisjoint(texts) else ""


def _is_plain(text):
    return 1 < len(text) <= LONGEST_WORD and all(unicodedata.category(char)[0] == "L" for char in text)


def count_miss(plain, *, today):
    """Count one search for `plain` (from countable()) on `today`, a date in the clinic's zone. At most five queries."""
    key = salted_hmac("content.search.misses", plain, algorithm="sha256").hexdigest()
    with transaction.atomic():
        known = SearchMiss.objects.filter(key=key)
        _count_again(known, plain, today) or _count_first(key, today)


def _count_again(known, plain, today):
    is_same_day = When(last_day=today, then=F("times_on_last_day") + 1)
    counted = (
        known.exclude(last_day=today, times_on_last_day__gte=MOST_A_DAY)
        .exclude(last_day__gt=today)
        .update(
            times=F("times") + 1,
            days=F("days") + Case(When(last_day=today, then=Value(0)), default=Value(1)),
            times_on_last_day=Case(is_same_day, default=Value(1)),
            last_day=today,
        )
    )
    if counted:
        known.filter(words="", times__gte=LEAST_TIMES, days__gte=LEAST_DAYS).update(words=plain)
    return counted or known.exists()


def _count_first(key, today):
    SearchMiss.objects.filter(words="", last_day__lt=today - HIDDEN_FOR).delete()
    SearchMiss.objects.filter(last_day__lt=today - SHOWN_FOR).delete()
    is_full = SearchMiss.objects.count() >= MOST_ROWS
    if is_full or SearchMiss.objects.filter(first_day=today).count() >= MOST_NEW_A_DAY:
        return
    try:
        with transaction.atomic():
            SearchMiss.objects.create(key=key, times=1, times_on_last_day=1, days=1, first_day=today, last_day=today)
    except IntegrityError:
        # Somebody else searched for the same words at the same moment, and counted.
        return
