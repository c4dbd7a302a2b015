"""What the interpreter that runs this knows of itself: its path, its distributions by importlib.metadata, where modules are.

Prints one JSON object. Arguments: names of modules to look for besides the standard library's and those of distributions.
"""

import importlib.metadata as metadata
import importlib.util
import json
import os
import sys
import warnings

warnings.simplefilter("ignore")
# This script's own folder.
sys.path.pop(0)


def described(dist):
    # As Debian writes some, without any list.
    files = dist.files or []
    return {
        "metadata": str(dist._path),
        "name": dist.metadata["Name"],
        "version": dist.version,
        "requires": dist.requires or [],
        "files": sorted({os.path.normpath(dist.locate_file(each)) for each in files if os.path.lexists(dist.locate_file(each))}),
        "sizes": {os.path.normpath(dist.locate_file(each)): each.size for each in files if each.size is not None},
        "hashes": {os.path.normpath(dist.locate_file(each)): each.hash.value for each in files if each.hash},
        "entryPoints": sorted([each.group, each.name, each.value.partition("[")[0].strip()] for each in dist.entry_points),
        "installer": (dist.read_text("INSTALLER") or "").strip(),
        "requested": dist.read_text("REQUESTED") is not None,
        "direct": json.loads(dist.read_text("direct_url.json") or "null"),
        "isFound": metadata.version(dist.metadata["Name"]) == dist.version,
    }


def placed(name):
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None
    if spec is None:
        return None
    if spec.origin == "built-in":
        return {"kind": "builtin"}
    if spec.origin == "frozen":
        # The two that the interpreter has under these names from its start.
        if name.startswith("_frozen_importlib"):
            return {"kind": "frozen"}
        path = getattr(spec.loader_state, "filename", None)
        return {"kind": "frozen"} if path is None else {"kind": "file", "path": path}
    if spec.origin is None or spec.loader is None or not spec.has_location:
        return {"kind": "namespace", "folders": sorted(each for each in spec.submodule_search_locations or [] if os.path.isabs(each))}
    return {"kind": "file", "path": spec.origin}


tops = metadata.packages_distributions()
modules = sorted({*sys.stdlib_module_names, *tops, *sys.argv[1:]})
print(
    json.dumps(
        {
            "executable": os.path.realpath(sys.executable),
            "builtin": list(sys.builtin_module_names),
            "path": [each for each in sys.path if os.path.isdir(each)],
            "distributions": [described(dist) for dist in metadata.distributions()],
            "tops": tops,
            "modules": {name: placed(name) for name in modules},
        }
    )
)
