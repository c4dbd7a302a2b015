"""Which wheel tags `packaging.tags` accepts for interpreters and machines that this one is not: JSON in, JSON out.

In: [{"version": [3, 11], "threaded": false, "machine": "x86_64", "libc": "glibc", "libcVersion": [2, 36]}], tags as text.
Out: for each target the tags that it accepts; null where this `packaging` does not know such an interpreter.
"""

import json
import sys
import sysconfig

try:
    from packaging import _manylinux, _musllinux, tags
except ImportError:
    from pip._vendor.packaging import _manylinux, _musllinux, tags

THREADS = hasattr(tags, "_is_threaded_cpython") and hasattr(tags, "_abi3t_applies")


def accepted(target, asked):
    if target["threaded"] and not THREADS:
        return None
    version, machine = tuple(target["version"]), target["machine"]
    libc, libc_version = target["libc"], tuple(target["libcVersion"])
    sysconfig.get_platform = lambda: f"linux-{machine}"
    _manylinux._get_glibc_version = lambda: _manylinux._GLibCVersion(*libc_version) if libc == "glibc" else _manylinux._GLibCVersion(-1, -1)
    _manylinux._have_compatible_abi = lambda *_: True
    _musllinux._get_musl_version = lambda _: _musllinux._MuslVersion(*libc_version) if libc == "musl" else None
    platforms = list(tags._linux_platforms(is_32bit=False))
    name = f"cp{version[0]}{version[1]}"
    abi = name + ("t" if target["threaded"] else "") + ("m" if version < (3, 8) else "")
    known = {str(tag) for tag in tags.cpython_tags(version, [abi], platforms)}
    known |= {str(tag) for tag in tags.compatible_tags(version, name, platforms)}
    return [tag for tag, parts in asked if not known.isdisjoint(parts)]


asking = json.load(sys.stdin)
# A compressed tag is all that its parts make.
asked_tags = [(tag, [str(part) for part in tags.parse_tag(tag)]) for tag in asking["tags"]]
print(json.dumps([accepted(target, asked_tags) for target in asking["targets"]]))
