"""The routes of quality inspection: ``plugins/console/routes.py`` has them with all others."""

from __future__ import annotations

from plugins.console.api import quality
from plugins.console.quality import shapes
from plugins.console.roles import ALL, LEADS, PEOPLE
from plugins.console.table import Route

ONE = "/reviews/{id}"
ROUTES = (
    Route("GET", "/notice", ALL, quality.get_notice, gives=shapes.Notice),
    Route("POST", "/notice", ALL, quality.read_notice, body=shapes.Read, gives=shapes.Notice),
    Route("GET", "/quality", LEADS, quality.get_plan, gives=shapes.Plan),
    Route(
        "GET",
        "/quality/averages",
        LEADS,
        quality.get_averages,
        query=shapes.Days,
        gives=shapes.Averages,
    ),
    Route("GET", "/quality/averages.csv", LEADS, quality.get_averages_csv, query=shapes.Days),
    Route(
        "GET", "/reviews", PEOPLE, quality.list_reviews, query=shapes.Which, gives=shapes.Reviews
    ),
    Route(
        "POST",
        "/reviews",
        LEADS,
        quality.choose_review,
        body=shapes.Chosen,
        gives=shapes.ReviewWhole,
    ),
    Route("GET", ONE, PEOPLE, quality.get_review, gives=shapes.ReviewWhole),
    Route("PUT", ONE, LEADS, quality.score_review, body=shapes.Scored, gives=shapes.ReviewWhole),
    Route(
        "POST",
        f"{ONE}/appeal",
        PEOPLE,
        quality.appeal_review,
        body=shapes.Appeal,
        gives=shapes.ReviewWhole,
    ),
    Route(
        "POST",
        f"{ONE}/decision",
        LEADS,
        quality.decide_review,
        body=shapes.Decision,
        gives=shapes.ReviewWhole,
    ),
)
