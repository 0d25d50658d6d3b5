"""The OpenAPI document, made of the routes."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from pydantic import ConfigDict
from pydantic.json_schema import models_json_schema

from plugins.console.sessions import COOKIE
from plugins.console.table import Route, Shape

FILES = (".csv", ".zip", ".html", "/export")  # how the paths end that answer with one
WHERE = "#/components/schemas/{model}"


class Document(Shape):
    """An OpenAPI 3.1 document."""

    model_config = ConfigDict(extra="allow", frozen=True)
    openapi: str
    info: dict[str, str]
    paths: dict[str, dict[str, Any]]


def document(routes: Iterable[Route]) -> Document:
    """All routes, each with its roles in ``x-roles``."""
    table = list(routes)
    bodies = [(route.body, "validation") for route in table if route.body]
    answers = [(route.gives, "serialization") for route in table if route.gives]
    refs, schemas = models_json_schema([*bodies, *answers], ref_template=WHERE)  # type: ignore[arg-type] - pairs of model and mode
    paths: dict[str, dict[str, Any]] = {}
    for route in table:
        paths.setdefault(f"/desk/api{route.path}", {})[route.method.lower()] = _operation(
            route, refs
        )
    security = {"cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE}}
    components = {**schemas.get("$defs", {}), "Error": ERROR}
    return Document(
        openapi="3.1.0",
        info={"title": "Xiaoer desk", "version": "1"},
        paths=paths,
        components={"schemas": components, "securitySchemes": security},  # type: ignore[call-arg] - any further field
    )


def _operation(route: Route, refs: Any) -> dict[str, Any]:  # noqa: ANN401 - pydantic's own map
    said: dict[str, Any] = {
        "operationId": route.name,
        "summary": inspect.cleandoc(route.handle.__doc__ or "").partition("\n")[0],
        "parameters": [*_path(route), *_query(route), *_csrf(route)],
        "responses": _responses(route, refs),
    }
    if route.body is not None:
        schema = refs[(route.body, "validation")]
        content = {"application/json": {"schema": schema}}
        said["requestBody"] = {"required": True, "content": content}
    if route.roles is not None:
        said |= {"security": [{"cookie": []}], "x-roles": sorted({*route.roles, "admin"})}
    return said


def _responses(route: Route, refs: Any) -> dict[str, Any]:  # noqa: ANN401 - pydantic's own map
    error = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
    found: dict[str, Any] = {"default": {"description": "a problem", **error}}
    if route.path == "/live":
        return found | {"101": {"description": "a WebSocket; see docs/desk.md"}}
    if route.gives is None:
        if route.path.endswith(FILES):
            return found | {"200": {"description": "a file", "content": {"*/*": {"schema": {}}}}}
        return found | {"204": {"description": "done"}}
    schema = refs[(route.gives, "serialization")]
    return found | {
        "200": {"description": "the answer", "content": {"application/json": {"schema": schema}}}
    }


def _path(route: Route) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in route.path.split("/") if part.startswith("{")]
    kinds = {"id": {"type": "integer", "minimum": 1}}
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": kinds.get(name, {"type": "string", "minLength": 1}),
        }
        for name in names
    ]


def _query(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema()
    return [
        {"name": name, "in": "query", "required": False, "schema": field}
        for name, field in schema.get("properties", {}).items()
    ]


def _csrf(route: Route) -> list[dict[str, Any]]:
    if route.roles is None or route.method == "GET":
        return []
    return [
        {"name": "X-CSRF-Token", "in": "header", "required": True, "schema": {"type": "string"}}
    ]


ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        }
    },
}
