"""Routes of the numbers."""

from __future__ import annotations

from plugins.console.api import insights, numbers, reports
from plugins.console.numbers.chain import Chain
from plugins.console.numbers.rising import Rising
from plugins.console.numbers.stages import Stages
from plugins.console.roles import LEADS
from plugins.console.table import Route

DAYS = numbers.Dates
ROUTES = (
    Route("GET", "/numbers", LEADS, numbers.get_numbers, query=numbers.Span, gives=numbers.Numbers),
    Route("GET", "/numbers.csv", LEADS, numbers.get_numbers_csv, query=numbers.Span),
    Route("GET", "/numbers/chain", LEADS, insights.get_chain, query=DAYS, gives=Chain),
    Route("GET", "/numbers/chain.csv", LEADS, insights.get_chain_csv, query=DAYS),
    Route(
        "GET",
        "/numbers/lost",
        LEADS,
        insights.list_lost,
        query=insights.LostQuery,
        gives=insights.LostList,
    ),
    Route("GET", "/numbers/stages", LEADS, insights.get_stages, query=DAYS, gives=Stages),
    Route("GET", "/numbers/stages.csv", LEADS, insights.get_stages_csv, query=DAYS),
    Route("GET", "/numbers/rising", LEADS, insights.get_rising, query=DAYS, gives=Rising),
    Route("GET", "/numbers/rising.csv", LEADS, insights.get_rising_csv, query=DAYS),
    Route("POST", "/numbers/missed", LEADS, insights.gather_missed, gives=insights.RiseList),
    Route("GET", "/numbers/report.html", LEADS, reports.get_report, query=reports.Wanted),
    Route("GET", "/numbers/reports", LEADS, reports.list_reports, gives=reports.KeptList),
    Route("GET", "/numbers/reports/{kind}/{begin}/report.html", LEADS, reports.get_kept_report),
)
