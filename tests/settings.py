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

from kyb_export.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# In memory, the two connections would be two databases.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(_FOLDER / "test.sqlite3")}
DATABASES["snapshot"]["TEST"] = {"MIRROR": "default"}
