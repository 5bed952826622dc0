"""A desk with HMA's API, as a tool written for HMA meets it."""

import io
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.factories import make_key


@dataclass(frozen=True)
class Tool:
    """A tool written for HMA; its key goes into a header or into the address."""

    client: Client

    def get(self, path: str, **query: object) -> Any:
        return self.client.get(f"/hma{path}", query)

    def json(self, method: str, path: str, body: object) -> Any:
        return self.client.generic(method, f"/hma{path}", json.dumps(body), content_type="application/json")

    def file(self, path: str, data: bytes, field: str = "photo", **fields: object) -> Any:
        return self.client.post(f"/hma{path}", {field: SimpleUploadedFile("picture", data), **fields})

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/hma{path}")

    def bank(self, name: str = "TEST_BANK", **more: object) -> str:
        assert self.json("POST", "/c/banks", {"name": name, **more}).status_code == 201
        return name

    def add(self, bank: str, pdq: str, **more: object) -> int:
        answer = self.json("POST", f"/c/bank/{bank}/signal", {"pdq": pdq, **more})
        assert answer.status_code == 200
        number: int = answer.json()["id"]
        return number

    def matches(self, pdq: str, **query: object) -> Any:
        answer = self.get("/m/lookup", signal_type="pdq", signal=pdq, **query)
        assert answer.status_code == 200
        return answer.json()


@pytest.fixture
def tool(default_banks: None) -> Tool:
    return Tool(Client(headers={"Authorization": f"Bearer {make_key()}"}, raise_request_exception=False))


def texture(seed: int = 1, side: int = 256) -> Image.Image:
    """A picture with much to tell it by, in soft blobs."""
    small = np.random.default_rng(seed).integers(0, 256, (12, 12, 3), np.uint8)
    return Image.fromarray(small).resize((side, side), Image.Resampling.BICUBIC)


def encoded(picture: Image.Image, kind: str = "PNG", **how: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **how)
    return buffer.getvalue()


def is_message(answer: Any, status: int) -> bool:
    """Whether a refusal is told as HMA tells it: JSON with a message."""
    return answer.status_code == status and isinstance(answer.json()["message"], str)
