/* SPDX-License-Identifier: Apache-2.0 */
#include "made-up-name.h"

#include "util.h"

/* Short words without a double meaning, none the beginning of another. */
static const char *const adjectives[] = {
	"agile",  "amber",  "bold",   "brave",   "bright", "brisk",  "calm",   "clever",
	"cosy",   "crisp",  "daring", "deft",    "eager",  "fair",   "fleet",  "fresh",
	"frosty", "gentle", "glad",   "golden",  "happy",  "hardy",  "honest", "jolly",
	"keen",   "kind",   "lively", "loyal",   "lucky",  "mellow", "merry",  "mild",
	"neat",   "nimble", "noble",  "patient", "polite", "proud",  "quick",  "quiet",
	"rapid",  "ready",  "serene", "sharp",   "silver", "smart",  "snowy",  "sunny",
	"swift",  "tidy",   "upbeat", "vivid",   "warm",   "wise",   "witty",  "zesty",
};

static const char *const animals[] = {
	"badger",   "beaver", "bison",  "bittern", "condor",  "crane",   "curlew",  "dolphin",
	"dormouse", "eagle",  "egret",  "falcon",  "ferret",  "finch",   "gannet",  "gecko",
	"grebe",    "heron",  "hornet", "ibex",    "jackdaw", "kestrel", "kiwi",    "koala",
	"lemur",    "linnet", "lynx",   "magpie",  "marten",  "merlin",  "mole",    "moose",
	"newt",     "ocelot", "osprey", "otter",   "panda",   "parrot",  "pelican", "plover",
	"puffin",   "quail",  "raven",  "robin",   "salmon",  "seal",    "shrew",   "sparrow",
	"stoat",    "swan",   "tapir",  "tern",    "turtle",  "vole",    "walrus",  "wren",
};

unsigned made_up_names(void)
{
	return COUNT(adjectives) * COUNT(animals);
}

char *made_up_name(unsigned n)
{
	return format("%s-%s", adjectives[n / COUNT(animals) % COUNT(adjectives)],
		      animals[n % COUNT(animals)]);
}
