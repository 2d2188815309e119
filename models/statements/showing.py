"""Which events show a claim that has no value: those that post nothing and are listed by a kind of their own."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from msgspec import UNSET

from models.events.catalogue import Event
from models.events.statements import Showing, StatementPublished
from models.naming import NOTED

SHOWABLE: Final[Mapping[str, str]] = MappingProxyType(
    {str(event.__struct_config__.tag): kind for event, kind in NOTED.items() if event is not StatementPublished}
)
"""Wire name of each type that ``shown_by`` may name, and the kind of link by which its events are found."""


def shows(event: Event, wanted: Showing, *, programmes: Collection[str]) -> bool:
    """Tell whether the event is one of those that show the claim; ``programmes`` are those named, with all below them, empty for all."""
    data = event.data
    country, programme, legal_basis = (getattr(data, name, UNSET) for name in ("country", "programme", "legal_basis"))
    return (
        event.type == wanted.type
        and (not programmes or programme in programmes)
        and (wanted.countries is UNSET or country in wanted.countries)
        and (wanted.legal_basis is UNSET or legal_basis == wanted.legal_basis)
    )
