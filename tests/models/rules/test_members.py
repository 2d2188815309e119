"""No text is forgotten: whatever member of whatever event a person's number is planted in, the event is refused."""

import pytest

from models.decoding import Undecodable, decode
from models.events.catalogue import EVENT_TYPES
from models.rules.catalogue import violations
from tests.models.deliveries import NOW_MS, REGISTRY
from tests.models.examples import encoded
from tests.planted import NIK, NUMBERS, OTHERS, PLACES, planted, variants


def is_refused_for_a_person(raw: bytes) -> bool:
    """Tell whether nothing of it is kept: its form is not that of an event, or the rules found a person's number."""
    event = decode(raw)
    return isinstance(event, Undecodable) or "rjct.personal_data" in {violation.code for violation in violations(event, REGISTRY, NOW_MS)}


def test_every_member_of_every_type_is_tried() -> None:
    assert {place.type for place in PLACES} == set(EVENT_TYPES)
    assert len(PLACES) > 1_000
    for kind in EVENT_TYPES:
        for event in variants(kind):
            assert not isinstance(decoded := decode(encoded(event)), Undecodable), decoded


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_a_nik_is_found_wherever_it_is_planted(kind: str) -> None:
    places = [place for place in PLACES if place.type == kind and place.member not in NUMBERS]
    assert [str(place) for place in places if not is_refused_for_a_person(encoded(planted(place, NIK)))] == []


@pytest.mark.parametrize("kind", EVENT_TYPES)
@pytest.mark.parametrize("text", OTHERS)
def test_any_other_number_of_a_person_is_found_in_all_but_identifiers(kind: str, text: str) -> None:
    places = [place for place in PLACES if place.type == kind and not place.is_identifier]
    assert [str(place) for place in places if not is_refused_for_a_person(encoded(planted(place, text)))] == []


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_an_event_with_harmless_texts_names_nobody(kind: str) -> None:
    for event in variants(kind):
        assert not is_refused_for_a_person(encoded(event))
