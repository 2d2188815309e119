"""Assurance: complaints on their way, findings and their answers, suspected and adjudicated duplicates, remarks."""

from collections.abc import Iterator

from deploy.simulate.drafts import Data, Draft, Scene


def complaint(scene: Scene, day: int) -> Iterator[Draft]:
    """Yield a complaint that was forwarded and resolved."""
    partner = scene.cast.pick("pendamping", scene.chance)
    about = scene.chance.pick(("not-received", "wrong-amount", "wrong-recipient", "quality", "other"))
    raised = scene.new("complaint.raised", partner, day, {"programme": "jps-tkm", "country": "ID", "about": about, "channel": "sms"})
    yield raised
    yield scene.new("complaint.forwarded", partner, day + 2, {"original": raised.id, "to": "kemnaker"})
    outcome = scene.chance.pick(("upheld", "rejected", "mended", "withdrawn"))
    yield scene.new("complaint.resolved", partner, day + 15, {"original": raised.id, "outcome": outcome, "text": "Sudah ditindaklanjuti"})


def finding(scene: Scene, day: int) -> Iterator[Draft]:
    """Yield what an inspector found, and the answer."""
    inspector, audited = scene.cast.pick("pengawas", scene.chance), scene.cast.pick("pendamping", scene.chance)
    data: Data = {
        "finding": f"temuan-{scene.chance.hexadecimal(4)}",
        "text": "Daftar penerima tidak ada",
        "quantity": scene.chance.between(1, 900),
        "unit": "package",
    }
    raised = scene.new("finding.raised", inspector, day, data)
    yield raised
    yield scene.new("finding.answered", audited, day + 14, {"original": scene.original(raised, audited), "text": "Daftar menyusul"})


def suspicion(scene: Scene, day: int, one: Draft, other: Draft) -> Iterator[Draft]:
    """Yield that two deliveries may be one, and what an inspector made of it; both deliveries are long booked by then."""
    inspector = scene.cast.pick("pengawas", scene.chance)
    pair: Data = {"original": scene.original(one, one.partner), "other": scene.original(other, one.partner)}
    yield scene.new("duplicate.suspected", one.partner, day, {**pair, "reason": "same-recipient"})
    judged: Data = {"original": scene.original(one, inspector), "other": scene.original(other, inspector)}
    yield scene.new("duplicate.adjudicated", inspector, day + 3, {**judged, "finding": scene.chance.pick(("duplicate", "distinct", "undecided"))})


def remark(scene: Scene, day: int, on: Draft) -> Draft:
    """Return a remark that changes no figure."""
    return scene.new("event.annotated", on.partner, day, {"original": on.id, "text": "Dokumen menyusul"})


def lone_complaint(scene: Scene, day: int) -> Draft:
    """Return a complaint of which nothing more is known."""
    partner = scene.cast.pick("pendamping", scene.chance)
    return scene.new("complaint.raised", partner, day, {"programme": "jps-tkm", "country": "ID", "about": "other"})
