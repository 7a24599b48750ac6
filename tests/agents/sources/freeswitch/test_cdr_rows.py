"""A template gives the position of each column, whatever the caller's name contains."""

from __future__ import annotations

from agents.sources.freeswitch.cdr_rows import Template
from config.exchanges import CDR_TEMPLATE
from tests.agents.sources.freeswitch.test_cdr import row


def test_the_default_template_is_freeswitchs() -> None:
    values = Template(CDR_TEMPLATE).values(row(name='"', second="b1").decode().strip())
    assert values is not None
    assert (values["caller_id_name"], values["bleg_uuid"], values["write_codec"]) == ('"', "b1", "PCMA")


def test_a_template_may_name_any_variable_and_repeat_one() -> None:
    read = Template('INSERT INTO cdr VALUES ("${sip_h_X-Trace}","${uuid}",\'${destination_number}\',"${uuid}");')
    assert read.values("""INSERT INTO cdr VALUES ("t","c1",'5010',"c1");""") == {
        "sip_h_X-Trace": "t",
        "uuid": "c1",
        "destination_number": "5010",
    }
