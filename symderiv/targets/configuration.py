"""What pyproject.toml says: ``[tool.symderiv] derivations`` and ``exclude``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from symderiv.targets.errors import LONGEST, TargetError, shown
from symderiv.targets.files import is_file

__all__ = ["Configuration", "nearest_configuration"]

_LARGEST = 1_000_000  # bytes; reading TOML takes time and memory in proportion
_KEYS = ("derivations", "exclude")
_DRIVE = re.compile(r"[A-Za-z]:/")


@dataclass(frozen=True)
class Configuration:
    """What a project lists, relative to the folder of its pyproject.toml."""

    root: Path
    derivations: tuple[str, ...]
    exclude: tuple[str, ...] = ()


def nearest_configuration(folder: Path) -> Configuration | None:
    """Return what the nearest pyproject.toml at or above a folder says.

    None where there is no such file, or it has no table ``[tool.symderiv]``.

    Raises
    ------
    TargetError
        Where the file cannot be read, is too large, has an unknown key or a value of the
        wrong type, or names a path outside its own folder.
    """
    places = (parent / "pyproject.toml" for parent in (folder, *folder.parents))
    path = next((place for place in places if is_file(place)), None)
    if path is None:
        return None
    tool = _content(path).get("tool", {})
    table = tool.get("symderiv") if isinstance(tool, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        raise TargetError(f"{path}: [tool.symderiv] must be a table, got {shown(repr(table))}")
    unknown = sorted(set(table) - set(_KEYS))
    if unknown:
        raise TargetError(
            f"{path}: [tool.symderiv] has no key {shown(repr(unknown[0]))},"
            f" only {' and '.join(_KEYS)}"
        )
    derivations = _texts(path, "derivations", table.get("derivations"))
    if not derivations:
        raise TargetError(f"{path}: [tool.symderiv] derivations lists nothing")
    exclude = _texts(path, "exclude", table.get("exclude", []))
    for target in derivations:
        if _leads_outside(target):
            raise TargetError(
                f"{path}: {shown(repr(target))} leads outside of the project; name a path"
                " within it, or a module that is installed"
            )
    return Configuration(path.parent, derivations, exclude)


def _content(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            text = stream.read(_LARGEST + 1)
        if len(text) > _LARGEST:
            raise TargetError(f"{path} is larger than {_LARGEST} bytes")
        return tomllib.loads(text.decode("utf-8"))
    except RecursionError:
        raise TargetError(f"{path}: nested too deeply") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise TargetError(f"{path}: {shown(str(error))}") from None


def _texts(path: Path, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        example = '["package.module", "docs/*.py"]' if key == "derivations" else '["docs/old"]'
        raise TargetError(
            f"{path}: [tool.symderiv] {key} must be a list of texts such as {example},"
            f" got {shown(repr(value))}"
        )
    for item in value:
        if not item or "\0" in item or len(item) > LONGEST:
            raise TargetError(f"{path}: [tool.symderiv] {key}: {shown(repr(item))} is no target")
    return tuple(value)


def _leads_outside(target: str) -> bool:
    place = target.replace("\\", "/")
    return place.startswith("/") or bool(_DRIVE.match(place)) or ".." in PurePosixPath(place).parts
