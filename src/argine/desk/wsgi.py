from django.core.wsgi import get_wsgi_application

from argine.desk.boot import boot

boot()
application = get_wsgi_application()
