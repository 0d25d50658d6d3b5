"""Routes of incidents, compensation and what follows a complaint; ``routes.py`` has them all."""

from __future__ import annotations

from plugins.console.api import afterwards, compensations, incidents
from plugins.console.roles import LEADS, PEOPLE
from plugins.console.table import Route

ONE = "/incidents/{number}"
GIFT = "/compensations/{number}"
ROUTES = (
    Route(
        "GET",
        "/incidents",
        PEOPLE,
        incidents.list_incidents,
        query=incidents.Which,
        gives=incidents.Incidents,
    ),
    Route(
        "POST",
        "/incidents",
        LEADS,
        incidents.open_incident,
        body=incidents.NewIncident,
        gives=incidents.IncidentShape,
    ),
    Route("GET", ONE, PEOPLE, incidents.get_incident, gives=incidents.IncidentShape),
    Route(
        "PATCH",
        ONE,
        LEADS,
        incidents.change_incident,
        body=incidents.Changes,
        gives=incidents.IncidentShape,
    ),
    Route(
        "GET",
        f"{ONE}/people",
        PEOPLE,
        incidents.list_affected,
        query=incidents.PeoplePage,
        gives=incidents.People,
    ),
    Route(
        "POST",
        f"{ONE}/people",
        LEADS,
        incidents.add_affected,
        body=incidents.Newcomers,
        gives=incidents.Joined,
    ),
    Route("GET", f"{ONE}/rooms", LEADS, incidents.list_rooms, gives=incidents.Choices),
    Route(
        "POST", f"{ONE}/dismiss", LEADS, incidents.dismiss_incident, gives=incidents.IncidentShape
    ),
    Route(
        "POST",
        f"{ONE}/plan",
        LEADS,
        incidents.plan_incident,
        body=incidents.Said,
        gives=incidents.IncidentShape,
    ),
    Route(
        "POST",
        f"{ONE}/notify",
        LEADS,
        incidents.notify_incident,
        body=incidents.Notice,
        gives=incidents.IncidentShape,
    ),
    Route(
        "POST",
        f"{ONE}/resolve",
        LEADS,
        incidents.resolve_incident,
        body=incidents.Said,
        gives=incidents.IncidentShape,
    ),
    Route(
        "POST",
        f"{ONE}/compensate",
        LEADS,
        compensations.compensate_incident,
        body=compensations.Giving,
        gives=compensations.ProposalShape,
    ),
    Route(
        "POST",
        "/complaints/{number}/compensate",
        PEOPLE,
        compensations.compensate_complaint,
        body=compensations.Giving,
        gives=compensations.ProposalShape,
    ),
    Route(
        "GET",
        "/compensations",
        PEOPLE,
        compensations.list_compensations,
        query=compensations.Stages,
        gives=compensations.Proposals,
    ),
    Route(
        "POST",
        f"{GIFT}/approve",
        PEOPLE,
        compensations.approve_compensation,
        gives=compensations.ProposalShape,
    ),
    Route(
        "POST",
        f"{GIFT}/refuse",
        PEOPLE,
        compensations.refuse_compensation,
        body=compensations.No,
        gives=compensations.ProposalShape,
    ),
    Route("GET", "/follow-ups", PEOPLE, afterwards.list_follow_ups, gives=afterwards.Tasks),
    Route(
        "POST",
        "/complaints/{number}/follow-up",
        PEOPLE,
        afterwards.record_follow_up,
        body=afterwards.Outcome,
        gives=afterwards.Tasks,
    ),
    Route("GET", "/complaints/{number}/evidence.zip", LEADS, afterwards.get_evidence),
)
