# SPDX-License-Identifier: Apache-2.0
# try.rb FORMULA SOURCE PREFIX: does what Homebrew does with a formula, without a Homebrew: its install
# in a copy of the unpacked sources, and its test with what it has installed. The system has what it depends on.
require "fileutils"
require "open3"
require "pathname"
require "tmpdir"

PREFIX = Pathname(ARGV[2]).expand_path
ENV["PKG_CONFIG_PATH"] = "#{PREFIX}/lib/pkgconfig"
ENV["LD_LIBRARY_PATH"] = "#{PREFIX}/lib" # Homebrew's compiler states run paths
def ENV.cc = fetch("CC", "cc")

# What Homebrew gives a formula.
class Formula
  STATED = {}
  %w[desc homepage url sha256 license depends_on uses_from_macos].each do |word|
    define_singleton_method(word) { |*values| (STATED[word] ||= []).push(*values) }
  end

  def self.test(&block) = define_method(:run_test, &block)

  def version = STATED.fetch("url").first[/-([\d.]+)\.tar/, 1]
  def prefix = PREFIX
  def bin = PREFIX/"bin"
  def pkgshare = (PREFIX/"share/vboxcloud").tap { |folder| folder.extend(Placing) }

  def std_meson_args
    ["--prefix=#{PREFIX}", "--libdir=#{PREFIX}/lib", "--buildtype=release", "--wrap-mode=nofallback"]
  end

  def system(*words)
    puts "==> #{words.join(" ")}"
    Kernel.system(*words.map(&:to_s)) || abort("try.rb: it failed: #{words.join(" ")}")
  end

  def shell_output(command, wanted = 0)
    text, status = Open3.capture2(command)
    status.exitstatus == wanted ? text : abort("try.rb: #{status.exitstatus}, not #{wanted}: #{command}\n#{text}")
  end

  def assert_match(wanted, text)
    text.match?(wanted.is_a?(String) ? Regexp.escape(wanted) : wanted) || abort("try.rb: no #{wanted} in:\n#{text}")
  end
end

module Placing
  def install(*names)
    mkpath
    FileUtils.cp_r(names, to_s)
  end
end

load ARGV[0]
formula = Object.const_get(File.basename(ARGV[0], ".rb").capitalize).new
missing = %w[desc homepage url sha256 license] - Formula::STATED.keys
abort "try.rb: the formula states no #{missing.join(", ")}" unless missing.empty?
Dir.mktmpdir do |folder|
  FileUtils.cp_r("#{ARGV[1]}/.", "#{folder}/source")
  Dir.chdir("#{folder}/source") { formula.install }
  Dir.mkdir("#{folder}/test")
  Dir.chdir("#{folder}/test") { formula.run_test }
end
puts "the formula installs and passes its test"
