"""The real settings, in a folder that goes when the tests end."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Before the real settings read it: a test must not touch an installation's own files.
_FOLDER = Path(tempfile.mkdtemp(prefix="kybtest"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ["VAR_DIR"] = str(_FOLDER)
(_FOLDER / "static").mkdir()  # WhiteNoise warns when it is not there

from kyb_export.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Looks for an asset when it is asked for: else each test client looks for all of them.
WHITENOISE_AUTOREFRESH = True

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # In memory, the two connections would be two databases.
    DATABASES["default"]["TEST"] = {"NAME": str(_FOLDER / "test.sqlite3")}
else:
    # A test that leaves a snapshot open fails by itself, not by the next one's hanging.
    DATABASES["default"]["OPTIONS"] = {"options": "-c lock_timeout=60s"}
DATABASES["snapshot"]["TEST"] = {"MIRROR": "default"}
