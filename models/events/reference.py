"""Reference events: codes come into being; programmes stop and start again per destination. Nothing is counted."""

import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from models.events.delivery import Place
from models.events.envelope import Code, Envelope, Form, Label, NewCode, Text

ReportGroup = Literal["reference", "payments-instruct", "payments-pay", "goods", "services", "plans", "assurance", "statements"]
"""What a partner may publish; corrections of its own events are never listed. ``payments-instruct`` tells payers to
pay, ``payments-pay`` are the later stages, ``plans`` closes periods too, ``assurance`` verifies, adjudicates and finds."""


class Name(Form, frozen=True, kw_only=True):
    """What a code is called in Indonesian and in English."""

    id: Label
    en: Label


class PartnerRegistration(Form, frozen=True, kw_only=True):
    """A partner and what it may report: programmes (with all below them), destinations, groups of events."""

    code: NewCode
    name: Name
    simulated: bool | UnsetType = UNSET
    programmes: Annotated[list[Code], Meta(max_length=1000)] | UnsetType = UNSET
    countries: Annotated[list[Code], Meta(max_length=300)] | UnsetType = UNSET
    reports: Annotated[list[ReportGroup], Meta(max_length=20)] | UnsetType = UNSET


class ProgrammeRegistration(Form, frozen=True, kw_only=True):
    """A programme, the one above it, the first day on which it may deliver, and whose it is."""

    code: NewCode
    name: Name
    parent: Code | UnsetType = UNSET
    start: datetime.date
    owner: Code | UnsetType = UNSET


class ItemRegistration(Form, frozen=True, kw_only=True):
    """An item and its one unit."""

    code: NewCode
    name: Name
    unit: Code


class SiteRegistration(Form, frozen=True, kw_only=True):
    """A place that holds goods or gives services, and the partner who runs it."""

    code: NewCode
    name: Name
    country: Code
    place: Place | UnsetType = UNSET
    partner: Code | UnsetType = UNSET


class LegalBasisRegistration(Form, frozen=True, kw_only=True):
    """A decree or contract that deliveries rest on, when it was issued and where it can be read."""

    code: NewCode
    name: Name
    issued: datetime.date | UnsetType = UNSET
    address: Annotated[str, Meta(min_length=1, max_length=512)] | UnsetType = UNSET


class ProgrammeStanding(Form, frozen=True, kw_only=True):
    """A programme at one destination stops or starts again, by a legal basis."""

    programme: Code
    country: Code
    legal_basis: Code
    reason: Text | UnsetType = UNSET


class PartnerRegistered(Envelope, frozen=True, kw_only=True, tag="salur.partner.registered.v1"):
    """A partner may publish from now on."""

    data: PartnerRegistration


class ProgrammeRegistered(Envelope, frozen=True, kw_only=True, tag="salur.programme.registered.v1"):
    """A programme may be named from now on."""

    data: ProgrammeRegistration


class ItemRegistered(Envelope, frozen=True, kw_only=True, tag="salur.item.registered.v1"):
    """An item may be named from now on."""

    data: ItemRegistration


class SiteRegistered(Envelope, frozen=True, kw_only=True, tag="salur.site.registered.v1"):
    """A site may be named from now on."""

    data: SiteRegistration


class LegalBasisRegistered(Envelope, frozen=True, kw_only=True, tag="salur.legal-basis.registered.v1"):
    """A legal basis may be named from now on."""

    data: LegalBasisRegistration


class ProgrammeSuspended(Envelope, frozen=True, kw_only=True, tag="salur.programme.suspended.v1"):
    """A programme stops at a destination."""

    data: ProgrammeStanding


class ProgrammeResumed(Envelope, frozen=True, kw_only=True, tag="salur.programme.resumed.v1"):
    """A programme starts again at a destination."""

    data: ProgrammeStanding


ReferenceEvent = PartnerRegistered | ProgrammeRegistered | ItemRegistered | SiteRegistered | LegalBasisRegistered | ProgrammeSuspended | ProgrammeResumed
