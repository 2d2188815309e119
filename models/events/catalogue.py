"""The catalogue: every event type that Salur reads. A new type joins the union of its group, and is here by that."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, get_args

from models.events.assurance import AssuranceEvent
from models.events.corrections import CorrectionEvent
from models.events.envelope import Envelope
from models.events.goods import GoodsEvent
from models.events.payments import PaymentEvent
from models.events.plans import BatchDeclared, PlanEvent
from models.events.reference import ReferenceEvent
from models.events.services import IncentivePaid, ProceedsReinvested, ServiceEvent
from models.events.statements import StatementPublished

MoneyEvent = PaymentEvent | IncentivePaid | BatchDeclared
"""The events whose lines are payments with their amount."""

DeliveryEvent = MoneyEvent | GoodsEvent | ServiceEvent | ProceedsReinvested
"""The events that have the form of a delivery, and lines that are counted."""

Event = ReferenceEvent | PlanEvent | DeliveryEvent | AssuranceEvent | StatementPublished | CorrectionEvent

EVENT_CLASSES: Final[tuple[type[Envelope], ...]] = get_args(Event)

EVENT_TYPES: Final[Mapping[str, type[Envelope]]] = MappingProxyType({str(event.__struct_config__.tag): event for event in EVENT_CLASSES})
"""Wire name of each type, in the order of the catalogue."""
