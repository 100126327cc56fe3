"""Everything about the code that needs no run of it: `make lint`."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
# What a clinic sets when it goes live; none of these is a real host or secret.
PRODUCTION = {
    "SECRET_KEY": "only-to-check-the-settings-0123456789-abcdefghijklmnopqrstuvwxyz",
    "SITE_URL": "https://www.clinic.example",
    "DATABASE_URL": "postgres://clinic@127.0.0.1:5432/clinic",
    "EMAIL_URL": "smtp+tls://clinic:password@mail.clinic.example:587",
    "DEFAULT_FROM_EMAIL": "front-desk@clinic.example",
    "TRUSTED_PROXIES": "127.0.0.1",
    "CLINIC_PHONE": "(201) 555-0142",
}
CHECKS = [
    [BIN / "ruff", "check", "."],
    [BIN / "ruff", "format", "--check", "."],
    [BIN / "djlint", "--lint", "--quiet", "templates"],
    [*MANAGE, "makemigrations", "--check", "--dry-run"],
    [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
]
# It compares with the database's history as well, and the clinic's own is not here.
NO_DATABASE = {"makemigrations": {"DATABASE_URL": "sqlite://:memory:"}}


def main():
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VAR_DIR") if name in os.environ}
    failed = []
    for check in CHECKS:
        told = " ".join(Path(part).name if part in (BIN, *check[:1]) else str(part) for part in check)
        print(f"=== {told}", flush=True)
        environment = kept | PRODUCTION | NO_DATABASE.get(check[2], {})
        if subprocess.run(check, cwd=ROOT, env=environment).returncode:
            failed.append(told)
    for told in failed:
        print(f"failed: {told}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
