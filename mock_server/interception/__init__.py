"""Calls of a Python program to the providers' real hosts, answered by an emulator in the same process.

No socket is opened, whichever library calls: requests, urllib3, httpx, http.client or urllib.request.

The patching is our own, as no kept library serves: responses and respx know one client library each and sit above its
retries, pook answers from fixed matches, wsgi-intercept can neither delay nor break a reply, mocket replaces sockets
for the whole process; and none of them keeps apart the blocks of threads and tasks that run at once.
"""

from .blocks import Interception
from .entry import Intercept, intercept

__all__ = ["Intercept", "Interception", "intercept"]
