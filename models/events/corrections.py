"""Corrections: new events that name an old one. Nothing is ever edited."""

import msgspec

from models.events.delivery import Original
from models.events.envelope import Envelope, Form, Label, Text


class Reversal(Form, frozen=True, kw_only=True):
    """The event that is undone, and why."""

    original: Original
    reason: Label


class Amendment(Form, frozen=True, kw_only=True):
    """The event that is replaced, why, and the JSON object that takes the place of its data.

    What the replacement must look like depends on the original's type, which only the ledger knows; see
    ``models.decoding.decode_replacement``.
    """

    original: Original
    reason: Label
    replacement: msgspec.Raw


class Annotation(Form, frozen=True, kw_only=True):
    """A remark on an event that changes no figure."""

    original: Original
    text: Text


class EventReversed(Envelope, frozen=True, kw_only=True, tag="salur.event.reversed.v1"):
    """An event is undone."""

    data: Reversal


class EventAmended(Envelope, frozen=True, kw_only=True, tag="salur.event.amended.v1"):
    """An event is undone and another one takes its place."""

    data: Amendment


class EventAnnotated(Envelope, frozen=True, kw_only=True, tag="salur.event.annotated.v1"):
    """A remark is attached to an event."""

    data: Annotation


CorrectionEvent = EventReversed | EventAmended | EventAnnotated
