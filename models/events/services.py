"""Services and jobs: groups assisted, participants engaged."""

from typing import Annotated

from msgspec import Meta

from models.events.delivery import Delivery, Reach
from models.events.envelope import Envelope


class Service(Delivery, frozen=True, kw_only=True):
    """A service as it was given."""

    lines: Annotated[list[Reach], Meta(min_length=1, max_length=10_000)]


class GroupAssisted(Envelope, frozen=True, kw_only=True, tag="salur.group.assisted.v1"):
    """Groups were assisted, such as twenty entrepreneurs with a grant."""

    data: Service


class ParticipantsEngaged(Envelope, frozen=True, kw_only=True, tag="salur.participants.engaged.v1"):
    """Persons were engaged whom no group event of the programme covers."""

    data: Service


ServiceEvent = GroupAssisted | ParticipantsEngaged
