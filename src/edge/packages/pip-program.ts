/**
 * What pip's interpreter runs. pip has no command that lists hashes, so its own session is used: index addresses, logins,
 * proxies and certificates are those of its configuration. The pages are read by the simple repository specification, as
 * JSON or HTML. Reads `name==version` lines; writes a line of JSON for each as soon as it is known.
 */
export const PIP_PROGRAM = String.raw`
import json, re, sys
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from pip._internal.commands import create_command
from pip._vendor.packaging.version import InvalidVersion, Version

ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"
SUFFIXES = (".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".zip")


class Anchors(HTMLParser):
    def __init__(self):
        super().__init__()
        self.files = []

    def handle_starttag(self, tag, attributes):
        href = dict(attributes).get("href") if tag == "a" else None
        if href:
            parts = urlsplit(href)
            name, _, value = parts.fragment.partition("=")
            self.files.append((unquote(parts.path.rsplit("/", 1)[-1]), {name: value}))


def files_of(answer):
    if "json" in answer.headers.get("Content-Type", ""):
        return [(each["filename"], each.get("hashes") or {}) for each in answer.json()["files"]]
    page = Anchors()
    page.feed(answer.text)
    return page.files


def version_of(filename, name):
    if filename.endswith(".whl"):
        return filename.split("-")[1] if filename.count("-") >= 4 else None
    stem = next((filename[: -len(suffix)] for suffix in SUFFIXES if filename.endswith(suffix)), None)
    if stem is None:
        return None
    pattern = "[-_.]+".join(re.escape(part) for part in re.split("[-_.]+", name))
    found = re.match(pattern + "-(.+)$", stem, re.IGNORECASE)
    return found.group(1) if found else None


def is_version(text, wanted):
    try:
        return text is not None and Version(text) == wanted
    except InvalidVersion:
        return False


def ask(session, urls, name, version):
    wanted = Version(version)
    answers = [session.get(url, headers={"Accept": ACCEPT, "Cache-Control": "max-age=0"}) for url in urls]
    for answer in answers:
        if answer.status_code != 404:
            answer.raise_for_status()
    files = [each for answer in answers if answer.status_code != 404 for each in files_of(answer)]
    found = [hashes for filename, hashes in files if is_version(version_of(filename, name), wanted)]
    if not found:
        return {"state": "absent"}
    return {"state": "listed", "hashes": sorted("sha256:" + each["sha256"] for each in found if "sha256" in each)}


def main():
    command = create_command("index")
    options, _ = command.parse_args(["versions", "pip"])
    with command.main_context():
        session = command.get_default_session(options)
        finder = command._build_package_finder(options=options, session=session)

        def one(pin):
            name, _, version = pin.partition("==")
            try:
                urls = finder.search_scope.get_index_urls_locations(name)
                return {"pin": pin, **(ask(session, urls, name, version) if urls else {"state": "unknown", "why": "pip has no index"})}
            except Exception as error:
                return {"pin": pin, "state": "unknown", "why": type(error).__name__ + ": " + str(error)[:200]}

        pins = sys.stdin.read().split()
        first = one(pins[0])
        print(json.dumps(first), flush=True)
        # An index that cannot be reached would be waited for once for each pin.
        with ThreadPoolExecutor(4) as pool:
            for result in pool.map(one, pins[1:] if first["state"] != "unknown" else []):
                print(json.dumps(result), flush=True)


main()
`;
