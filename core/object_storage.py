"""Files in a bucket of any object storage that speaks S3. They have no address: views answer them."""

import threading
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 3, 20, 3


@deconstructible
class ObjectStorage(Storage):
    """Keeps whole files, at most as large as fits in memory; a name is never written twice."""

    def __init__(self, *, endpoint: str, bucket: str, key: str, secret: str, region: str) -> None:
        self.bucket = bucket
        self.where = {
            "endpoint_url": endpoint,
            "aws_access_key_id": key,
            "aws_secret_access_key": secret,
            "region_name": region,
        }
        self._mine = threading.local()

    @property
    def client(self) -> Any:
        """A client of this thread: the library's session is not safe to share."""
        if not hasattr(self._mine, "client"):
            config = Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            )
            self._mine.client = boto3.session.Session().client("s3", config=config, **self.where)
        return self._mine.client

    def exists(self, name: str) -> bool:
        return self._head(name) is not None

    def size(self, name: str) -> int:
        head = self._head(name)
        if head is None:
            raise FileNotFoundError(name)
        return int(head["ContentLength"])

    def delete(self, name: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=name)

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=name)
        except ClientError as error:
            if _is_missing(error):
                raise FileNotFoundError(name) from error
            raise
        return ContentFile(answer["Body"].read(), name=name)

    def _save(self, name: str, content: "File[bytes]") -> str:
        content.seek(0)
        self.client.put_object(
            Bucket=self.bucket, Key=name, Body=content.read(), ContentType="application/octet-stream"
        )
        return name

    def _head(self, name: str) -> dict[str, Any] | None:
        try:
            head: dict[str, Any] = self.client.head_object(Bucket=self.bucket, Key=name)
        except ClientError as error:
            if _is_missing(error):
                return None
            raise
        return head


def _is_missing(error: ClientError) -> bool:
    return str(error.response.get("Error", {}).get("Code")) in {"404", "NoSuchKey", "NotFound"}
