"""Which buttons a visit has at this moment."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from booking.states import UNDONE, AppointmentState
from clinic.wall_clock import day_of


@dataclass(frozen=True)
class Button:
    """`name` is the press in its address; a `quiet` one does not stand out."""

    name: str
    label: str
    quiet: bool = False

    @property
    def address(self):
        return f"admin:desk_{self.name}_visit"


ARRIVED = Button("arrive", _("They are here"))
SEEN = Button("fulfil", _("They were seen"))
MISSED = Button("noshow", _("They did not come"), quiet=True)
BACK = {
    AppointmentState.ARRIVED: Button("undo", _("A slip: they are not here yet"), quiet=True),
    AppointmentState.FULFILLED: Button("undo", _("A slip: they are still waiting"), quiet=True),
    AppointmentState.NOSHOW: Button("undo", _("A slip: they may still come"), quiet=True),
}


def offered(visit, *, now, zone):
    """The Buttons of a visit; the actions check again (booking/actions/visits.py)."""
    days = (day_of(now, zone) - day_of(visit.start, zone)).days
    buttons = []
    if visit.state == AppointmentState.BOOKED and days >= 0:
        buttons.append(ARRIVED)
        if visit.start <= now:
            buttons.append(MISSED)
    if visit.state == AppointmentState.ARRIVED:
        buttons.append(SEEN)
    if visit.state in UNDONE and days <= 0:
        buttons.append(BACK[visit.state])
    return buttons
