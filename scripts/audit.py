"""Asks an advisory source about each locked package, and says which had no answer.

A source that does not answer is not a clean bill: the exit code is 1 when an advisory
names a package, 3 when some could not be asked, 0 when all were and none is named.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any


def asked(requirements: str) -> list[dict[str, Any]]:
    """A package each: name, version, and vulns or skip_reason."""
    with tempfile.TemporaryDirectory() as scratch:
        answer = Path(scratch) / "audit.json"
        program = [sys.executable, "-m", "pip_audit", "--disable-pip"]
        options = ["--require-hashes", "--requirement", requirements]
        output = ["--format", "json", "--output", str(answer), "--progress-spinner=off"]
        run = subprocess.run(  # nosec B603
            [*program, *options, *output], capture_output=True, text=True, check=False
        )
        if not answer.exists():
            print(run.stderr, file=sys.stderr)
            print("The advisory source did not answer: all packages are unchecked.")
            sys.exit(run.returncode or 3)
        found: list[dict[str, Any]] = json.loads(answer.read_text())["dependencies"]
        return found


def main(requirements: str) -> int:
    packages = asked(requirements)
    unchecked = [each["name"] for each in packages if "skip_reason" in each]
    faulty = [each for each in packages if each.get("vulns")]
    for each in faulty:
        known = ", ".join(fault["id"] for fault in each["vulns"])
        print(f"{each['name']} {each['version']}: {known}")
    print(f"{len(packages) - len(unchecked)} of {len(packages)} packages checked")
    if unchecked:
        print(f"unchecked, nothing is known of them: {', '.join(unchecked)}")
    return 1 if faulty else 3 if unchecked else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
