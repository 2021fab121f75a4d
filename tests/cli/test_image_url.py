#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Images by URL, from servers that are good and bad, and from standard input: each is imported as it
is, or refused with the reason, and then nothing is left on the host, nor in the cache here."""
from __future__ import annotations

import gzip
import hashlib
import lzma
import subprocess
import tempfile
from pathlib import Path

from cli import HOME, Result, done, fails, finish, host_env, interrupt, is_fine, ok, run, start
from fileserver import FileServer, make_certificate
from hosts import ask, cloud, contents, local_files, takes_uploads, unique
from packed import Maker, ovf


def sums(algorithm: str = "sha512", line: str = "{sum}  {name}\n") -> bytes:
    return "".join(line.format(sum=hashlib.new(algorithm, data).hexdigest(), name=name)
                   for name, data in files.items()).encode()


def imported(what: str, *words: str, env: dict[str, str] | None = None, told: str = "") -> None:
    """It becomes an image with the disk's content; what it says on the way has `told`."""
    name = unique("url")
    result = run("image", "import", *words, "--name", name, env=host_env() | (env or {}),
                 timeout=300)
    if not ok(result.status == 0 and told in result.err and bool(told) == bool(result.err),
              f"{what}: is imported", result):
        return
    image = ask("image", "show", name)
    same = subprocess.run(["qemu-img", "compare", "-f", "raw", "-F", "vdi", str(make.raw),
                           image["location"]], check=False, stdout=subprocess.PIPE)
    ok(same.returncode == 0, f"{what}: all of its disk", same.stdout)
    is_fine(cloud("image", "delete", name), f"{what}: is deleted")


def refused(what: str, path: str, status: int, pattern: str, *words: str,
            env: dict[str, str] | None = None) -> Result:
    """It fails so; the server was not spared before."""
    server.forget()
    url = path if "://" in path or path == "-" else f"{server.url}/{path}"
    result = run("image", "import", url, "--name", unique("bad"), *words,
                 env=host_env() | {"VBOXCLOUD_QUIET": "1"} | (env or {}), timeout=300)
    lines = [line for line in result.err.splitlines(True) if "into a temporary file" not in line]
    fails(Result(result.status, result.out, "".join(lines)), status, pattern, what)
    return result


def test_good_servers() -> None:
    url, secure = server.url, https.url
    sha = hashlib.sha256(files["d.qcow2"]).hexdigest()
    trust = {"SSL_CERT_FILE": str(certificate)}
    packed = "into a temporary file"
    server.forget()
    imported("qcow2", f"{url}/d.qcow2", "--sha256", sha.upper())
    ok(all(part for _, part in server.asked), "in parts", server.asked)
    for name in ("d.raw", "d.vdi", "d.vmdk", "d.vhd"):
        imported(name, f"{url}/{name}", "--checksum-url", f"{url}/SHA512SUMS")
    for name in ("d.raw.gz", "d.vdi.xz", "d.ova"):
        imported(name, f"{url}/{name}", "--checksum-url", f"{url}/SHA512SUMS", told=packed)
    imported("with a token", f"{url}/d.vdi?token=secret", "--checksum-url", f"{url}/CHECKSUM")
    imported("by TLS", f"{secure}/d.qcow2", "--checksum-url", f"{secure}/CHECKSUM", env=trust)
    imported("without parts", f"{url}/whole/d.qcow2", "--sha256", sha, told="cannot send parts of files")
    imported("of a size that nobody tells", f"{url}/chunked/d.qcow2", "--sha256", sha,
             told="cannot send parts of files")
    imported("whose server refuses parts", f"{url}/no-parts/d.qcow2", "--sha256", sha,
             told="cannot send parts of files")
    imported("compressed on the way", f"{url}/packed/d.qcow2", told="cannot send parts of files")
    imported("where it is sent", f"{url}/moved/d.qcow2", "--sha256", sha)


def test_broken_connections() -> None:
    sha = hashlib.sha256(files["d.vdi"]).hexdigest()
    for fault, told in (("cut", ""), ("busy", ""), ("cut-whole", "cannot send parts of files")):
        server.forget()
        imported(f"server {fault}", f"{server.url}/{fault}/d.vdi", "--sha256", sha, told=told)
        ok(server.seen[fault] > 2, f"{fault}: was asked again", server.asked)
    server.forget()
    imported("packed, and cut", f"{server.url}/cut/d.raw.gz", "--checksum-url",
             f"{server.url}/SHA512SUMS", told="it is packed")
    starts = [int(part[6:].split("-")[0]) for _, part in server.asked if part]
    ok(len(starts) > 3 and starts[2:] == sorted(starts[2:]) and starts[-1] > 0,
       "it goes on where it broke", starts)
    refused("a server that gives up", "die/d.vdi", 1, "connection broke.*tried again for 30 s")
    refused("one that never gives all", "cut-forever/d.vdi", 1, "broke 4 times.*the rest of a file")


def test_bad_servers() -> None:
    for status, end, why in ((401, 2, "access is refused"), (403, 2, "access is refused"),
                             (404, 3, "no such file"), (429, 1, "try again later"),
                             (500, 1, "the server fails"), (503, 1, "the server fails")):
        refused(f"status {status}", f"status-{status}/d.vdi", end, f"{why} .HTTP status {status}")
    for fault, why in (("loop", "more than 10 times"), ("nowhere", "but not to any address"),
                       ("across", "redirected from http: to https:"),
                       ("page", "HTML page"), ("wrong-part", "a different part of it"),
                       ("changing", "changed on the server while it was read"),
                       ("longer", "changed on the server"),
                       ("shorter", "cut short|damaged")):
        refused(fault, f"{fault}/d.vdi", 2, why)
    refused("too large", "huge/d.vdi", 2, "larger than 1073741824 bytes, the limit; .*--max-size",
            "--max-size", "1")
    refused("from TLS to none", f"{https.url}/across/d.vdi", 2, "from https: to http:",
            env={"SSL_CERT_FILE": str(certificate)})
    refused("nobody's certificate", f"{https.url}/d.vdi", 1, "certificate is not trusted")
    refused("no TLS", f"https://127.0.0.1:{server.server_port}/d.vdi", 1, "a verified TLS")
    refused("no HTTP", f"http://127.0.0.1:{https.server_port}/d.vdi", 1, "connection broke|HTTP")
    refused("nobody", "http://127.0.0.1:1/d.vdi", 1, "cannot be reached")
    refused("no name", "http://nobody.invalid/d.vdi", 1, "name cannot be resolved")
    refused("a password", f"http://me:secret@127.0.0.1:{server.server_port}/d.vdi", 2,
            "must not contain a user or password")
    ok(not server.asked, "and nobody is asked", server.asked)
    refused("an OVF", "x.ovf", 2, "its disk is not beside it")


def test_patience() -> None:
    refused("a silent server", "silent/d.vdi", 5, "not done within the time", "--timeout", "2")
    refused("a slow one", "slow/d.vdi", 5, "not done within the time", "--timeout", "3")
    for path in ("silent/d.vdi", "slow/d.vdi"):
        fails(interrupt(start("image", "import", f"{server.url}/{path}", "--name", unique("bad"),
                              env=host_env()), 2), 5, "cancelled", f"{path} can be cancelled")


def test_checksums() -> None:
    url, none = server.url, "0" * 64
    for what, path in (("streamed", "d.vdi"), ("spooled", "whole/d.vdi"), ("packed", "d.raw.gz")):
        refused(f"another sum, {what}", path, 2, f"its SHA256 is [0-9a-f]{{64}}, not {none}",
                "--sha256", none)
    refused("the server packed it", "packed/d.vdi", 2, "in the encoding gzip, although.*SHA512",
            "--checksum-url", f"{url}/SHA512SUMS")
    for what, end, why, words in (
            ("no sum", 2, "not a SHA-256 in hexadecimal", ("--sha256", "12")),
            ("no list", 3, "no such file", ("--checksum-url", f"{url}/status-404/SUMS")),
            ("a page", 2, "not a list of checksums", ("--checksum-url", f"{url}/page/SUMS")),
            ("a large list", 2, "larger than 1048576 bytes", ("--checksum-url", f"{url}/d.raw")),
            ("a list of others", 2, "states no checksum .* of 'x.ovf'",
             ("--checksum-url", f"{url}/SHA512SUMS")),
            ("both", 2, "give only one", ("--checksum-url", f"{url}/SHA512SUMS", "--sha256", none))):
        refused(what, "x.ovf" if "others" in what else "d.vdi", end, why, *words)


def test_files_here() -> None:
    local = make.write("here.vdi", files["d.vdi"])
    listed = make.write("SUMS", f"{hashlib.sha256(files['d.vdi']).hexdigest()} *here.vdi".encode())
    imported("a file here", str(local), "--checksum-url", f"file://{listed}")
    imported("a URL of it", f"file://{local}", "--sha256", hashlib.sha256(files["d.vdi"]).hexdigest())
    refused("another sum of it", f"file://{local}", 2, "its SHA256 is", "--sha256", "0" * 64)
    refused("a URL of nothing", "file:///nowhere/x.vdi", 3, "cannot read '/nowhere/x.vdi'")
    refused("a URL of another machine", "file://elsewhere/x.vdi", 2, "names no file of this machine")
    fails(cloud("image", "import", f"host:{local}", "--sha256", "0" * 64), 2,
          "its checksum cannot be computed", "a file of the host has no sum")


def piped(data: bytes, *words: str, env: dict[str, str] | None = None) -> Result:
    """By a pipe, which cannot be read twice."""
    with subprocess.Popen(["cat", str(make.write("in", data))], stdout=subprocess.PIPE) as cat:
        process = start("image", "import", "-", *words, env=host_env() | (env or {}),
                        stdin=cat.stdout)
        assert cat.stdout
        cat.stdout.close()  # lest cat waits for us to read
        return finish(process)


def test_standard_input() -> None:
    for name in ("d.qcow2", "d.raw.gz"):
        image, data = unique("in"), files[name]
        result = piped(data, "--name", image, "--sha256", hashlib.sha256(data).hexdigest())
        ok(result.status == 0 and "temporary file" in result.err, f"{name} by a pipe", result)
        is_fine(cloud("image", "delete", image), "is an image")
    for what, data, words, why in (
            ("another sum", files["d.vdi"], ("--name", "x", "--sha256", "0" * 64), "its SHA256 is"),
            ("no name", files["d.vdi"], (), "has no file name"),
            ("nothing", b"", ("--name", "x"), "'standard input' is empty"),
            ("half of it", files["d.vdi"][:300000], ("--name", "x"), "cut short"),
            ("no name in a list", b"", ("--name", "x", "--checksum-url", server.url), "no file name")):
        result = piped(data, *words)
        ok(result.status == 2 and why in result.err, f"{what} by a pipe is refused", result)
    full = piped(files["d.raw"], "--name", "x", env={"XDG_CACHE_HOME": "/proc/nowhere"})
    ok(full.status == 2 and "cannot make a temporary file in '/proc/nowhere'" in full.err,
       "a cache that cannot be is told", full)


def test_proxy() -> None:
    """It counts for URLs, and not for the host."""
    server.forget()
    imported("by a proxy", "http://images.invalid/d.vdi", env={"http_proxy": server.url})
    ok(server.asked and all(path.startswith("http://images.invalid/") for path, _ in server.asked),
       "it was asked, and for nothing else", server.asked)
    server.forget()
    refused("not by it", "http://images.invalid/d.vdi", 1, "cannot be resolved",
            env={"http_proxy": server.url, "no_proxy": "images.invalid"})
    ok(not server.asked, "where the environment says so", server.asked)


def test_names() -> None:
    for word in ("ftp://127.0.0.1/disk.vdi", "s3://bucket/disk.vdi"):
        fails(cloud("image", "import", word), 2, "are not supported; give one with https:, http: or file:", word)
    name = "d 1"
    result = cloud("image", "import", f"{server.url}/d%201.qcow2?token=secret")
    image = ask("image", "show", name)
    ok(result.status == 0 and image["origin"] == f"{server.url}/d%201.qcow2",
       "an image is called as its file, and remembers where it is from", result, image)
    asked = len(server.asked)
    fails(cloud("image", "import", f"{server.url}/{name}.vdi".replace(" ", "%20")), 6,
          "there is an image 'd 1' already", "of a name that is taken")
    ok(len(server.asked) == asked, "nothing is fetched", server.asked[asked:])
    is_fine(cloud("image", "delete", name), "and it is deleted")


before, left = contents(), local_files()
with tempfile.TemporaryDirectory() as folder_:
    folder = Path(folder_)
    folder.chmod(0o755)
    make = Maker(folder)
    files = {f"d.{form}": data for form, data in make.disks.items()}
    files |= {"d.raw.gz": gzip.compress(files["d.raw"]), "d.vdi.xz": lzma.compress(files["d.vdi"]),
              "d.ova": make.tar("d.ova", make.plain).read_bytes(), "d 1.qcow2": files["d.qcow2"]}
    files |= {"SHA512SUMS": sums(), "CHECKSUM": b"# of all\n" + sums("sha256", "SHA256 ({name}) = {sum}\n"),
              "x.ovf": ovf()}
    certificate = make_certificate(folder)
    server = FileServer(files)
    https = FileServer(files, certificate, f"{server.url}/d.vdi")
    server.other = f"{https.url}/d.vdi"
    if takes_uploads():
        for test in (test_good_servers, test_broken_connections, test_bad_servers, test_patience,
                     test_checksums, test_files_here, test_standard_input, test_proxy, test_names):
            test()
    else:
        refused("a host that takes no uploads", "d.vdi", 6, "cannot take uploads")
        ok(not server.asked, "nothing is fetched for it", server.asked)
    server.close()
    https.close()
ok(contents() == before and local_files() == left, "nothing is left", local_files() ^ left)
ok(not list((HOME / ".cache").iterdir()), "nor in the cache", list((HOME / ".cache").iterdir()))
done()
