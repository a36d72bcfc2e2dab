"""The peers, installed from PyPI, each in a folder of its own: their dependencies exclude each other."""

import subprocess
import sys
from pathlib import Path

VERSIONS = {"prowler": "5.46.0", "checkov": "3.3.30"}


def installed(name: str, folder: Path) -> Path:
    """The peer's program; installs it first if it is not there in the pinned version."""
    home = folder / f"{name}-{VERSIONS[name]}"
    program, stamp = home / "bin" / name, home / ".installed"
    if not stamp.exists():
        print(f"Installing {name} {VERSIONS[name]} into {home}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        pip = [home / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, f"{name}=={VERSIONS[name]}"], check=True)
        stamp.touch()
    return program
