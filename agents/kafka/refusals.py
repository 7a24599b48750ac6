"""What a broker refuses, in words: the cause first, then the right, the setting or the command that mends it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from kafka.errors import KafkaError, KafkaTimeoutError  # type: ignore[import-untyped]  # ships no types

from streams.said import Said, said

if TYPE_CHECKING:
    from config.settings import Settings

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

    def __str__(self) -> str:
        """Say it as a person would."""
        return f"{self.operation} on the {self.kind} {self.name}"


def lacking(settings: Settings, rights: Sequence[Right]) -> RefusalError:
    """Return the refusal of a client without these rights, with the command that gives them."""
    return RefusalError(_lacking(settings, rights))


def explained(settings: Settings, error: BaseException, wanted: Right) -> BaseException:
    """Return the error of one who wanted to use a right: the lack of it where it is that, else the error itself."""
    code, words = getattr(error, "errno", None), str(error)
    if code == NO_GROUP_RIGHT or (code == NO_TOPIC_RIGHT and wanted.kind == "topic"):
        return lacking(settings, [wanted])
    if code == NO_CLUSTER_RIGHT or "ClusterAuthorizationFailed" in words:
        # Since Kafka 2.8 who may write to any topic at all gets a producer id.
        return RefusalError(
            said(
                "{lacking} ({who} may write to no topic at all, so the broker gives it no producer id, which it calls "
                "ClusterAuthorizationFailed; a right on the cluster is not needed)",
                lacking=_lacking(settings, [wanted]),
                who=_who(settings),
            )
        )
    return error


def unreachable(settings: Settings, reasons: Collection[str], *, identified: bool) -> KafkaError:
    """Return why no client could be started, of the reasons why its attempts failed.

    `identified` says that the broker told its version before it hung up.
    """
    reason = "; ".join(reasons)
    hung_up = bool(reasons) and all("disconnected" in each for each in reasons)
    if refused := _refused(settings, reason, at_the_door=hung_up and identified):
        return RefusalError(refused)
    if misunderstood := _misunderstood(settings, reason, hung_up=hung_up and not identified):
        return AwayError(misunderstood)
    return AwayError(_silent(settings, reasons))


def _silent(settings: Settings, reasons: Collection[str]) -> Said:
    at, reason = settings.kafka.bootstrap, "; ".join(reasons)
    if reasons and all("ECONNREFUSED" in each for each in reasons):
        return said(
            "no broker answers at {at}: nothing listens there; set kafka.bootstrap, or start one: tocsin broker", at=at
        )
    if "ECONNREFUSED" in reason:
        return said(
            "no broker answers at {at}: {why}; set kafka.bootstrap, or start one: tocsin broker", at=at, why=reason
        )
    if reason:
        return said("no broker answers at {at}: {why}; see kafka.bootstrap", at=at, why=reason)
    if settings.kafka.security.protocol.startswith("SASL"):
        return said("no broker answers at {at}: no answer in time", at=at)
    return said(
        "no broker answers at {at}: no answer in time; where it asks for a password, set kafka.security.protocol to "
        "SASL_PLAINTEXT or SASL_SSL",
        at=at,
    )


def _lacking(settings: Settings, rights: Sequence[Right]) -> Said:
    facts = {
        "who": _who(settings),
        "rights": ", ".join(map(str, rights)),
        "command": f"kafka-acls.sh --bootstrap-server {settings.kafka.bootstrap} --add --allow-principal "
        f"User:{_user(settings)} --operation {rights[0].operation} --{rights[0].kind} {rights[0].name}",
    }
    if len(rights) > 1:
        return said(
            "the broker refuses {who} the right {rights}; give it with {command}, and likewise the others", **facts
        )
    return said("the broker refuses {who} the right {rights}; give it with {command}", **facts)


def _refused(settings: Settings, reason: str, *, at_the_door: bool) -> Said | None:
    security = settings.kafka.security
    facts = {"at": settings.kafka.bootstrap, "why": reason, "who": _who(settings), "mechanism": security.mechanism}
    if security.protocol.startswith("SASL") and (at_the_door or "AuthenticationFailed" in reason):
        return said(
            "the broker at {at} refuses {who}: its password is another, or it has none for {mechanism}; see "
            "kafka.security: user, password_file, mechanism",
            **facts,
        )
    if "SaslMechanism" in reason:
        return said(
            "the broker at {at} does not let clients in by {mechanism}: {why}; see kafka.security.mechanism", **facts
        )
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return said(
            "the broker at {at} has a certificate that is not to be trusted: {why}; see kafka.security.ca", **facts
        )
    if "ALERT" in reason and "CERTIFICATE" in reason.upper():
        if security.cert is None:
            return said(
                "the broker at {at} asks for a certificate of this client: {why}; set kafka.security.cert and key",
                **facts,
            )
        return said(
            "the broker at {at} refuses our certificate: {why}; kafka.security.cert must be signed by an authority "
            "that it trusts",
            **facts,
        )
    return None


def _misunderstood(settings: Settings, reason: str, *, hung_up: bool) -> Said | None:
    facts = {"at": settings.kafka.bootstrap, "why": reason}
    if settings.kafka.security.protocol.endswith("SSL"):
        if hung_up or any(each in reason for each in ("EOF", "WRONG_VERSION", "RECORD_LAYER")):
            return said(
                "no TLS is spoken at {at} ({why}): it seems to be a port for plain text; name the one for TLS in "
                "kafka.bootstrap, or set kafka.security.protocol to PLAINTEXT or SASL_PLAINTEXT",
                **facts,
            )
    elif hung_up or "Invalid frame length" in reason:
        return said(
            "no plain Kafka is spoken at {at} ({why}): it seems to be a port for TLS, or another service's; set "
            "kafka.security.protocol to SSL or SASL_SSL, or name another port in kafka.bootstrap",
            **facts,
        )
    return None


def _user(settings: Settings) -> str:
    return settings.kafka.security.user or "CN=..."


def _who(settings: Settings) -> Said:
    user = settings.kafka.security.user
    return said("the user {user}", user=repr(user)) if user else said("this client")
