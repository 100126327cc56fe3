import datetime
from zoneinfo import ZoneInfo

from clinic.hours import ClosedTime, Opening, WeeklyStretch
from clinic.places import ClosureLine, DayRow, closure_lines, day_rows

day, time = datetime.date, datetime.time
THURSDAY = day(2026, 11, 26)
WEEKLY = {1: tuple(WeeklyStretch(weekday, time(8), time(16)) for weekday in range(5)), 2: ()}


def opening(*closures):
    return Opening(ZoneInfo("America/New_York"), WEEKLY, closures)


def test_the_week_from_monday_with_today_marked():
    rows = day_rows(opening(), 1, today=THURSDAY)
    assert [row.name for row in rows] == [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ]
    assert [row.name for row in rows if row.is_today] == ["Thursday"]
    assert [row.hours for row in rows] == ["8 am to 4 pm"] * 5 + ["Closed"] * 2


def test_todays_row_is_true_today_and_the_others_stay_usual():
    closed = opening(ClosedTime(THURSDAY, day(2026, 11, 27), "Thanksgiving"))
    rows = day_rows(closed, 1, today=THURSDAY)
    assert rows[3] == DayRow("Thursday", True, "Closed for Thanksgiving", "")
    assert rows[4] == DayRow("Friday", False, "8 am to 4 pm", "")
    shorter = opening(ClosedTime(THURSDAY, THURSDAY, "staff training", 1, time(12)))
    assert day_rows(shorter, 1, today=THURSDAY)[3] == DayRow(
        "Thursday", True, "8 am to noon", "Closed part of today for staff training"
    )


def test_closures_ahead_soonest_first_and_only_this_locations():
    lines = closure_lines(
        opening(
            ClosedTime(day(2026, 12, 24), day(2026, 12, 26), "the holidays"),
            ClosedTime(day(2026, 11, 25), day(2026, 11, 25), "over already"),
            ClosedTime(THURSDAY, THURSDAY, "Thanksgiving"),
            ClosedTime(THURSDAY, THURSDAY, "another place", 2),
            ClosedTime(day(2026, 12, 1), day(2026, 12, 1), "staff training", 1, time(15)),
        ),
        1,
        today=THURSDAY,
    )
    assert lines == [
        ClosureLine("Thursday, November 26", "all day", "Thanksgiving"),
        ClosureLine("Tuesday, December 1", "from 3 pm", "staff training"),
        ClosureLine("Thursday, December 24 to Saturday, December 26", "all day", "the holidays"),
    ]
