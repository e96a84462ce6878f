"""Alerts reach the log, a webhook, and any notifier of Airflow's; what cannot be delivered is tried again."""

from collections.abc import Iterator

import pytest

from board import notifiers
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
    notifiers.tell({"alert": ALERT, "channel": channel}, {})
    assert hook.sent == [ALERT], "and words of a page are never taken for a template"


def test_another_text_may_be_asked_for(hook: Hook, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(notifiers.WEBHOOK, hook.address)
    channel = {
        "notifier": "board.notifiers.WebhookNotifier",
        "arguments": {"text": "{{ alert.source }} is {{ alert.event }}"},
    }
    notifiers.tell({"alert": ALERT, "channel": channel}, {})
    assert hook.sent[0]["text"] == "riverside is opened"


@pytest.mark.parametrize(
    ("status", "address"), [(500, None), (200, "http://127.0.0.1:9/secret-token"), (200, "file:///etc/passwd")]
)
def test_what_could_not_be_delivered_is_an_error_that_names_no_secret(hook: Hook, monkeypatch, status: int, address):
    hook.status = status
    monkeypatch.setenv(notifiers.WEBHOOK, address or hook.address)
    [_, channel] = notifiers.channels([])
    with pytest.raises(notifiers.NotTold) as raised:
        notifiers.tell({"alert": ALERT, "channel": channel}, {})
    assert "secret" not in str(raised.value)


def test_the_log_says_it(capsys: pytest.CaptureFixture):
    [channel] = notifiers.channels([])[:1]
    notifiers.tell({"alert": ALERT, "channel": channel}, {})
    assert "3 of 5 blogs overdue" in capsys.readouterr().out
