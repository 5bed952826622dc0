"""Schemathesis throws what the API's own document permits, and what it does not, at every operation."""

import json
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from tests.factories import make_case, make_decision, make_key

from argine.desk.api.urls import api
from argine.desk.banks.operations import create_default_banks

# Asking the desk for its document would need the database, which there is not yet while tests are collected.
schema = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema())))
schema.app, schema.location = WSGIHandler(), "/api/v1/openapi.json"
# A parameter that an operation does not know is passed over, as on the web at large; a field of a body is refused.
schema.config.generation.update(allow_extra_parameters=False)
# What is wrong may be too large besides: then it is refused before it is read.
schema.config.checks.negative_data_rejection.expected_statuses = [
    *schema.config.checks.negative_data_rejection.expected_statuses,
    "413",
]


@pytest.fixture
def key(db: None) -> Any:
    """A desk with something to read, and a key for everything; its connection stays open, as in Django's own client."""
    create_default_banks()
    make_decision(make_case(addresses=["https://site.example/1"]).case)
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield make_key()
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@schema.parametrize()
@settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_answer_is_one_that_the_document_tells_of(case: Any, key: str) -> None:
    # A document cannot say which banks there are, nor how long the hash of each type is: a 422 is right for both.
    excluded = [positive_data_acceptance]
    if case.media_type == "multipart/form-data":
        excluded.append(negative_data_rejection)  # its form leaves empty parts out, so what it calls wrong is right
    case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, excluded_checks=excluded)
