"""Where grants are kept: partners and auditors let in, the tokens they hold, who is signed in, and the log of it all.

An auditor is ``auditor:NAME``.

What a token is, and when it is in force, is ``models.access``. Each change is one transaction with its line in the log.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from models import schema
from models.access import AUDIT, AUDITOR, Grant, Token
from models.errors import ConfigurationError

_partners: Final = schema.access_partners
_tokens: Final = schema.access_tokens
_sessions: Final = schema.access_sessions
_WANTED: Final[sa.BindParameter[Any]] = sa.bindparam("wanted", expanding=True)
_BY_PREFIX: Final = sa.select(*(_tokens.c[name] for name in Grant._fields)).where(_tokens.c.prefix.in_(_WANTED))


def admit(connection: sa.Connection, partner: str, *, now: int) -> bool:
    """Let a partner in, so that it may be given tokens; False if it was in already."""
    if _is_admitted(connection, partner):
        return False
    connection.execute(sa.insert(_partners), {"partner": partner, "added_at": now})
    _log(connection, now, "partner_added", partner)
    return True


def keep(connection: sa.Connection, token: Token, *, partner: str, scopes: Collection[str], now: int, expires_at: int | None) -> None:
    """Keep what is kept of a new token. Raises ConfigurationError for a partner that was not let in, or for what is not his to be allowed."""
    if partner.startswith(AUDITOR) != (AUDIT in scopes) or (AUDIT in scopes and len(scopes) > 1):
        raise ConfigurationError("auditors look at figures and send nothing; partners send and see what is theirs", hint="give each a token of its own")
    if not _is_admitted(connection, partner):
        kind, name = ("auditor", partner.removeprefix(AUDITOR)) if partner.startswith(AUDITOR) else ("partner", partner)
        raise ConfigurationError(f"{name} may not be given tokens yet", hint=f"let it in with `salur {kind} add {name}`")
    row = {"prefix": token.prefix, "sha256": token.sha256, "partner": partner, "scopes": _scopes(scopes), "created_at": now, "expires_at": expires_at}
    connection.execute(sa.insert(_tokens), row)
    _log(connection, now, "token_made", partner, prefix=token.prefix, detail=f"{_scopes(scopes)} until {expires_at or 'revoked'}")


def revoke(connection: sa.Connection, *, prefix: str = "", partner: str = "", now: int) -> list[Grant]:
    """Revoke the token with this prefix, or all of a partner, and return those that were in force until now."""
    chosen = _tokens.c.prefix == prefix if prefix else _tokens.c.partner == partner
    found = [grant for grant in _read(connection, sa.select(_tokens).where(chosen)) if grant.revoked_at is None]
    for grant in found:
        connection.execute(sa.update(_tokens).where(_tokens.c.prefix == grant.prefix).values(revoked_at=now))
        _log(connection, now, "token_revoked", grant.partner, prefix=grant.prefix)
    return found


def grants(connection: sa.Connection, prefixes: Collection[str]) -> Mapping[str, Grant]:
    """Return the grants with these prefixes, in force or not."""
    return {grant.prefix: grant for grant in _read(connection, _BY_PREFIX, {"wanted": list(prefixes)})}


def sign_in(connection: sa.Connection, grant: Grant, *, sha256: bytes, now: int, expires_at: int) -> None:
    """Keep what is kept of a new session, and forget those that are over."""
    connection.execute(sa.delete(_sessions).where(_sessions.c.expires_at <= now))
    connection.execute(sa.insert(_sessions), {"sha256": sha256, "prefix": grant.prefix, "created_at": now, "expires_at": expires_at})
    _log(connection, now, "signed_in", grant.partner, prefix=grant.prefix)


def sign_out(connection: sa.Connection, grant: Grant, *, sha256: bytes, now: int) -> None:
    """End a session."""
    if connection.execute(sa.delete(_sessions).where(_sessions.c.sha256 == sha256)).rowcount:
        _log(connection, now, "signed_out", grant.partner, prefix=grant.prefix)


def signed_in(connection: sa.Connection, sha256: bytes, *, now: int) -> Grant | None:
    """Return the grant that a session stands on, in force or not; None for a session that is over or never was."""
    query = sa.select(*(_tokens.c[name] for name in Grant._fields)).join_from(_sessions, _tokens, _sessions.c.prefix == _tokens.c.prefix)
    found = _read(connection, query.where(_sessions.c.sha256 == sha256, _sessions.c.expires_at > now))
    return found[0] if found else None


def all_grants(connection: sa.Connection) -> list[Grant]:
    """Return every grant ever made, by partner and time."""
    return _read(connection, sa.select(_tokens).order_by(_tokens.c.partner, _tokens.c.created_at, _tokens.c.prefix))


def admitted(connection: sa.Connection) -> Mapping[str, int]:
    """Return the partners that were let in, each with when."""
    return {row.partner: row.added_at for row in connection.execute(sa.select(_partners).order_by(_partners.c.partner))}


def _is_admitted(connection: sa.Connection, partner: str) -> bool:
    return connection.execute(sa.select(_partners.c.partner).where(_partners.c.partner == partner)).first() is not None


def _read(connection: sa.Connection, query: sa.Select[Any], values: Mapping[str, Any] | None = None) -> list[Grant]:
    return [
        Grant(
            prefix=row.prefix,
            sha256=bytes(row.sha256),
            partner=row.partner,
            scopes=frozenset(row.scopes.split()),
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
        )
        for row in connection.execute(query, values or {})
    ]


def _scopes(scopes: Collection[str]) -> str:
    return " ".join(sorted(scopes))


def _log(connection: sa.Connection, now: int, action: str, partner: str, *, prefix: str = "", detail: str = "") -> None:
    connection.execute(sa.insert(schema.access_log), {"at": now, "action": action, "partner": partner, "prefix": prefix, "detail": detail})


def log_lines(connection: sa.Connection) -> Sequence[Any]:
    """Return the log, the oldest line first."""
    return connection.execute(sa.select(schema.access_log).order_by(schema.access_log.c.number)).all()
