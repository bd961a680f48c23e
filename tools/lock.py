"""Write the exact version of every package into ``[tool.uv] constraint-dependencies`` of pyproject.toml.

uv's own lock file records download addresses, which belong to a machine and not to the project; the versions alone
are what makes two installations equal. Run by ``just lock``.
"""

import re
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
SECTION = re.compile(r"\n\[tool\.uv\]\n# Exact versions.*?\n\]\n", re.DOTALL)


def main() -> None:
    """Rewrite the section with the newest versions that resolve."""
    text = SECTION.sub("\n", PROJECT.read_text())
    PROJECT.write_text(text)
    subprocess.run(["uv", "lock", "--upgrade", "--quiet"], check=True)
    exported = subprocess.run(
        ["uv", "export", "--all-groups", "--no-hashes", "--no-emit-project", "--no-annotate", "--no-header", "--quiet"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    pins = sorted(line.strip() for line in exported.splitlines() if "==" in line)
    rows = "".join(f'    "{pin}",\n' for pin in pins)
    section = (
        f"[tool.uv]\n# Exact versions of everything, rewritten by `just lock`.\nconstraint-dependencies = [\n{rows}]\n"
    )
    PROJECT.write_text(text.rstrip("\n") + "\n\n" + section)


if __name__ == "__main__":
    main()
