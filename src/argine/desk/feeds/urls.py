"""The addresses that partners ask, below `/exchange/`."""

from django.urls import path

from argine.desk.exchange.stopncii import FUNCTION_KEY
from argine.desk.feeds import stopncii, views
from argine.desk.feeds.views import at
from argine.desk.people.doors import BEARER, Door
from argine.desk.people.enums import Scope

EXCHANGE = frozenset({Scope.EXCHANGE})
OWN, SHAPED = (BEARER,), (FUNCTION_KEY, BEARER)

app_name = "feeds"

urlpatterns = [
    path("v1/key", at(OWN, GET=Door(views.key)), name="key"),
    path("v1/feed", at(OWN, GET=Door(views.feed, EXCHANGE)), name="feed"),
    path("v1/feedback", at(OWN, POST=Door(views.feedback, EXCHANGE)), name="feedback"),
    path("stopncii/FetchHashes", at(SHAPED, GET=Door(stopncii.fetch, EXCHANGE)), name="fetch_hashes"),
    path("stopncii/SubmitHashes", at(SHAPED, POST=Door(stopncii.submit_hashes, EXCHANGE)), name="submit_hashes"),
    path("stopncii/SubmitFeedback", at(SHAPED, POST=Door(stopncii.submit_feedback, EXCHANGE)), name="submit_feedback"),
]
