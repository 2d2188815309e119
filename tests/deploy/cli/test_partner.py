"""`salur partner`: partners are let in by their registered code, tokens are shown once, and end when they were said to."""

import datetime
import os
from pathlib import Path

import pytest

from deploy.migrations.upgrade import upgrade
from models.access import prefix_of
from tests.deploy.cli.conftest import Salur, salur

__all__ = ["salur"]


@pytest.fixture
def partner(salur: Salur) -> Salur:
    """Run `salur partner …` on a ledger that nobody runs."""
    upgrade(f"sqlite:///{Path(os.environ['SALUR_DATA']) / 'ledger.sqlite'}")
    return lambda *words: salur("partner", *words)


def test_a_token_is_shown_once_and_listed_without_it(partner: Salur) -> None:
    assert partner("add", "kdei-taipei", "--json").json == {"partner": "kdei-taipei", "added": True}
    assert partner("add", "kdei-taipei", "--json").json == {"partner": "kdei-taipei", "added": False}
    made = partner("token", "kdei-taipei")
    text = made.out.strip()
    assert prefix_of(text) is not None
    assert "never in an address" in made.err
    listed = partner("list", "--json")
    assert text not in listed.out
    assert [(one["partner"], one["prefix"], one["expires_at"]) for one in listed.json["tokens"]] == [("kdei-taipei", prefix_of(text), None)]
    assert text.split("_")[1] in partner("list", "--lang", "id").out


def test_a_code_that_nobody_has_is_answered_with_the_closest_one(partner: Salur) -> None:
    answer = partner("add", "kdei-taipe", "--lang", "en")
    assert (answer.code, "did you mean kdei-taipei?" in answer.err) == (2, True)
    assert partner("token", "kdei-taipei", "--lang", "en").code == 2


def test_a_token_ends_after_its_days_or_its_day(partner: Salur) -> None:
    partner("add", "pos")
    day = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30)).date()
    assert partner("token", "pos", "--json", "--expires", day).json["expires_at"] == f"{day + datetime.timedelta(days=1)}T00:00:00.000Z"
    in_days = datetime.datetime.fromisoformat(partner("token", "pos", "--json", "--expires", 90).json["expires_at"])
    assert datetime.timedelta(days=89) < in_days - datetime.datetime.now(datetime.UTC) <= datetime.timedelta(days=90)
    for wrong in ("0", "2020-01-01", "soon", "99999999999", "-1"):
        assert partner("token", "pos", f"--expires={wrong}").code == 2, wrong


def test_a_token_may_be_for_less(partner: Salur) -> None:
    partner("add", "pos")
    assert partner("token", "pos", "--json", "--scope", "read").json["scopes"] == ["read"]
    assert partner("token", "pos", "--scope", "write").code == 2


def test_one_token_or_all_of_a_partner_are_revoked(partner: Salur) -> None:
    partner("add", "pos")
    prefixes = [partner("token", "pos", "--json").json["prefix"] for _ in range(3)]
    assert partner("revoke", prefixes[0], "--json").json == {"revoked": [prefixes[0]]}
    assert sorted(partner("revoke", "pos", "--all", "--json").json["revoked"]) == sorted(prefixes[1:])
    assert partner("revoke", "pos", "--all").code == 1
    assert all(one["revoked_at"] for one in partner("list", "--json").json["tokens"])
