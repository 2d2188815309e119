"""What auditors need to verify without us, handed out beside the pages: the two verifiers as they are, and the public key of the seals."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from litestar import Response, Router, get

from consumers.web.responses import respond
from consumers.web.shell import Verifying
from deploy.sealing import own_key

VERIFIERS: Final = Path(__file__).parents[1] / "verifiers"
_FILES: Final = (("salur_verify.py", "Python", "text/x-python"), ("salur_verify.mjs", "JavaScript (Node)", "text/javascript"))


def verifying(data_dir: Path) -> Callable[[], Verifying]:
    """Return what gives the key, as it is now, and the addresses of the verifiers."""
    addresses = tuple((language, f"/verifiers/{name}") for name, language, _ in _FILES)
    return lambda: Verifying(key=own_key(data_dir) or "", addresses=addresses)


def router() -> Router:
    """Return the addresses of the verifiers, which show no figure."""
    return Router(path="/verifiers", route_handlers=[_file(name, media_type) for name, _, media_type in _FILES])


def _file(name: str, media_type: str) -> Any:
    content = (VERIFIERS / name).read_bytes()

    @get(f"/{name}", name=f"verifier_{name}", sync_to_thread=False)
    def verifier() -> Response[bytes]:
        return respond(content, media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})

    return verifier
