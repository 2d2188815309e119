"""The way in: the form that takes a token."""

from consumers.web.partners.scene import AREA
from consumers.web.partners.view import Form, Input, Page, Part
from consumers.web.speaking import Speaker
from consumers.web.view import Section


def sign_in(speaker: Speaker, *, following: str, is_wrong: bool = False, is_out: bool = False) -> Page:
    """Return the page; ``following`` is where to go afterwards."""
    say = speaker.say
    token = Input(name="token", label=say("token"), kind="secret", hint=say("token_hint"), is_needed=True, error=say("token_wrong") if is_wrong else "")
    action = f"/{speaker.language}/{AREA}/sign-in"
    form = Form(action=action, submit=say("sign_in"), inputs=[token], hidden={"next": following} if following else {})
    # A link on another host or in a mail brings no cookie along; one on this page does.
    again = [(say("came_by_a_link"), following)] if following else []
    return Page(
        page="sign-in",
        title=say("sign_in"),
        lead=say("sign_in_lead"),
        notice=say("signed_out") if is_out else "",
        parts=[Part(section=Section(heading=say("sign_in"), links=again, is_figure=False), forms=[form])],
        status=401 if is_wrong else 200,
    )
