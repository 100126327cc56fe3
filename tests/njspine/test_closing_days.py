import datetime

import pytest

from njspine.sample.closing_days import closing_day

THANKSGIVING = {"month": 11, "weekday": "thursday", "nth": 4}


@pytest.mark.parametrize(
    ("rule", "year", "day"),
    [
        (THANKSGIVING, 2024, datetime.date(2024, 11, 28)),
        (THANKSGIVING, 2025, datetime.date(2025, 11, 27)),
        (THANKSGIVING, 2026, datetime.date(2026, 11, 26)),
        (THANKSGIVING, 2029, datetime.date(2029, 11, 22)),
        ({"month": 12, "day": 25}, 2026, datetime.date(2026, 12, 25)),
        ({"month": 11, "weekday": "sunday", "nth": 1}, 2026, datetime.date(2026, 11, 1)),
    ],
)
def test_a_rule_falls_on_the_day_in_the_calendar(rule, year, day):
    assert closing_day(rule, year) == day
