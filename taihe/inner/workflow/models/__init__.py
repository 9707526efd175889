"""Flows as the county deployed them, the matters running through them, the work items on desks, and the history."""

from .definition import ProcessDefinition
from .instance import ProcessInstance, Urgency
from .item import Kind, Origin, Recorded, Status, WorkItem
from .log import FlowLog, Verb
from .phrase import CommonPhrase

__all__ = [
    "CommonPhrase",
    "FlowLog",
    "Kind",
    "Origin",
    "ProcessDefinition",
    "ProcessInstance",
    "Recorded",
    "Status",
    "Urgency",
    "Verb",
    "WorkItem",
]
