"""The settings of an office's exchanges, for the connectors that read their records."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from config import quantities as q
from config.part import Part
from streams.said import said

# The default of mod_cdr_csv in FreeSWITCH's cdr_csv.conf.xml.
CDR_TEMPLATE = (
    '"${caller_id_name}","${caller_id_number}","${destination_number}","${context}","${start_stamp}",'
    '"${answer_stamp}","${end_stamp}","${duration}","${billsec}","${hangup_cause}","${uuid}","${bleg_uuid}",'
    '"${accountcode}","${read_codec}","${write_codec}"'
)


def _template(text: str) -> str:
    if missing := [name for name in ("destination_number", "start_", "uuid") if "${" + name not in text]:
        raise ValueError(said("the template of cdr_csv.conf.xml, with {fields}", fields=", ".join(missing)))
    return text


class FreeSwitch(Part):
    """A FreeSWITCH exchange: its event socket, and the format of mod_cdr_csv's records."""

    password_file: q.SecretFile | None = None  # of the event socket; or TOCSIN_EVENT_SOCKET_PASSWORD
    cdr_template: Annotated[str, AfterValidator(_template)] = CDR_TEMPLATE  # copied from cdr_csv.conf.xml
    machines: tuple[q.Text, ...] = (  # destinations that are neither lines nor phones: tests, conferences, voicemail
        *("999", "9195", "9196", "9197", "9198", "9664", "echo", "delay_echo"),
        *("4000", "*98", "vmain", "voicemail", "conference", "park"),
    )


class Asterisk(Part):
    """An Asterisk exchange: the login for its manager interface, as in `manager.conf`."""

    user: q.Text | None = None  # the section's name
    password_file: q.SecretFile | None = None  # its secret; or TOCSIN_AMI_PASSWORD


class Cucm(Part):
    """A Cisco Unified Communications Manager: what answers there and is no human."""

    voicemail: tuple[q.Text, ...] = ()  # numbers
    ports: tuple[q.Text, ...] = ()  # devices or numbers that answer as machines and queue, as the CTI ports of UCCX


class Exchanges(Part):
    asterisk: Asterisk = Asterisk()
    freeswitch: FreeSwitch = FreeSwitch()
    cucm: Cucm = Cucm()

    def may_be_a_line(self, dialled: str) -> bool:
        """Return whether an unconfigured number may be a line's, being neither a test number nor a personal one."""
        longest = 5  # digits of an internal number
        return dialled.isdecimal() and len(dialled) <= longest and dialled not in self.freeswitch.machines
