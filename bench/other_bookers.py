"""Patients of django-appointment who book: `python -m bench.other_bookers`, like bench.bookers."""

import json
import sys
from urllib.parse import urlencode

from tests.race.visitors import Browser

PATIENT = {"name": "Pat Testcase", "phone_0": "US", "phone_1": "2015550123", "address": "100 Sample Street"}


class Patient:
    def __init__(self, port, email, day, start, end):
        self.browser, self.email = Browser(port), email
        visit = {"date": day, "start_time": start, "end_time": end, "service": 1, "staff_member": 1}
        self.visit, self.next, self.code = visit, "", ""

    def choose(self):
        return self._press("/request-submit/", self.visit)

    def send(self):
        more = {"email": self.email, "additional_info": "", "payment_type": "full"}
        return self._press(self.next, PATIENT | more)

    def read_mail(self):
        """To a new patient it sends a code, and books when that comes back."""
        status, _headers, self.code = self.browser.get("/code/?" + urlencode({"email": self.email}))
        return status

    def confirm(self):
        return self._press(self.next, {"code": self.code})

    def _press(self, path, data):
        status, headers, _text = self.browser.post(path, data)
        self.next = headers.get("Location", "")
        return status


def main():
    patients = [Patient(**one) for one in json.loads(sys.stdin.readline())["patients"]]
    for line in sys.stdin:
        step = json.loads(line)["do"]
        sys.stdout.write(json.dumps([getattr(patient, step)() for patient in patients]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
