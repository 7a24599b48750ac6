"""What a broker refuses, in words: the cause first, then the right, the setting or the command that mends it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from kafka.errors import KafkaError, KafkaTimeoutError  # type: ignore[import-untyped]  # ships no types

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
    first, more = rights[0], ", and likewise the others" if len(rights) > 1 else ""
    return RefusalError(
        f"the broker refuses {_who(settings)} the right {', '.join(map(str, rights))}; give it with kafka-acls.sh "
        f"--bootstrap-server {settings.kafka.bootstrap} --add --allow-principal User:{_user(settings)} "
        f"--operation {first.operation} --{first.kind} {first.name}{more}"
    )


def explained(settings: Settings, error: BaseException, wanted: Right) -> BaseException:
    """Return the error of one who wanted to use a right: the lack of it where it is that, else the error itself."""
    code, said = getattr(error, "errno", None), str(error)
    if code == NO_GROUP_RIGHT or (code == NO_TOPIC_RIGHT and wanted.kind == "topic"):
        return lacking(settings, [wanted])
    if code == NO_CLUSTER_RIGHT or "ClusterAuthorizationFailed" in said:
        # Since Kafka 2.8 who may write to any topic at all gets a producer id.
        return RefusalError(
            f"{lacking(settings, [wanted])} ({_who(settings)} may write to no topic at all, so the broker gives it no "
            "producer id, which it calls ClusterAuthorizationFailed; a right on the cluster is not needed)"
        )
    return error


def unreachable(settings: Settings, reasons: Collection[str], *, identified: bool) -> KafkaError:
    """Return why no client could be started, of the reasons why its attempts failed.

    `identified` says that the broker told its version before it hung up.
    """
    at, said = settings.kafka.bootstrap, "; ".join(reasons)
    hung_up = bool(reasons) and all("disconnected" in each for each in reasons)
    if refused := _refused(settings, said, at_the_door=hung_up and identified):
        return RefusalError(f"the broker at {at} {refused}")
    if misunderstood := _misunderstood(settings, said, hung_up=hung_up and not identified):
        return AwayError(f"no {misunderstood}")
    mend = ""
    if "ECONNREFUSED" in said:
        mend = "; set kafka.bootstrap, or start one: tocsin broker"
    elif not said and not settings.kafka.security.protocol.startswith("SASL"):
        mend = "; where it asks for a password, set kafka.security.protocol to SASL_PLAINTEXT or SASL_SSL"
    return AwayError(f"no broker answers at {at}: {said or 'no answer in time'}{mend}")


def _refused(settings: Settings, said: str, *, at_the_door: bool) -> str | None:
    security = settings.kafka.security
    if security.protocol.startswith("SASL") and (at_the_door or "AuthenticationFailed" in said):
        return (
            f"refuses {_who(settings)}: its password is another, or it has none for {security.mechanism}; "
            "see kafka.security: user, password_file, mechanism"
        )
    if "SaslMechanism" in said:
        return f"does not let clients in by {security.mechanism}: {said}; see kafka.security.mechanism"
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return f"has a certificate that is not to be trusted: {said}; see kafka.security.ca"
    if "ALERT" in said and "CERTIFICATE" in said.upper():
        if security.cert is None:
            return f"asks for a certificate of this client: {said}; set kafka.security.cert and key"
        return f"refuses our certificate: {said}; kafka.security.cert must be signed by an authority that it trusts"
    return None


def _misunderstood(settings: Settings, said: str, *, hung_up: bool) -> str | None:
    at = settings.kafka.bootstrap
    if settings.kafka.security.protocol.endswith("SSL"):
        if hung_up or any(each in said for each in ("EOF", "WRONG_VERSION", "RECORD_LAYER")):
            return (
                f"TLS is spoken at {at} ({said}): it seems to be a port for plain text; name the one for TLS in "
                "kafka.bootstrap, or set kafka.security.protocol to PLAINTEXT or SASL_PLAINTEXT"
            )
    elif hung_up or "Invalid frame length" in said:
        return (
            f"plain Kafka is spoken at {at} ({said}): it seems to be a port for TLS, or another service's; set "
            "kafka.security.protocol to SSL or SASL_SSL, or name another port in kafka.bootstrap"
        )
    return None


def _user(settings: Settings) -> str:
    return settings.kafka.security.user or "CN=..."


def _who(settings: Settings) -> str:
    user = settings.kafka.security.user
    return f"the user {user!r}" if user else "this client"
