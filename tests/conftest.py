"""Hypothesis profiles, chosen with HYPOTHESIS_PROFILE.

``default`` tries the same examples on every run, so that a red run is red again tomorrow;
``thorough`` is for looking for new ones and is free to find something else each time.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "default",
    deadline=None,  # machines are shared; a budget that counts work is tested as such
    derandomize=True,
    database=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "thorough",
    parent=settings.get_profile("default"),
    derandomize=False,
    max_examples=2000,
    print_blob=True,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
