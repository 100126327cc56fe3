"""Telling of an error without its text, which may hold a name, an address or what somebody wrote."""

import traceback


def describe(error):
    """Class and place of an exception, like "KeyError at messages.py:31": the innermost line of our own code."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    if not own:
        return type(error).__name__
    return f"{type(error).__name__} at {own[-1].filename.rpartition('/')[2]}:{own[-1].lineno}"
