"""The shape of the code itself: what a reader may rely on in every file."""

import ast
import importlib.metadata
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("models", "streams", "consumers", "deploy")
MODULES = sorted(path for package in (*PACKAGES, "tests") for path in (ROOT / package).rglob("*.py"))
LONGEST_FUNCTION_LINES = 60
TOP_LEVEL = {"models", "streams", "consumers", "deploy", "tests", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "uv.lock"}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_and_its_functions_fit_a_screen(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    long = [function.name for function in functions(path) if (function.end_lineno or 0) - function.lineno >= LONGEST_FUNCTION_LINES]
    # The first version of a schema is a list of tables, and best read as one.
    assert [name for name in long if not name.startswith("_create_")] == []


def test_no_name_says_nothing() -> None:
    empty = re.compile(r"^(utils?|helpers?|managers?|misc|common|data|process)$")
    assert [path for path in MODULES if empty.match(path.stem) or empty.match(path.parent.name)] == []


def test_a_package_is_its_docstring() -> None:
    """Nothing happens at import, and nothing is hidden in an ``__init__``."""
    for path in MODULES:
        if path.name == "__init__.py":
            assert len(ast.parse(path.read_text(encoding="utf-8")).body) == 1, path


def test_the_top_level_is_the_agreed_one() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split("\n")
    tops = {line.split("/")[0] for line in listed if line}
    assert {top for top in tops if not top.startswith(".")} <= TOP_LEVEL


def test_no_other_distribution_owns_our_names() -> None:
    """The import names are generic, so Salur lives in an environment of its own."""
    owners = importlib.metadata.packages_distributions()
    for package in PACKAGES:
        assert set(owners.get(package, ["salur"])) == {"salur"}, package


def test_it_can_never_be_uploaded() -> None:
    classifiers = importlib.metadata.metadata("salur").get_all("Classifier") or []
    assert "Private :: Do Not Upload" in classifiers
