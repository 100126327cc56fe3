"""What can go wrong with a request or a visit, in words that staff can act on."""

from django.utils.translation import gettext_lazy as _


class BookingError(Exception):
    """Base of the app's own errors. `str(error)` is a sentence for the person at the screen, without personal data."""

    message = _("That did not work. Please try again.")

    def __str__(self):
        return str(self.message)


class TimeTaken(BookingError):
    message = _("Somebody else has this time. Choose another one.")


class NotOffered(BookingError):
    message = _("We do not offer this time. Choose another one.")


class OfferOver(BookingError):
    message = _("We no longer keep this time for you. Choose another one, or call us.")


class CannotOffer(BookingError):
    """Times that staff cannot offer as asked. `reason` is a key of REASONS; of_time() names one of several."""

    REASONS = {
        "how_many": _("Offer one, two or three times."),
        "no_mailbox": _("This patient takes no e-mail. Call them, and book the time that suits."),
        "safety_call": _("This is a safety call-back. Call them before you offer anything."),
        "too_soon": _("A time that we offer is at least an hour ahead. For a sooner one, call them."),
        "overlaps": _("This is the same as another time that you offer, or overlaps it."),
    }

    def __init__(self, reason, *, why=""):
        super().__init__()
        self.reason = reason
        self.message = why or self.REASONS[reason]

    @classmethod
    def of_time(cls, number, error):
        """The same refusal with the number of the time that it is about, counted from 1."""
        words = {"number": number, "why": error}
        return cls(getattr(error, "reason", type(error).__name__), why=_("Time %(number)s: %(why)s") % words)


class TooManyKept(BookingError):
    message = _("Many times are kept for people on your network. Call us, or tell us below when you can come.")


class IllegalMove(BookingError):
    message = _("This was already answered, or has changed since you opened it. Look at it again.")


class TooLateToSay(BookingError):
    message = _("You can tell us here within three hours before the visit. Please call us instead.")


class FreedTimeOver(BookingError):
    message = _("This time is no longer kept for you. What you have with us stays as it is.")


class NotWaitable(BookingError):
    """A place on the wait list that makes no sense. `reason` is a key of REASONS."""

    REASONS = {
        "nothing": _("There is no visit to come earlier for. Please call us."),
        "days": _("These days are over, or not before the visit. Choose others."),
    }

    def __init__(self, reason):
        super().__init__()
        self.reason = reason
        self.message = self.REASONS[reason]


class DraftGone(BookingError):
    message = _("This request is no longer open. Please start again, or call us.")


class ClaimedByOther(BookingError):
    """`user_id` is the colleague and `since` the instant at which they last opened it."""

    message = _("A colleague is working on this request.")

    def __init__(self, *, user_id, since):
        super().__init__()
        self.user_id = user_id
        self.since = since


class OutcomeNeeded(BookingError):
    message = _("A safety call-back closes only with an outcome.")


class AttemptsNeeded(BookingError):
    message = _("Log three tries to reach the patient first.")


class NoSuchTime(BookingError):
    message = _("This time does not exist on that day: the clock jumps over it. Choose a time an hour later.")


class NotBookable(BookingError):
    """A visit that cannot be booked as asked. `reason` is a key of REASONS."""

    REASONS = {
        "no_zone": _("Give the start with its time zone."),
        "off_minute": _("A visit starts on a full minute."),
        "past": _("This time is already over. Choose a later one."),
        "too_far": _("This is more than a year ahead. Check the date."),
        "type": _("This kind of visit is no longer in use."),
        "practitioner": _("This clinician does not see patients now."),
        "location": _("Patients are not seen at this location now."),
        "works_elsewhere": _("This clinician does not work at this location."),
    }

    def __init__(self, reason):
        super().__init__()
        self.reason = reason
        self.message = self.REASONS[reason]


class WrongTime(BookingError):
    """A move that is right, but not now. `reason` is a key of REASONS."""

    REASONS = {
        "before_the_day": _("This visit is on a later day. Somebody arrives on the day of the visit."),
        "before_the_start": _("This visit has not begun yet. Wait until it has."),
        "after_the_day": _("This can be undone on the day of the visit only."),
    }

    def __init__(self, reason):
        super().__init__()
        self.reason = reason
        self.message = self.REASONS[reason]


class VisitsInTheWay(BookingError):
    """Staff want to block time in which patients come. `visits` are those, earliest first; `holds` counts the times
    that patients are just choosing."""

    message = _("Patients have visits in this time. Move them first, or block the time around them.")

    def __init__(self, *, visits, holds):
        super().__init__()
        self.visits = visits
        self.holds = holds
        if not visits:
            self.message = _("A patient is just choosing a time in it. Try again later, or block the time around it.")


class NotBlockable(BookingError):
    """Time that cannot be blocked as asked. `reason` is a key of REASONS."""

    REASONS = {
        "past": _("These days are already over. Choose later ones."),
        "too_far": _("This is more than two years ahead. Check the date."),
        "too_long": _("Block three months at most at a time. For longer, end the working hours."),
        "backwards": _("The last day is before the first, or the time ends before it begins."),
        "nothing_left": _("All of this time is taken or blocked already."),
        "no_schedule": _("This clinician or room has no schedule."),
    }

    def __init__(self, reason):
        super().__init__()
        self.reason = reason
        self.message = self.REASONS[reason]


class TooBusy(BookingError):
    message = _("Too many changes came at once, and nothing was saved. Please try again.")
