"""The exceptions of Salur: broken plumbing, broken promises and wrong set-ups.

Bad *input* is never an exception once it has been decoded: it is a verdict, a value that is booked. What is
raised here stops something, so each error says what was wrong, and ``hint`` says what to do about it.

    SalurError
    ├── ConfigurationError        a setting, a file or a command's words are wrong (exit code 2)
    ├── Unreachable               Kafka, the database or the network is not there (exit code 3, retriable)
    └── IntegrityError            the state is not what it must be; going on would make it worse
        ├── StalePosition         another worker moved this partition on (retriable: drop it, redo the rest)
        ├── LogTruncated          offsets that were never read are gone from Kafka
        ├── LogReplaced           Kafka holds other bytes than those that were booked
        ├── LedgerBehindLog       the bookings topic is ahead of the database
        ├── RecordGap             a numbered record is missing from the entries topic
        └── NumbersReused         a record number carries another record than before
"""

from typing import ClassVar


class SalurError(Exception):
    """Any error that Salur raises on purpose; ``hint`` tells the reader what to do next."""

    retriable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message} → {self.hint}" if self.hint else message


class ConfigurationError(SalurError):
    """A setting, a file or the words of a command are wrong."""


class Unreachable(SalurError):
    """Something that Salur needs does not answer; trying again may help."""

    retriable: ClassVar[bool] = True


class IntegrityError(SalurError):
    """The stored state breaks a promise; the only safe thing is to stop with it intact."""


class StalePosition(IntegrityError):
    """The compare-and-set of a source position failed: another worker booked those offsets."""

    retriable: ClassVar[bool] = True


class LogTruncated(IntegrityError):
    """Offsets that were not booked yet are no longer in Kafka."""


class LogReplaced(IntegrityError):
    """The record before a position is not the one that was booked there."""


class LedgerBehindLog(IntegrityError):
    """The bookings topic holds bookings that the database does not."""


class RecordGap(IntegrityError):
    """A record number of an entries partition was skipped."""


class NumbersReused(IntegrityError):
    """A record does not continue the chain of the records before it."""
