"""The oracle of the state machine: a clinic kept on paper, in plain Python, written without a look at booking.actions.

Owners of time are ("person", n) and ("room", n). Times are whole minutes; what is answered is either done, or refused
with the name of the error that the desk must see.
"""

from dataclasses import dataclass, field

OPEN, ENDED = ("received", "offered"), ("answered", "declined", "withdrawn", "expired")
HOLDS_TIME = ("proposed", "booked", "arrived", "fulfilled")
DAY = 24 * 60


class Refused(Exception):
    pass


@dataclass(frozen=True)
class Kind:
    """Of visits. Minutes."""

    length: int
    before: int = 0
    after: int = 0
    needs_room: bool = False


@dataclass
class Ask:
    is_call: bool
    state: str = "received"
    changes: int = 0


@dataclass
class Visit:
    ask: int
    kind: Kind
    person: int
    start: int
    room: int | None
    state: str = "booked"
    version: int = 1
    confirmed: bool = True
    moved: bool = False
    over: set = field(default_factory=set)

    @property
    def end(self):
        return self.start + self.kind.length

    @property
    def taken(self):
        return self.start - self.kind.before, self.end + self.kind.after

    @property
    def owners(self):
        return [("person", self.person), *([("room", self.room)] if self.room is not None else [])]


class Paper:
    def __init__(self, *, rooms, midnight):
        """`midnight`: the minute at which the first day began."""
        self.rooms = rooms
        self.midnight = midnight
        self.asks = {}
        self.visits = {}
        self.blocks = {}

    # What stands where

    def rows(self):
        """Every stretch of time that is taken: (owner, kind, visit or None, start, end, overbooked)."""
        found = set()
        for key, visit in self.visits.items():
            if visit.state in HOLDS_TIME:
                kind = "proposal" if visit.state == "proposed" else "booking"
                found |= {(owner, kind, key, *visit.taken, owner in visit.over) for owner in visit.owners}
        return found | {(owner, "block", None, start, end, False) for owner, start, end in self.blocks.values()}

    def is_free(self, owner, start, end, without=()):
        return not any(
            who == owner and key not in without and begins < end and start < ends
            for who, _kind, key, begins, ends, _over in self.rows()
            if key is not None or who == owner
        )

    def crowd(self, owner, start, end, without=()):
        """How many stretches lie there."""
        there = [row for row in self.rows() if row[0] == owner and row[3] < end and start < row[4]]
        return sum(key is None or key not in without for _who, _kind, key, *_rest in there)

    def place(self, kind, person, start, *, over, without=()):
        """(room, owners that are overbooked) for a visit there, with the visits `without` out of the way."""
        stretch = start - kind.before, start + kind.length + kind.after
        room, overbooked = None, set()
        if kind.needs_room:
            free = [n for n in range(self.rooms) if self.is_free(("room", n), *stretch, without)]
            if not free and not over:
                raise Refused("TimeTaken")
            room = free[0] if free else min(range(self.rooms), key=lambda n: self.crowd(("room", n), *stretch, without))
            if not free:
                overbooked.add(("room", room))
        if not self.is_free(("person", person), *stretch, without):
            if not over:
                raise Refused("TimeTaken")
            overbooked.add(("person", person))
        return room, overbooked

    def kept_for(self, ask):
        return [key for key, visit in self.visits.items() if visit.ask == ask and visit.state == "proposed"]

    # What people do

    def confirm(self, ask, kind, person, start, *, now, seen, over):
        """The key of the kept visit that it books, or the Visit that comes anew; None when it was booked before."""
        asked = self.asks[ask]
        if asked.state not in OPEN:
            for visit in self.visits.values():
                same = (visit.ask, visit.kind, visit.person, visit.start) == (ask, kind, person, start)
                if same and visit.confirmed and visit.state in HOLDS_TIME:
                    return None
            raise Refused("IllegalMove")
        if start < now:
            raise Refused("NotBookable")
        self.check_ask(ask, seen)
        kept = self.kept_for(ask)
        same = [
            k
            for k in kept
            if (self.visits[k].kind, self.visits[k].person, self.visits[k].start) == (kind, person, start)
        ]
        if same:
            answer = same[0]
            self.change(answer, "booked", confirmed=True)
        else:
            room, overbooked = self.place(kind, person, start, over=over, without=kept)
            answer = Visit(ask, kind, person, start, room, over=overbooked)
        for key in kept:
            if key not in same[:1]:
                self.change(key, "cancelled")
        self.end(ask, "answered")
        return answer

    def end_ask(self, ask, state, *, seen, only_calls=False):
        if only_calls and not self.asks[ask].is_call:
            raise Refused("IllegalMove")
        self.check_ask(ask, seen)
        for key in self.kept_for(ask):
            self.change(key, "cancelled")
        self.end(ask, state)

    def offer(self, ask, kind, person, start, *, now, seen):
        """The Visit that is offered instead of all that was kept; None when this very press has offered it before."""
        asked, kept = self.asks[ask], self.kept_for(ask)
        there = [(self.visits[k].kind, self.visits[k].person, self.visits[k].start) for k in kept]
        if asked.state == "offered" and asked.changes == seen + 1 and there == [(kind, person, start)]:
            return None
        if start < now + 60:
            raise Refused("CannotOffer")
        self.check_ask(ask, seen)
        try:
            room, _over = self.place(kind, person, start, over=False, without=kept)
        except Refused:
            raise Refused("CannotOffer") from None
        for key in kept:
            self.change(key, "cancelled")
        self.end(ask, "offered")
        return Visit(ask, kind, person, start, room, state="proposed", confirmed=False)

    def accept(self, ask, key, *, now, seen, until):
        """`until` is None for a visit that was never offered."""
        asked, visit = self.asks[ask], self.visits[key]
        if asked.state == "answered" and asked.changes == seen + 1:
            if (visit.ask, visit.state) != (ask, "booked"):
                raise Refused("IllegalMove")
            return
        is_theirs = visit.ask == ask and visit.state == "proposed" and until is not None
        if asked.state == "expired" or (is_theirs and until <= now):
            raise Refused("OfferOver")
        if asked.state != "offered" or not is_theirs:
            raise Refused("IllegalMove")
        self.check_ask(ask, seen)
        self.change(key, "booked")
        self.end(ask, "answered")

    def let_go(self, ask, *, seen, state):
        """An offer goes back to the desk, or ends."""
        if self.asks[ask].state != "offered":
            raise Refused("IllegalMove")
        self.end_ask(ask, state, seen=seen)

    def check_ask(self, ask, seen):
        if self.asks[ask].state not in OPEN or seen != self.asks[ask].changes:
            raise Refused("IllegalMove")

    def end(self, ask, state):
        self.asks[ask].state = state
        self.asks[ask].changes += 1

    def move(self, key, person, start, *, now, seen, over):
        visit = self.visits[key]
        there = (visit.person, visit.start) == (person, start)
        if there and visit.moved and visit.state == "booked" and visit.version == seen + 1:
            return
        if start < now:
            raise Refused("NotBookable")
        self.check_visit(key, seen, "booked")
        room, overbooked = self.place(visit.kind, person, start, over=over, without=[key])
        visit.person, visit.start, visit.room, visit.over, visit.moved = person, start, room, overbooked, True
        visit.version += 1

    def check_visit(self, key, seen, *states):
        if self.visits[key].version != seen or self.visits[key].state not in states:
            raise Refused("IllegalMove")

    def change(self, key, state, **more):
        visit = self.visits[key]
        visit.state = state
        visit.version += 1
        for name, value in more.items():
            setattr(visit, name, value)
        if state not in HOLDS_TIME:
            visit.over = set()

    def nobody_answered(self, key, *, now):
        """It is kept longer, until it would begin: then it ends, and the request is open still."""
        self.change(key, "cancelled" if self.visits[key].start <= now else "proposed")

    def arrive(self, key, *, now, seen):
        if self.days_since(key, now) < 0:
            raise Refused("WrongTime")
        self.check_visit(key, seen, "booked")
        self.change(key, "arrived")

    def fulfil(self, key, *, now, seen):
        self.check_visit(key, seen, "arrived")
        self.change(key, "fulfilled")

    def noshow(self, key, *, now, seen):
        if now < self.visits[key].start:
            raise Refused("WrongTime")
        self.check_visit(key, seen, "booked")
        self.change(key, "noshow")

    def undo(self, key, *, now, seen):
        visit = self.visits[key]
        back = {"arrived": "booked", "fulfilled": "arrived", "noshow": "booked"}
        if visit.state not in back:
            raise Refused("IllegalMove")
        if self.days_since(key, now) > 0:
            raise Refused("WrongTime")
        self.check_visit(key, seen, *back)
        if visit.state == "noshow" and not all(self.is_free(owner, *visit.taken) for owner in visit.owners):
            raise Refused("TimeTaken")
        self.change(key, back[visit.state])

    def cancel(self, key, *, now, seen):
        self.check_visit(key, seen, "booked")
        self.change(key, "cancelled")

    def block(self, owner, start, end, *, around):
        """The stretches that are blocked."""
        taken = sorted(
            (begins, ends, key)
            for who, _kind, key, begins, ends, _over in self.rows()
            if who == owner and begins < end and start < ends
        )
        if any(key is not None for _begins, _ends, key in taken) and not around:
            raise Refused("VisitsInTheWay")
        minutes = set(range(start, end))
        for begins, ends, _key in taken:
            minutes -= set(range(begins, ends))
        if not minutes:
            raise Refused("NotBlockable")
        first = sorted(m for m in minutes if m - 1 not in minutes)
        last = sorted(m for m in minutes if m + 1 not in minutes)
        return [(owner, begins, ends + 1) for begins, ends in zip(first, last, strict=True)]

    def unblock(self, keys):
        there = [key for key in keys if key in self.blocks]
        if not there:
            raise Refused("IllegalMove")
        for key in there:
            del self.blocks[key]

    def days_since(self, key, now):
        return (now - self.midnight) // DAY - (self.visits[key].start - self.midnight) // DAY
