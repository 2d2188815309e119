"""Signing in: a token becomes a cookie that no script and no other host can use, ends with the token, and opens nothing twice."""

from http.cookies import SimpleCookie

import pytest

from consumers import access
from models.access import SESSION_MS
from tests.consumers.ledger.desk import masks
from tests.consumers.web.partners.conftest import BASE, Browser, Place, read

PAGES = ("", "/sent", "/figure", "/events/m-1", "/decisions/1", "/receipt?code=1-0000", "/sent?format=csv", "/nothing")


def test_whoever_is_not_signed_in_is_shown_the_way_in_and_nothing_else(place: Place) -> None:
    place.desk.book(masks("m-1"))
    stranger = Browser(place)
    for page in PAGES:
        answer = stranger.get(f"/en/mitra{page}")
        assert answer.status_code == 303, page
        assert answer.headers["location"].startswith("/en/mitra/sign-in?next=%2Fen%2Fmitra")
        assert answer.content == b""


def test_a_token_opens_the_page_that_was_asked_for(place: Place) -> None:
    browser = Browser(place, place.token("kdei-taipei"))
    asked = browser.get(browser.get("/id/mitra/sent?state=held").headers["location"])
    following = dict(read(asked).hidden)["next"]
    signed = browser.sign_in("id", next=following)
    assert (signed.status_code, signed.headers["location"]) == (303, "/id/mitra/sent?state=held")
    assert "Masuk sebagai" in browser.page("/id/mitra/sent").text


def test_the_cookie_is_for_this_host_alone_and_never_the_token(place: Place) -> None:
    browser = Browser(place, place.token("kdei-taipei"))
    morsel = SimpleCookie(browser.sign_in().headers["set-cookie"])["salur-session"]
    assert (morsel["httponly"], morsel["samesite"], morsel["path"], morsel["domain"], morsel["secure"]) == (True, "Strict", "/", "", "")
    assert int(morsel["max-age"]) * 1000 == SESSION_MS
    assert browser.token not in morsel.value
    assert len(morsel.value) >= 43


def test_with_tls_the_cookie_is_never_sent_in_the_clear(place: Place) -> None:
    secure = Place(place.engine.url.render_as_string(hide_password=False), base_url="https://salur.test")
    given = Browser(secure, secure.token("kdei-taipei")).sign_in().headers["set-cookie"]
    secure.close()
    morsel = SimpleCookie(given)["__Host-salur"]
    assert (morsel["secure"], morsel["path"], morsel["domain"]) == (True, "/", "")


@pytest.mark.parametrize("wrong", ["", "salur_aaaaaaaa_" + "A" * 43, "x" * 10_000, "salur_\u0000", "Bearer"])
def test_what_is_no_token_opens_nothing_and_says_what_to_do(place: Place, wrong: str) -> None:
    browser = Browser(place, wrong)
    answer = browser.sign_in("id")
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert "minta yang baru" in read(answer).text
    assert 'value="x' not in answer.text


def test_a_token_that_may_not_read_that_ended_or_that_is_half_right_opens_nothing(place: Place) -> None:
    good = place.token("kdei-taipei")
    over = place.token("kdei-taipei", expires_at=place.now)
    revoked = place.token("kdei-taipei")
    place.revoke(revoked)
    for token in (place.token("kdei-taipei", scopes=["publish"]), over, revoked, good[:-1], good + "x", good.upper()):
        assert Browser(place, token).sign_in().status_code == 401


def test_revoking_the_token_ends_the_session_at_once(place: Place, taipei: Browser) -> None:
    taipei.page("/en/mitra")
    place.revoke(taipei.token)
    assert taipei.get("/en/mitra").status_code == 303
    other = Browser(place, place.token("kdei-taipei"))
    other.sign_in()
    other.page("/en/mitra")


def test_a_session_ends_after_a_working_day_or_with_its_token(place: Place, taipei: Browser) -> None:
    short = Browser(place, place.token("pos", expires_at=place.now + 1000))
    short.sign_in()
    short.page("/en/mitra")
    place.now += 1000
    assert short.get("/en/mitra").status_code == 303
    place.now += SESSION_MS - 1001
    taipei.page("/en/mitra")
    place.now += 1
    assert taipei.get("/en/mitra").status_code == 303


def test_signing_out_ends_the_session_also_for_who_copied_the_cookie(place: Place, taipei: Browser) -> None:
    copied = dict(taipei.cookies)
    out = taipei.send("/en/mitra/sign-out", {"key": taipei.key()})
    assert (out.status_code, out.headers["location"]) == (303, "/en/mitra/sign-in?out=")
    assert "Max-Age=0" in out.headers["set-cookie"]
    thief = Browser(place)
    thief.cookies = copied
    assert thief.get("/en/mitra").status_code == 303
    with place.engine.begin() as connection:
        assert [line.action for line in access.log_lines(connection)] == ["partner_added", "token_made", "signed_in", "signed_out"]


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.test"}, {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}, {"Origin": "null"}, {"Origin": f"{BASE}.evil.test"}],
)
def test_a_form_on_another_host_does_nothing(place: Place, taipei: Browser, headers: dict[str, str]) -> None:
    key = taipei.key()
    strange = taipei.send("/en/mitra/sign-out", {"key": key}, **headers)
    assert strange.status_code == 403
    assert "did not come from your own page" in read(strange).text
    taipei.page("/en/mitra")
    assert Browser(place, place.token("pos")).send("/en/mitra/sign-in", {"token": place.token("pos")}, **headers).status_code == 403


def test_a_form_without_the_key_of_its_session_does_nothing(place: Place, taipei: Browser) -> None:
    other = Browser(place, place.token("kdei-taipei"))
    other.sign_in()
    for key in ("", "x", other.key(), "\u00e9"):
        assert taipei.send("/en/mitra/sign-out", {"key": key}).status_code == 403
    taipei.page("/en/mitra")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://evil.test/",
        "//evil.test/",
        "/en/mitra//evil.test",
        "/en/mitra\\evil",
        "/en/",
        "/en/mitraevil",
        "javascript:alert(1)",
        "/en/mitra/\r\nSet-Cookie: a=b",
    ],
)
def test_signing_in_leads_nowhere_else(place: Place, elsewhere: str) -> None:
    signed = Browser(place, place.token("kdei-taipei")).sign_in(next=elsewhere)
    assert (signed.status_code, signed.headers["location"]) == (303, "/en/mitra")


def test_an_address_that_tries_tokens_has_to_wait(place: Place) -> None:
    answers = [Browser(place, f"salur_aaaaaaaa_{number:043}").sign_in() for number in range(40)]
    assert answers[0].status_code == 401
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_a_session_that_asks_too_often_has_to_wait(place: Place) -> None:
    slow = Place(place.engine.url.render_as_string(hide_password=False), pages_per_second=0.2)
    browser = Browser(slow, slow.token("kdei-taipei"))
    browser.sign_in()
    assert [browser.get("/en/mitra/sent").status_code for _ in range(3)] == [200, 200, 429]
    other = Browser(slow, slow.token("pos"))
    other.sign_in()
    other.page("/en/mitra/sent")
    slow.close()


def test_these_pages_lead_to_the_figures_only_where_nobody_has_to_sign_in_to_them(place: Place) -> None:
    open_ = Place(place.engine.url.render_as_string(hide_password=False), is_open=True)
    token = place.token("kdei-taipei")
    for served, leads in ((place, False), (open_, True)):
        browser = Browser(served, token)
        browser.sign_in()
        page = browser.page("/en/mitra")
        assert ("/en/" in page.links) == leads
        assert page.links[1] == "/en/mitra"
    open_.close()


def test_an_auditors_token_is_none_of_a_partner(place: Place) -> None:
    assert Browser(place, place.token("auditor:bpk", scopes=["audit"])).sign_in().status_code == 401
