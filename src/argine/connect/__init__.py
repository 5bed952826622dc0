"""Connectors: what stands between a platform's software and a desk, and asks the desk about each upload.

They talk to a desk by its HTTP API with a key, and import nothing of it. All share one client (`asker.Asker`) with one
set of settings (`settings.Settings`): a time for a whole answer, a number of questions at once, and what happens to an
upload when the desk cannot be asked, which has no default. Modules of this package need the standard library only,
except for what their own text names.
"""
