"""The wait list by link: joining it, leaving it, and saying yes or no to a time that has come free."""

from django.shortcuts import redirect

from booking.actions import waiting
from booking.errors import BookingError, NotWaitable
from booking.forms.waiting import WaitForm
from booking.local_times import start_text
from booking.views.manage import LinkPage, LinkPress
from booking.wait_list import entry_of, may_wait


class WaitList(LinkPage):
    """/appointments/mine/<token>/earlier/: what they would take. Joins the list, or changes what they wait for."""

    def get(self, request, token):
        entry, may = self.place()
        return self.show_form(self.form(may, entry), may, entry) if may else redirect("booking:manage", token)

    def post(self, request, token):
        entry, may = self.place()
        if may is None:
            return self.show_request(status=409, problem=str(NotWaitable("nothing")))
        form = self.form(may, entry, data=request.POST)
        if not form.is_valid():
            return self.show_form(form, may, entry)
        press = {"request_id": self.asked.pk, "wanted": form.wanted(), "by": None, "now": self.now}
        try:
            if self.number("entry") > 0:
                waiting.change(entry_id=self.number("entry"), version=self.number("version"), **press)
            else:
                waiting.join(**press)
        except BookingError as error:
            return self.show_form(form, may, self.place()[0], problem=str(error), status=409)
        return redirect("booking:manage", token)

    def place(self):
        return entry_of(self.asked), may_wait(self.asked, now=self.now, zone=self.site.clinic.zone)

    def form(self, may, entry, **typed):
        return WaitForm(may=may, site=self.site, entry=entry, **typed)

    def show_form(self, form, may, entry, *, problem="", status=200):
        start = may.visit and start_text(may.visit.start, zone=self.site.clinic.zone, today=self.site.today)
        context = {"token": self.token, "form": form, "entry": entry, "start": start, "problem": problem}
        return self.show("wait", status=status, **context)


class LeaveWaitList(LinkPress):
    numbers = ("entry", "version")

    def press(self, *, entry, version):
        waiting.leave(entry_id=entry, request_id=self.asked.pk, version=version, by=None, now=self.now)


class TakeOffer(LinkPress):
    numbers = ("offer", "version")

    def press(self, *, offer, version):
        waiting.accept(offer_id=offer, request_id=self.asked.pk, version=version, by=None, now=self.now)


class RefuseOffer(LinkPress):
    numbers = ("offer", "version")

    def press(self, *, offer, version):
        waiting.refuse(offer_id=offer, request_id=self.asked.pk, version=version, by=None, now=self.now)
