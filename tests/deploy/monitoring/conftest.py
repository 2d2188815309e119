"""What tests of monitoring need."""

import shutil

import pytest


@pytest.fixture(name="promtool")
def _promtool() -> str:
    """Give the command; skip with the reason where it is not installed."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not installed (Debian package prometheus)")
    return found
