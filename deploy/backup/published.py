"""Seals as they were published, in a backup and beside it: which one is the newest, and that all are of one log."""

from pathlib import Path

from consumers.proof.sealing import KEY_NAME
from consumers.proof.signer import SignedSeal
from models.errors import IntegrityError
from models.proof import seal as seals
from models.proof.note import open_note


def newest(own: Path, others: Path | None) -> SignedSeal | None:
    """Return the newest seal of a backup and of a folder of later ones; None if there is none.

    Raises IntegrityError for one that is not signed with the key of the backup's, or that does not stand beside its note.
    """
    if not (own / KEY_NAME).exists():
        return None
    key = (own / KEY_NAME).read_text(encoding="utf-8").strip()
    last: SignedSeal | None = None
    for folder in (own, others):
        for path in sorted(folder.glob("[0-9]*.json")) if folder is not None else ():
            found = _signed(path, key)
            last = found if last is None or found.number > last.number else last
    return last


def _signed(path: Path, key: str) -> SignedSeal:
    try:
        text, note = path.read_text(encoding="utf-8"), path.with_suffix(".note").read_text(encoding="utf-8")
    except OSError as error:
        raise IntegrityError(f"{error.filename} cannot be read: {error.strerror}", hint="give the seal and its note, which belong together") from error
    document = seals.decode(text.encode())
    if open_note(note, key=key) != seals.text_to_sign(text.encode()):
        raise IntegrityError(f"{path} is not the seal that its note signs", hint="take it away, or give the right one")
    return SignedSeal(number=document.number, size=document.log.size, document=text, note=note)
