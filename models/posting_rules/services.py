"""What services post: the quantity on the service's own measure, and the people reached beside it."""

from msgspec import UNSET

from models.cells import SERVICES, Posting
from models.events.services import ParticipantsEngaged, ServiceEvent
from models.posting_rules.cells_of import dimensions_of, made, merged, shown
from models.posting_rules.people import parts, reached
from models.registry import Registry
from models.units import UNITS, parse_steps


def post_services(event: ServiceEvent, registry: Registry, measure: str, *, counts_recipients: bool = False) -> list[Posting]:
    """Count what was given, which may be unknown, and the people where the service reaches people beside its quantity.

    People engaged are the quantity itself, so only the parts of them are counted beside it.
    """
    shared = dimensions_of(event, registry)
    postings: list[Posting] = []
    for line in event.data.lines:
        if line.quantity is not UNSET and line.unit is not UNSET:
            cell = shared.cell(SERVICES, item=line.item, measure=measure, unit=line.unit)
            postings.append(made(Posting, (cell, parse_steps(line.quantity, UNITS[line.unit]))))
        if counts_recipients:
            postings += reached(shared, SERVICES, line, item=line.item)
        elif line.disaggregation is not UNSET and isinstance(event, ParticipantsEngaged):
            postings += parts(shared, SERVICES, line, item=line.item)
    postings = merged(postings, lines=len(event.data.lines))
    return shown(postings) if event.data.evidence else postings
