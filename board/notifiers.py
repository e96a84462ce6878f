"""Whom alerts go to: Airflow notifiers that take an alert as ``alert`` in their templates.

LogNotifier        into the task's log; always
WebhookNotifier    as JSON to the address in LIVEBLOG_ALERT_WEBHOOK, where that is set (Slack, Mattermost, ntfy, ...)
any other          of Airflow's providers, by the Airflow Variable ``live_blog_notifiers``, a JSON list of
                   {"notifier": "<import path>", "arguments": {"text": "{{ alert.text }}", ...}}
"""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from airflow.sdk import BaseNotifier, Variable

VARIABLE = "live_blog_notifiers"
WEBHOOK = "LIVEBLOG_ALERT_WEBHOOK"
TEXT = "{{ alert.text }}"
TIMEOUT_S = 15
Json = dict[str, Any]


class NotTold(Exception):
    """Raised where an alert could not be delivered: the task that carries it is tried again."""


class LogNotifier(BaseNotifier):
    """Writes an alert into the log."""

    template_fields: Sequence[str] = ("text",)

    def __init__(self, text: str = TEXT) -> None:
        super().__init__()
        self.text = text

    def notify(self, context: Any) -> None:  # noqa: ANN401 - Airflow's context
        """Say it."""
        self.log.warning("ALERT %s", self.text)


class WebhookNotifier(BaseNotifier):
    """Posts an alert as JSON: ``text``, and every fact of it. The receiver may know repeats by id and event."""

    template_fields: Sequence[str] = ("text",)

    def __init__(self, text: str = TEXT, address: str = "") -> None:
        super().__init__()
        self.text, self.address = text, address

    def notify(self, context: Any) -> None:  # noqa: ANN401 - Airflow's context
        """Send it. Raises NotTold, which never names the address: it may hold a secret."""
        address = self.address or os.environ.get(WEBHOOK, "")
        if not address.startswith(("http://", "https://")):
            raise NotTold(f"{WEBHOOK} is no http or https address: correct or unset it")
        body = json.dumps({**context.get("alert", {}), "text": self.text}).encode()
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 - checked
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S):  # noqa: S310 - checked
                return
        except urllib.error.HTTPError as error:
            error.close()
            raise NotTold(f"the webhook answered {error.code}") from None
        except OSError as error:
            raise NotTold(f"the webhook cannot be reached: {type(error).__name__}") from None


def channels(more: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Where alerts go: the log, the webhook where there is one, and `more`."""
    ours = [LogNotifier, WebhookNotifier] if os.environ.get(WEBHOOK) else [LogNotifier]
    shipped = [{"notifier": f"{one.__module__}.{one.__qualname__}", "arguments": {}} for one in ours]
    return [*shipped, *({"arguments": {}, **one} for one in more)]


def configured() -> list[Json]:
    """The channels of this Airflow. Raises NotTold where its Variable is no list of notifiers."""
    try:
        named = Variable.get(VARIABLE, default=[], deserialize_json=True)
        return channels(
            [{"notifier": str(one["notifier"]), "arguments": dict(one.get("arguments", {}))} for one in named]
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotTold(
            f'the Variable {VARIABLE} is no JSON list of {{"notifier": …, "arguments": {{…}}}}: {type(error).__name__}'
        ) from None


def channel_of(message: Mapping[str, Any]) -> Json:
    """The channel that a message names by number and notifier. Raises NotTold where it is none any more."""
    notifier = message["notifier"]
    for number, channel in enumerate(configured()):
        if (number, channel["notifier"]) == (message["channel"], notifier):
            return channel
    raise NotTold(f"{notifier} is no channel any more: the Variable {VARIABLE}, or {WEBHOOK}, has changed")


def tell(alert: Mapping[str, Any], channel: Mapping[str, Any], context: Mapping[str, Any]) -> None:
    """Give one alert to one channel; whatever that raises is raised, so that the task is tried again."""
    module, _, name = channel["notifier"].rpartition(".")
    notifier: BaseNotifier = getattr(import_module(module), name)(**channel["arguments"])
    about: Any = {**context, "alert": alert}
    notifier.render_template_fields(about)
    notifier.notify(about)
