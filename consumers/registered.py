"""The code lists as a ledger knows them: the shipped ones and every registration booked since."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from consumers.answers.filters import KnownCodes
from consumers.ledger.headers import headers_from_text
from models import schema
from models.cells import NOT_APPLICABLE, UNKNOWN
from models.decoding import decode
from models.naming import Registration
from models.registry import Registry

REGISTRATION = "reference"


def registry_of(connection: sa.Connection) -> Registry:
    """Return the registry as of the last booking. Reads the shipped lists and the ledger's registrations."""
    registry = Registry.shipped()
    decisions, links = schema.decisions.c, schema.links.c
    query = (
        sa.select(decisions.raw, decisions.headers)
        .join_from(schema.links, schema.decisions, decisions.number == links.number)
        .where(links.kind == REGISTRATION)
        .order_by(links.number)
    )
    for raw, headers in connection.execute(query):
        event = decode(bytes(raw), headers_from_text(headers))
        assert isinstance(event, Registration), "only registrations and closings are linked as reference"
        registry.apply(event)
    return registry


def known_codes(registry: Registry) -> KnownCodes:
    """Return the codes that a filter may name. Free texts (activity, tranche, place, lot) have no list."""
    codes: Mapping[str, Collection[str]] = {
        "destination": registry.countries,
        "programme": registry.programmes,
        "partner": registry.partners,
        "item": registry.items,
        "unit": registry.units,
        "recipient_type": {*registry.recipient_types, UNKNOWN},
        "holder": {*registry.partners, *registry.sites, UNKNOWN, NOT_APPLICABLE},
    }
    return KnownCodes(codes=codes, descendants=registry.descendants)
