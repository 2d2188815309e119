"""What deliveries of every kind share: programme, destination, people reached, evidence. Lines belong to the groups."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, field

from models.events.envelope import Code, EventId, Form, Label, Quantity, Sha256, Source

_DATE_OR_MOMENT = (
    "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9]))?$"
)
_RECIPIENT_TOKEN = "^hmac-sha256:[A-Za-z0-9._-]{1,64}:[0-9a-f]{64}$"  # noqa: S105 - the form of a pseudonym

DateOrMoment = Annotated[str, Meta(pattern=_DATE_OR_MOMENT)]
Token = Annotated[str, Meta(pattern=_RECIPIENT_TOKEN)]
"""A pseudonym of one recipient; never the identifier itself."""
Disaggregation = dict[Code, dict[Code, Quantity]]
"""Parts of the recipients by dimension and value, such as ``{"sex": {"f": 5000, "m": 3250}}``."""


class OriginalEvent(Form, frozen=True, kw_only=True):
    """An event of any partner, named by both halves of its identity."""

    source: Source
    id: EventId


Original = EventId | OriginalEvent
"""The event that this one refers to: an id of the same source, or source and id."""


class Place(Form, frozen=True, kw_only=True):
    """An administrative area, with the edition of the code list that it is taken from."""

    code: Code
    edition: Code


class Evidence(Form, frozen=True, kw_only=True):
    """A document that shows the delivery, such as handover minutes; it stays with the partner."""

    kind: Code
    reference: Annotated[str, Meta(min_length=1, max_length=512)]
    sha256: Sha256 | UnsetType = UNSET


class Period(Form, frozen=True, kw_only=True):
    """The span that the quantities cover, both ends included: ISO dates, or moments with an offset."""

    start: DateOrMoment
    end: DateOrMoment


class Recipients(Form, frozen=True, kw_only=True):
    """How many people or households a line reached."""

    count: Quantity
    unit: Code


class Line(Form, frozen=True, kw_only=True):
    """One line of a delivery; its number, from 1, never changes."""

    line: Annotated[int, Meta(ge=1, le=1_000_000)]
    recipients: Recipients | UnsetType = UNSET
    disaggregation: Disaggregation | UnsetType = UNSET
    lot: Label | UnsetType = UNSET


class Reach(Line, frozen=True, kw_only=True):
    """A line that may know only whom it reached: then quantity and unit are left out together, and recipients are there."""

    item: Code
    quantity: Quantity | UnsetType = UNSET
    unit: Code | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Refuse a quantity without its unit, and a line that says neither how much nor to how many."""
        if (self.quantity is UNSET) is not (self.unit is UNSET):
            raise QuantityWithoutUnit
        if self.quantity is UNSET and self.recipients is UNSET:
            raise NothingCounted


class QuantityWithoutUnit(ValueError):
    """One of quantity and unit is missing."""


class NothingCounted(ValueError):
    """A line has neither a quantity nor recipients."""


class Delivery(Form, frozen=True, kw_only=True):
    """The part of a delivery's data that does not depend on what was delivered."""

    programme: Code
    country: Code
    activity: Label | UnsetType = UNSET
    place: Place | UnsetType = UNSET
    channel: Label | UnsetType = UNSET
    tranche: Label | UnsetType = UNSET
    legal_basis: Code | UnsetType = UNSET
    recipient_type: Code | UnsetType = UNSET
    from_: Code | UnsetType = field(name="from", default=UNSET)
    to: Code | UnsetType = UNSET
    evidence: Annotated[list[Evidence], Meta(max_length=100)] | UnsetType = UNSET
    tokens: Annotated[list[Token], Meta(max_length=10_000)] | UnsetType = UNSET
    period: Period | UnsetType = UNSET
