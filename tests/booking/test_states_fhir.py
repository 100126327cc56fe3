"""The states in the words of FHIR R4. Its value sets stand in tests/data, written down from its pages."""

import json
from pathlib import Path

from booking.states import (
    APPOINTMENT_MOVES,
    FHIR_APPOINTMENT_STATUS,
    FHIR_SERVICE_REQUEST_STATUS,
    REQUEST_MOVES,
    UNDECIDED_REQUEST_STATES,
    UNDONE,
    AppointmentState,
    RequestState,
)

SETS = json.loads((Path(__file__).resolve().parent.parent / "data" / "fhir_r4_status.json").read_text())
APPOINTMENT = SETS["http://hl7.org/fhir/appointmentstatus"]["codes"]
REQUEST = SETS["http://hl7.org/fhir/request-status"]["codes"]


def test_every_state_of_a_visit_is_a_code_of_the_standard():
    assert set(FHIR_APPOINTMENT_STATUS) == set(AppointmentState)
    assert set(FHIR_APPOINTMENT_STATUS.values()) <= set(APPOINTMENT)
    assert all(state == code for state, code in FHIR_APPOINTMENT_STATUS.items())


def test_every_state_of_a_request_has_a_code_of_the_standard():
    assert set(FHIR_SERVICE_REQUEST_STATUS) == set(RequestState)
    assert set(FHIR_SERVICE_REQUEST_STATUS.values()) <= set(REQUEST)


def test_active_means_that_somebody_still_has_to_act():
    active = {state for state, code in FHIR_SERVICE_REQUEST_STATUS.items() if code == "active"}
    assert active == set(UNDECIDED_REQUEST_STATES)


def test_the_tables_name_every_state_and_no_other():
    for table, states in ((APPOINTMENT_MOVES, AppointmentState), (REQUEST_MOVES, RequestState)):
        assert set(table) == set(states)
        assert all(targets <= set(states) for targets in table.values())


def test_undoing_is_a_move_back_along_one_that_was_made():
    for state, before in UNDONE.items():
        assert before in APPOINTMENT_MOVES[state]
        assert state in APPOINTMENT_MOVES[before]
