"""Check what a Salur ledger proves, without Salur: one file, the standard library and ``cryptography``.

    python salur_verify.py --key KEY FILE...                     receipts and tally proofs, compact or complete
    python salur_verify.py --key KEY --witness STATE SEALS       a folder of seals against the last one seen here

KEY is the operator's public key as he printed it once (name+id+base64): pin it, never take it from what you check.
Exit code 0: all hold; 1: something does not; 2: wrong words. What a compact and a complete proof show, and what they
do not, is in deploy/decisions/0006-proofs.md.

Written from the formats alone; it shares no line with the ledger. The same in JavaScript: salur_verify.mjs.
"""

# ruff: noqa: T201, PLR0917 - it is a command of its own, and one file

import argparse
import base64
import collections
import datetime
import hashlib
import json
import os
import struct
import sys
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    sys.exit("salur_verify needs the package `cryptography`: python3 -m pip install cryptography")

DIMENSIONS = (
    "table destination programme activity tranche partner simulated item measure unit day recipient_type place holder lot".split()  # noqa: SIM905
)
UNMIXED = ("table", "simulated", "measure", "unit")
KINDS = tuple(DIMENSIONS.index(name) for name in UNMIXED)
ORDERS = {
    "destination": ("destination", "programme", "item", "partner"),
    "programme": ("programme", "destination", "item", "partner"),
    "item": ("item", "destination", "programme", "partner"),
    "partner": ("partner", "programme", "destination", "item"),
    "place": ("place", "programme", "item", "partner"),
    "day": ("day", "programme", "destination", "item"),
}
MAX_DEPTH = 400


class Wrong(Exception):
    """What is checked does not hold; the words say where."""


# ---- strict reading: what is not in its one form is refused, so that every verifier refuses the same ------------------


def unbase64(text: str) -> bytes:
    """Return the bytes of base64 in its one form."""
    content = base64.b64decode(text, validate=True)
    if base64.b64encode(content).decode() != text:
        raise Wrong("base64 is not in its one form")
    return content


def unhex(text: str) -> bytes:
    """Return the bytes of lower-case hex."""
    content = bytes.fromhex(text)
    if content.hex() != text:
        raise Wrong("hex is not in its one form")
    return content


def whole_number(text: str) -> int:
    """Return a number that is written without anything to spare."""
    number = int(text)
    if str(number) != text:
        raise Wrong("a number is not in its one form")
    return number


def whole_float(text: str) -> float:
    """Read 1.0 as 1, as JavaScript does."""
    number = float(text)
    return int(number) if number.is_integer() else number


def no_constant(text: str) -> float:
    """Refuse what is no JSON."""
    raise Wrong(f"{text} is no JSON")


def load(text: str | bytes) -> Any:
    """Read JSON."""
    return json.loads(text, parse_float=whole_float, parse_constant=no_constant)


# ---- trees and signatures -------------------------------------------------------------------------------------------


def sha256(content: bytes) -> bytes:
    """Return the hash."""
    return hashlib.sha256(content).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node of RFC 6962."""
    return sha256(b"\x01" + left + right)


def split(size: int) -> int:
    """Return the largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def climb(leaf: bytes, index: int, size: int, path: list[Any]) -> bytes:
    """Return the root that an inclusion proof leads to; takes what it needs from the end of ``path``."""
    if size == 1:
        return leaf
    if not path:
        raise Wrong("the inclusion proof is too short")
    sibling, left = path.pop(), split(size)
    if index < left:
        return node(climb(leaf, index, left, path), sibling)
    return node(sibling, climb(leaf, index - left, size - left, path))


def both_roots(old: int, size: int, old_root: bytes, path: list[Any], known: bool = True) -> tuple[Any, ...]:  # noqa: FBT001, FBT002
    """Return the old and the new root that a consistency proof leads to."""
    if old == size and known:
        return old_root, old_root
    if not path:
        raise Wrong("the consistency proof is too short")
    sibling = path.pop()
    if old == size:
        return sibling, sibling
    left = split(size)
    if old <= left:
        before, after = both_roots(old, left, old_root, path, known)
        return before, node(after, sibling)
    before, after = both_roots(old - left, size - left, old_root, path, False)
    return node(sibling, before), node(sibling, after)


def open_note(note: str, key: str) -> str:
    """Return the text that the pinned key signed."""
    name, key_id, encoded = key.strip().split("+", 2)
    public = unbase64(encoded)
    if public[:1] != b"\x01" or len(public) != 33 or sha256(name.encode() + b"\n" + public)[:4].hex() != key_id:
        raise Wrong("the pinned key is no Ed25519 key, or its id is not that of its bytes")
    text, gap, signatures = note.rpartition("\n\n")
    for line in signatures.split("\n") if gap else ():
        if line.startswith(f"\u2014 {name} "):
            signature = unbase64(line.split(" ", 2)[2])
            if signature[:4].hex() == key_id:
                try:
                    Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature[4:], f"{text}\n".encode())
                except InvalidSignature:
                    raise Wrong("the signature does not fit the note") from None
                return f"{text}\n"
    raise Wrong("the note is not signed by the pinned key")


def open_checkpoint(note: str, key: str) -> tuple[Any, ...]:
    """Return size, root and the line that binds the seal, out of a note of the pinned origin."""
    origin, size, root, *more = open_note(note, key).removesuffix("\n").split("\n")
    if origin != key.split("+", 1)[0]:
        raise Wrong("the checkpoint is of another log")
    return whole_number(size), unbase64(root), more


def open_seal(document: str, note: str, key: str) -> dict[str, Any]:
    """Return a seal document that the note binds, with its size and root."""
    size, root, more = open_checkpoint(note, key)
    seal = load(document)
    if more != [f"salur-seal {seal['number']} {sha256(document.encode()).hex()}"]:
        raise Wrong("the note does not bind this seal document")
    if seal["checkpoint"] != "".join(f"{line}\n" for line in (key.split("+", 1)[0], size, base64.b64encode(root).decode())):
        raise Wrong("the seal document has another checkpoint than its note")
    return {**seal, "size": size, "root": root}


# ---- receipts and witnesses -----------------------------------------------------------------------------------------


def check_receipt(text: str, key: str) -> dict[str, Any]:
    """Check that a decision is in the log, and return what its leaf says."""
    head, _, note = text.partition("\n\n")
    first, extra, index, *path = head.split("\n")
    if first != "c2sp.org/tlog-proof@v1" or not extra.startswith("extra ") or not index.startswith("index "):
        raise Wrong("the file is no receipt")
    leaf = unbase64(extra.removeprefix("extra "))
    size, root, _ = open_checkpoint(note, key)
    number = whole_number(index.removeprefix("index "))
    rest = [unbase64(one) for one in path]
    if not 0 <= number < size or climb(sha256(b"\x00" + leaf), number, size, rest) != root or rest:
        raise Wrong("the receipt does not lead to the sealed root")
    return {"kind": "receipt", "decision": number + 1, "size": size, **load(leaf)}


def check_follows(before: dict[str, Any], after: dict[str, Any], before_hash: str) -> None:
    """Check that a seal is the next one after another, and that its log only adds to the other's."""
    if after["number"] != before["number"] + 1 or after["previous"] != before_hash:
        raise Wrong(f"seal {after['number']} does not follow the seal {before['number']} that was seen before: the past was written anew")
    if after["size"] <= before["size"] or after["booking"] <= before["booking"]:
        raise Wrong(f"seal {after['number']} has no more decisions than seal {before['number']}")
    path = [unhex(one) for one in after["consistency"]]
    if both_roots(before["size"], after["size"], before["root"], path) != (before["root"], after["root"]) or path:
        raise Wrong(f"the log of seal {after['number']} does not begin with that of seal {before['number']}")


def witness(seals: Path, state: Path, key: str) -> dict[str, Any]:
    """Walk from the last seal seen to the newest one in a folder, and remember that; nothing is remembered if a step fails."""
    seen: dict[str, str] = json.loads(state.read_text(encoding="utf-8")) if state.exists() else {}
    last = open_seal(seen["document"], seen["note"], key) if seen else None
    numbers = sorted(int(path.stem) for path in seals.glob("[0-9]*.note"))
    if not numbers or (last and numbers[-1] < last["number"]):
        raise Wrong(f"there is no seal {last['number'] if last else 1} any more")
    steps = 0
    for number in range(last["number"] if last else 1, numbers[-1] + 1):
        document, note = ((seals / f"{number:08}.{end}").read_bytes().decode() for end in ("json", "note"))
        seal = open_seal(document, note, key)
        if last and number == last["number"]:
            if document != seen["document"]:
                raise Wrong(f"seal {number} is another one than was seen before: the past was written anew")
            continue
        if last:
            check_follows(last, seal, sha256(seen["document"].encode()).hex())
        elif seal["number"] != 1 or seal["previous"] != "0" * 64:
            raise Wrong("the first seal names one before it")
        last, seen, steps = seal, {"document": document, "note": note}, steps + 1
    assert last is not None, "there is a seal"
    new = state.with_name(state.name + ".new")
    with new.open("w", encoding="utf-8") as file:
        json.dump(seen, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(state)
    return {"kind": "witness", "seal": last["number"], "booking": last["booking"], "size": last["size"], "new": steps}


# ---- compact proofs: the tree of sums -------------------------------------------------------------------------------


encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def canonical(value: Any) -> bytes:
    """Return the one form in which summaries are hashed."""
    return encode(value).encode()


def matches(low: list[Any], high: list[Any], wanted: dict[str, Any]) -> Any:
    """Tell whether all cells within these bounds are wanted (True) or none is (False); None if the bounds leave it open."""
    whole = True
    for name, allowed in wanted.items():
        place = DIMENSIONS.index(name)
        least, most = low[place], high[place]
        if isinstance(allowed, dict):
            if most < allowed["from"] or least > allowed["to"]:
                return False
            whole = whole and allowed["from"] <= least and most <= allowed["to"]
        elif not any(least <= value <= most for value in allowed):
            return False
        else:
            whole = whole and least == most
    return True if whole else None


def read_node(proof: Any, wanted: dict[str, Any], found: list[Any], depth: int = 0) -> tuple[Any, ...]:
    """Return (low, high, cells, steps, hash) of a node of the proof, and add what matches to ``found``."""
    if depth > MAX_DEPTH:
        raise Wrong("the proof is deeper than any tree of sums")
    if isinstance(proof, list):
        left, right = proof  # one frame of the interpreter a level
        return joined(read_node(left, wanted, found, depth + 1), read_node(right, wanted, found, depth + 1))
    *bounds, cells, digits = proof["s"]
    if len(bounds) != len(DIMENSIONS):
        raise Wrong("a summary does not tell all dimensions")
    low, high = ([bound[side] if isinstance(bound, list) else bound for bound in bounds] for side in (0, 1))
    steps = None if digits is None else whole_number(digits)
    whole = matches(low, high, wanted)
    if whole is None:
        raise Wrong("the proof leaves cells out that may belong to the figure")
    if whole:
        if steps is None:
            raise Wrong("the proof adds up different units")
        found.append((steps, cells))
    summary = canonical(proof["s"])
    hashed = sha256(b"\x01" + unhex(proof["c"]) + summary) if "c" in proof else sha256(b"\x00" + summary)
    return low, high, cells, steps, hashed


def joined(left: Any, right: Any) -> tuple[Any, ...]:
    """Return the node above two others."""
    low, high = list(map(min, left[0], right[0])), list(map(max, left[1], right[1]))
    alike = all(low[place] == high[place] for place in KINDS)
    steps = left[3] + right[3] if alike and left[3] is not None and right[3] is not None else None
    bounds = [least if least == most else [least, most] for least, most in zip(low, high, strict=True)]
    summary = canonical([*bounds, left[2] + right[2], None if steps is None else str(steps)])
    return low, high, left[2] + right[2], steps, sha256(b"\x01" + sha256(left[4] + right[4]) + summary)


def parting(one: bytes, other: bytes) -> int:
    """Return how many bits two keys share before they part."""
    length = max(len(one), len(other))
    differing = int.from_bytes(one.ljust(length, b"\0"), "big") ^ int.from_bytes(other.ljust(length, b"\0"), "big")
    return length * 8 - differing.bit_length()


def check_wanted(wanted: dict[str, Any]) -> None:
    """Refuse a question that is none: a figure has one measure, one unit and one kind of partner."""
    for name, allowed in wanted.items():
        bounds = [allowed["from"], allowed["to"]] if isinstance(allowed, dict) else allowed
        if name not in DIMENSIONS or not isinstance(bounds, list) or not bounds or not all(isinstance(value, str) for value in bounds):
            raise Wrong("the question is not of the form")
    if any(not isinstance(wanted[name], list) for name in UNMIXED) or any(len(wanted[name]) != 1 for name in ("measure", "unit", "simulated")):
        raise Wrong("the figure has not exactly one measure, unit and kind of partner")


def check_compact(text: str, key: str) -> dict[str, Any]:
    """Check a figure against the sealed sums."""
    bundle = load(text)
    if bundle["format"] != "salur-compact@1":
        raise Wrong("the proof is of another format")
    seal, wanted = open_seal(bundle["document"], bundle["note"], key), bundle["wanted"]
    found: list[tuple[int, int]] = []
    check_wanted(wanted)
    root = sha256(b"") if bundle["proof"] is None else read_node(bundle["proof"], wanted, found)[4]
    if root.hex() != seal["tallies"][bundle["order"]]:
        raise Wrong("the proof does not lead to the sealed sums")
    steps, cells = sum(one for one, _ in found), sum(one for _, one in found)
    if canonical([str(steps), cells]) != canonical([bundle["figure"]["steps"], bundle["figure"]["cells"]]):
        raise Wrong(f"the figure is {bundle['figure']['steps']}, the sealed sums come to {steps}")
    return {"kind": "compact", "seal": seal["number"], "booking": seal["booking"], "wanted": wanted, "steps": str(steps), "cells": cells}


# ---- complete proofs: every decision, read again --------------------------------------------------------------------

PAID = {kind: kind.split(".")[1] for kind in (f"disbursement.{stage}" for stage in "instructed sent confirmed failed returned reissued refunded".split())}  # noqa: SIM905
PAID |= {"batch.declared": "declared", "incentive.paid": "paid"}
SERVED = {
    "training.offered": "offered",
    "group.assisted": "assisted",
    "participants.engaged": "engaged",
    "persondays.worked": "worked",
    "training.delivered": "trained",
    "placement.made": "placed",
    "service.delivered": "served",
}
PLANNED = {
    "budget.allocated": "budget",
    "expenditure.recorded": "realised",
    "target.set": "target",
    "capacity.stated": "capacity",
    "caseload.stated": "affected",
}
REACHING = frozenset(("confirmed", "distributed", "assisted", "trained", "served", "placed"))
DELIVERED = REACHING | {"paid", "engaged", "worked"}
PEOPLE_THEMSELVES = frozenset(("assisted", "engaged", "trained", "placed", "served"))
DECIMALS = {"litre": 3, "kilogram": 3, "percent": 2, "IDR": 2, "HKD": 2, "TWD": 2, "MYR": 2, "SGD": 2, "BND": 2}
JAKARTA = datetime.timezone(datetime.timedelta(hours=7))
MEASURE = DIMENSIONS.index("measure")
UNKNOWN = "unknown"


def steps_of(quantity: Any, unit: str) -> int:
    """Return a quantity in whole steps of its unit."""
    decimals = DECIMALS.get(unit.removesuffix("/day"), 0)
    if isinstance(quantity, int):
        return int(quantity * 10**decimals)
    whole, _, part = quantity.partition(".")
    return int(whole + part[:decimals].ljust(decimals, "0"))


class Event:
    """One event's part in the sums: its postings, by the published rules."""

    def __init__(self, kind: str, data: dict[str, Any], partner: str, day: str) -> None:
        self.data, self.partner = data, partner
        self.sums: dict[Any, int] = {}
        self.simulated = "true" if partner.startswith("simulasi-") else "false"
        get = data.get
        place = data["place"].get("code", UNKNOWN) if "place" in data else UNKNOWN
        self.where = (get("country", ""), get("programme", UNKNOWN), get("activity", UNKNOWN), get("tranche", UNKNOWN))
        self.rest = (day, get("recipient_type", UNKNOWN), place)
        if kind == "budget.reallocated":
            for side, sign in (("from", -1), ("to", 1)):
                self.where = (get("country", ""), data[side]["programme"], data[side].get("activity", UNKNOWN), get("tranche", UNKNOWN))
                self.add("plans", "uang", "budget", data["currency"], data["amount"], sign=sign)
        elif kind != "target.revised":
            for line in data.get("lines", ()):
                self.read(kind, line)
        if data.get("evidence"):
            for cell, steps in [one for one in self.sums.items() if one[0][MEASURE] in DELIVERED]:
                self.put((*cell[:MEASURE], "evidenced", *cell[MEASURE + 1 :]), steps)
        self.sums = {cell: steps for cell, steps in self.sums.items() if steps}

    def put(self, cell: tuple[Any, ...], steps: int) -> None:
        """Add to one cell."""
        self.sums[cell] = self.sums.get(cell, 0) + steps

    def add(self, table: str, item: str, measure: str, unit: str, quantity: Any, holder: str = "", lot: str = "", sign: int = 1) -> None:
        """Add a quantity to the cell of this event."""
        cell = (table, *self.where, self.partner, self.simulated, item, measure, unit, *self.rest, holder, lot)
        self.put(cell, sign * steps_of(quantity, unit))

    def stock(self, line: dict[str, Any], holder: str, quantity: Any, *, sign: int = 1, state: str = "on-hand") -> None:
        """Change what a holder has: stock knows holder, item and lot alone."""
        unit = line["unit"]
        cell = ("stock", "", "", "", "", "", self.simulated, line["item"], state, unit, "", "", "", holder, line.get("lot", UNKNOWN))
        self.put(cell, sign * steps_of(quantity, unit))

    def people(self, line: dict[str, Any], stage: str, table: str, item: str, holder: str = "", lot: str = "") -> None:
        """Count whom it reached, and what is known of their parts."""
        if stage in REACHING and "recipients" in line:
            whole, unit = "recipients", line["recipients"]["unit"]
            self.add(table, item, whole, unit, line["recipients"]["count"], holder, lot)
        elif stage in PEOPLE_THEMSELVES and "quantity" in line and line["unit"] in {"person", "household"}:
            whole, unit = stage, line["unit"]
        else:
            return
        for dimension, values in line.get("disaggregation", {}).items():
            for value, count in values.items():
                self.add(table, item, f"{whole}.{dimension}.{value}", unit, count, holder, lot)

    def read(self, kind: str, line: dict[str, Any]) -> None:
        """Count one line."""
        if kind in PAID:
            self.add("disbursements", "uang", PAID[kind], "payment", line["payments"])
            self.add("disbursements", "uang", PAID[kind], line["currency"], line["amount"])
            self.people(line, PAID[kind], "disbursements", "uang")
        elif kind in SERVED:
            if "quantity" in line:
                self.add("services", line["item"], SERVED[kind], line["unit"], line["quantity"])
            self.people(line, SERVED[kind], "services", line["item"])
        elif kind in PLANNED:
            self.plan(line, PLANNED[kind])
        else:
            self.goods(kind, line)

    def plan(self, line: dict[str, Any], measure: str) -> None:
        """Count a plan."""
        if measure in {"budget", "realised"}:
            self.add("plans", "uang", measure, line["currency"], line["amount"])
        elif measure == "affected":
            self.add("plans", "", measure, line["unit"], line["quantity"])
        else:
            self.add("plans", line["item"], measure, line["unit"] + ("/day" if line.get("per") == "day" else ""), line["quantity"])

    def goods(self, kind: str, line: dict[str, Any]) -> None:
        """Count goods under their measure, and change what is on hand and on its way."""
        data, lot = self.data, line.get("lot", UNKNOWN)
        gives = data.get("from") or data.get("to") or self.partner
        takes = data.get("to") or data.get("from") or self.partner
        if kind == "proceeds.reinvested":
            self.add("distributions", "uang", "reinvested", line["currency"], line["amount"], gives, lot)
            return
        item, unit, quantity = line["item"], line.get("unit", ""), line.get("quantity")
        if kind == "distribution.recorded":
            if quantity is not None:
                self.add("distributions", item, "distributed", unit, quantity, gives, lot)
                self.stock(line, gives, quantity, sign=-1)
            self.people(line, "distributed", "distributions", item, gives, lot)
        elif kind in {"goods.produced", "goods.procured"}:
            self.add("distributions", item, kind[len("goods.") :], unit, quantity, takes, lot)
            self.stock(line, takes, quantity)
        elif kind == "consignment.dispatched":
            self.add("distributions", item, "dispatched", unit, quantity, gives, lot)
            self.stock(line, gives, quantity, sign=-1)
            self.stock(line, takes, quantity, state="in-transit")
        elif kind == "goods.sold":
            self.add("distributions", item, "sold", unit, quantity, gives, lot)
            self.stock(line, gives, quantity, sign=-1)
            self.add("distributions", item, "revenue", line["currency"], line["revenue"], gives, lot)
        else:
            self.arrived(kind, line, gives, takes)

    def arrived(self, kind: str, line: dict[str, Any], gives: str, takes: str) -> None:
        """Count what arrived, was damaged or missing on the way; and what a count of the stock found."""
        item, unit, quantity, lot = line.get("item", ""), line.get("unit", ""), line.get("quantity"), line.get("lot", UNKNOWN)
        if kind == "consignment.received":
            self.add("distributions", item, "received", unit, quantity, takes, lot)
            self.stock(line, takes, quantity)
            self.stock(line, takes, quantity, sign=-1, state="in-transit")
            for gone in (line.get("damaged", 0), line.get("missing", 0)):
                self.stock(line, takes, gone, sign=-1, state="in-transit")
                self.add("distributions", item, "lost", unit, gone, takes, lot)
        elif kind == "stock.adjusted":
            inward = self.data["direction"] == "in"
            holder = takes if inward else gives
            self.add("distributions", item, f"adjusted-{self.data['direction']}", unit, quantity, holder, lot)
            self.stock(line, holder, quantity, sign=1 if inward else -1)


class Chain:
    """An event and what reverses, replaces, shows or verifies it."""

    def __init__(self, number: int, kind: str, source: str, day: str, own: dict[str, Any]) -> None:
        self.number, self.kind, self.source, self.day, self.own = number, kind, source, day, own
        self.members: list[tuple[int, int, str, dict[Any, int]]] = []

    def comes_to(self) -> dict[str, Any]:
        """Return what the chain counts for now."""
        struck = set()
        for number, target, kind, _ in reversed(self.members):
            if kind == "reversal" and number not in struck:
                struck.add(target)
        if self.number in struck:
            return {}
        standing = [member for member in self.members if member[0] not in struck]
        version = next((member[3] for member in reversed(standing) if member[2] == "replacement"), self.own)
        kinds, total = {member[2] for member in standing}, dict(version)
        shadows = [("verified", "verification" in kinds)]
        shadows.append(("evidenced-later", "evidence" in kinds and not any(cell[MEASURE] == "evidenced" for cell in version)))
        for measure, is_there in shadows:
            for cell, steps in version.items() if is_there else ():
                if cell[MEASURE] in DELIVERED:
                    shadow = (*cell[:MEASURE], measure, *cell[MEASURE + 1 :])
                    total[shadow] = total.get(shadow, 0) + steps
        return total

    def join(self, number: int, target: int, kind: str, replacement: dict[str, Any]) -> dict[str, Any]:
        """Take a member up and return what it adds."""
        before = self.comes_to()
        self.members.append((number, target, kind, replacement))
        change = collections.Counter(self.comes_to())
        change.subtract(before)
        return {cell: steps for cell, steps in change.items() if steps}


def day_of(time: str) -> str:
    """Return the day in Jakarta."""
    return datetime.datetime.fromisoformat(time.upper()).astimezone(JAKARTA).date().isoformat()


class Reading:
    """Reads every decision of a log again, in order."""

    def __init__(self, named: list[Any]) -> None:
        self.named = set(named)
        self.known: dict[Any, Any] = {}
        self.ids: set[int] = set()
        self.sums: dict[Any, int] = {}
        self.roots: list[bytes] = []
        self.number, self.booking = 0, 0

    def take(self, leaf_bytes: bytes, raw: bytes, headers: bytes) -> tuple[Any, ...]:
        """Take one decision: return source, id and what it adds."""
        self.number += 1
        merged, size = sha256(b"\x00" + leaf_bytes), self.number - 1
        while size & 1:
            merged = node(self.roots.pop(), merged)
            size >>= 1
        self.roots.append(merged)
        leaf = json.loads(leaf_bytes)
        if leaf["booking"] < self.booking:
            raise Wrong(f"decision {self.number}: its booking is before that of the decision before it")
        self.booking = leaf["booking"]
        if leaf["disposition"] != "accepted":
            return "", "", {}
        if hashlib.sha256(raw).hexdigest() != leaf["sha256"]:
            raise Wrong(f"decision {self.number}: these are not the bytes that were booked")
        event = self.event_of(leaf, raw, headers)
        added = self.count(event)
        for cell, steps in added.items():
            self.sums[cell] = self.sums.get(cell, 0) + steps
        return leaf["source"], leaf["event_id"], added

    def event_of(self, leaf: dict[str, Any], raw: bytes, headers: bytes) -> dict[str, Any]:
        """Return the accepted event, whose id nobody had before."""
        event: dict[str, Any] = json.loads(raw)
        if headers:
            attributes = {name[3:]: bytes.fromhex(value).decode() for name, value in json.loads(headers) if name.startswith("ce_")}
            event = {**attributes, "data": event}
        if (event["source"], event["id"]) != (leaf["source"], leaf["event_id"]):
            raise Wrong(f"decision {self.number}: the log names another event than the bytes")
        key = hash((event["source"], event["id"]))
        if key in self.ids:
            raise Wrong(f"decision {self.number}: an event with this id was accepted before")
        self.ids.add(key)
        return event

    def count(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return what an accepted event adds, and keep what later events name."""
        kind, source, data = event["type"][len("salur.") : -len(".v1")], event["source"], event["data"]
        joins = {"event.reversed": "reversal", "event.amended": "replacement", "target.revised": "replacement", "evidence.attached": "evidence"}.get(kind)
        if kind == "delivery.verified" and data["result"] == "confirmed":
            joins = "verification"
        if joins is None:
            day = day_of(event["time"])
            added = self.own(kind, data, source, day)
            chain = Chain(self.number, kind, source, day, added) if self.number in self.named else None
        else:
            original = self.original(data, source)
            if original is None:
                raise Wrong(f"decision {self.number}: what it names is not among the decisions before it")
            target, chain, _ = original
            added = chain.join(self.number, target, joins, self.replacement(kind, data, chain) if joins == "replacement" else {})
        if self.number in self.named:
            self.known[source, event["id"]] = (self.number, chain, kind)
        return added

    def original(self, data: dict[str, Any], source: str) -> Any:
        """Return number, chain and type of the event that another names; None if it is not among those before it."""
        original = data.get("original")
        return self.known.get((original["source"], original["id"]) if isinstance(original, dict) else (source, original))

    def own(self, kind: str, data: dict[str, Any], source: str, day: str) -> dict[str, Any]:
        """Return what an event adds by itself; what comes back after it was confirmed is undelivered, too."""
        sums = Event(kind, data, source.rpartition(":")[2], day).sums
        original = self.original(data, source) if kind == "disbursement.returned" else None
        if original is not None and original[2] == "disbursement.confirmed":
            for cell, steps in [one for one in sums.items() if one[0][MEASURE] == "returned"]:
                sums[(*cell[:MEASURE], "undelivered", *cell[MEASURE + 1 :])] = steps
        return sums

    def replacement(self, kind: str, data: dict[str, Any], chain: Chain) -> dict[str, Any]:
        """Return what is put in the place of the root."""
        new = data["replacement"] if kind == "event.amended" else {name: value for name, value in data.items() if name not in {"original", "reason"}}
        return self.own(chain.kind, new, chain.source, day_of(new["time"]) if "time" in new else chain.day)

    def root(self) -> bytes:
        """Return the root of all decisions taken."""
        root = self.roots[-1] if self.roots else sha256(b"")
        for left in reversed(self.roots[:-1]):
            root = node(left, root)
        return root

    def sums_root(self, order: str) -> str:
        """Return the root of the tree of sums in this order: it divides where the keys of neighbours first differ, bit by bit."""
        first = (*UNMIXED, *ORDERS[order])
        places = [DIMENSIONS.index(name) for name in (*first, *(name for name in DIMENSIONS if name not in first))]
        cells = sorted(("\0".join([cell[place] for place in places]).encode(), cell, steps) for cell, steps in self.sums.items() if steps)
        left: list[tuple[int, tuple[Any, ...]]] = []
        before, current = b"", None
        for key, cell, steps in cells:
            if current is not None:
                parts = parting(before, key)
                while left and left[-1][0] > parts:
                    current = joined(left.pop()[1], current)
                left.append((parts, current))
            before, current = key, (cell, cell, 1, steps, sha256(b"\x00" + canonical([*cell, 1, str(steps)])))
        while left:
            current = joined(left.pop()[1], current)
        return sha256(b"").hex() if current is None else current[4].hex()


def check_complete(file: Any, key: str, orders: list[Any]) -> dict[str, Any]:
    """Read every decision again: the log is the sealed one, its events come to the sealed sums, and the figure is exactly of these events."""
    head = load(file.readline())
    seal, wanted = open_seal(head["document"], head["note"], key), head["wanted"]
    check_wanted(wanted)
    reading, steps, events, members = Reading(head["named"]), 0, 0, hashlib.sha256()
    verdicts: dict[Any, Any] = {}
    while lengths := file.read(12):
        leaf, raw, headers = (file.read(length) for length in struct.unpack(">III", lengths))
        source, event_id, added = reading.take(leaf, raw, headers)
        is_member = False
        for cell, change in added.items():
            found = verdicts.get(cell)
            if found is None:
                found = verdicts[cell] = matches(cell, cell, wanted)
            if found:
                steps += change
                is_member = True
        if is_member:
            events += 1
            members.update(f"{reading.number} {source} {event_id}\n".encode())
    if (reading.number, reading.root()) != (seal["size"], seal["root"]):
        raise Wrong(f"these {reading.number} decisions are not the {seal['size']} that were sealed")
    for order in orders:
        if reading.sums_root(order) != seal["tallies"][order]:
            raise Wrong("the events do not come to the sealed sums")
    figure = {"steps": str(steps), "events": events, "members": members.hexdigest()}
    if any(canonical(head["figure"][name]) != canonical(value) for name, value in figure.items()):
        raise Wrong(f"the figure is {head['figure']['steps']} of {head['figure']['events']} events, reading all again comes to {steps} of {events}")
    return {"kind": "complete", "seal": seal["number"], "booking": seal["booking"], "decisions": reading.number, "wanted": wanted, **figure}


# ---- the command ----------------------------------------------------------------------------------------------------


def check(path: Path, key: str, orders: list[Any]) -> dict[str, Any]:
    """Check one file of any kind."""
    try:
        with path.open("rb") as file:
            first = file.peek(64)[:64]
            if first.startswith(b'{"format":"salur-complete@1"'):
                return check_complete(file, key, orders)
            text = file.read().decode()
        return check_compact(text, key) if first.startswith(b"{") else check_receipt(text, key)
    except Wrong:
        raise
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OverflowError, MemoryError, struct.error) as error:
        raise Wrong(f"the file is not of the form ({type(error).__name__})") from error


def main(words: list[Any]) -> int:
    """Check what the words name, and print one line of JSON for each."""
    parser = argparse.ArgumentParser(description="Check receipts, tally proofs and seals of a Salur ledger.")
    parser.add_argument("--key", required=True, help="the operator's public key, pinned: name+id+base64, or a file of your own that holds it")
    parser.add_argument("--witness", type=Path, metavar="STATE", help="file that keeps the last seal seen; PATH is then a folder of seals")
    parser.add_argument("--all-orders", action="store_true", help="check the sealed sums in all their orders (complete proofs)")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    asked = parser.parse_args(words)
    key = Path(asked.key).read_text(encoding="utf-8").strip() if Path(asked.key).is_file() else asked.key
    code = 0
    for path in asked.paths:
        try:
            found = witness(path, asked.witness, key) if asked.witness else check(path, key, list(ORDERS) if asked.all_orders else ["destination"])
            print(json.dumps({"ok": True, "path": str(path), **found}, ensure_ascii=False))
        except (Wrong, OSError, ValueError, KeyError, TypeError) as error:
            print(json.dumps({"ok": False, "path": str(path), "wrong": str(error)}, ensure_ascii=False))
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
