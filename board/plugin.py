"""The plugin that Airflow loads by its entry point: a navigation entry, and the app behind it.

Airflow mounts such an app without any login of its own. Ours asks Airflow's: whoever may see the runs of the DAG that
writes the lake may see this page (401 without a login, 403 without that permission).

Every process of Airflow reads this file, tasks included; so the app is made at the first request, in the API server.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from airflow.plugins_manager import AirflowPlugin

from board.links import ROUTE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

RECORDING_DAG = "record_live_blogs"
"""Whose runs link to here, and whose readers may read here."""


class AtFirstRequest:
    """An ASGI app that is made when it is first asked for something."""

    def __init__(self, build: "Callable[[], ASGIApp]") -> None:
        self._build = build
        self._app: ASGIApp | None = None

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass the request on."""
        if self._app is None:
            self._app = self._build()
        await self._app(scope, receive, send)


def build() -> "ASGIApp":
    """The app behind Airflow's login, over the lake that the environment names."""
    from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
    from airflow.api_fastapi.core_api.security import requires_access_dag

    from board.app import create_app
    from board.reader import Reader

    guard = requires_access_dag(method="GET", access_entity=DagAccessEntity.RUN, param_dag_id=RECORDING_DAG)
    return create_app(Reader(), guard, prefix=f"/{ROUTE}", dag_id=RECORDING_DAG)


class LiveBlogsPlugin(AirflowPlugin):
    """The navigation entry "Live blogs"."""

    name = "live_blogs"
    fastapi_apps: list[Any] = [{"app": AtFirstRequest(build), "url_prefix": f"/{ROUTE}", "name": "Live blogs"}]  # noqa: RUF012
    external_views: list[Any] = [  # noqa: RUF012 - Airflow's own way of declaring them
        {
            "name": "Live blogs",
            "href": f"{ROUTE}/",
            "destination": "nav",
            "url_route": ROUTE,
            # No icon of ours: Airflow draws it without the alternative text that a screen reader needs.
        }
    ]
