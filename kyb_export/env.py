"""The environment, typed; and the few URLs that choose the deployment's parts."""

import base64
import hashlib
import re
import secrets
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT: Final = Path(__file__).resolve().parent.parent
env: Final = environ.Env()
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_KEY_ID: Final = re.compile(r"[\w.-]{1,64}", re.ASCII)
_PATIENCE: Final = {
    "connect_timeout": 10,
    "tcp_user_timeout": 30_000,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
"""Seconds, and once milliseconds: a PostgreSQL that is gone without a word is noticed
within a minute, not after the two hours of the kernel's own patience."""


def database(url: str, *, read_only: bool) -> dict[str, Any]:
    """Django's settings of one connection to the database at ``url``.

    The read-only one is for snapshots: on PostgreSQL a repeatable read, on SQLite a
    deferred transaction, so that a writer beside it never meets a locked database.
    """
    parts: dict[str, Any] = dict(environ.Env.db_url_config(url))
    parts["ATOMIC_REQUESTS"] = False
    if parts["ENGINE"] == "django.db.backends.sqlite3":
        parts["OPTIONS"] = _sqlite_options(read_only=read_only)
    else:
        parts["CONN_MAX_AGE"] = 60
        parts["CONN_HEALTH_CHECKS"] = True
        parts["OPTIONS"] = _PATIENCE | parts.get("OPTIONS", {})
        if read_only:
            parts["OPTIONS"]["options"] = (
                "-c default_transaction_read_only=on"
                " -c default_transaction_isolation=repeatable\\ read"
            )
    if read_only:
        parts["TEST"] = {"MIRROR": "default"}
    return parts


def _sqlite_options(*, read_only: bool) -> dict[str, Any]:
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    if read_only:
        return {"transaction_mode": "DEFERRED", "init_command": "PRAGMA query_only=ON;"}
    return {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}


def cache(redis_url: str) -> dict[str, Any]:
    if not redis_url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    # A Redis that hangs must not hold a request for ever.
    patience = {"SOCKET_CONNECT_TIMEOUT": 3, "SOCKET_TIMEOUT": 3}
    return {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": redis_url,
        "OPTIONS": patience,
    }


def broker(url: str, folder: Path) -> dict[str, Any]:
    """Celery's broker settings; without a URL, messages are files in ``folder``."""
    if url:
        is_redis = url.startswith(("redis:", "rediss:"))
        return {
            "url": url,
            "options": {"socket_connect_timeout": 3} if is_redis else {},
        }
    paths = {name: folder / name for name in ("messages", "processed", "control")}
    for path in paths.values():
        path.mkdir(parents=True, exist_ok=True)
    options = {
        "data_folder_in": str(paths["messages"]),
        "data_folder_out": str(paths["messages"]),
        "processed_folder": str(paths["processed"]),
        "control_folder": str(paths["control"]),
        "polling_interval": 0.1,
    }
    return {"url": "filesystem://", "options": options}


def storage(url: str) -> str:
    """As it was given.

    :raises ImproperlyConfigured: it is no URL of a folder or a bucket.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path and not parts.netloc:
        return url
    known = set(parse_qs(parts.query, keep_blank_values=True)) <= {"region", "endpoint"}
    if parts.scheme == "s3" and _BUCKET.fullmatch(parts.netloc) and known:
        return url
    # The message must not hold what may be a secret.
    raise ImproperlyConfigured(
        "EXPORT_STORAGE_URL must be file:///folder, or"
        " s3://bucket/prefix?region=...&endpoint=https://..., without credentials"
    )


def mail(url: str, folder: Path) -> dict[str, Any]:
    """Django's settings of mail; without a URL, mails are files in ``folder``."""
    if not url:
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": str(folder)}
    return dict(environ.Env.email_url_config(url))


def signing_keys(text: str, folder: Path, *, production: bool) -> dict[str, bytes]:
    """Key id -> Ed25519 seed, the signing key first; without a text, one made here.

    :raises ImproperlyConfigured: malformed, or none in production.
    """
    if not text and production:
        raise ImproperlyConfigured("SIGNING_KEYS must be given in production")
    if not text:
        secret = own_secret("signing", folder).encode()
        key_id = "own-" + hashlib.sha256(b"id:" + secret).hexdigest()[:8]
        return {key_id: hashlib.sha256(b"seed:" + secret).digest()}
    pairs = [item.strip().partition(":")[::2] for item in text.split(",")]
    found = {key_id: _seed(seed) for key_id, seed in pairs if _KEY_ID.fullmatch(key_id)}
    # The message must not hold what may be a secret.
    if len(found) != len(pairs) or not all(found.values()):
        raise ImproperlyConfigured(
            "SIGNING_KEYS must be ID:SEED,ID:SEED: ids of their own, 32 bytes in base64"
        )
    return found


def secrets_keys(text: str, folder: Path, *, production: bool) -> list[str]:
    """Fernet keys, the one that wraps first; without a text, one made here.

    :raises ImproperlyConfigured: malformed, or none in production.
    """
    if not text and production:
        raise ImproperlyConfigured("SECRETS_KEYS must be given in production")
    if not text:
        secret = own_secret("wrapping", folder).encode()
        digest = hashlib.sha256(b"wrapping:" + secret).digest()
        return [base64.urlsafe_b64encode(digest).decode()]
    found = [item.strip() for item in text.split(",")]
    # The message must not hold what may be a secret.
    if not all(_is_fernet_key(key) for key in found) or len(set(found)) != len(found):
        raise ImproperlyConfigured(
            "SECRETS_KEYS must be KEY,KEY: different ones, 32 bytes in URL-safe base64"
        )
    return found


def networks(given: list[str], *, name: str) -> list[str]:
    """Those that were given, without spaces around them.

    :raises ImproperlyConfigured: one is no network: nobody's requests would be served.
    """
    found = [each.strip() for each in given]
    for each in found:
        try:
            ip_network(each, strict=False)
        except ValueError:
            message = f"{name} must be networks (CIDR), commas between"
            raise ImproperlyConfigured(message) from None
    return found


def _is_fernet_key(text: str) -> bool:
    with suppress(ValueError):
        raw = base64.b64decode(text.encode(), altchars=b"-_", validate=True)
        return len(raw) == 32 and base64.urlsafe_b64encode(raw).decode() == text
    return False


def _seed(text: str) -> bytes:
    """Empty when it is none."""
    with suppress(ValueError):
        seed = base64.b64decode(text, validate=True)
        return seed if len(seed) == 32 else b""
    return b""


def own_secret(name: str, folder: Path) -> str:
    """A secret that this installation made for itself, once, in its own folder."""
    path = folder / "secrets" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{name}.{secrets.token_hex(8)}")
        draft.write_text(secrets.token_urlsafe(48))
        draft.chmod(0o600)
        # Another process may have been faster: its secret is the one then.
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()
