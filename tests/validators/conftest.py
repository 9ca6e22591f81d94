from hypothesis import settings

settings.register_profile("stepmock", deadline=None, derandomize=True, database=None)
settings.load_profile("stepmock")
