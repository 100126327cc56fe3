"""Another open time for a visit that is booked: one press moves it, and the old time is kept until the new one is."""

from urllib.parse import urlencode

from django.shortcuts import redirect

from booking.actions import by_link
from booking.errors import BookingError, NotOffered
from booking.forms.times import Narrowing, read_choice
from booking.local_times import start_text, zone_text
from booking.offers import offered_times
from booking.states import AppointmentState
from booking.timetable import ANY, DAYS_A_PAGE, Words, choice_key, days_from
from booking.views.manage import LinkPage
from clinic.hours_text import long_date_text
from clinic.models import Practitioner
from clinic.wall_clock import DAY, day_of

OPENED = 2


class MoveVisit(LinkPage):
    """/appointments/mine/<token>/time/?visit=: times with the same clinician, or with everybody who does this visit."""

    def get(self, request, token):
        visit = self.visit(request.GET.get("visit", ""))
        return self.show_times(visit) if visit else redirect("booking:manage", token)

    def post(self, request, token):
        visit = self.visit(request.POST.get("visit", ""))
        if visit is None:
            return self.show_request(status=409, problem=str(NotOffered()))
        try:
            choice = read_choice(request.POST.get("time", ""))
            self.move(visit, choice)
        except BookingError as error:
            fresh = self.visit(str(visit.pk))
            if fresh is None:
                return self.show_request(status=409, problem=str(error))
            return self.show_times(fresh, problem=str(error), status=409)
        return redirect("booking:manage", token)

    def visit(self, key):
        """The booked visit of this request, still to come, that `key` names; None for anything else."""
        return next(
            (
                visit
                for visit in self.visits()
                if str(visit.pk) == key and visit.state == AppointmentState.BOOKED and visit.start > self.now
            ),
            None,
        )

    def move(self, visit, choice):
        offered = self.times(visit, practitioner_id=choice.practitioner_id)
        wanted = (choice.start, choice.practitioner_id, choice.location_id)
        if choice.kind_id != visit.type_id or wanted not in {
            (time.start, time.practitioner_id, time.location_id) for time in offered
        }:
            raise NotOffered
        by_link.move_visit(
            request_id=self.asked.pk,
            appointment_id=visit.pk,
            version=self.number("version"),
            practitioner=Practitioner.objects.get(pk=choice.practitioner_id),
            location=next(place for place in self.site.locations if place.pk == choice.location_id),
            start=choice.start,
            now=self.now,
        )

    def times(self, visit, **narrowed):
        return offered_times(type=visit.type, site=self.site, **narrowed)

    def show_times(self, visit, *, problem="", status=200):
        site, query = self.site, self.request.GET
        people = {person.pk: person for person in visit.type.practitioners.active()}
        narrowing = Narrowing.of(query, places={}, people=people)
        everybody = narrowing.is_merged or visit.practitioner_id not in people
        times = self.times(visit, practitioner_id=None if everybody else visit.practitioner_id)
        words = Words(
            kind_id=visit.type_id,
            people={key: person.name_with_credentials for key, person in people.items()},
            places={place.pk: place.name for place in site.locations},
            zone=site.clinic.zone,
            today=site.today,
            kept_key=choice_key(visit.start, visit.type_id, visit.practitioner_id, visit.location_id),
        )
        open_days = sorted({day_of(time.start, words.zone) for time in times})
        first = open_days[0] if open_days else site.today
        week = min(max(narrowing.week or first, first), open_days[-1] if open_days else site.today)
        later = next((day for day in open_days if day >= week + DAYS_A_PAGE * DAY), None)
        days = days_from(week, times, words=words, opening=site.opening)
        context = {
            "token": self.token,
            "visit": visit,
            "start": start_text(visit.start, zone=words.zone, today=site.today),
            "problem": problem,
            "days": days,
            "opened": [day.date for day in days if day.groups][:OPENED],
            "everybody": everybody,
            "others": len(people) > 1,
            "everybody_query": _query(visit, practitioner=ANY),
            "own_query": _query(visit),
            "later": later and {"day": long_date_text(later, today=site.today), "query": self.query(visit, later)},
            "earlier": week > first
            and {
                "day": long_date_text(max(first, week - DAYS_A_PAGE * DAY), today=site.today),
                "query": self.query(visit, max(first, week - DAYS_A_PAGE * DAY)),
            },
            "zone_words": zone_text(words.zone),
        }
        return self.show("manage_time", status=status, **context)

    def query(self, visit, week):
        person = {"practitioner": ANY} if self.request.GET.get("practitioner") == ANY else {}
        return _query(visit, week=week.isoformat(), **person)


def _query(visit, **more):
    return "?" + urlencode({"visit": visit.pk} | more)
