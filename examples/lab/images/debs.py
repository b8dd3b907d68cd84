"""Debian packages and what they need, found and fetched by the machine's own apt."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

# What a service needs only to be installed, or not at all in a container that runs one program.
UNWANTED = re.compile(
    r"perl.*|lib.*-perl|libperl.*|debconf|dpkg|tar|usrmerge|init-system-helpers|sysvinit-utils|passwd|adduser"
    r"|lsb-base|libpam-.*|libsemanage.*|libsepol.*|libdb5.3|locales|libc-l10n|libc-bin|openssl|ssl-cert"
    r"|sensible-utils|ucf|netbase|postgresql-common|postgresql-client-common|libllvm\d+|libz3-4|iproute2|libbpf1"
    r"|libelf1|libmnl0|libxtables12|libcap2-bin|libtirpc.*|libnsl2|libnginx-mod-http-echo|libjs-.*"
    r"|python3-setuptools|python3-lib2to3|python3-distutils|libgdbm.*|media-types|gcc-\d+-base"
)

Closure = Mapping[str, str]
"""The name of each package and of its file, `libc6` → `libc6_2.36-9_amd64.deb`."""


class AptError(Exception):
    """The machine's apt cannot say or fetch what an image needs."""


def closure(cache: Path, packages: Iterable[str]) -> Closure:
    """The packages with all they depend on, less what no container needs unless it is asked for."""
    asked = set(packages)
    listing = _apt(cache, "--print-uris", "install", *sorted(asked))
    files = (line.split()[1] for line in listing.splitlines() if line.startswith("'"))
    named = {file.split("_")[0]: file for file in files}
    wanted = {name for name in named if name in asked or not UNWANTED.fullmatch(name)}
    return {name: named[name] for name in sorted(wanted)}


def fetch(cache: Path, files: Iterable[str]) -> None:
    """Downloads the package files that are not in the cache yet."""
    missing = [file for file in sorted(set(files)) if not path(cache, file).exists()]
    if missing:
        _apt(cache, "download", *(f"{file.split('_')[0]}={version(file)}" for file in missing))


def path(cache: Path, file: str) -> Path:
    """Where a package file lies in the cache."""
    return cache / "debs" / file


def version(file: str) -> str:
    """The version in a package file's name, where a colon is written `%3a`."""
    return file.split("_")[1].replace("%3a", ":")


def index_state() -> Iterator[str]:
    """What changes when the machine's package index does."""
    lists = Path("/var/lib/apt/lists")
    for entry in sorted(lists.iterdir()) if lists.is_dir() else ():
        if entry.is_file():
            seen = entry.stat()
            yield f"{entry.name} {seen.st_size} {seen.st_mtime_ns}"


def _apt(cache: Path, *arguments: str) -> str:
    """Runs apt-get as on a machine where nothing is installed, with every file of its own in the cache."""
    for folder in ("debs", "archives/partial"):
        (cache / folder).mkdir(parents=True, exist_ok=True)
    nothing_installed = cache / "status"
    nothing_installed.touch()
    options = {
        "Dir::State::status": nothing_installed,
        "Dir::Cache::archives": cache / "archives",
        "Dir::Cache::pkgcache": cache / "pkgcache.bin",
        "Dir::Cache::srcpkgcache": "",
        "APT::Install-Recommends": "0",
        "APT::Sandbox::User": "root",
        "Acquire::Retries": "3",
        "Debug::NoLocking": "1",
        "DPkg::Post-Invoke": "",
    }
    command = ["apt-get", *(f"-o{key}={value}" for key, value in options.items()), "-y", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - the arguments are package names from the catalogue
            command,
            capture_output=True,
            text=True,
            cwd=cache / "debs",
            env={**os.environ, "LC_ALL": "C"},
            check=False,
        )
    except FileNotFoundError as error:
        raise AptError("there is no apt-get: these images can only be made on Debian or its like") from error
    if done.returncode:
        raise AptError(f"apt-get {arguments[0]} failed (is `apt-get update` needed?):\n{done.stderr.strip()}")
    return done.stdout
