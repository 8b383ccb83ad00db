"""Where the documents of merchants are kept, and who scans them."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import environ

env = environ.Env()


def storage(url: str) -> dict[str, Any]:
    """Return the entry of ``STORAGES`` for ``DOCUMENTS_URL``.

    Empty, the file system. Else ``s3://KEY:SECRET@HOST[:PORT]/BUCKET[?region=…&tls=0]``: any storage that
    speaks S3, its bucket private.
    """
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    parts = urlsplit(url)
    bucket = parts.path.strip("/")
    if parts.scheme != "s3" or not (parts.hostname and bucket):
        raise ValueError("DOCUMENTS_URL must look like s3://KEY:SECRET@HOST/BUCKET")
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    address = parts.hostname if parts.port is None else f"{parts.hostname}:{parts.port}"
    return {
        "BACKEND": "core.object_storage.ObjectStorage",
        "OPTIONS": {
            "endpoint": f"{'http' if asked.get('tls') == '0' else 'https'}://{address}",
            "bucket": bucket,
            "key": unquote(parts.username or ""),
            "secret": unquote(parts.password or ""),
            "region": asked.get("region", "us-east-1"),
        },
    }


STORAGE = storage(env.str("DOCUMENTS_URL", default=""))
#: The daemon that reads every document before a person does: tcp://host:3310 or unix:///path; empty, none.
CLAMAV_URL = env.str("CLAMAV_URL", default="")
SCHEDULE: dict[str, dict[str, object]] = {
    "scan documents": {"task": "merchants.scan_waiting", "schedule": 300.0, "options": {"expires": 240}},
    "remind of expiring documents": {"task": "merchants.remind_expiring", "schedule": 3600.0},
}
