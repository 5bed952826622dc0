"""HMA's addresses, below `/hma/`; each with the scopes that let a key in."""

from django.urls import path

from argine.desk.hma.edge import at
from argine.desk.hma.views import banks, core, exchanges, hashing, matching, types
from argine.desk.people.doors import Door
from argine.desk.people.enums import Scope

CHECK, CURATE = frozenset({Scope.CHECK}), frozenset({Scope.CURATE})
EITHER = CHECK | CURATE

app_name = "hma"

urlpatterns = [
    path("", at(GET=Door(core.start)), name="start"),
    path("status", at(GET=Door(core.status)), name="status"),
    path("status/live", at(GET=Door(core.live)), name="live"),
    path("site-map", at(GET=Door(core.site_map)), name="site_map"),
    path("h/hash", at(GET=Door(hashing.hash_url, CHECK), POST=Door(hashing.hash_file, CHECK)), name="hash"),
    path("m/lookup", at(GET=Door(matching.lookup, CHECK), POST=Door(matching.lookup_file, CHECK)), name="lookup"),
    path("m/raw_lookup", at(GET=Door(matching.raw_lookup, CHECK)), name="raw_lookup"),
    path("m/compare", at(POST=Door(matching.compare, CHECK)), name="compare"),
    path("m/index/status", at(GET=Door(matching.index_status, EITHER)), name="index_status"),
    path("c/banks", at(GET=Door(banks.index, EITHER), POST=Door(banks.create, CURATE)), name="banks"),
    path(
        "c/bank/<str:name>",
        at(GET=Door(banks.show, EITHER), PUT=Door(banks.change, CURATE), DELETE=Door(banks.delete, CURATE)),
        name="bank",
    ),
    path("c/bank/<str:name>/signal", at(POST=Door(banks.add_signals, CURATE)), name="signals"),
    path("c/bank/<str:name>/content", at(POST=Door(banks.add_content, CURATE)), name="contents"),
    path(
        "c/bank/<str:name>/content/<int:number>",
        at(
            GET=Door(banks.show_content, CURATE),
            PUT=Door(banks.change_content, CURATE),
            DELETE=Door(banks.delete_content, CURATE),
        ),
        name="content",
    ),
    path("c/exchanges", at(GET=Door(exchanges.index, EITHER), POST=Door(exchanges.refuse, CURATE)), name="exchanges"),
    path("c/exchanges/apis", at(GET=Door(exchanges.apis, EITHER)), name="exchange_apis"),
    path(
        "c/exchanges/api/<str:name>",
        at(GET=Door(exchanges.api, EITHER), POST=Door(exchanges.refuse, CURATE)),
        name="exchange_api",
    ),
    path("c/exchanges/api/<str:name>/schema", at(GET=Door(exchanges.schema, EITHER)), name="exchange_schema"),
    path("c/exchange/<str:name>/status", at(GET=Door(exchanges.status, EITHER)), name="exchange_status"),
    path(
        "c/exchange/<str:name>",
        at(
            GET=Door(exchanges.show, EITHER),
            PUT=Door(exchanges.refuse, CURATE),
            DELETE=Door(exchanges.refuse, CURATE),
        ),
        name="exchange",
    ),
    path("c/signal_type", at(GET=Door(types.signal_types, EITHER)), name="signal_types"),
    path("c/signal_type/index", at(GET=Door(types.index_state, EITHER)), name="index_state"),
    path("c/signal_type/<str:name>", at(PUT=Door(types.change_signal_type, CURATE)), name="signal_type"),
    path("c/content_type", at(GET=Door(types.content_types, EITHER)), name="content_types"),
]
