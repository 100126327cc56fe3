"""A reference can be read out on a bad line."""

import re

from booking.references import new_reference


def test_shape_and_alphabet():
    for _ in range(500):
        assert re.fullmatch(r"R-[3479CDFHJKMNPQRTVWX]{5}", new_reference())


def test_they_differ():
    assert len({new_reference() for _ in range(500)}) > 495
