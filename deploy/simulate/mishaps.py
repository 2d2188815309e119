"""What goes wrong: events that are corrected, copies, ids used twice, and rows that nobody can book.

Corrections are made so that what they come to does not depend on the order of arrival: each names the one before
it. What was meant is always the draft as it was given; what is wrong with it is put right by its corrections.
"""

import copy
from collections.abc import Callable
from typing import Any, Final

from deploy.simulate.drafts import SOURCE, Data, Draft, Scene, as_bytes

_STANDS_ALONE: Final = frozenset(
    {
        "evidence.attached",
        "delivery.verified",
        "event.annotated",
        "complaint.raised",
        "complaint.forwarded",
        "complaint.resolved",
        "finding.raised",
        "finding.answered",
    }
    | {"duplicate.suspected", "duplicate.adjudicated"}
)
"""Kinds that have no lines to be wrong about: they are only reversed."""
MOST_LINES: Final = 3
_NO_NIK: Final = "3174012345670001"


def corrected(scene: Scene, draft: Draft, lines: int) -> list[Draft]:
    """Return the draft, perhaps changed for the worse, and so many events that put it right."""
    if lines == 1:
        makers = [_annotated, _orphan] if draft.kind in _STANDS_ALONE else [_amended, _amended, _amended, _annotated, _orphan]
    elif lines == 2:
        makers = [_twice, _restored] if draft.kind in _STANDS_ALONE else [_twice, _restored, _amended_twice, _unamended]
    else:
        makers = [_reversed_twice]
    return scene.chance.pick(makers)(scene, draft)


def _correction(scene: Scene, draft: Draft, kind: str, original: str, data: Data, after: int) -> Draft:
    made = scene.new(kind, draft.partner, draft.day + after, {"original": original, **data})
    made.arrival = max(made.arrival, draft.arrival + after)
    return made


def _reversal(scene: Scene, draft: Draft, original: str, after: int) -> Draft:
    return _correction(scene, draft, "event.reversed", original, {"reason": "entered_twice"}, after)


def _amendment(scene: Scene, draft: Draft, original: str, data: Data, after: int) -> Draft:
    return _correction(scene, draft, "event.amended", original, {"reason": "wrong_quantity", "replacement": data}, after)


def _amended(scene: Scene, draft: Draft) -> list[Draft]:
    right = draft.data
    amendment = _amendment(scene, draft, draft.id, right, scene.chance.between(1, 20))
    draft.data = _wrong(scene, draft)
    if scene.chance.one_in(8):  # it comes in before what it amends
        amendment.arrival = max(draft.arrival - 1, 0)
    return [draft, amendment]


def _amended_twice(scene: Scene, draft: Draft) -> list[Draft]:
    right = draft.data
    draft.data = _wrong(scene, draft)
    first = _amendment(scene, draft, draft.id, _wrong(scene, draft), 2)
    return [draft, first, _amendment(scene, draft, first.id, right, 5)]


def _unamended(scene: Scene, draft: Draft) -> list[Draft]:
    amendment = _amendment(scene, draft, draft.id, _wrong(scene, draft), 2)
    return [draft, amendment, _reversal(scene, draft, amendment.id, 4)]


def _restored(scene: Scene, draft: Draft) -> list[Draft]:
    first = _reversal(scene, draft, draft.id, 2)
    return [draft, first, _reversal(scene, draft, first.id, 3)]


def _twice(scene: Scene, draft: Draft) -> list[Draft]:
    again = _again(scene, draft)
    return [draft, again, _reversal(scene, again, again.id, 3)]


def _reversed_twice(scene: Scene, draft: Draft) -> list[Draft]:
    """Enter it twice and reverse the copy twice; whichever reversal comes second is refused."""
    again = _again(scene, draft)
    both = [_reversal(scene, again, again.id, 3), _reversal(scene, again, again.id, 4)]
    for reversal in both:
        reversal.is_repeatable = False
    both[1].is_refused = True
    return [draft, again, *both]


def _annotated(scene: Scene, draft: Draft) -> list[Draft]:
    return [draft, _correction(scene, draft, "event.annotated", draft.id, {"text": "Dokumen menyusul"}, 1)]


def _orphan(scene: Scene, draft: Draft) -> list[Draft]:
    """Correct an event that never comes: it waits for ever."""
    return [draft, _correction(scene, draft, "event.reversed", f"{draft.id}-never-sent", {"reason": "entered_twice"}, 1)]


def _again(scene: Scene, draft: Draft) -> Draft:
    again = copy.copy(draft)
    again.id = scene.new_id()
    return again


def _wrong(scene: Scene, draft: Draft) -> Data:
    """Return the data with one mistake in it, of those that people make and rules let pass."""
    data = copy.deepcopy(draft.data)
    line = data["lines"][0]
    mistake = scene.chance.below(6)
    if mistake == 0 and "evidence" in data:
        del data["evidence"]
    elif mistake == 1:
        data["tranche"] = "keliru"
    elif mistake == 2 and "recipient_type" in data:
        data["recipient_type"] = "unknown" if data["recipient_type"] != "unknown" else "public"
    elif mistake == 3 and data["programme"] in _OTHER_PROGRAMME:
        data["programme"] = _OTHER_PROGRAMME[data["programme"]]
    elif mistake == 4 and draft.kind == "distribution.recorded" and data["country"] != "ID":
        data["from"] = scene.chance.pick(scene.cast.sites)
    elif "payments" in line:
        line["payments"] += 7
        line["amount"] = str(int(line["amount"]) // (line["payments"] - 7) * line["payments"])
    elif "quantity" in line:
        line["quantity"] = "1" if "." in str(line["quantity"]) else max(10 * int(line["quantity"]), 10)
    elif "amount" in line:
        line["amount"] = f"{line['amount']}0"
    else:
        line["recipients"]["count"] += 11
    return data


_OTHER_PROGRAMME: Final = {
    "jps-tkm": "jps-padat-karya",
    "jps-padat-karya": "jps-tkm",
    "wirausaha-baru": "wirausaha-digital",
    "inkubasi-bisnis": "wirausaha-baru",
    "blk-produksi": "bansos-publik",
}


def conflicting(scene: Scene, event: Data) -> Data:
    """Return another event with the same id. It posts the same, so that the figures do not depend on which comes first."""
    return {**event, "correlationid": f"simulasi-{scene.chance.hexadecimal(8)}"}


def in_another_form(event: Data) -> bytes:
    """Return the same event with its members in another order."""
    return as_bytes(dict(reversed(event.items())))


def bad_row(scene: Scene) -> tuple[bytes, str]:
    """Return a row that is refused by itself, and why."""
    reason, spoil = scene.chance.pick(_BAD)
    made = spoil(_sound(scene))
    return (made if isinstance(made, bytes) else as_bytes(made)), reason


def _sound(scene: Scene) -> Data:
    """Return an event that could be booked."""
    line = {"line": 1, "item": "masker", "quantity": scene.chance.between(1, 500), "unit": "piece", "recipients": {"count": 5, "unit": "person"}}
    data: Data = {"programme": "bantuan-pmi", "country": "TW", "recipient_type": "pmi", "lines": [line]}
    partner = scene.cast.pick("perwakilan-tw", scene.chance)
    return scene.new("distribution.recorded", partner, scene.chance.below(scene.knobs.days), data).whole()


def _with(event: Data, **more: Any) -> Data:
    return {**event, **more}


def _with_data(event: Data, **more: Any) -> Data:
    return {**event, "data": {**event["data"], **more}}


def _with_line(event: Data, **more: Any) -> Data:
    return _with_data(event, lines=[{**event["data"]["lines"][0], **more}])


def _foreign(event: Data) -> Data:
    original = {"source": f"{SOURCE}kemnaker", "id": f"{event['id']}-other"}
    return _with(event, type="salur.event.reversed.v1", data={"original": original, "reason": "entered_twice"})


_BAD: Final[tuple[tuple[str, Callable[[Data], Data | bytes]], ...]] = (
    ("rjct.malformed", lambda event: as_bytes(event)[:-3]),
    ("rjct.malformed", lambda event: b"\xff\xfe" + as_bytes(event)),
    ("rjct.unknown_type", lambda event: _with(event, type="salur.nothing.happened.v1")),
    ("rjct.missing_field", lambda event: _with(event, data={name: value for name, value in event["data"].items() if name != "country"})),
    ("rjct.unknown_field", lambda event: _with_data(event, colour="merah")),
    ("rjct.wrong_type", lambda event: _with_data(event, lines="satu")),
    ("rjct.unknown_programme", lambda event: _with_data(event, programme="bantuan-pmii")),
    ("rjct.unknown_country", lambda event: _with_data(event, country="XX")),
    ("rjct.unknown_item", lambda event: _with_line(event, item="maskre")),
    ("rjct.unit_mismatch", lambda event: _with_line(event, unit="box")),
    ("rjct.quantity_invalid", lambda event: _with_line(event, quantity=0)),
    ("rjct.quantity_invalid", lambda event: _with_line(event, quantity="1.5")),
    ("rjct.unknown_partner", lambda event: _with(event, source=f"{SOURCE}simulasi-tidak-dikenal")),
    ("rjct.partner_not_entitled", lambda event: _with_data(event, country="HK")),
    ("rjct.time_in_future", lambda event: _with(event, time="2999-01-01T00:00:00Z")),
    ("rjct.time_before_programme", lambda event: _with(event, time="2019-05-01T00:00:00Z")),
    ("rjct.disaggregation_exceeds_total", lambda event: _with_line(event, disaggregation={"sex": {"f": 4, "m": 4}})),
    ("rjct.personal_data", lambda event: _with_data(event, channel=f"diserahkan kepada {_NO_NIK}")),
    ("rjct.foreign_correction", _foreign),
)
