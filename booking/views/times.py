"""The page of open times: choose one, or say that none suits."""

import datetime
from dataclasses import dataclass, replace

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.actions.drafts import keep_answers
from booking.actions.holds import hold_time
from booking.choosing import nearest
from booking.errors import BookingError, DraftGone, NotOffered
from booking.forms.times import Narrowing, read_choice
from booking.forms.when import clinician_text
from booking.local_times import start_text, zone_text
from booking.offers import kind_of, kinds_for, offered_times
from booking.timetable import ANY, DAYS_A_PAGE, Choice, Words, choice_key, days_from, once_each
from booking.views.pages import DraftPage, open_page
from booking.wanted_time import wanted_time
from clinic.hours_text import long_date_text
from clinic.models import Practitioner
from clinic.network import client_address, network_key
from clinic.wall_clock import DAY, day_of

MOST_NEAREST = 6
# Days whose times are in sight from the start.
OPENED = 2
OTHER_KIND = gettext_lazy("You changed an answer, and the time that you chose is for another kind of visit.")


@dataclass(frozen=True)
class FirstTime:
    """The first time of one clinician, or of anyone; `choice` None when there is none."""

    person: str
    about: str
    day: str
    place: str
    choice: Choice | None


class Time(DraftPage):
    page = "time"

    def get(self, request):
        kinds = kinds_for(self.draft)
        if not kinds:
            return redirect("booking:when", self.draft.pk)
        wanted = wanted_time(self.draft)
        if wanted and wanted.type not in kinds:
            return show_times(self, kinds, problem=OTHER_KIND, near=wanted.start, may_keep=False)
        return show_times(self, kinds)

    def post(self, request):
        kinds = kinds_for(self.draft)
        if "visit_kind" in request.POST:
            return self.choose_kind(kinds)
        choice = None
        try:
            choice = read_choice(request.POST.get("time", ""))
            self.draft = self.hold(choice, kinds)
        except DraftGone:
            raise
        except BookingError as error:
            if not kinds:
                return redirect("booking:when", self.draft.pk)
            return show_times(self, kinds, problem=str(error), near=choice and choice.start, status=409)
        return self.to_open_page()

    def choose_kind(self, kinds):
        chosen = self.request.POST["visit_kind"]
        kind = next((kind for kind in kinds if str(kind.pk) == chosen), None)
        if kind is None:
            return self.get(self.request)
        self.draft = keep_answers(draft=self.draft, page="visit_kind", answers=kind.pk)
        return redirect(self.request.get_full_path())

    def hold(self, choice, kinds):
        kind = next((kind for kind in kinds if kind.pk == choice.kind_id), None)
        place = next((place for place in self.site.locations if place.pk == choice.location_id), None)
        person = None
        if choice.practitioner_id is not None:
            person = Practitioner.objects.active().filter(pk=choice.practitioner_id).first()
        if kind is None or place is None or (person is None and choice.practitioner_id is not None):
            raise NotOffered
        return hold_time(
            draft=self.draft,
            type=kind,
            practitioner=person,
            location=place,
            start=choice.start,
            now=self.now,
            network_key=network_key(client_address(self.request)),
            known_site=self.site,
        )


def show_times(view, kinds, *, problem="", near=None, may_keep=True, status=200):
    """The page of open times. `problem` is said first, with the open times nearest to the instant `near`.

    `may_keep`: whether the time that was chosen before can still be had.
    """
    view.page = "time"
    # static/js/open_times.js looks again.
    view.request.csp_connects = True
    site, draft = view.site, view.draft
    kind = kind_of(draft, kinds)
    people = {person.pk: person for person in kind.practitioners.active()}
    named = set(kind.locations.values_list("pk", flat=True))
    places = {place.pk: place for place in site.locations if not named or place.pk in named}
    narrowing = Narrowing.of(view.request.GET, places=places, people=people)
    times = offered_times(type=kind, site=site, draft_id=draft.pk, location_id=narrowing.place)
    words = _words(kind, people, places, site, draft, merged=narrowing.is_merged)
    shown = _narrowed(times, narrowing)
    near_times = nearest(shown or times, near, MOST_NEAREST) if near else []
    context = {
        "kinds": kinds,
        "visit": kind,
        "people": people.values(),
        "places": places.values(),
        "narrowing": narrowing,
        "any": ANY,
        "query": narrowing.query(),
        "problem": problem,
        "may_keep": may_keep,
        "onward": reverse(f"booking:{open_page(draft)}", args=[draft.pk]),
        "near": [(words.day(time), words.person(time), words.choice(time)) for time in near_times],
        "near_text": start_text(near, zone=words.zone, today=site.today) if near else "",
        "firsts": list(_firsts(times, people, words, narrowing)),
        "choices": max(map(len, (kinds, people, places))) > 1,
        "shown_person": _shown_person(narrowing, people),
        "shown_place": words.places[narrowing.place] if narrowing.place else _("at any place"),
        "zone_words": zone_text(words.zone),
        **_week(shown, narrowing, words, site),
    }
    return view.show("time", status=status, **context)


def _shown_person(narrowing, people):
    if narrowing.is_merged:
        return _("with whoever is free")
    if narrowing.practitioner is None:
        return _("with everybody")
    return _("with %(person)s") % {"person": people[narrowing.practitioner].name}


def _words(kind, people, places, site, draft, *, merged):
    kept = wanted_time(draft)
    person = kept and (ANY if merged and kept.is_any else kept.practitioner.pk)
    return Words(
        kind_id=kind.pk,
        people={key: person.name_with_credentials for key, person in people.items()},
        places={key: place.name for key, place in places.items()},
        zone=site.clinic.zone,
        today=site.today,
        merged=merged,
        kept_key=choice_key(kept.start, kept.type.pk, person, kept.location.pk) if kept else "",
    )


def _narrowed(times, narrowing):
    if narrowing.is_merged:
        return once_each(times)
    return [time for time in times if narrowing.practitioner in (None, time.practitioner_id)]


def _firsts(times, people, words, narrowing):
    """Of anyone, where there are several, and then of every clinician in their usual order."""
    if len(people) > 1 and times:
        anyone = replace(words, merged=True)
        yield FirstTime(_("Whoever is free first"), "", words.day(times[0]), *_at(times[0], anyone))
    for key, person in people.items():
        first = next((time for time in times if time.practitioner_id == key), None)
        about = clinician_text(person).partition("\n")[2]
        one = replace(words, merged=False)
        shown = (words.day(first), *_at(first, one)) if first else ("", "", None)
        yield FirstTime(person.name_with_credentials, about, *shown)


def _at(time, words):
    return words.places[time.location_id], words.choice(time)


def _week(times, narrowing, words, site):
    """The days to show, and the links to earlier and later ones; the first page begins with the first open day."""
    open_days = sorted({day_of(time.start, words.zone) for time in times})
    first_day = open_days[0] if open_days else site.today
    week = min(max(narrowing.week or first_day, site.today), open_days[-1] if open_days else site.today)
    earlier = [day for day in open_days if day < week]
    later = [day for day in open_days if day >= week + DAYS_A_PAGE * DAY]
    days = days_from(week, times, words=words, opening=site.opening)
    return {
        "days": days,
        "earlier": _link(max(first_day, week - DAYS_A_PAGE * DAY), narrowing, site) if earlier else None,
        "later": _link(later[0], narrowing, site) if later else None,
        "has_times": bool(open_days),
        "opened": [day.date for day in days if day.groups][:OPENED],
    }


def _link(day: datetime.date, narrowing, site):
    return {"day": long_date_text(day, today=site.today), "query": narrowing.query(week=day)}
