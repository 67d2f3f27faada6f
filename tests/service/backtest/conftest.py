import tests.service.hypothesis_settings  # noqa: F401 -- loads the profile
