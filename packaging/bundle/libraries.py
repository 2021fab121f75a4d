# SPDX-License-Identifier: Apache-2.0
"""The libraries that are built into a wheel: what of them, and how.

Each is static, knows nothing of where it was built, and leaves out all that the project has no use for.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable

from .build import Build


def build_openssl(b: Build) -> None:
    # Neither TLS before 1.2, nor what only other protocols, servers, or files of keys use. Ciphers: AES,
    # ChaCha20; keys: RSA, elliptic curves. The system's openssl.cnf, which was written for another build, is
    # not read.
    without = """
        apps argon2 aria async autoload-config bf blake2 camellia cast cmac cmp cms comp ct deprecated des dgram dsa dso
        dtls ec2m engine filenames gost http idea integrity-only-ciphers legacy makedepend md4 mdc2 ml-dsa ml-kem module multiblock
        nextprotoneg ocb ocsp pinshared psk quic rc2 rc4 rfc3779 rmd160 scrypt seed shared siphash siv slh-dsa sm2 sm3 sm4 srp
        srtp ssl3 ssl-trace static-engine tests tls1 tls1_1 tls-deprecated-ec ts ui-console uplink docs
    """.split()
    source = b.source("openssl")
    # The certificates are sought where Debian, Alpine and many others have them.
    b.run("perl", source / "Configure", b.target.openssl, "--prefix=/", "--libdir=lib",
          "--openssldir=/etc/ssl", *(f"no-{each}" for each in without), *b.flags("-Os"))
    b.make("build_libs")
    b.make("install_dev", f"DESTDIR={b.prefix}")
    b.pkg_config("libcrypto", "3.5", "-lcrypto")
    b.pkg_config("libssl", "3.5", "-lssl -lcrypto")
    b.pkg_config("openssl", "3.5", "-lssl -lcrypto")


def build_zlib(b: Build) -> None:
    b.archive("z", b.source("zlib"), ["*.c"], "-O2", "-D_LARGEFILE64_SOURCE=1", "-DHAVE_UNISTD_H", "-DHAVE_HIDDEN")
    b.headers("zlib", "zlib.h", "zconf.h")
    b.pkg_config("zlib", "1.3.1", "-lz")


def build_bzip2(b: Build) -> None:
    names = "blocksort bzlib compress crctable decompress huffman randtable"
    b.archive("bz2", b.source("bzip2"), [f"{name}.c" for name in names.split()], "-O2")
    b.headers("bzip2", "bzlib.h")
    b.pkg_config("bzip2", "1.0.8", "-lbz2")


def build_lz4(b: Build) -> None:
    b.archive("lz4", b.source("lz4") / "lib", ["*.c"], "-O2")
    b.headers("lz4", "lib/lz4.h", "lib/lz4hc.h", "lib/lz4frame.h")


def build_zstd(b: Build) -> None:
    b.archive("zstd", b.source("libzstd") / "lib", ["common/*.c", "decompress/*.c", "compress/*.c"], "-O2",
              "-DZSTD_LEGACY_SUPPORT=0", "-DZSTD_DISABLE_ASM=1", "-DZSTD_MULTITHREAD=0")
    b.headers("libzstd", "lib/zstd.h", "lib/zstd_errors.h")


def build_jansson(b: Build) -> None:
    source = b.source("jansson")
    config = (source / "src/jansson_config.h.in").read_text(encoding="utf-8").replace("@json_inline@", "inline")
    (b.prefix / "include/jansson_config.h").write_text(re.sub("@json_have_.*?@", "1", config), encoding="utf-8")
    (b.folder / "jansson_private_config.h").touch()  # what it would say is defined here
    have = """ATOMIC_BUILTINS CLOSE FCNTL_H GETPID GETTIMEOFDAY LOCALECONV LOCALE_H OPEN READ SCHED_H SCHED_YIELD STDINT_H
              SYNC_BUILTINS SYS_PARAM_H SYS_STAT_H SYS_TIME_H SYS_TYPES_H UNISTD_H""".split()
    b.archive("jansson", source / "src", ["*.c"], "-O2", "-I.", f"-I{b.prefix}/include", "-DUSE_URANDOM=1",
              "-DUSE_WINDOWS_CRYPTOAPI=0", *(f"-DHAVE_{each}=1" for each in have))
    b.headers("jansson", "src/jansson.h")
    b.pkg_config("jansson", "2.14", "-ljansson")


def build_xz(b: Build) -> None:
    b.configure("xz-utils", "-O2", "--enable-encoders=lzma1,lzma2", "--enable-threads=no", "--disable-nls",
                *(f"--disable-{each}" for each in "xz xzdec lzmadec lzmainfo scripts doc microlzma lzip-decoder".split()))
    b.make("install")


def build_libarchive(b: Build) -> None:
    without = "xml2 expat openssl nettle mbedtls libb2 lzo2 cng".split()
    b.configure("libarchive", "-Os", "--disable-acl", "--disable-xattr", "--disable-bsdtar", "--disable-bsdcpio",
                "--disable-bsdcat", "--disable-bsdunzip", *(f"--without-{each}" for each in without))
    b.make("install")


def build_curl(b: Build) -> None:
    disabled = """
        alt-svc aws bearer-auth cookies dateparse dict doh file form-api ftp gopher headers-api hsts
        imap ipfs kerberos-auth ldap ldaps libcurl-option manual mime mqtt negotiate-auth netrc ntlm openssl-auto-load-config
        pop3 progress-meter rtsp smb smtp telnet tftp tls-srp unix-sockets websockets
    """.split()
    without = "brotli ca-bundle ca-path libgsasl libidn2 libpsl libssh2 librtmp nghttp2 nghttp3 ngtcp2 zlib zstd".split()
    b.configure("curl", "-Os", f"--with-openssl={b.prefix}", "--with-ca-fallback", "--enable-http", "--enable-proxy",
                "--enable-threaded-resolver", "--enable-ipv6",
                *(f"--disable-{each}" for each in disabled), *(f"--without-{each}" for each in without))
    b.make("install", folder=b.folder / "lib")
    b.make("install", folder=b.folder / "include")
    b.make("install-pkgconfigDATA")


# In the order in which they are built: each uses those before it.
ALL: dict[str, Callable[[Build], None]] = {
    "openssl": build_openssl,
    "zlib": build_zlib,
    "bzip2": build_bzip2,
    "lz4": build_lz4,
    "libzstd": build_zstd,
    "jansson": build_jansson,
    "xz-utils": build_xz,
    "libarchive": build_libarchive,
    "curl": build_curl,
}


def build_inih(b: Build) -> None:
    b.archive("inih", b.source("libinih"), ["ini.c"], "-O2", "-DINI_ALLOW_REALLOC=1", "-DINI_USE_STACK=1")
    b.headers("libinih", "ini.h")
    b.pkg_config("inih", "57", "-linih")


# The command alone has it.
FOR_COMMAND: dict[str, Callable[[Build], None]] = {"libinih": build_inih}


@dataclass(frozen=True)
class Licence:
    file: str  # in the source
    spdx: str


LICENCES = {
    "openssl": Licence("LICENSE.txt", "Apache-2.0"),
    "zlib": Licence("LICENSE", "Zlib"),
    "bzip2": Licence("LICENSE", "bzip2-1.0.6"),
    "lz4": Licence("lib/LICENSE", "BSD-2-Clause"),
    "libzstd": Licence("LICENSE", "BSD-3-Clause"),
    "jansson": Licence("LICENSE", "MIT"),
    "xz-utils": Licence("COPYING.0BSD", "0BSD"),
    "libarchive": Licence("COPYING", "BSD-2-Clause"),
    "curl": Licence("COPYING", "curl"),
}
