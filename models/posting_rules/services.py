"""What services post: the quantity on the service's own measure, and the people reached beside it."""

from msgspec import UNSET

from models.cells import SERVICES, Posting, made
from models.events.services import ServiceEvent
from models.posting_rules.cells_of import dimensions_of, merged, shown
from models.posting_rules.people import parts, reached
from models.registry import Registry
from models.units import UNITS, parse_steps


def post_services(event: ServiceEvent, registry: Registry, measure: str, *, counts_recipients: bool = False) -> list[Posting]:
    """Count what was given, which may be unknown, and the people where the service reaches people beside its quantity.

    Where no number of people is posted beside it and the quantity itself counts people, as it does of those engaged,
    their parts are parts of the quantity.
    """
    shared = dimensions_of(event, registry)
    postings: list[Posting] = []
    for line in event.data.lines:
        counts_people_beside = counts_recipients and line.recipients is not UNSET
        if line.quantity is not UNSET and line.unit is not UNSET:
            cell = shared.cell(SERVICES, item=line.item, measure=measure, unit=line.unit)
            postings.append(made(Posting, (cell, parse_steps(line.quantity, UNITS[line.unit]))))
            if line.disaggregation is not UNSET and not counts_people_beside:
                postings += parts(line, cell)
        if counts_people_beside:
            postings += reached(shared, SERVICES, line, item=line.item)
    postings = merged(postings, lines=len(event.data.lines))
    return shown(postings) if event.data.evidence else postings
