"""Scheduled runs that were missed: the first to run does the work of all, the others are let go."""

from __future__ import annotations

import datetime as dt
from typing import Any

from prefect import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateName,
)
from prefect.client.schemas.objects import FlowRun
from prefect.states import Cancelled
from prefect.types import DateTime

_WAITING = ("Scheduled", "Late")  # and not AwaitingRetry: that one has begun


def let_late_ones_go(flow: Any, flow_run: FlowRun, state: Any) -> None:
    """Cancel the other runs that the same schedule missed while no worker ran; a hook, called when a run begins.

    A night takes whatever the feeds list, so that five missed nights are one night's work, and four runs after it would poll the
    same feeds again. Runs that a person started, or that have other parameters, stay.
    """
    if flow_run.deployment_id is None:
        return
    missed = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[flow_run.deployment_id]),
        state=FlowRunFilterState(name=FlowRunFilterStateName(any_=list(_WAITING))),
        expected_start_time=FlowRunFilterExpectedStartTime(before_=DateTime.now("UTC") - dt.timedelta(seconds=1)),
    )
    message = f"missed while nothing ran; {flow_run.name} does its work"
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(flow_run_filter=missed, limit=200):  # a schedule is planned for at most 100 runs ahead
            if run.id != flow_run.id and run.auto_scheduled and run.parameters == flow_run.parameters:
                client.set_flow_run_state(run.id, Cancelled(message=message), force=True)
