"""What `packaging` says of the cases of version-ranges.ts: `osv_ranges.py CASES VERDICTS` reads a JSON list from one file and
writes "1" or "0" for each into the other.

The evaluation is written down here anew, after the section "Evaluation" of the OSV schema; comparisons are packaging's own,
and where a bound names no local version they are those of `SpecifierSet`.
"""

import functools
import json
import sys
import time

try:
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version
except ImportError:
    from pip._vendor.packaging.specifiers import SpecifierSet
    from pip._vendor.packaging.version import Version

version = functools.lru_cache(maxsize=None)(Version)


@functools.lru_cache(maxsize=None)
def specifier(text):
    return SpecifierSet(text, prereleases=True)


def at_least(installed, bound):
    if version(bound).local is None:
        return specifier(">=" + bound).contains(installed)
    return version(installed) >= version(bound)


def at_most(installed, bound):
    if version(bound).local is None:
        return specifier("<=" + bound).contains(installed)
    return version(installed) <= version(bound)


def equals(installed, listed):
    return installed == listed or specifier("==" + listed).contains(installed)


def before_limits(installed, events):
    limits = [bound for kind, bound in events if kind == "limit"]
    return not limits or any(bound == "*" or not at_least(installed, bound) for bound in limits)


def in_range(installed, events):
    if not before_limits(installed, events):
        return False
    steps = [(kind, bound) for kind, bound in events if kind != "limit"]
    first = [step for step in steps if step == ("introduced", "0")]
    rest = sorted((step for step in steps if step != ("introduced", "0")), key=lambda step: version(step[1]))
    vulnerable = False
    for kind, bound in first + rest:
        if kind == "introduced" and (bound == "0" or at_least(installed, bound)):
            vulnerable = True
        elif kind == "fixed" and at_least(installed, bound):
            vulnerable = False
        elif kind == "last_affected" and not at_most(installed, bound):
            vulnerable = False
    return vulnerable


def is_affected(case):
    installed = case["version"]
    if any(equals(installed, listed) for listed in case["versions"]):
        return True
    return any(in_range(installed, [tuple(event) for event in events]) for events in case["ranges"])


def main(cases_file, verdicts_file):
    with open(cases_file) as file:
        cases = json.load(file)
    begun = time.perf_counter()
    verdicts = "".join("1" if is_affected(case) else "0" for case in cases)
    with open(verdicts_file, "w") as file:
        json.dump({"seconds": time.perf_counter() - begun, "verdicts": verdicts}, file)


main(*sys.argv[1:])
