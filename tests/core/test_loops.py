"""A command that goes on survives a database that is away, and ends when it is told to."""

import os
import signal

import pytest
from django.db import OperationalError

from credit_repair.core.loops import run_until_stopped


@pytest.fixture(autouse=True)
def _signals_as_before():
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.django_db
def test_a_database_that_is_away_ends_the_step_and_not_the_loop():
    steps = []

    def step(is_stopped):
        steps.append(is_stopped())
        if len(steps) == 1:
            raise OperationalError("server closed the connection")
        os.kill(os.getpid(), signal.SIGTERM)
        assert is_stopped()
        return True

    run_until_stopped(step, pause=0)
    assert steps == [False, False]


@pytest.mark.django_db
def test_whatever_else_goes_wrong_ends_it():
    def step(is_stopped):
        raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"):
        run_until_stopped(step, pause=0)
