"""HMA's exchanges: the partners of the desk, to be read."""

from tests.integration.hma.conftest import Tool, is_message

from argine.desk.core.actor import SYSTEM
from argine.desk.exchange.operations import Agreement, add_partner


def test_the_partners_are_listed_and_not_changed_by_tools(tool: Tool) -> None:
    assert tool.get("/c/exchanges").json() == []
    assert tool.get("/c/exchanges/apis").json() == ["argine", "stop_ncii", "fb_threatexchange"]
    add_partner(Agreement("A", "helpline", "https://a.example", "A" * 43 + "=", "a secret key"), by=SYSTEM)
    assert tool.get("/c/exchanges").json() == ["PARTNER_HELPLINE"]
    whole = {"name": "PARTNER_HELPLINE", "api": "argine", "enabled": True}
    assert tool.get("/c/exchange/PARTNER_HELPLINE").json() == whole
    assert tool.get("/c/exchange/PARTNER_HELPLINE/status").json() == {
        "checkpoint_ts": None, "fetched_items": 0, "last_fetch_complete_ts": None, "last_fetch_succeeded": None,
        "running_fetch_start_ts": None, "up_to_date": False,
    }  # fmt: skip
    told = {"has_set_authentification": True, "supports_authentification": True}
    assert tool.get("/c/exchanges/api/argine").json() == told
    assert tool.get("/c/exchanges/api/stop_ncii").json() == {**told, "has_set_authentification": False}
    assert tool.get("/c/exchanges/api/argine/schema").json() == {
        "config_schema": {"fields": []}, "credentials_schema": None,
    }  # fmt: skip
    assert is_message(tool.get("/c/exchanges/api/x"), 400)
    assert is_message(tool.get("/c/exchange/NONE"), 404)
    for method, path in (
        ("POST", "/c/exchanges"), ("POST", "/c/exchanges/api/argine"), ("PUT", "/c/exchange/PARTNER_HELPLINE"),
        ("DELETE", "/c/exchange/PARTNER_HELPLINE"),
    ):  # fmt: skip
        answer = tool.json(method, path, {"credential_json": {"secret": "x"}})
        assert is_message(answer, 403)
        assert "secret" not in answer.content.decode()
