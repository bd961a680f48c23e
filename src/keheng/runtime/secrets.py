"""Django's secret key: given by the environment, else made once and kept in the home folder."""

import os
import secrets

from keheng.runtime.home import ensure_home


def django_secret() -> str:
    """Return the secret; on the first start write a fresh one (mode 0600) to ``secret_key``."""
    given = os.environ.get("KEHENG_SECRET_KEY")
    if given:
        return given
    path = ensure_home() / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        fresh = secrets.token_urlsafe(50)
        file.write(fresh)
    return fresh
