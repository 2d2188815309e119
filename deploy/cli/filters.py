"""The filter options of `salur tally` and `salur explain`: one per dimension, and when it happened."""

from collections.abc import Mapping
from typing import Annotated

import typer


def _dimension(name: str, example: str) -> object:
    return typer.Option(f"--{name}", metavar="CODE", help=f"Only this {name.replace('-', ' ')} (commas mean or), such as {example}.", show_default=False)


Destination = Annotated[str | None, _dimension("destination", "TW")]
Programme = Annotated[str | None, _dimension("programme", "bantuan-pmi; programmes below it are included")]
Activity = Annotated[str | None, _dimension("activity", "pembekalan")]
Tranche = Annotated[str | None, _dimension("tranche", "1")]
Partner = Annotated[str | None, _dimension("partner", "kdei-taipei")]
Item = Annotated[str | None, _dimension("item", "masker")]
Measure = Annotated[str | None, _dimension("measure", "distributed")]
Unit = Annotated[str | None, _dimension("unit", "piece")]
RecipientType = Annotated[str | None, _dimension("recipient-type", "pmi")]
Place = Annotated[str | None, _dimension("place", "the code of an area")]
Province = Annotated[str | None, _dimension("province", "33, ID-JT or jawa tengah; its places are included")]
Holder = Annotated[str | None, _dimension("holder", "a partner or site that holds goods")]
Lot = Annotated[str | None, _dimension("lot", "the name of a lot")]
Table = Annotated[str | None, _dimension("table", "disbursements, distributions, services, stock or plans")]
From = Annotated[str | None, typer.Option("--from", metavar="DAY", help="Happened on this day or month or later.", show_default=False)]
To = Annotated[str | None, typer.Option("--to", metavar="DAY", help="Happened by the end of this day or month.", show_default=False)]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="BOOKING|MOMENT", help="What the ledger said then: a booking number, a moment or a day.", show_default=False)
]


def words(dimensions: Mapping[str, object]) -> dict[str, str]:
    """Return the dimensions that were given, by name, out of a command's parameters."""
    return {name: str(dimensions[name]) for name in DIMENSIONS if dimensions.get(name)}


DIMENSIONS = (
    "destination",
    "programme",
    "activity",
    "tranche",
    "partner",
    "item",
    "measure",
    "unit",
    "recipient_type",
    "place",
    "province",
    "holder",
    "lot",
    "table",
)
