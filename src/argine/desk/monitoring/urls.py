from django.urls import path

from argine.desk.monitoring import views
from argine.desk.people import doors
from argine.desk.people.doors import BEARER, Door
from argine.desk.people.enums import Scope

METRICS = frozenset({Scope.METRICS})

urlpatterns = [
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
    path("metrics", doors.at(doors.refuse, (BEARER,), GET=Door(views.show, METRICS)), name="metrics"),
]
