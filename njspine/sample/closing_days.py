"""Days that come back every year. Pure: plain values in, dates out."""

import datetime

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def closing_day(rule, year):
    """The date on which a closure of clinic.toml falls in that year.

    `rule` holds `month` and `day`, or `month`, `weekday` and `nth`: Thanksgiving is the 4th Thursday of November
    (5 USC 6103).
    """
    if "day" in rule:
        return datetime.date(year, rule["month"], rule["day"])
    first = datetime.date(year, rule["month"], 1)
    offset = (WEEKDAYS.index(rule["weekday"]) - first.weekday()) % 7
    return first + datetime.timedelta(days=offset + 7 * (rule["nth"] - 1))
