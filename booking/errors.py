"""What can go wrong with a request or a visit, in words that staff can act on."""

from django.utils.translation import gettext_lazy as _


class BookingError(Exception):
    """Base of the app's own errors. `str(error)` is a sentence for the person at the screen, without personal data."""

    message = _("That did not work. Please try again.")

    def __str__(self):
        return str(self.message)


class TimeTaken(BookingError):
    message = _("Somebody else has this time. Choose another one.")


class IllegalMove(BookingError):
    message = _("This was already answered, or has changed since you opened it. Look at it again.")


class DraftGone(BookingError):
    message = _("This request is no longer open. Please start again, or call us.")


class ClaimedByOther(BookingError):
    message = _("A colleague is working on this request.")


class OutcomeNeeded(BookingError):
    message = _("A safety call-back closes only with an outcome.")
