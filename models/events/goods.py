"""Goods: made or bought, sent, received, handed out, sold, counted. Each is in the item's own unit."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field

from models.events.delivery import Delivery, Line, Original, Reach
from models.events.envelope import Code, Currency, Envelope, Quantity


class GoodsLine(Line, frozen=True, kw_only=True):
    """A quantity of one item."""

    item: Code
    quantity: Quantity
    unit: Code


class ReceivedLine(GoodsLine, frozen=True, kw_only=True):
    """A quantity that was accepted, beside what arrived broken and what did not arrive."""

    damaged: Quantity | UnsetType = UNSET
    missing: Quantity | UnsetType = UNSET


class SoldLine(GoodsLine, frozen=True, kw_only=True):
    """A quantity that was sold, and what was paid for it."""

    revenue: Quantity
    currency: Currency


class Goods(Delivery, frozen=True, kw_only=True):
    """Goods that came into being, or into a holder's hands."""

    lines: Annotated[list[GoodsLine], Meta(min_length=1, max_length=10_000)]


class Dispatch(Delivery, frozen=True, kw_only=True):
    """Goods on their way from one holder to another."""

    from_: Code = field(name="from")
    to: Code
    lines: Annotated[list[GoodsLine], Meta(min_length=1, max_length=10_000)]


class Receipt(Delivery, frozen=True, kw_only=True):
    """Goods that reached their next holder; ``original`` names the dispatch."""

    from_: Code = field(name="from")
    to: Code
    original: Original | UnsetType = UNSET
    lines: Annotated[list[ReceivedLine], Meta(min_length=1, max_length=10_000)]


class Distribution(Delivery, frozen=True, kw_only=True):
    """Goods handed to recipients."""

    lines: Annotated[list[Reach], Meta(min_length=1, max_length=10_000)]


class Sale(Delivery, frozen=True, kw_only=True):
    """Goods sold; neither a delivery nor a loss."""

    lines: Annotated[list[SoldLine], Meta(min_length=1, max_length=10_000)]


class Adjustment(Delivery, frozen=True, kw_only=True):
    """A stock set right, in one direction."""

    direction: Literal["in", "out"]
    lines: Annotated[list[GoodsLine], Meta(min_length=1, max_length=10_000)]


class GoodsProduced(Envelope, frozen=True, kw_only=True, tag="salur.goods.produced.v1"):
    """Goods were made; that is not a delivery."""

    data: Goods


class GoodsProcured(Envelope, frozen=True, kw_only=True, tag="salur.goods.procured.v1"):
    """Goods were bought or given."""

    data: Goods


class ConsignmentDispatched(Envelope, frozen=True, kw_only=True, tag="salur.consignment.dispatched.v1"):
    """Goods left a holder."""

    data: Dispatch


class ConsignmentReceived(Envelope, frozen=True, kw_only=True, tag="salur.consignment.received.v1"):
    """Goods reached a holder."""

    data: Receipt


class DistributionRecorded(Envelope, frozen=True, kw_only=True, tag="salur.distribution.recorded.v1"):
    """Goods were handed out."""

    data: Distribution


class GoodsSold(Envelope, frozen=True, kw_only=True, tag="salur.goods.sold.v1"):
    """Goods were sold."""

    data: Sale


class StockCounted(Envelope, frozen=True, kw_only=True, tag="salur.stock.counted.v1"):
    """A holder counted what is there; it shows a variance and changes nothing."""

    data: Goods


class StockAdjusted(Envelope, frozen=True, kw_only=True, tag="salur.stock.adjusted.v1"):
    """A holder's stock was set right."""

    data: Adjustment


GoodsEvent = GoodsProduced | GoodsProcured | ConsignmentDispatched | ConsignmentReceived | DistributionRecorded | GoodsSold | StockCounted | StockAdjusted
