"""Makes wheels and projects below the folder that is given, as installers find them: one for each rule of their formats."""

import base64
import hashlib
import importlib.machinery
import os
import sys
import zipfile

OUT = sys.argv[1]
SUFFIX = importlib.machinery.EXTENSION_SUFFIXES[0]


def wheel(name, files, info=None, requires=(), tag="py3-none-any", version="1.0"):
    folder = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name.replace('_', '.')}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {each}\n" for each in requires)
    metadata += "Description-Content-Type: text/plain\n\nRequires-Dist: not-a-field\n"
    texts = {
        **files,
        f"{folder}/METADATA": metadata,
        f"{folder}/WHEEL": f"Wheel-Version: 1.0\nGenerator: kit\nRoot-Is-Purelib: true\nTag: {tag}\n",
        **{f"{folder}/{path}": text for path, text in (info or {}).items()},
    }
    rows = []
    for path, text in texts.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        quoted = '"' + path.replace('"', '""') + '"' if any(sign in path for sign in ',"') else path
        rows.append(f"{quoted},sha256={digest},{len(text.encode())}")
    texts[f"{folder}/RECORD"] = "\n".join([*rows, f"{folder}/RECORD,,"]) + "\n"
    with zipfile.ZipFile(f"{OUT}/{name}-{version}-{tag}.whl", "w") as archive:
        for path, text in texts.items():
            archive.writestr(path, text)


BACKEND = '''
import zipfile
NAME, FILES = {name!r}, {files!r}
def build_editable(folder, settings=None, metadata=None):
    info = NAME + "-1.0.dist-info"
    texts = dict(FILES)
    texts[info + "/METADATA"] = "Metadata-Version: 2.1\\nName: " + NAME + "\\nVersion: 1.0\\n"
    texts[info + "/WHEEL"] = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    texts[info + "/RECORD"] = "".join(path + ",,\\n" for path in [*texts, info + "/RECORD"])
    with zipfile.ZipFile(folder + "/" + NAME + "-1.0-py3-none-any.whl", "w") as archive:
        for path, text in texts.items():
            archive.writestr(path, text)
    return NAME + "-1.0-py3-none-any.whl"
build_wheel = build_editable
'''


def put(path, text=""):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def project(name, sources, files):
    for path in sources:
        put(f"{OUT}/{name}/{path}")
    put(f"{OUT}/{name}/backend.py", BACKEND.format(name=name, files=files))
    put(
        f"{OUT}/{name}/pyproject.toml",
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    )


wheel(
    "plain",
    {"plain/__init__.py": "", "plain/sub/__init__.py": "", "plain/data.txt": "x" * 70},
    {"top_level.txt": "plain\n", "entry_points.txt": "# one\n[console_scripts]\nplain = plain:main\n\n[kit.plugins]\n a  =  plain.sub : load [x, y] \nb=plain\n"},
    ['other>=1; extra == "Fast_Path"', "plugin (>=1,<2)", 'third[a,b]>=2,\n  <3; python_version >= "3"', "at @ https://example.org/at.whl"],
)
wheel("ns_one", {"ns/one.py": ""})
wheel("ns_two", {"ns/two/__init__.py": "", "ns/two/deep.py": ""})
wheel("native", {f"native{SUFFIX}": "x", "_stable.abi3.so": "x"})
wheel("odd", {"odd/__init__.py": "", "odd/a,b.txt": "1", 'odd/say "x".txt': "2", "odd/n\u00e4me \u6f22.txt": "3", "odd_more.py": ""})
wheel(
    "carrier",
    {
        "carrier/__init__.py": "",
        "carrier/_vendor/__init__.py": "",
        "carrier/_vendor/inner/__init__.py": "",
        "carrier/_vendor/inner-2.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: inner\nVersion: 2.0\n",
        "carrier/_vendor/inner-2.0.dist-info/RECORD": "inner/__init__.py,,0\n",
    },
)
project("edit_path", ["src/edit_path/__init__.py"], {"__editable__.edit_path.pth": f"{OUT}/edit_path/src\n"})
try:
    from setuptools.command.editable_wheel import _finder_template

    mapping = {"edit_map": f"{OUT}/edit_map/lib", "edit_mod": f"{OUT}/edit_map/edit_mod", "edns.part": f"{OUT}/edit_map/part"}
    finder = "__editable___edit_map_1_0_finder"
    project(
        "edit_map",
        ["lib/__init__.py", "lib/sub.py", "edit_mod.py", "part/__init__.py"],
        {
            f"{finder}.py": _finder_template("__editable__.edit_map-1.0.finder", mapping, {"edns": []}),
            "__editable__.edit_map-1.0.pth": f"import {finder}; {finder}.install()",
        },
    )
except ImportError:
    print("no setuptools here: without its finder for editable installs")
