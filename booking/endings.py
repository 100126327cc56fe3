"""When little is left of a promise, and when everything that somebody asked for has passed. Pure rules."""

from clinic.wall_clock import DAY, to_instants, whole_days

# Nobody hurries earlier than this, however long the promise is. Minutes of open time.
LATEST_WARNING = 30
# Who asked for the first free time, or for a call, named no end. Two weeks after the promise they have found another
# way, and the days that we offer to choose from (booking/windows.py) are fourteen too: longer is silence, not care.
ENDS_AFTER_PROMISE = 14 * DAY


def is_near(promise, *, is_safety_call):
    """Whether the desk must hurry: in the last quarter of the open time promised, or its last half hour, whichever
    comes later. For a safety call-back, promised within minutes, from half of it on. `promise`: a Promise."""
    if promise.is_late:
        return False
    if is_safety_call:
        return promise.left * 2 <= promise.total
    return promise.left <= min(promise.total // 4, LATEST_WARNING)


def all_passed_at(*, reply_by, window_days, asked_starts, is_open_ended, zone):
    """The instant from which nothing that was asked for lies ahead.

    `window_days` are the days that suited them, `asked_starts` the times that they chose; `is_open_ended` for the first
    free time, or a call. A day is over at its midnight in `zone`, also when the clocks change that night.
    """
    ends = [part.end for day in window_days for part in to_instants([whole_days(day, day)], zone)] + list(asked_starts)
    if is_open_ended or not ends:
        ends.append(reply_by + ENDS_AFTER_PROMISE)
    return max([reply_by, *ends])


def promised_minutes(request, clinic):
    """How many minutes of open time we promise to answer this request within."""
    if request.is_safety_call:
        return clinic.call_back_within_minutes
    return clinic.reply_within_hours * 60
