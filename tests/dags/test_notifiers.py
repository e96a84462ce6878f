"""Alerts reach the log, a webhook, and any notifier of Airflow's; what cannot be delivered is tried again."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from board import notifiers
from tests.services.mailbox import mailbox
from tests.services.webhook import Hook, webhook

ALERT = {
    "incident_id": "5f1c0e9ad2b3",
    "event": "opened",
    "rule": "freshness",
    "source": "riverside",
    "text": "riverside: freshness: 3 of 5 blogs overdue {{ not_a_template }}",
}


@pytest.fixture
def hook() -> Iterator[Hook]:
    with webhook() as opened:
        yield opened


def test_the_log_is_always_told_and_a_webhook_where_there_is_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(notifiers.WEBHOOK, raising=False)
    assert [one["notifier"] for one in notifiers.channels([])] == ["board.notifiers.LogNotifier"]
    monkeypatch.setenv(notifiers.WEBHOOK, "https://hooks.example/x")
    more = {
        "notifier": "airflow.providers.smtp.notifications.smtp.SmtpNotifier",
        "arguments": {"to": "ops@example.org"},
    }
    assert [one["notifier"].rpartition(".")[2] for one in notifiers.channels([more])] == [
        "LogNotifier",
        "WebhookNotifier",
        "SmtpNotifier",
    ]


def test_a_webhook_gets_the_words_and_every_fact(hook: Hook, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(notifiers.WEBHOOK, hook.address)
    [_, channel] = notifiers.channels([])
    notifiers.tell(ALERT, channel, {})
    assert hook.sent == [ALERT], "and words of a page are never taken for a template"


def test_another_text_may_be_asked_for(hook: Hook, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(notifiers.WEBHOOK, hook.address)
    channel = {
        "notifier": "board.notifiers.WebhookNotifier",
        "arguments": {"text": "{{ alert.source }} is {{ alert.event }}"},
    }
    notifiers.tell(ALERT, channel, {})
    assert hook.sent[0]["text"] == "riverside is opened"


@pytest.mark.parametrize(
    ("status", "address"), [(500, None), (200, "http://127.0.0.1:9/secret-token"), (200, "file:///etc/passwd")]
)
def test_what_could_not_be_delivered_is_an_error_that_names_no_secret(hook: Hook, monkeypatch, status: int, address):
    hook.status = status
    monkeypatch.setenv(notifiers.WEBHOOK, address or hook.address)
    [_, channel] = notifiers.channels([])
    with pytest.raises(notifiers.NotTold) as raised:
        notifiers.tell(ALERT, channel, {})
    assert "secret" not in str(raised.value)


def test_the_log_says_it(capsys: pytest.CaptureFixture):
    [channel] = notifiers.channels([])[:1]
    notifiers.tell(ALERT, channel, {})
    assert "3 of 5 blogs overdue" in capsys.readouterr().out


EMAIL = {
    "notifier": "airflow.providers.smtp.notifications.smtp.SmtpNotifier",
    "arguments": {"to": "ops@example.org", "subject": "{{ alert.text }}", "html_content": "{{ alert.text | e }}"},
}
SLACK = {
    "notifier": "airflow.providers.slack.notifications.slack_webhook.SlackWebhookNotifier",
    "arguments": {"text": "{{ alert.text }}"},
}
"""As docs/airflow.md has them."""


def test_an_alert_goes_out_as_e_mail(monkeypatch: pytest.MonkeyPatch):
    with mailbox() as box:
        extra = {"disable_ssl": True, "disable_tls": True, "from_email": "airflow@example.org"}
        where = {"conn_type": "smtp", "host": "127.0.0.1", "port": box.port, "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(where))
        notifiers.tell(ALERT | {"text": "riverside: <b>5</b> overdue"}, EMAIL, {})
    [mail] = box.received
    assert (mail["To"], mail["Subject"]) == ("ops@example.org", "riverside: <b>5</b> overdue")
    assert "&lt;b&gt;5" in mail.get_body(("html",)).get_content()


def test_an_alert_goes_out_to_slack(hook: Hook, monkeypatch: pytest.MonkeyPatch):
    host, _, token = hook.address.rpartition("/")
    where = {"conn_type": "slackwebhook", "host": host, "password": token}
    monkeypatch.setenv("AIRFLOW_CONN_SLACK_DEFAULT", json.dumps(where))
    notifiers.tell(ALERT, SLACK, {})
    assert [one["text"] for one in hook.sent] == [ALERT["text"]]


class Variables:
    """Airflow's Variables, as far as the channels need them."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def get(self, name: str, default: Any, deserialize_json: bool) -> Any:
        return default if self.value is None else json.loads(self.value)


@pytest.mark.parametrize(
    "value", ["{", "7", "[7]", '{"notifier": "x.Y"}', '[{"arguments": {}}]', '[{"notifier": "x", "arguments": 1}]']
)
def test_a_variable_that_names_no_channels_is_said_to_be_wrong(monkeypatch: pytest.MonkeyPatch, value: str):
    monkeypatch.setattr(notifiers, "Variable", Variables(value))
    with pytest.raises(notifiers.NotTold, match="live_blog_notifiers is no JSON list"):
        notifiers.configured()


def test_a_message_names_its_channel_and_holds_none_of_its_secrets(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(notifiers, "Variable", Variables(json.dumps([EMAIL])))
    message = {"alert": ALERT, "channel": 1, "notifier": EMAIL["notifier"]}
    assert notifiers.channel_of(message) == EMAIL
    monkeypatch.setattr(notifiers, "Variable", Variables(None))
    with pytest.raises(notifiers.NotTold, match="SmtpNotifier is no channel any more"):
        notifiers.channel_of(message)
