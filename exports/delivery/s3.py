"""S3: a file as an object, in parts that are put together once all are there."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from botocore.httpsession import URLLib3Session
from urllib3.exceptions import NewConnectionError

from exports.conf import knob
from exports.delivery.addresses import Target, server
from exports.delivery.destination import DestinationChannel, NotSent, Parcel, Place
from exports.delivery.lines import Line
from exports.models import Destination
from exports.pipeline.sinks.buckets import (
    Account,
    BucketFault,
    Upload,
    abandon,
    connect,
    faults,
)


class S3Channel(DestinationChannel):
    leading = "endpoint"

    def target(self, address: Mapping[str, Any]) -> Target:
        return server(address["endpoint"])

    @contextmanager
    def opened(
        self, destination: Destination, secret: Mapping[str, str], line: Line
    ) -> Iterator[Place]:
        address = destination.address
        account = Account(
            region=address["region"],
            endpoint=address["endpoint"],
            key_id=secret["access_key_id"],
            secret=secret["secret_access_key"],
        )
        seconds = float(knob("DESTINATION_TIMEOUT_SECONDS"))
        try:
            client = connect(account, seconds=seconds)
            session = _Session(line, seconds=seconds)
            # What it gives back is taken for the answer: nothing else is connected to.
            client.meta.events.register("before-send.s3", session.answer)
            try:
                yield _Bucket(client, address["bucket"])
            finally:
                session.close()
        except BucketFault as error:
            raise NotSent(error.message) from error


class _AsAnswered:
    """A redirect is an answer like others: urllib3 would begin to follow one of 303."""

    def urlopen(self, *arguments: Any, **options: Any) -> Any:
        asked = options | {"redirect": False}
        return super().urlopen(*arguments, **asked)  # type: ignore[misc] # a pool's


class _Session(URLLib3Session):  # type: ignore[misc] # botocore has no types
    """Goes over the line alone, without proxies, whatever the environment says."""

    def __init__(self, line: Line, *, seconds: float) -> None:
        super().__init__(timeout=seconds, proxies={})

        def new_connection(self: Any) -> Any:
            try:
                return line.connect(self.host, self.port)
            except OSError as error:
                raise NewConnectionError(self, "no connection") from error

        pools = {
            "http": (AWSHTTPConnectionPool, AWSHTTPConnection),
            "https": (AWSHTTPSConnectionPool, AWSHTTPSConnection),
        }
        self._manager.pool_classes_by_scheme = {
            scheme: type(
                "Pool",
                (_AsAnswered, pool),
                {"ConnectionCls": type("Line", (kind,), {"_new_conn": new_connection})},
            )
            for scheme, (pool, kind) in pools.items()
        }

    def answer(self, request: Any, **_: Any) -> Any:
        return self.send(request)


@dataclass(frozen=True, slots=True)
class _Bucket:
    client: Any
    name: str

    def put(self, parcel: Parcel) -> str | None:
        # Who may not list what an earlier attempt left may bring files all the same.
        with suppress(BucketFault):
            abandon(self.client, bucket=self.name, key=parcel.name)
        upload = Upload(self.client, bucket=self.name, key=parcel.name)
        try:
            upload.write(parcel.chunks)
            return upload.complete()
        finally:
            upload.discard()

    def remove(self, name: str) -> None:
        with faults():
            self.client.delete_object(Bucket=self.name, Key=name)
