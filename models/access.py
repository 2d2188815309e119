"""What partners and auditors sign in with: tokens, what each allows, and how one is recognised without being kept.

A token is ``salur_<prefix>_<secret>``: the prefix finds its row, the secret carries 256 random bits. Only the
SHA-256 of the whole text is stored. Where grants are kept is ``consumers.access``; drawing the random bits is the
caller's.

A browser does not keep the token: signing in exchanges it for a *session*, a secret of its own that ends sooner, and
that opens nothing once its token is revoked.
"""

import base64
import hashlib
import hmac
import re
from typing import Final, Literal, NamedTuple

Scope = Literal["publish", "read", "audit"]
"""``publish``: send events of the own source; ``read``: see what became of them; ``audit``: see all figures, and send nothing."""

SCOPES: Final[tuple[Scope, ...]] = ("publish", "read")
"""What a partner's token may allow."""
AUDIT: Final[Scope] = "audit"
AUDITOR: Final = "auditor:"
"""Before the name of an auditor, where a partner has his code; no code holds a colon, so nobody is both."""
PREFIX_BYTES: Final = 5
SECRET_BYTES: Final = 32
SESSION_BYTES: Final = 32
SESSION_MS: Final = 8 * 3_600_000
"""A working day."""

_TOKEN: Final = re.compile(r"salur_([a-z2-7]{8})_[A-Za-z0-9_-]{43}")
_NOBODY: Final = bytes(32)


class Grant(NamedTuple):
    """What one token allows, and to whom: a partner's code, or ``AUDITOR`` and a name. Times are milliseconds since 1970; None is never."""

    prefix: str
    sha256: bytes
    partner: str
    scopes: frozenset[str]
    created_at: int
    expires_at: int | None
    revoked_at: int | None

    def is_in_force(self, now: int) -> bool:
        """Tell whether the token may be used at ``now``."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Token(NamedTuple):
    """A new token: its text, which is shown once, and what is kept of it."""

    text: str
    prefix: str
    sha256: bytes


def new_token(random_bytes: bytes) -> Token:
    """Return the token made of ``PREFIX_BYTES + SECRET_BYTES`` random bytes."""
    assert len(random_bytes) == PREFIX_BYTES + SECRET_BYTES
    prefix = base64.b32encode(random_bytes[:PREFIX_BYTES]).decode().lower()
    secret = base64.urlsafe_b64encode(random_bytes[PREFIX_BYTES:]).decode().rstrip("=")
    text = f"salur_{prefix}_{secret}"
    return Token(text, prefix, digest(text))


def prefix_of(text: str) -> str | None:
    """Return the prefix of what was given as a token, None if it cannot be one."""
    found = _TOKEN.fullmatch(text)
    return found[1] if found else None


def digest(text: str) -> bytes:
    """Return what is stored of a token."""
    return hashlib.sha256(text.encode()).digest()


def is_recognised(text: str, grant: Grant | None) -> bool:
    """Tell whether ``text`` is the token of ``grant``, in the same time whichever it is, and whether there is one."""
    return hmac.compare_digest(digest(text), grant.sha256 if grant else _NOBODY) and grant is not None


def session_text(random_bytes: bytes) -> str:
    """Return what a browser is given of a session made of ``SESSION_BYTES`` random bytes; ``digest`` of it is what is kept."""
    assert len(random_bytes) == SESSION_BYTES
    return base64.urlsafe_b64encode(random_bytes).decode().rstrip("=")


def form_key(session: str) -> str:
    """Return what every form of a session's pages carries: a page elsewhere cannot know it, whatever the browser sends along."""
    return hmac.new(session.encode(), b"form", hashlib.sha256).hexdigest()


def is_form_key(given: str, session: str) -> bool:
    """Tell whether a form was one of this session's pages."""
    return hmac.compare_digest(given.encode(), form_key(session).encode())
