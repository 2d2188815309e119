"""Grants on both databases: kept without the token, revoked at once, with a log that nothing changes."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from consumers import access
from deploy.migrations.upgrade import upgrade
from models import schema
from models.access import PREFIX_BYTES, SECRET_BYTES, Token, digest, is_recognised, new_token, prefix_of
from models.errors import ConfigurationError


def token(number: int) -> Token:
    return new_token(bytes([number]) * (PREFIX_BYTES + SECRET_BYTES))


@pytest.fixture
def database(engine: sa.Engine, database_url: str) -> sa.Engine:
    upgrade(database_url)
    return engine


def test_a_token_opens_until_it_is_revoked(database: sa.Engine) -> None:
    made = token(1)
    with database.begin() as connection:
        assert access.admit(connection, "pos", now=1)
        assert not access.admit(connection, "pos", now=2)
        access.keep(connection, made, partner="pos", scopes=["read", "publish"], now=3, expires_at=9)
    with database.begin() as connection:
        grant = access.grants(connection, [made.prefix, "aaaaaaaa"])[made.prefix]
        assert (grant.partner, grant.scopes, grant.expires_at) == ("pos", frozenset({"publish", "read"}), 9)
        assert (grant.is_in_force(8), grant.is_in_force(9)) == (True, False)
        assert [one.prefix for one in access.revoke(connection, prefix=made.prefix, now=5)] == [made.prefix]
        assert access.revoke(connection, prefix=made.prefix, now=6) == []
    with database.begin() as connection:
        (grant,) = access.all_grants(connection)
        assert (grant.revoked_at, grant.is_in_force(5)) == (5, False)
        assert [(line.at, line.action, line.partner) for line in access.log_lines(connection)] == [
            (1, "partner_added", "pos"),
            (3, "token_made", "pos"),
            (5, "token_revoked", "pos"),
        ]


def test_the_token_itself_is_nowhere_in_the_database(database: sa.Engine) -> None:
    made = token(2)
    with database.begin() as connection:
        access.admit(connection, "pos", now=1)
        access.keep(connection, made, partner="pos", scopes=["read"], now=3, expires_at=None)
        rows = [row for table in schema.metadata.sorted_tables for row in connection.execute(sa.select(table))]
    secret = made.text.rpartition("_")[2]
    assert rows
    assert not any(secret in str(value) or secret.encode() in (value if isinstance(value, bytes) else b"") for row in rows for value in row)


def test_only_a_partner_that_was_let_in_holds_tokens(database: sa.Engine) -> None:
    with database.begin() as connection, pytest.raises(ConfigurationError, match="may not be given tokens"):
        access.keep(connection, token(3), partner="pos", scopes=["read"], now=1, expires_at=None)


def test_all_tokens_of_a_partner_are_revoked_together(database: sa.Engine) -> None:
    with database.begin() as connection:
        for number, partner in ((1, "pos"), (2, "pos"), (3, "kdei-taipei")):
            access.admit(connection, partner, now=1)
            access.keep(connection, token(number), partner=partner, scopes=["read"], now=1, expires_at=None)
        assert len(access.revoke(connection, partner="pos", now=2)) == 2
        assert [grant.partner for grant in access.all_grants(connection) if grant.is_in_force(2)] == ["kdei-taipei"]


@pytest.mark.parametrize("statement", ["UPDATE access_log SET partner = 'x'", "DELETE FROM access_log"])
def test_the_log_of_access_is_only_added_to(database: sa.Engine, statement: str) -> None:
    with database.begin() as connection:
        access.admit(connection, "pos", now=1)
    with pytest.raises(DBAPIError, match="append-only"), database.begin() as connection:
        connection.execute(sa.text(statement))


def test_a_token_is_recognised_by_all_of_it() -> None:
    made, other = token(1), token(2)
    assert prefix_of(made.text) == made.prefix
    assert digest(made.text) == made.sha256
    assert made.prefix != other.prefix
    for wrong in ("", "salur_", made.text + "x", made.text[:-1], made.text.replace("_", "-"), " " + made.text, made.text + "\n"):
        assert prefix_of(wrong) is None, wrong
    assert not is_recognised(made.text, None)
