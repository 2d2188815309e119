"""Files that are known before they are fetched: by address, size and SHA-256.

A download goes to a ``.part`` file, continues where an earlier one stopped, and takes its final name only with
the pinned bytes. Proxies and certificate authorities are those of the system (``HTTPS_PROXY``, ``SSL_CERT_FILE``).
Which files, and who may fetch at the same time, is decided by the caller.
"""

import errno
import hashlib
import http.client
import os
import ssl
import threading
import urllib.error
import urllib.request
import urllib.response
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from models.errors import ConfigurationError, SalurError, Unreachable

TIMEOUT_SECONDS: Final = 30.0
ATTEMPTS: Final = 4
FIRST_PAUSE_SECONDS: Final = 0.5
AT_ONCE: Final = 6
CHUNK_BYTES: Final = 256 * 1024
SCHEMES: Final = ("https://", "http://", "file://")
KNOWN_BUNDLES: Final = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem")
"""Where systems keep their authorities: a Python that was built elsewhere may look in a folder that is not there."""


class Pinned(NamedTuple):
    """One file that is known before it is fetched."""

    address: str
    target: Path
    size_bytes: int
    sha256: str


class _InterruptedError(Exception):
    """Another download failed, or the user gave up: this one stops at its next chunk."""


class _BrokenError(Exception):
    """A connection failed in a way that another attempt may mend."""


def download_all(files: Sequence[Pinned], *, title: str, quiet: bool = False) -> None:
    """Fetch ``files``, several at once, with a progress bar on standard error unless ``quiet``.

    What is complete stays when another file fails, and parts are continued the next time.
    """
    for file in files:
        if not file.address.startswith(SCHEMES):
            raise ConfigurationError(f"{file.address} is not an address to fetch from", hint=f"begin the mirror with one of {', '.join(SCHEMES)}")
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    stop = threading.Event()
    context = tls_context()
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as progress, ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        bar = progress.add_task(title, total=sum(file.size_bytes for file in files))
        running = [pool.submit(_fetch, file, context, stop, lambda count: progress.advance(bar, count)) for file in files]
        try:
            for one in running:
                one.result()
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def tls_context() -> ssl.SSLContext:
    """Return a context that trusts the system's authorities, also where this Python was built for another system."""
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if not paths.cafile and not paths.capath:
        bundle = next((bundle for bundle in KNOWN_BUNDLES if Path(bundle).is_file()), None)
        if bundle is not None:
            context.load_verify_locations(bundle)
    return context


def _fetch(file: Pinned, context: ssl.SSLContext, stop: threading.Event, advance: Callable[[int], None]) -> None:
    """Fetch one file, again and again while the failure is one that passes."""
    part = file.target.with_name(file.target.name + ".part")
    counted = 0

    def count(total: int) -> None:
        nonlocal counted
        advance(total - counted)
        counted = total

    for attempt in range(ATTEMPTS):
        if attempt and stop.wait(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1)):
            raise _InterruptedError
        try:
            _continue(file, part, context, stop, count)
            _accept(file, part)
            return
        except _BrokenError as failure:
            reason = str(failure)
        except OSError as error:
            raise _local_failure(error, file.target.parent) from error
    raise Unreachable(
        f"{file.address} cannot be fetched: {reason}",
        hint="check the network (HTTPS_PROXY, SSL_CERT_FILE), or name a mirror or a local copy (file:///…) in SALUR_MAVEN_MIRROR; "
        "what has been fetched is kept",
    )


def _continue(file: Pinned, part: Path, context: ssl.SSLContext, stop: threading.Event, count: Callable[[int], None]) -> None:
    """Append to ``part`` what it lacks; a server that does not know ranges makes it begin anew."""
    have = part.stat().st_size if part.exists() else 0
    if have > file.size_bytes:
        part.unlink()
        have = 0
    count(have)
    if have == file.size_bytes:
        return
    with _open(file.address, have, context) as response, part.open("ab") as output:
        # 206 is an answer to the range that was asked for; anything else is the file from its beginning.
        if response.status != http.HTTPStatus.PARTIAL_CONTENT and have:
            output.truncate(0)
            have = 0
        while have < file.size_bytes:
            if stop.is_set():
                raise _InterruptedError
            chunk = _read(response, min(CHUNK_BYTES, file.size_bytes - have))
            if not chunk:
                raise _BrokenError(f"the connection ended after {have:,} of {file.size_bytes:,} bytes")
            output.write(chunk)
            have += len(chunk)
            count(have)
        output.flush()
        os.fsync(output.fileno())


def _open(address: str, have: int, context: ssl.SSLContext) -> urllib.response.addinfourl:
    request = urllib.request.Request(address, headers={"User-Agent": "salur", **({"Range": f"bytes={have}-"} if have else {})})  # noqa: S310 - the schemes are checked above
    try:
        response: urllib.response.addinfourl = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS, context=context)  # noqa: S310 - as above
    except urllib.error.HTTPError as error:
        error.close()
        if error.code >= http.HTTPStatus.INTERNAL_SERVER_ERROR or error.code == http.HTTPStatus.TOO_MANY_REQUESTS:
            raise _BrokenError(f"the server answered {error.code}") from error
        raise ConfigurationError(
            f"{address} is not there: the server answered {error.code}", hint="check SALUR_MAVEN_MIRROR: it must be a full copy of Maven Central"
        ) from error
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        reason = str(getattr(error, "reason", error) or type(error).__name__)
        if address.startswith("file:"):
            raise ConfigurationError(f"{address} cannot be read: {reason}", hint="check SALUR_MAVEN_MIRROR: it must be a full copy of Maven Central") from error
        raise _BrokenError(reason) from error
    return response


def _read(response: urllib.response.addinfourl, size_bytes: int) -> bytes:
    try:
        return response.read(size_bytes)
    except (http.client.HTTPException, TimeoutError, ConnectionError, ssl.SSLError) as error:
        raise _BrokenError(str(error) or type(error).__name__) from error


def _accept(file: Pinned, part: Path) -> None:
    """Give the part its final name, if its bytes are the pinned ones."""
    with part.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != file.sha256:
        part.unlink()
        raise ConfigurationError(
            f"{file.address} has SHA-256 {found}, expected {file.sha256}",
            hint="nothing was kept; a mirror (SALUR_MAVEN_MIRROR) or a proxy answers with other content",
        )
    part.replace(file.target)


def _local_failure(error: OSError, folder: Path) -> SalurError:
    if error.errno == errno.ENOSPC:
        return ConfigurationError(f"the disk of {folder} is full", hint="free some space (the jars need 50 MB), then try again: it continues")
    return ConfigurationError(f"{folder} cannot be written: {error.strerror or error}", hint="make it writable, or name another folder in SALUR_CACHE_DIR")
