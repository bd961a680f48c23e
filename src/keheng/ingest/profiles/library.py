"""Where profiles are found: shipped with the program, put into the home folder, or named by path."""

from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import ValidationError

from keheng.ingest.faults import fault
from keheng.ingest.profiles.model import Profile
from keheng.runtime.home import home

_PRESETS = Path(__file__).parents[1] / "presets"


def all_profiles() -> list[Profile]:
    """Every profile that can be named by its code; one of the home folder replaces a shipped one of the same code."""
    found = {profile.code: profile for profile in map(read_profile, _files())}
    return sorted(found.values(), key=lambda profile: (profile.code != "standard", profile.code))


def find_profile(name: str) -> Profile:
    """Return the profile of this code, or the one in the file of this path (``.yaml``).

    Raises:
        Fault: there is none, or it is wrong; the sentence names the key.
    """
    if name.endswith((".yaml", ".yml")):
        return read_profile(Path(name))
    known = {profile.code: profile for profile in all_profiles()}
    if name not in known:
        raise fault("unknown_profile", profile=name, known=", ".join(known))
    return known[name]


def read_profile(path: Path) -> Profile:
    """Read one profile and check it."""
    try:
        return Profile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise fault("missing", file=path) from None
    except (OSError, UnicodeDecodeError) as error:
        raise fault("unreadable", file=path, problem=error) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else "the file"
        raise fault("profile", profile=path.name, key=line, problem=getattr(error, "problem", error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        key = " → ".join(str(part) for part in first["loc"]) or "the top"
        raise fault(
            "profile", profile=path.name, key=key, problem=first["msg"].removeprefix("Value error, ")
        ) from error


def _files() -> Iterator[Path]:
    yield from sorted(_PRESETS.glob("*.yaml"))
    yield from sorted((home() / "profiles").glob("*.yaml"))
