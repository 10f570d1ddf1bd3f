"""An invented association of any size, with its history: for tests, benchmarks and trying things out.

No person in it exists; provinces and communes are those of the country.
"""
