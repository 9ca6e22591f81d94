"""stepmock in a test suite: worlds as Python objects, a live server for other languages, the pytest plugin."""

from .live import LiveServer
from .worlds import Broken, Recorded, Resource, WorldHandle, open_world

__all__ = ["Broken", "LiveServer", "Recorded", "Resource", "WorldHandle", "open_world"]
