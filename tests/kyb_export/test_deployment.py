"""Django's own advice for production, as an operator would ask for it."""

import base64
import os
import subprocess
import sys

from cryptography.fernet import Fernet

from tests.documents import ROOT

AS_DOCUMENTED = {
    "PRODUCTION": "true",
    "PUBLIC_BASE_URL": "https://exports.example.com",
    "ALLOWED_HOSTS": "exports.example.com",
    "SECRET_KEY": base64.b64encode(bytes(range(64))).decode(),
    "SIGNING_KEYS": f"k1:{base64.b64encode(b'n' * 32).decode()}",
    "SECRETS_KEYS": Fernet.generate_key().decode(),
    "DATABASE_URL": "sqlite:///:memory:",
}


def test_deployment_as_documented_has_no_warning(tmp_path):
    command = [sys.executable, "manage.py", "check", "--deploy"]
    environment = {**os.environ, **AS_DOCUMENTED, "VAR_DIR": str(tmp_path)}

    checked = subprocess.run(
        [*command, "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (checked.returncode, checked.stderr) == (0, "")
