"""What a partner is told without asking: which of its events were rejected, are conflicts, or are held, in its words. Never a payload, never a person.

A notice is a bundle of decisions between two decision numbers. Its name follows from its end, so the same bundle sent
again has the same name.
"""

import base64
import hashlib
import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from models.reason_words import explain
from models.reasons import Language, Violation

Channel = Literal["webhook", "mail"]
State = Literal["rejected", "conflict", "held"]
CHANNELS: Final[tuple[Channel, ...]] = ("webhook", "mail")
STATES: Final[tuple[State, ...]] = ("rejected", "conflict", "held")

SECRET_BYTES: Final = 32
_SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - how the Standard Webhooks specification writes any secret
_VERSION: Final = "v1"

_NAMES: Final[Mapping[Language, Mapping[State, str]]] = {
    "en": {"rejected": "rejected", "conflict": "in conflict", "held": "held"},
    "id": {"rejected": "ditolak", "conflict": "bertentangan", "held": "tertunda"},
}
_MAIL: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "subject": "Salur, {partner}: {counts}",
        "greeting": "Of what you sent to Salur, {counts} (decisions {first} to {last}).",
        "more": "… and {more} more.",
        "conflict": "the id is taken by an event with other content, which stands; send a new id, or an amendment",
        "held": "it names {waits_for}, which is not booked yet; it counts as soon as that is",
        "foot": "See all of it, and what to do: {pages}\nYou get this because somebody gave this address for {partner}. To end it, tell whoever runs Salur.",
        "nameless": "an event without a readable id",
    },
    "id": {
        "subject": "Salur, {partner}: {counts}",
        "greeting": "Dari yang Anda kirim ke Salur, {counts} (putusan {first} sampai {last}).",
        "more": "… dan {more} lagi.",
        "conflict": "id ini sudah dipakai peristiwa dengan isi lain, dan yang pertama tetap berlaku; kirim dengan id baru, atau kirim penggantian",
        "held": "menyebut {waits_for} yang belum dibukukan; dihitung begitu itu dibukukan",
        "foot": "Lihat semuanya, dan yang perlu dilakukan: {pages}\nAnda menerima ini karena alamat ini diberikan untuk {partner}. "
        "Untuk mengakhirinya, hubungi pengelola Salur.",
        "nameless": "peristiwa tanpa id yang terbaca",
    },
}


class Told(NamedTuple):
    """One decision as a notice tells it. ``event_id`` is empty where it could not be read, or could be a person's."""

    decision: int
    state: State
    event_id: str
    type: str
    violations: tuple[Violation, ...] = ()
    waits_for: str = ""


class Notice(NamedTuple):
    """A bundle: everything of one partner between two decisions; ``events`` has the first of it, ``counts`` all."""

    target: int
    partner: str
    first: int
    last: int
    counts: Mapping[State, int]
    events: Sequence[Told]

    @property
    def name(self) -> str:
        """The name of the notice, by which a receiver knows that it has it already."""
        return f"notice-{self.target}-{self.last}"

    @property
    def more(self) -> int:
        """How many decisions are only counted."""
        return sum(self.counts.values()) - len(self.events)


def notice_of(target: int, partner: str, first: int, last: int, told: Sequence[Told], *, most: int) -> Notice:
    """Return the notice of these decisions, of which at most so many are told one by one."""
    return Notice(target, partner, first, last, dict(Counter(one.state for one in told)), tuple(told[:most]))


def as_json(notice: Notice, language: Language, *, base_url: str) -> dict[str, Any]:
    """Return the notice as JSON values, with words in the partner's language."""
    events = []
    for one in notice.events:
        event: dict[str, Any] = {"id": one.event_id or None, "type": one.type or None, "state": one.state, "decision": one.decision}
        if one.violations:
            event["reasons"] = [
                {"pointer": found.pointer, "code": found.code, "text": explain(found, language), "type": f"{base_url}/problems/{found.code}"}
                for found in one.violations
            ]
        if one.waits_for:
            event["waits_for"] = one.waits_for
        events.append(event)
    data = {
        "partner": notice.partner,
        "first_decision": notice.first,
        "last_decision": notice.last,
        "counts": dict(notice.counts),
        "events": events,
        "more": notice.more,
    }
    return {"type": "salur.notice.v1", "id": notice.name, "data": data}


def as_mail(notice: Notice, language: Language, *, base_url: str) -> tuple[str, str]:
    """Return subject and text of the mail."""
    words = _MAIL[language]
    counts = ", ".join(f"{notice.counts[state]} {_NAMES[language][state]}" for state in STATES if notice.counts.get(state))
    lines = [words["greeting"].format(counts=counts, first=notice.first, last=notice.last), ""]
    for one in notice.events:
        lines.append(f"* {one.event_id or words['nameless']} ({one.type or '?'}): {_NAMES[language][one.state]}")
        lines += [f"    {explain(found, language)}" for found in one.violations]
        if one.state == "conflict":
            lines.append(f"    {words['conflict']}")
        if one.state == "held":
            lines.append(f"    {words['held'].format(waits_for=one.waits_for)}")
    if notice.more:
        lines.append(words["more"].format(more=notice.more))
    pages = f"{base_url}/{'id' if language == 'id' else 'en'}/mitra"
    lines += ["", words["foot"].format(pages=pages, partner=notice.partner), ""]
    return words["subject"].format(partner=notice.partner, counts=counts), "\n".join(lines)


def secret_text(secret: bytes) -> str:
    """Return a secret as receivers' libraries take it (Standard Webhooks)."""
    return _SECRET_PREFIX + base64.b64encode(secret).decode()


def signature(secret: bytes, *, name: str, timestamp: int, body: bytes) -> str:
    """Return what stands in ``webhook-signature``: HMAC-SHA256 over name, time in seconds and body, with dots between them."""
    signed = b".".join((name.encode(), str(timestamp).encode(), body))
    return f"{_VERSION},{base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()}"
