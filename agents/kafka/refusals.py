"""What a broker refuses, in words: the cause first, then the right, the setting or the command that mends it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from kafka.errors import KafkaError, KafkaTimeoutError  # type: ignore[import-untyped]  # ships no types

from streams.said import Said, said

if TYPE_CHECKING:
    from config.shared import Shared

# Kafka's error codes: they are the same in both clients, whose classes are not.
NO_TOPIC_RIGHT: Final = 29
NO_GROUP_RIGHT: Final = 30
NO_CLUSTER_RIGHT: Final = 31


class RefusalError(KafkaError):  # type: ignore[misc]  # its base has no types
    """Tell what a broker refuses for good: it comes right when a person mends it, and not by trying again."""

    def __str__(self) -> str:
        """Say it without the name of the class, which kafka-python puts before."""
        return str(self.args[0])


class AwayError(KafkaTimeoutError):  # type: ignore[misc]  # its base has no types
    """Tell that no broker answers, or none that can be understood; it may come right by itself."""

    __str__ = RefusalError.__str__


class MissingTopicError(KafkaError):  # type: ignore[misc]  # its base has no types
    """Tell that a topic is not there, and what creates it."""

    __str__ = RefusalError.__str__


class Right(NamedTuple):
    """Name a right that an access control list gives."""

    operation: str  # Describe, Read or Write
    kind: str  # topic or group
    name: str

    def sentence(self) -> Said:
        """Say it as a person would."""
        facts = {"operation": self.operation, "name": self.name}
        if self.kind == "group":
            return said("{operation} on the group {name}", **facts)
        return said("{operation} on the topic {name}", **facts)


def lacking(settings: Shared, rights: Sequence[Right]) -> RefusalError:
    """Return the refusal of a client without these rights, with the command that gives them."""
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
                "the broker refuses {who} the right {rights}; give it with {command}, and likewise the others", **facts
            )
        )
    return RefusalError(said("the broker refuses {who} the right {rights}; give it with {command}", **facts))


def explained(settings: Shared, error: BaseException, wanted: Right) -> BaseException:
    """Return the error of one who wanted to use a right: the lack of it where it is that, else the error itself."""
    code = getattr(error, "errno", None)
    if code == NO_GROUP_RIGHT or (code == NO_TOPIC_RIGHT and wanted.kind == "topic"):
        return lacking(settings, [wanted])
    if code == NO_CLUSTER_RIGHT or "ClusterAuthorizationFailed" in str(error):
        # Since Kafka 2.8 who may write to any topic at all gets a producer id.
        return RefusalError(
            said(
                "{refusal} ({who} may write to no topic at all, so the broker gives it no producer id, which it calls "
                "ClusterAuthorizationFailed; a right on the cluster is not needed)",
                refusal=lacking(settings, [wanted]).args[0],
                who=_who(settings),
            )
        )
    return error


def unreachable(settings: Shared, reasons: Collection[str], *, identified: bool) -> KafkaError:
    """Return why no client could be started, of the reasons why its attempts failed.

    `identified` says that the broker told its version before it hung up.
    """
    at, told = settings.kafka.bootstrap, "; ".join(reasons)
    hung_up = bool(reasons) and all("disconnected" in each for each in reasons)
    if refused := _refused(settings, told, at_the_door=hung_up and identified):
        return RefusalError(said("the broker at {at} {refused}", at=at, refused=refused))
    if misunderstood := _misunderstood(settings, told, hung_up=hung_up and not identified):
        return AwayError(misunderstood)
    why = told or said("no answer in time")
    if reasons and all("ECONNREFUSED" in each for each in reasons):
        why = said("nothing listens there")
    if "ECONNREFUSED" in told:
        return AwayError(
            said("no broker answers at {at}: {why}; set kafka.bootstrap, or start one: tocsin broker", at=at, why=why)
        )
    if not told and not settings.kafka.security.protocol.startswith("SASL"):
        return AwayError(
            said(
                "no broker answers at {at}: {why}; where it asks for a password, set kafka.security.protocol to "
                "SASL_PLAINTEXT or SASL_SSL",
                at=at,
                why=why,
            )
        )
    return AwayError(said("no broker answers at {at}: {why}", at=at, why=why))


def _refused(settings: Shared, told: str, *, at_the_door: bool) -> Said | None:
    security = settings.kafka.security
    if security.protocol.startswith("SASL") and (at_the_door or "AuthenticationFailed" in told):
        return said(
            "refuses {who}: its password is another, or it has none for {mechanism}; see kafka.security: user, "
            "password_file, mechanism",
            who=_who(settings),
            mechanism=security.mechanism,
        )
    if "SaslMechanism" in told:
        return said(
            "does not let clients in by {mechanism}: {told}; see kafka.security.mechanism",
            mechanism=security.mechanism,
            told=told,
        )
    if "CERTIFICATE_VERIFY_FAILED" in told:
        return said("has a certificate that is not to be trusted: {told}; see kafka.security.ca", told=told)
    if "ALERT" in told and "CERTIFICATE" in told.upper():
        if security.cert is None:
            return said("asks for a certificate of this client: {told}; set kafka.security.cert and key", told=told)
        return said(
            "refuses our certificate: {told}; kafka.security.cert must be signed by an authority that it trusts",
            told=told,
        )
    return None


def _misunderstood(settings: Shared, told: str, *, hung_up: bool) -> Said | None:
    at = settings.kafka.bootstrap
    if settings.kafka.security.protocol.endswith("SSL"):
        if hung_up or any(each in told for each in ("EOF", "WRONG_VERSION", "RECORD_LAYER")):
            return said(
                "no TLS is spoken at {at} ({told}): it seems to be a port for plain text; name the one for TLS in "
                "kafka.bootstrap, or set kafka.security.protocol to PLAINTEXT or SASL_PLAINTEXT",
                at=at,
                told=told,
            )
    elif hung_up or "Invalid frame length" in told:
        return said(
            "no plain Kafka is spoken at {at} ({told}): it seems to be a port for TLS, or another service's; set "
            "kafka.security.protocol to SSL or SASL_SSL, or name another port in kafka.bootstrap",
            at=at,
            told=told,
        )
    return None


def _user(settings: Shared) -> str:
    return settings.kafka.security.user or "CN=..."


def _who(settings: Shared) -> Said:
    user = settings.kafka.security.user
    return said("the user {user}", user=repr(user)) if user else said("this client")
