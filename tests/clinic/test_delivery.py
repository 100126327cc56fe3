import datetime
import smtplib

import pytest

from clinic.delivery import (
    HOUR,
    MINUTE,
    Outcome,
    Stage,
    Verdict,
    mailbox_free_at,
    outcome_of,
    retry_delay,
)
from clinic.states import MessageReason

NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
ADDRESS, US = "pat@home.example", "us@clinic.example"


def refused(code):
    return smtplib.SMTPRecipientsRefused({ADDRESS: (code, b"no")})


@pytest.mark.parametrize(
    ("error", "verdict", "reason", "code"),
    [
        (refused(450), Verdict.LATER, MessageReason.PUT_OFF, 450),
        (refused(421), Verdict.LATER, MessageReason.PUT_OFF, 421),
        (refused(550), Verdict.FAILED, MessageReason.REFUSED, 550),
        (refused(553), Verdict.FAILED, MessageReason.REFUSED, 553),
        (smtplib.SMTPDataError(451, b""), Verdict.LATER, MessageReason.PUT_OFF, 451),
        (smtplib.SMTPDataError(554, b""), Verdict.FAILED, MessageReason.REFUSED, 554),
        (smtplib.SMTPSenderRefused(550, b"", US), Verdict.UNREACHABLE, MessageReason.PUT_OFF, 550),
        (smtplib.SMTPSenderRefused(421, b"", US), Verdict.UNREACHABLE, MessageReason.PUT_OFF, 421),
        (smtplib.SMTPSenderRefused(552, b"", US), Verdict.FAILED, MessageReason.REFUSED, 552),
        (smtplib.SMTPDataError(250, b"instead of 354"), Verdict.UNKNOWN, MessageReason.UNKNOWN, 250),
        (refused(-1), Verdict.LATER, MessageReason.PUT_OFF, None),
        (refused(999), Verdict.LATER, MessageReason.PUT_OFF, None),
        (smtplib.SMTPHeloError(502, b""), Verdict.UNREACHABLE, MessageReason.UNREACHABLE, 502),
        (smtplib.SMTPNotSupportedError(), Verdict.FAILED, MessageReason.REFUSED, None),
        (smtplib.SMTPServerDisconnected(), Verdict.UNKNOWN, MessageReason.UNKNOWN, None),
        (smtplib.SMTPResponseException(-1, b"?"), Verdict.UNKNOWN, MessageReason.UNKNOWN, None),
        (TimeoutError(), Verdict.UNKNOWN, MessageReason.UNKNOWN, None),
        (ConnectionResetError(), Verdict.UNKNOWN, MessageReason.UNKNOWN, None),
        (ValueError("Invalid address"), Verdict.FAILED, MessageReason.CANNOT_RENDER, None),
    ],
)
def test_what_an_error_means_once_the_message_is_being_handed_over(error, verdict, reason, code):
    assert outcome_of(error, stage=Stage.TEXT) == Outcome(verdict, reason, type(error).__name__, code)


@pytest.mark.parametrize("error", [smtplib.SMTPServerDisconnected(), TimeoutError(), ConnectionResetError()])
@pytest.mark.parametrize(
    ("stage", "verdict"),
    [
        (Stage.OPENING, Verdict.UNREACHABLE),
        (Stage.SENDER, Verdict.UNREACHABLE),
        (Stage.RECIPIENT, Verdict.LATER),
        (Stage.TEXT, Verdict.UNKNOWN),
    ],
)
def test_a_broken_connection_leaves_a_doubt_only_after_the_text_was_begun(error, stage, verdict):
    outcome = outcome_of(error, stage=stage)
    assert outcome.verdict is verdict
    assert outcome.surely_not_sent == (stage is not Stage.TEXT)


def test_what_is_wrong_with_one_message_does_not_stop_the_others():
    assert outcome_of(ValueError(ADDRESS), stage=Stage.SENDER).verdict is Verdict.FAILED
    assert outcome_of(smtplib.SMTPNotSupportedError(), stage=Stage.SENDER).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        OSError("no such host"),
        smtplib.SMTPConnectError(554, b"go away"),
        smtplib.SMTPAuthenticationError(535, b"wrong password"),
        smtplib.SMTPNotSupportedError(),
        ValueError("EMAIL_USE_TLS/EMAIL_USE_SSL are mutually exclusive"),
    ],
)
def test_before_that_every_error_is_the_servers_and_says_nothing_about_the_message(error):
    assert outcome_of(error, stage=Stage.OPENING).verdict is Verdict.UNREACHABLE


@pytest.mark.parametrize("attempts", range(1, 40))
def test_delays_double_from_a_minute_to_an_hour_less_up_to_a_fifth(attempts):
    longest = min(MINUTE * 2 ** min(attempts - 1, 10), HOUR)

    assert 0.8 * longest <= retry_delay(attempts=attempts, seed="<a@b>") <= longest


def test_delays_can_be_foretold_and_differ_between_messages():
    delays = [retry_delay(attempts=7, seed=f"<{n}@clinic.example>") for n in range(50)]

    assert delays == [retry_delay(attempts=7, seed=f"<{n}@clinic.example>") for n in range(50)]
    assert len(set(delays)) == 50


@pytest.mark.parametrize(
    ("minutes_ago", "free_in"),
    [
        ([], None),
        ([1, 2], None),
        ([1, 2, 3], 57),
        ([59, 30, 1], 1),
        ([60, 30, 1], None),  # the oldest of the three is exactly an hour old
        ([1, 2, 3, 4], 57),
        ([100, 200, 300, 400], None),
        ([100, 200, 300, 400, 500], 24 * 60 - 500),
        ([1, 2, 3, 400, 500], 24 * 60 - 500),
        ([1, 2, 3, 1438, 1439], 57),
        ([1440, 100, 200, 300, 400], None),
    ],
)
def test_a_mailbox_gets_three_messages_an_hour_and_five_a_day(minutes_ago, free_in):
    handed_over = [NOON - minutes * MINUTE for minutes in minutes_ago]

    assert mailbox_free_at(handed_over, now=NOON) == (None if free_in is None else NOON + free_in * MINUTE)
