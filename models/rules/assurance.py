"""Complaints, suspicions, findings and closings are about something that exists, and say it completely."""

from collections.abc import Iterator, Sequence

from msgspec import UNSET

from models.batches import BATCH_PREFIX
from models.closings import day_of
from models.events.assurance import ComplaintForwarded, ComplaintRaised, DuplicateAdjudicated, DuplicateSuspected, Finding, FindingRaised, PeriodClosed
from models.events.delivery import Period
from models.naming import original_of
from models.reasons import Violation
from models.registry import Registry
from models.rules.codes import unknown_currency
from models.rules.quantities import missing_half, quantity_violations
from models.rules.rule import MAX_VIOLATIONS, NONE, Code, unknown_code, unknown_codes
from models.units import CURRENCIES, UNITS


def assurance_codes_are_known(event: ComplaintRaised | FindingRaised | PeriodClosed, registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a programme or a destination that is not registered."""
    return unknown_codes(
        (
            Code("rjct.unknown_programme", "/data/programme", event.data.programme, registry.programmes),
            Code("rjct.unknown_country", "/data/country", event.data.country, registry.countries),
        )
    )


def forwarded_to_somebody(event: ComplaintForwarded, registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse to forward a complaint to anybody but a registered partner."""
    return unknown_codes((Code("rjct.unknown_partner", "/data/to", event.data.to, registry.partners),))


def two_events_are_compared(event: DuplicateSuspected | DuplicateAdjudicated, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a suspicion of one event against itself, or against the suspicion."""
    other = original_of(event, event.data.other)
    if other not in {(event.source, event.id), original_of(event, event.data.original)}:
        return NONE
    return [Violation("rjct.original_unsuitable", "/data/other", expected="another event than the original")]


def finding_is_whole(event: FindingRaised, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a number without its unit, an amount without its currency, and numbers that are not exact."""
    return list(_flaws_of_finding(event.data))


def something_is_closed(event: PeriodClosed, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse a closing of nothing, of days that no calendar has, and of subjects that name no batch."""
    period, batches = event.data.period, event.data.batches
    if period is UNSET and batches is UNSET:
        return [Violation("rjct.missing_field", "/data/period", expected="period or batches")]
    found = [] if period is UNSET else list(_flaws_of_period(period))
    for index, batch in enumerate(batches or ()):
        if not batch.startswith(BATCH_PREFIX):
            found.append(Violation("rjct.value_invalid", f"/data/batches/{index}", expected="batch/<name>"))
    return found[:MAX_VIOLATIONS]


def _flaws_of_finding(finding: Finding) -> Iterator[Violation]:
    yield from missing_half(("quantity", finding.quantity), ("unit", finding.unit))
    yield from missing_half(("amount", finding.amount), ("currency", finding.currency))
    if finding.unit is not UNSET and finding.unit not in UNITS:
        yield from unknown_code("rjct.unknown_unit", "/data/unit", code=finding.unit, known=UNITS)
    if finding.unit is not UNSET and finding.quantity is not UNSET:
        yield from quantity_violations("/data/quantity", finding.quantity, finding.unit)
    if finding.currency is not UNSET and finding.currency not in CURRENCIES:
        yield unknown_currency(finding.currency, "/data/currency")
    if finding.currency is not UNSET and finding.amount is not UNSET:
        yield from quantity_violations("/data/amount", finding.amount, finding.currency)


def _flaws_of_period(period: Period) -> Iterator[Violation]:
    first, last = day_of(period.start), day_of(period.end)
    for member, day in (("start", first), ("end", last)):
        if day is None:
            yield Violation("rjct.time_invalid", f"/data/period/{member}", expected="a day of the calendar")
    if first is not None and last is not None and last < first:
        yield Violation("rjct.value_invalid", "/data/period/end", expected="the day of start or later")
