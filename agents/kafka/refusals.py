"""A broker's refusals in words: the cause first, then the right, setting or command that repairs it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from kafka.errors import KafkaError, KafkaTimeoutError  # type: ignore[import-untyped]  # ships no types

from streams.said import Said, said

if TYPE_CHECKING:
    from config.shared import Shared

# Kafka's error codes: unlike their exceptions, these are the same in both clients.
NO_TOPIC_RIGHT: Final = 29
NO_GROUP_RIGHT: Final = 30
NO_CLUSTER_RIGHT: Final = 31


class RefusalError(KafkaError):  # type: ignore[misc]  # its base has no types
    """A refusal by the broker that a person must repair; trying again does not help."""

    def __str__(self) -> str:
        """Return the message without the class's name, which kafka-python prepends."""
        return str(self.args[0])


class AwayError(KafkaTimeoutError):  # type: ignore[misc]  # its base has no types
    """No broker answers, or its answer cannot be understood; trying again may help."""

    __str__ = RefusalError.__str__


class MissingTopicError(KafkaError):  # type: ignore[misc]  # its base has no types
    """A missing topic, with the command that creates it."""

    __str__ = RefusalError.__str__


class Right(NamedTuple):
    """A right that an access control list grants."""

    operation: str  # Describe, Read or Write
    kind: str  # topic or group
    name: str

    def sentence(self) -> Said:
        facts = {"operation": self.operation, "name": self.name}
        if self.kind == "group":
            return said("{operation} on the group {name}", **facts)
        return said("{operation} on the topic {name}", **facts)


def lacking(settings: Shared, rights: Sequence[Right]) -> RefusalError:
    """Return the refusal of a client without these rights, with the command that grants them."""
    first, *others = rights
    wanted = first.sentence()
    for each in others:
        wanted = said("{right}, {more}", right=wanted, more=each.sentence())
    facts: dict[str, object] = {
        "who": _who(settings),
        "rights": wanted,
        "command": f"kafka-acls.sh --bootstrap-server {settings.kafka.bootstrap} --add --allow-principal "
        f"User:{_user(settings)} --operation {first.operation} --{first.kind} {first.name}",
    }
    if others:
        return RefusalError(
            said(
                "the broker denies {who} these rights: {rights}; grant the first with {command}, and then the others",
                **facts,
            )
        )
    return RefusalError(said("the broker denies {who} the right {rights}; grant it with {command}", **facts))


def explained(settings: Shared, error: BaseException, wanted: Right) -> BaseException:
    """Return `lacking` if the error is about the `wanted` right, or else the error itself."""
    code = getattr(error, "errno", None)
    if code == NO_GROUP_RIGHT or (code == NO_TOPIC_RIGHT and wanted.kind == "topic"):
        return lacking(settings, [wanted])
    if code == NO_CLUSTER_RIGHT or "ClusterAuthorizationFailed" in str(error):
        # Since Kafka 2.8 a client that may write to any topic gets a producer id.
        return RefusalError(
            said(
                "{refusal} ({who} may not write to any topic, so the broker gives it no producer id and reports "
                "ClusterAuthorizationFailed; no right on the cluster is needed)",
                refusal=lacking(settings, [wanted]).args[0],
                who=_who(settings),
            )
        )
    return error


def unreachable(settings: Shared, reasons: Collection[str], *, identified: bool) -> KafkaError:
    """Return the error of a client that could not be started, from the reasons why its attempts failed.

    `identified`: the broker sent its version before it closed the connection.
    """
    at, errors = settings.kafka.bootstrap, "; ".join(reasons)
    hung_up = bool(reasons) and all("disconnected" in each for each in reasons)
    if refused := _refused(settings, errors, closed_after_version=hung_up and identified):
        return RefusalError(said("the broker at {at} {refused}", at=at, refused=refused))
    if misunderstood := _misunderstood(settings, errors, hung_up=hung_up and not identified):
        return AwayError(misunderstood)
    why = errors or said("no answer in time")
    if reasons and all("ECONNREFUSED" in each for each in reasons):
        why = said("nothing listens there")
    if "ECONNREFUSED" in errors:
        return AwayError(
            said("no broker answers at {at}: {why}; set kafka.bootstrap, or run tocsin broker", at=at, why=why)
        )
    if not errors and not settings.kafka.security.protocol.startswith("SASL"):
        return AwayError(
            said(
                "no broker answers at {at}: {why}; if it requires a password, set kafka.security.protocol to "
                "SASL_PLAINTEXT or SASL_SSL",
                at=at,
                why=why,
            )
        )
    return AwayError(said("no broker answers at {at}: {why}", at=at, why=why))


def _refused(settings: Shared, errors: str, *, closed_after_version: bool) -> Said | None:
    security = settings.kafka.security
    if security.protocol.startswith("SASL") and (closed_after_version or "AuthenticationFailed" in errors):
        return said(
            "refuses {who}: the password is wrong, or there is none for {mechanism}; see kafka.security: user, "
            "password_file, mechanism",
            who=_who(settings),
            mechanism=security.mechanism,
        )
    if "SaslMechanism" in errors:
        return said(
            "does not support {mechanism}: {errors}; see kafka.security.mechanism",
            mechanism=security.mechanism,
            errors=errors,
        )
    if "CERTIFICATE_VERIFY_FAILED" in errors:
        return said("has a certificate that cannot be verified: {errors}; see kafka.security.ca", errors=errors)
    if "ALERT" in errors and "CERTIFICATE" in errors.upper():
        if security.cert is None:
            return said("requires a client certificate: {errors}; set kafka.security.cert and key", errors=errors)
        return said(
            "refuses our certificate: {errors}; kafka.security.cert must be signed by an authority that it trusts",
            errors=errors,
        )
    return None


def _misunderstood(settings: Shared, errors: str, *, hung_up: bool) -> Said | None:
    at = settings.kafka.bootstrap
    if settings.kafka.security.protocol.endswith("SSL"):
        if hung_up or any(each in errors for each in ("EOF", "WRONG_VERSION", "RECORD_LAYER")):
            return said(
                "{at} does not use TLS ({errors}): it seems to be a plain-text port; set kafka.bootstrap to the TLS "
                "port, or kafka.security.protocol to PLAINTEXT or SASL_PLAINTEXT",
                at=at,
                errors=errors,
            )
    elif hung_up or "Invalid frame length" in errors:
        return said(
            "{at} does not use plain-text Kafka ({errors}): it seems to be a TLS port or another service; set "
            "kafka.security.protocol to SSL or SASL_SSL, or kafka.bootstrap to another port",
            at=at,
            errors=errors,
        )
    return None


def _user(settings: Shared) -> str:
    return settings.kafka.security.user or "CN=..."


def _who(settings: Shared) -> Said:
    user = settings.kafka.security.user
    return said("the user {user}", user=repr(user)) if user else said("this client")
