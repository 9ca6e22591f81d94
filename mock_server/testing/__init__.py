"""stepmock in a test suite: worlds as Python objects, a live server for other languages, the pytest plugin."""
