# SPDX-License-Identifier: Apache-2.0
# packaging/release writes a copy of this with the sum of the release's archive.
class Vboxcloud < Formula
  desc "Use VirtualBox hosts as a cloud, from the command-line"
  homepage "https://example.org/libcloud-virtualbox"
  url "https://example.org/libcloud-virtualbox/libcloud-virtualbox-0.2.0.tar.xz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "Apache-2.0"

  depends_on "meson" => :build
  depends_on "ninja" => :build
  depends_on "pkgconf" => :build
  depends_on "scdoc" => :build
  depends_on "curl"
  depends_on "inih"
  depends_on "jansson"
  depends_on "libarchive"
  depends_on :linux
  depends_on "openssl@3"

  uses_from_macos "python" => :build
  uses_from_macos "bzip2"
  uses_from_macos "zlib"

  def install
    # The driver for Apache Libcloud is for pip to install.
    system "meson", "setup", "build", "-Dpython=no", *std_meson_args
    system "meson", "compile", "-C", "build", "--verbose"
    system "meson", "install", "-C", "build"
    pkgshare.install "examples"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/vboxcloud --version")
    assert_match "debian", shell_output("#{bin}/vboxcloud image catalog")
    assert_match "127.0.0.1", shell_output("#{bin}/vboxcloud --host http://127.0.0.1:1 node list 2>&1", 4)
    flags = shell_output("pkgconf --cflags --libs vboxcloud").split
    system ENV.cc, pkgshare/"examples/list-nodes.c", *flags, "-o", "list-nodes"
    shell_output("./list-nodes http://127.0.0.1:1 2>&1", 1)
  end
end
