"""What an office may say of its exchanges, for the connectors that read their records."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from config import quantities as q
from config.part import Part
from streams.said import said

# The default of mod_cdr_csv, as it stands in FreeSWITCH's cdr_csv.conf.xml.
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
    """Describe a FreeSWITCH: its event socket, and how mod_cdr_csv writes its records."""

    password_file: q.SecretFile | None = None  # of the event socket; or TOCSIN_EVENT_SOCKET_PASSWORD
    cdr_template: Annotated[str, AfterValidator(_template)] = CDR_TEMPLATE  # as it stands in cdr_csv.conf.xml
    machines: tuple[q.Text, ...] = (  # destinations that are no line's and no phone's: tests, conferences, voicemail
        *("999", "9195", "9196", "9197", "9198", "9664", "echo", "delay_echo"),
        *("4000", "*98", "vmain", "voicemail", "conference", "park"),
    )


class Asterisk(Part):
    """Describe an Asterisk: who logs in to its manager interface, as `manager.conf` has them."""

    user: q.Text | None = None  # the section's name
    password_file: q.SecretFile | None = None  # its secret; or TOCSIN_AMI_PASSWORD


class Cucm(Part):
    """Describe a Cisco Unified Communications Manager: the numbers behind which its voicemail answers."""

    voicemail: tuple[q.Text, ...] = ()


class Exchanges(Part):
    """Describe the exchanges of an office."""

    asterisk: Asterisk = Asterisk()
    freeswitch: FreeSwitch = FreeSwitch()
    cucm: Cucm = Cucm()

    def may_be_a_line(self, dialled: str) -> bool:
        """Tell whether a number that the configuration does not name may be a line's: no test's, and nobody's own."""
        longest = 5  # digits of a number within an office
        return dialled.isdecimal() and len(dialled) <= longest and dialled not in self.freeswitch.machines
