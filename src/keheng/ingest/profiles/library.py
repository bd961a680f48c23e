"""Where profiles are found: shipped with the program, put into the home folder, or named by path."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from keheng.ingest.faults import fault
from keheng.ingest.profiles.model import Profile
from keheng.runtime.home import home


@dataclass(frozen=True)
class Library[P: Any]:
    """The profiles of one kind: models with a ``code``, one YAML file each.

    Attributes:
        shipped: the folder of those that come with the program.
        own: the folder, below the home folder, of the institution's; they replace shipped ones of the same code.
    """

    kind: type[P]
    shipped: Path
    own: Path

    def all(self) -> list[P]:
        """Every profile that can be named by its code."""
        files = [*sorted(self.shipped.glob("*.yaml")), *sorted((home() / self.own).glob("*.yaml"))]
        return list({profile.code: profile for profile in map(self.read, files)}.values())

    def find(self, name: str) -> P:
        """Return the profile of this code, or the one in the file of this path (``.yaml``).

        Raises:
            Fault: there is none, or it is wrong; the sentence names the key.
        """
        if name.endswith((".yaml", ".yml")):
            return self.read(Path(name))
        known = {profile.code: profile for profile in self.all()}
        if name not in known:
            raise fault("unknown_profile", profile=name, known=", ".join(known))
        return known[name]

    def read(self, path: Path) -> P:
        """Read one profile and check it."""
        try:
            return self.kind.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))  # type: ignore[no-any-return]
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
            problem = first["msg"].removeprefix("Value error, ")
            raise fault("profile", profile=path.name, key=key, problem=problem) from error


LIBRARY = Library(Profile, Path(__file__).parents[1] / "presets", Path("profiles"))


def all_profiles() -> list[Profile]:
    """Every profile of customers and assets that can be named by its code, the standard one first."""
    return sorted(LIBRARY.all(), key=lambda profile: (profile.code != "standard", profile.code))


def find_profile(name: str) -> Profile:
    """Return the profile of this code or path; see :meth:`Library.find`."""
    return LIBRARY.find(name)
