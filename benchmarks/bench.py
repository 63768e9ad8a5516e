"""Where and how the measurements run: each in a process of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.database import ROOT
from benchmarks.spec import of_case
from benchmarks.usage import Usage

LIMITS = ("EXPORTS", "JOBS", "TEMPLATES", "DOWNLOADS", "OTHER")


@dataclass(frozen=True, slots=True)
class Bench:
    """:ivar url: of a filled database.

    :ivar folder: for files, and for all that the service makes.
    :ivar rows: verifications in the database.
    :ivar runs: how often each is measured; the best counts, as noise only adds.
    """

    url: str
    folder: Path
    rows: int
    runs: int = 2

    @property
    def has_copy(self) -> bool:
        return self.url.startswith("postgres")

    @property
    def environment(self) -> dict[str, str]:
        unlimited = {f"EXPORT_LIMIT_{name}": "1000000" for name in LIMITS}
        own = {
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "kyb_export.settings",
            "VAR_DIR": str(self.folder / "var"),
            "EXPORT_STORAGE_URL": (self.folder / "exports").as_uri(),
            "EXPORT_MAX_ROWS": str(max(self.rows, 1_000_000)),
            "REDIS_URL": "",
            "CELERY_BROKER_URL": "",
        }
        return os.environ | unlimited | own

    def export(self, case: str, *, max_rows: int | None = None) -> Usage:
        return Usage.from_json(self._run("run_export", case, max_rows))

    def copy(self) -> Usage:
        return Usage.from_json(self._run("run_copy", "csv", None))

    def rival(self, case: str, *, max_rows: int) -> Usage:
        return Usage.from_json(self._run("run_rival", case, max_rows))

    def stages(self, case: str, *, max_rows: int) -> dict[str, float]:
        """Stage -> CPU seconds of the exporting process."""
        taken: dict[str, float] = json.loads(self._run("run_stages", case, max_rows))
        return taken

    def _run(self, module: str, case: str, max_rows: int | None) -> str:
        spec = self.folder / "spec.json"
        spec.write_text(json.dumps(of_case(case, max_rows=max_rows)))
        out = self.folder / "out"
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{module}", str(spec), str(out)],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        out.unlink(missing_ok=True)
        return done.stdout
