"""Patients who book one time after the other, as a process of their own: `python -m bench.bookers`.

They take each step of all their requests before the next step of any, so that every step can be measured by itself.
"""

import json
import sys

from tests.race.visitors import Patient


def main():
    given = json.loads(sys.stdin.readline())
    patients = [
        Patient(given["port"], given["answers"], given["number"] + n // 200) for n in range(len(given["times"]))
    ]
    for n, patient in enumerate(patients):
        patient.walks = n % 200
    steps = {
        "ask": lambda patient, time: patient.walk(),
        "hold": lambda patient, time: patient.choose(time=time, at=None),
        "tell": lambda patient, time: patient.tell(),
        "send": lambda patient, time: patient.press_send(at=None),
    }
    for line in sys.stdin:
        step = steps[json.loads(line)["do"]]
        statuses = [step(patient, time)["status"] for patient, time in zip(patients, given["times"], strict=True)]
        sys.stdout.write(json.dumps(statuses) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
