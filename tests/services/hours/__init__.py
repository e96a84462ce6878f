"""Hours of watching a whole press in simulated time, and what came of it.

python -m tests.services.hours [--sources 20] [--blogs 200] [--hours 6] [--cost S] [--keep FOLDER] [--json]

play      the program as it is against the newsroom's large world, on the newsroom's clock
pace      freshness, and looks beside those of a poller that looks once a minute
conduct   discovered, allowed, at a distance, let go, as in the truth: what is to hold of every run
report    all of it
"""
