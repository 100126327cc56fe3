"""What readers answer to “Was this page helpful?”: keeping it, and forgetting it in time."""

import datetime

from content.errors import TooManyAnswers
from content.models import PageFeedback

WITHIN = datetime.timedelta(hours=1)
# A family, an office or a mobile network shares an address; robots go far beyond.
MOST_ON_PAGE = 5
MOST_FROM_NETWORK = 30
# A second press of the button, or Back and Send again.
SAME_WITHIN = datetime.timedelta(minutes=1)
NETWORK_KNOWN_FOR = datetime.timedelta(days=1)
COMMENT_KEPT_FOR = datetime.timedelta(days=365)


def keep_feedback(*, page, is_helpful, comment, network_key, now):
    """Keep one answer about the live version of `page`; None when the same answer came a moment ago.

    Raises TooManyAnswers beyond MOST_ON_PAGE or MOST_FROM_NETWORK within the hour. Senders whose network nobody knows
    count as one. Racing senders may go beyond by as many as race: it is a dam, not a ledger.
    """
    recent = PageFeedback.objects.filter(network_key=network_key, created_at__gt=now - WITHIN)
    on_page = recent.filter(page=page)
    answer = {"is_helpful": is_helpful, "comment": comment}
    if on_page.filter(created_at__gt=now - SAME_WITHIN, **answer).exists():
        return None
    if on_page.count() >= MOST_ON_PAGE or recent.count() >= MOST_FROM_NETWORK:
        raise TooManyAnswers
    return PageFeedback.objects.create(
        page=page, version_number=page.live_version.number, network_key=network_key, created_at=now, **answer
    )


def purge_feedback(*, now):
    """Empty the network hashes after a day and the comments after a year; yes and no stay. Returns rows changed."""
    known = PageFeedback.objects.filter(created_at__lte=now - NETWORK_KNOWN_FOR).exclude(network_key="")
    written = PageFeedback.objects.filter(created_at__lte=now - COMMENT_KEPT_FOR).exclude(comment="")
    return known.update(network_key="") + written.update(comment="")
