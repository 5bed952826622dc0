"""The OpenAPI document: the bodies that are read by hand, the refusals that every operation shares."""

from collections.abc import Mapping
from typing import Any

from ninja import NinjaAPI, Schema
from pydantic import BaseModel

from argine.desk.api.answers import ProblemAnswer
from argine.desk.api.asks import ActionAsked, AppealAsked, CheckAsked, ReappearanceAsked, UploadFields
from argine.desk.api.bodies import BYTES, FILE_PART, FORM, HEADERS, JSON

Document = dict[str, Any]

REFERENCE = "#/components/schemas/{model}"


BODIES: dict[str, type[BaseModel]] = {
    "CheckAsked": CheckAsked,
    "ActionAsked": ActionAsked,
    "AppealAsked": AppealAsked,
    "ReappearanceAsked": ReappearanceAsked,
    "UploadForm": UploadFields,
}


def answers(good: Mapping[int, type[Schema] | None], *refusals: int) -> dict[int, type[Schema] | None]:
    return {**good, **dict.fromkeys(refusals, ProblemAnswer)}


def _body(**schemas: str) -> Document:
    content = {kind: {"schema": {"$ref": REFERENCE.format(model=model)}} for kind, model in schemas.items()}
    return {"requestBody": {"required": True, "content": content}}


def _text(description: str) -> Document:
    content = {"text/plain": {"schema": {"type": "string"}}}
    return {"responses": {200: {"description": description, "content": content}}}


def _check_body() -> Document:
    """A form, JSON, or the file itself with the form's other fields in headers."""
    body = _body(**{FORM: "UploadForm", JSON: "CheckAsked"})
    body["requestBody"]["content"][BYTES] = {"schema": {"type": "string", "format": "binary"}}
    about = f"With a file as {BYTES}: as the field of that name in {FORM}, lists with commas."
    shape = {"in": "header", "required": False, "schema": {"type": "string"}, "description": about}
    return {**body, "parameters": [{"name": head, **shape} for head in HEADERS.values()]}


CHECK_BODY = _check_body()
ACTION_BODY = _body(**{JSON: "ActionAsked"})
APPEAL_BODY = _body(**{JSON: "AppealAsked"})
REAPPEARANCE_BODY = _body(**{JSON: "ReappearanceAsked"})
CHECKPOINT_TEXT = _text("A signed note.")
GROWTH_TEXT = _text("The old size, the hashes of the proof, an empty line, a signed note.")
ADD_CHECKPOINT = {
    "requestBody": {"required": True, "content": {"text/plain": {"schema": {"type": "string"}}}},
    **_text("The line of the cosignature."),
}
KEY_TEXT = _text("A verifier key, one line.")


class PlatformAPI(NinjaAPI):
    """An API whose document also has the shapes of the bodies that are read by hand."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Document | None = None) -> Any:  # noqa: ANN401 - ninja's type is private
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        document["components"]["schemas"].update(_body_schemas())
        return document


def _body_schemas() -> Document:
    found: Document = {}
    for name, model in BODIES.items():
        schema = model.model_json_schema(ref_template=REFERENCE)
        found |= schema.pop("$defs", {})
        found[name] = schema
    form = found["UploadForm"]
    form["title"] = "UploadForm"
    form["properties"] = {FILE_PART: {"type": "string", "format": "binary"}, **form["properties"]}
    form["required"] = [FILE_PART]
    return found
