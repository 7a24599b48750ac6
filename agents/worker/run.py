"""A worker as a process: it waits for its broker, checks the topics, and ends with the status of its app."""

from __future__ import annotations

import gc
import logging
import time
from typing import NoReturn

import faust
import structlog

from agents.kafka.client import KafkaError
from agents.kafka.topics import Difference, check_topics
from agents.state import state_dir
from agents.worker.app import create
from agents.worker.liveness import SAY_SECONDS, say_once_a_minute
from config.settings import Settings

log = structlog.get_logger()


class TopicsError(RuntimeError):
    """Tell which topics are not as a worker needs them."""


def run(settings: Settings, *, web_host: str, web_port: int, verbose: bool) -> NoReturn:
    """Run a worker until it is told to stop, then end the process with its status.

    Waits for a broker that is not there yet; raises `TopicsError` where its topics are not those configured.
    """
    wrong = [each for each in _await_broker(settings) if each.what in {"topic", "partitions"}]
    if wrong:
        raise TopicsError("\n".join(map(str, wrong)))
    state_dir().mkdir(parents=True, exist_ok=True)
    app = create(settings, web_host=web_host, web_port=web_port)
    # Reference counts free what a batch makes; a search for cycles at the default pace costs a quarter of the time.
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
    # Its warning that it creates no topics is no news, and while the broker is away it would log whole records.
    logging.getLogger("faust.topics").setLevel(logging.ERROR)
    say_once_a_minute("aiokafka")
    level = "INFO" if verbose else "WARNING"
    worker = faust.Worker(app, loglevel=level, quiet=not verbose, redirect_stdouts=False)
    worker.spinner = None  # it would write to standard output
    worker.execute_from_commandline()


def _await_broker(settings: Settings) -> tuple[Difference, ...]:
    """Return how the broker's topics differ from those configured, once it answers."""
    said = -SAY_SECONDS
    while True:
        try:
            return check_topics(settings).differences
        except KafkaError as error:
            if time.monotonic() - said >= SAY_SECONDS:
                log.warning("no broker yet; waiting", error=str(error))
                said = time.monotonic()
            time.sleep(2)
