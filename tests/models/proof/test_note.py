"""A note is taken from nobody but the holder of the pinned key, and says nothing that was not signed."""

import contextlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from models.proof.note import Checkpoint, NoteInvalid, checkpoint_text, open_note, parse_checkpoint, parse_verifier_key, public_bytes, sign, verifier_key

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PINNED = verifier_key("salur", public_bytes(KEY.public_key()))
TEXT = checkpoint_text(Checkpoint("salur", 3, bytes(32), ("salur-seal 1 ab",)))


def test_what_was_signed_is_read_again() -> None:
    assert open_note(sign(TEXT, name="salur", key=KEY), key=PINNED) == TEXT
    assert parse_checkpoint(TEXT) == Checkpoint("salur", 3, bytes(32), ("salur-seal 1 ab",))
    assert parse_verifier_key(PINNED) == ("salur", public_bytes(KEY.public_key()))


def test_a_note_of_another_key_is_refused() -> None:
    other = verifier_key("salur", public_bytes(Ed25519PrivateKey.generate().public_key()))
    with pytest.raises(NoteInvalid, match="not signed"):
        open_note(sign(TEXT, name="salur", key=KEY), key=other)


@given(st.data())
def test_a_note_with_anything_changed_is_refused_or_says_the_same(data: st.DataObject) -> None:
    note = sign(TEXT, name="salur", key=KEY)
    place = data.draw(st.integers(0, len(note) - 1))
    letter = data.draw(st.characters(codec="utf-8").filter(lambda one: one != note[place]))
    with contextlib.suppress(NoteInvalid):
        assert open_note(note[:place] + letter + note[place + 1 :], key=PINNED) == TEXT


@pytest.mark.parametrize("text", ["", "salur\n", "salur\n3\n", "salur\n03\nAAAA\n", "salur\nx\nAAAA\n", "salur\n3\n???\n"])
def test_a_checkpoint_has_one_form(text: str) -> None:
    with pytest.raises(NoteInvalid):
        parse_checkpoint(text)


@pytest.mark.parametrize("key", ["", "salur", "salur+00000000+AAAA", PINNED.replace("salur", "other")])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(NoteInvalid):
        parse_verifier_key(key)
