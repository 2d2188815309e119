"""The jars are fetched once, only with the pinned bytes, and what goes wrong is said."""

import errno
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.kafka import download, jars
from models.errors import ConfigurationError, Unreachable
from tests.deploy.kafka.repository import Repository, jar_list, serve

FILES = {f"org/example/{name}/1/{name}-1.jar": os.urandom(300_000) for name in ("clients", "server", "storage")}
FIRST = next(iter(FILES))
NOBODY = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def quick_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "FIRST_PAUSE_SECONDS", 0.001)


@pytest.fixture
def repository() -> Iterator[Repository]:
    with serve(Repository(files=dict(FILES))) as running:
        yield running


def fetch(cache: Path, repository: Repository | str, *, mirror: str | None = None) -> tuple[Path, ...]:
    address = repository if isinstance(repository, str) else repository.address
    return jars.fetch(jar_list(FILES, repository=address), cache=cache, mirror=mirror, quiet=True)


def contents(paths: tuple[Path, ...]) -> list[bytes]:
    return [path.read_bytes() for path in paths]


def test_the_shipped_list_is_whole_and_pinned() -> None:
    locked = jars.locked()

    assert locked.kafka_version == "4.3.1"
    assert len(locked.jars) == 46
    assert len({jar.name for jar in locked.jars}) == 46
    assert all(len(jar.sha256) == 64 and jar.size_bytes > 0 for jar in locked.jars)
    assert locked.size_bytes < 50_000_000
    assert any(jar.name == f"kafka_2.13-{locked.kafka_version}.jar" for jar in locked.jars)


def test_what_is_fetched_once_is_there_offline(tmp_path: Path, repository: Repository) -> None:
    assert contents(fetch(tmp_path, repository)) == list(FILES.values())

    assert contents(fetch(tmp_path, NOBODY)) == list(FILES.values())
    assert len(repository.requests) == len(FILES)
    assert sorted(path.name for path in (tmp_path / "kafka-0.0.1").iterdir()) == [".lock", "clients-1.jar", "server-1.jar", "storage-1.jar"]


def test_a_damaged_file_is_fetched_anew(tmp_path: Path, repository: Repository) -> None:
    first = fetch(tmp_path, repository)[0]
    first.write_bytes(first.read_bytes()[:-1] + b"!")

    assert contents(fetch(tmp_path, repository)) == list(FILES.values())
    assert len(repository.requests) == len(FILES) + 1


def test_a_cut_connection_is_continued_where_it_ended(tmp_path: Path, repository: Repository) -> None:
    repository.cuts_after_bytes = 120_000

    assert contents(fetch(tmp_path, repository)) == list(FILES.values())
    assert [asked for path, asked in repository.requests if path == f"/{FIRST}"] == [None, "bytes=120000-", "bytes=240000-"]


def test_a_part_of_an_earlier_run_is_continued(tmp_path: Path, repository: Repository) -> None:
    folder = tmp_path / "kafka-0.0.1"
    folder.mkdir()
    (folder / "clients-1.jar.part").write_bytes(FILES[FIRST][:1000])

    assert contents(fetch(tmp_path, repository)) == list(FILES.values())
    assert (f"/{FIRST}", "bytes=1000-") in repository.requests


@pytest.mark.parametrize("part", [b"x" * 1000, b"x" * 400_000], ids=["of other bytes, and the server knows no ranges", "too long"])
def test_a_useless_part_is_replaced(tmp_path: Path, repository: Repository, part: bytes) -> None:
    repository.knows_ranges = False
    folder = tmp_path / "kafka-0.0.1"
    folder.mkdir()
    (folder / "clients-1.jar.part").write_bytes(part)

    assert contents(fetch(tmp_path, repository)) == list(FILES.values())


def test_a_server_that_is_busy_is_asked_again(tmp_path: Path, repository: Repository) -> None:
    repository.fails_first = 2
    assert contents(fetch(tmp_path, repository)) == list(FILES.values())


def test_other_bytes_than_the_pinned_ones_are_refused_and_not_kept(tmp_path: Path, repository: Repository) -> None:
    repository.files[FIRST] = bytes(300_000)

    with pytest.raises(ConfigurationError, match=r"clients-1\.jar has SHA-256 [0-9a-f]{64}, expected .*nothing was kept.*SALUR_MAVEN_MIRROR"):
        fetch(tmp_path, repository)

    assert not list((tmp_path / "kafka-0.0.1").glob("clients*"))


def test_without_a_network_and_a_cache_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"cannot be fetched: .*Connection refused.*HTTPS_PROXY.*SALUR_MAVEN_MIRROR"):
        fetch(tmp_path, NOBODY)


def test_a_mirror_is_asked_instead(tmp_path: Path, repository: Repository) -> None:
    assert contents(fetch(tmp_path, NOBODY, mirror=f"{repository.address}/")) == list(FILES.values())


def test_a_mirror_that_lacks_a_file_is_named(tmp_path: Path, repository: Repository) -> None:
    del repository.files[FIRST]
    with pytest.raises(ConfigurationError, match=r"clients-1\.jar is not there: the server answered 404.*full copy of Maven Central"):
        fetch(tmp_path, NOBODY, mirror=repository.address)


def test_a_mirror_may_be_a_folder(tmp_path: Path) -> None:
    for path, content in FILES.items():
        (tmp_path / "copy" / path).parent.mkdir(parents=True)
        (tmp_path / "copy" / path).write_bytes(content)

    assert contents(fetch(tmp_path / "cache", NOBODY, mirror=(tmp_path / "copy").as_uri())) == list(FILES.values())

    with pytest.raises(ConfigurationError, match=r"clients-1\.jar cannot be read"):
        fetch(tmp_path / "other cache", NOBODY, mirror=(tmp_path / "nothing").as_uri())


def test_a_mirror_that_is_no_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not an address to fetch from"):
        fetch(tmp_path, NOBODY, mirror="ftp://example.org")


def test_a_full_disk_is_said(tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("deploy.kafka.download.os.fsync", full)
    with pytest.raises(ConfigurationError, match=r"the disk of .*kafka-0\.0\.1 is full"):
        fetch(tmp_path, repository)


def test_a_cache_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConfigurationError, match=r"the cache folder .* cannot be made: Not a directory.*SALUR_CACHE_DIR"):
        fetch(tmp_path / "file", NOBODY)


def test_two_processes_at_once_fetch_each_file_once(tmp_path: Path, repository: Repository) -> None:
    code = (
        "import sys; from pathlib import Path; from deploy.kafka import jars; from deploy.kafka.jars import Jar, JarList\n"
        f"wanted = {jar_list(FILES, repository=repository.address)!r}\n"
        f"jars.fetch(wanted, cache=Path({str(tmp_path)!r}), quiet=True)\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]

    assert [one.wait(60) for one in running] == [0, 0, 0]
    assert len(repository.requests) == len(FILES)
    assert contents(fetch(tmp_path, NOBODY)) == list(FILES.values())


def test_the_systems_authorities_are_found_by_a_python_that_was_built_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bundle = next((Path(known) for known in download.KNOWN_BUNDLES if Path(known).is_file()), None)
    if bundle is None:
        pytest.skip("this system keeps its authorities in none of the known places")
    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / "nothing"))
    assert not ssl.create_default_context().get_ca_certs()

    assert download.tls_context().get_ca_certs()
