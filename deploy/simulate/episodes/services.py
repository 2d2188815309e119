"""Services and jobs: groups assisted, people engaged, days worked, training and placement, doses and disinfected sites."""

from collections.abc import Iterator

from deploy.simulate import figures
from deploy.simulate.drafts import Data, Draft, Scene


def group(scene: Scene, day: int, programme: str, groups: int) -> Iterator[Draft]:
    """Yield groups of twenty that were assisted, and their verification by somebody else."""
    item = figures.GROUPS[programme][0]
    partner = scene.cast.pick("pendamping", scene.chance)
    people = groups * figures.PERSONS_PER_GROUP
    line: Data = {"line": 1, "item": item, "quantity": groups, "unit": "group", "recipients": {"count": people, "unit": "person"}}
    if scene.chance.one_in(2):
        line["disaggregation"] = {"sex": {"f": people // 2, "m": people - people // 2}, "disability": {"yes": people // 20}}
    data: Data = {"programme": programme, "country": "ID", "recipient_type": "unknown", "lines": [line]}
    if scene.chance.one_in(2):
        data |= {"tranche": f"termin-{scene.chance.between(1, 3)}", "evidence": scene.evidence()}
    assisted = scene.new("group.assisted", partner, day, data)
    yield assisted
    inspector = scene.cast.pick("pengawas", scene.chance)
    result = "refuted" if scene.chance.one_in(8) else "confirmed"
    verified: Data = {"original": scene.original(assisted, inspector), "result": result, "method": "kunjungan"}
    yield scene.new("delivery.verified", inspector, day + 12, verified)


def works(scene: Scene, day: int) -> Draft:
    """Return days of work; no source counts them."""
    line = {"line": 1, "item": "hok", "quantity": scene.chance.between(40, 600), "unit": "person-day"}
    data = {"programme": "padat-karya-tunai", "country": "ID", "recipient_type": "unemployed", "lines": [line]}
    return scene.new("persondays.worked", scene.cast.pick("pendamping", scene.chance), day, data)


def engaged(scene: Scene, day: int, programme: str, persons: int) -> Draft:
    """Return people of one of the five parts of 327,013."""
    line: Data = {"line": 1, "item": "peserta", "quantity": persons, "unit": "person"}
    if scene.chance.one_in(3):
        line["disaggregation"] = {"age": {"18-24": persons // 3, "25-34": persons // 4}}
    data: Data = {"programme": programme, "country": "ID", "recipient_type": "entrepreneur", "lines": [line]}
    if scene.chance.one_in(3):
        data["evidence"] = scene.evidence()
    return scene.new("participants.engaged", scene.cast.pick("pendamping", scene.chance), day, data)


def training(scene: Scene, day: int) -> Iterator[Draft]:
    """Yield places offered, people who completed, and people placed in jobs afterwards."""
    chance = scene.chance
    partner = scene.cast.pick("pendamping", chance)
    places = chance.between(16, 64)
    offered = {"line": 1, "item": "pelatihan", "quantity": places, "unit": "training-place"}
    where = {"programme": "pelatihan-vokasi", "country": "ID", "activity": "menjahit"}
    yield scene.new("training.offered", partner, day, {**where, "lines": [offered]})
    completed = chance.between(8, places)
    trained: Data = {"line": 1, "item": "peserta", "quantity": completed, "unit": "person", "recipients": {"count": completed, "unit": "person"}}
    trained["disaggregation"] = {"sex": {"f": chance.below(completed + 1)}}
    yield scene.new("training.delivered", partner, day + 25, {**where, "recipient_type": "trainee", "lines": [trained]})
    placed = max(1, completed // 3)
    line = {"line": 1, "item": "penempatan", "quantity": placed, "unit": "person", "recipients": {"count": placed, "unit": "person"}}
    data = {"programme": "penempatan", "country": "ID", "recipient_type": "trainee", "lines": [line], "evidence": scene.evidence()}
    yield scene.new("placement.made", partner, day + 40, data)


def served(scene: Scene, day: int) -> Draft:
    """Return doses given or sites disinfected."""
    chance = scene.chance
    if chance.one_in(2):
        doses = chance.between(20, 300)
        line: Data = {"line": 1, "item": "dosis-vaksin", "quantity": doses, "unit": "dose", "recipients": {"count": doses, "unit": "person"}}
        programme = "vaksinasi"
    else:
        line, programme = {"line": 1, "item": "penyemprotan", "quantity": chance.between(1, 12), "unit": "site"}, "gerakan-pekerja-sehat"
    data = {"programme": programme, "country": "ID", "recipient_type": "worker", "lines": [line]}
    return scene.new("service.delivered", scene.cast.pick("pendamping", chance), day, data)
