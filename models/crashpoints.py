"""The named places where a process may be killed on purpose, to prove that it may be killed there.

Code calls ``hit`` with a name; in production the null object does nothing. The one that kills lives in
``deploy.crashpoints`` and is chosen by the environment of a test run.
"""

from typing import Final, Literal, Protocol, get_args

CrashPoint = Literal[
    "after_poll",
    "in_batch_before_insert",
    "mid_correction",
    "after_insert_before_tally",
    "before_commit",
    "after_commit_before_publish",
    "mid_publish",
    "after_publish_before_mark",
    "after_fold_before_changelog",
    "mid_changelog",
    "after_changelog_before_ack",
    "after_ack_before_commit",
    "mid_revoke",
    "mid_recovery",
    "mid_migration",
    "mid_rejected_replay",
    "checkpoint_leaves_read",
    "checkpoint_root_made",
    "checkpoint_signed",
    "checkpoint_remembered",
    "checkpoint_published",
]

CRASH_POINTS: Final[tuple[CrashPoint, ...]] = get_args(CrashPoint)


class CrashPoints(Protocol):
    """Something that is told each time a named place is reached."""

    def hit(self, name: CrashPoint) -> None:
        """Note that ``name`` was reached; may not return."""


class NoCrashPoints:
    """The null object: every place is passed."""

    def hit(self, name: CrashPoint) -> None:
        """Do nothing."""


NO_CRASH_POINTS: Final = NoCrashPoints()
