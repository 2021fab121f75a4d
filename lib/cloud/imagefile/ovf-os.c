/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The guests' systems as other programs call them. VirtualBox's ids are those that all releases
 * from 5.0 on know, as far as there is one.
 */
#include "imagefile/ovf-os.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"

/*
 * What VMware's ids begin with, the more exact ones first. Those of 64 bits have "64" in them.
 */
static const struct {
	const char *start;
	const char *id, *id64;
} vmware[] = {
	{"debian", "Debian", "Debian_64"},
	{"ubuntu", "Ubuntu", "Ubuntu_64"},
	{"centos", "RedHat", "RedHat_64"},
	{"rhel", "RedHat", "RedHat_64"},
	{"redhat", "RedHat", "RedHat_64"},
	{"almalinux", "RedHat", "RedHat_64"},
	{"rockylinux", "RedHat", "RedHat_64"},
	{"fedora", "Fedora", "Fedora_64"},
	{"oraclelinux", "Oracle", "Oracle_64"},
	{"opensuse", "OpenSUSE", "OpenSUSE_64"},
	{"sles", "OpenSUSE", "OpenSUSE_64"},
	{"suse", "OpenSUSE", "OpenSUSE_64"},
	{"sjds", "OpenSUSE", "OpenSUSE_64"},
	{"oes", "OpenSUSE", "OpenSUSE_64"},
	{"nld", "OpenSUSE", "OpenSUSE_64"},
	{"mandriva", "Mandriva", "Mandriva_64"},
	{"mandrake", "Mandriva", "Mandriva_64"},
	{"turbolinux", "Turbolinux", "Turbolinux_64"},
	{"asianux", "RedHat", "RedHat_64"},
	{"amazonlinux", "Linux26", "Linux26_64"},
	{"coreos", "Linux26", "Linux26_64"},
	{"vmwarephoton", "Linux26", "Linux26_64"},
	{"crxpod", "Linux26", "Linux26_64"},
	{"other24x", "Linux24", "Linux24_64"},
	{"other26x", "Linux26", "Linux26_64"},
	{"other3x", "Linux26", "Linux26_64"},
	{"other4x", "Linux26", "Linux26_64"},
	{"other5x", "Linux26", "Linux26_64"},
	{"other6x", "Linux26", "Linux26_64"},
	{"other7x", "Linux26", "Linux26_64"},
	{"otherlinux", "Linux", "Linux_64"},
	{"linux", "Linux", "Linux_64"},
	{"freebsd", "FreeBSD", "FreeBSD_64"},
	{"solaris", "Solaris", "Solaris_64"},
	{"darwin", "MacOS", "MacOS_64"},
	{"netware", "Netware", "Netware"},
	{"os2", "OS2", "OS2"},
	{"ecomstation", "OS2eCS", "OS2eCS"},
	{"dos", "DOS", "DOS"},
	{"win31", "Windows31", "Windows31"},
	{"win95", "Windows95", "Windows95"},
	{"win98", "Windows98", "Windows98"},
	{"winMe", "WindowsMe", "WindowsMe"},
	{"winNT", "WindowsNT4", "WindowsNT4"},
	{"win2000", "Windows2000", "Windows2000"},
	{"winXP", "WindowsXP", "WindowsXP_64"},
	{"winNet", "Windows2003", "Windows2003_64"},
	{"winVista", "WindowsVista", "WindowsVista_64"},
	{"winLonghorn", "Windows2008", "Windows2008_64"},
	{"windows7Server", "Windows2008", "Windows2008_64"},
	{"windows7", "Windows7", "Windows7_64"},
	{"windows8Server", "Windows2012_64", "Windows2012_64"},
	{"windows8", "Windows8", "Windows8_64"},
	{"windows9Server", "Windows2016_64", "Windows2016_64"},
	{"windows9", "Windows10", "Windows10_64"},
	{"windows2019srvNext", "Windows2022_64", "Windows2022_64"},
	{"windows2019", "Windows2019_64", "Windows2019_64"},
	{"windows2022srvNext", "Windows2025_64", "Windows2025_64"},
	{"windows2022", "Windows2022_64", "Windows2022_64"},
	{"windows11", "Windows11_64", "Windows11_64"},
	{"windows12", "Windows11_64", "Windows11_64"},
	{"other", "Other", "Other_64"},
};

/* By the numbers of CIM_OperatingSystem.OSType. */
static const char *const cim_types[] = {
	[2] = "MacOS",
	[12] = "OS2",
	[14] = "DOS",
	[15] = "Windows31",
	[16] = "Windows95",
	[17] = "Windows98",
	[18] = "WindowsNT4",
	[21] = "Netware",
	[29] = "Solaris",
	[30] = "Solaris",
	[36] = "Linux",
	[42] = "FreeBSD",
	[43] = "NetBSD",
	[48] = "QNX",
	[58] = "Windows2000",
	[63] = "WindowsMe",
	[65] = "OpenBSD",
	[67] = "WindowsXP",
	[69] = "Windows2003",
	[70] = "Windows2003_64",
	[71] = "WindowsXP_64",
	[72] = "WindowsXP",
	[73] = "WindowsVista",
	[74] = "WindowsVista_64",
	[75] = "WindowsXP",
	[76] = "Windows2008",
	[77] = "Windows2008_64",
	[78] = "FreeBSD_64",
	[79] = "RedHat",
	[80] = "RedHat_64",
	[81] = "Solaris_64",
	[82] = "OpenSUSE",
	[83] = "OpenSUSE_64",
	[84] = "OpenSUSE",
	[85] = "OpenSUSE_64",
	[86] = "OpenSUSE",
	[87] = "OpenSUSE",
	[88] = "OpenSUSE",
	[89] = "Mandriva",
	[90] = "Mandriva_64",
	[91] = "Turbolinux",
	[92] = "Turbolinux_64",
	[93] = "Ubuntu",
	[94] = "Ubuntu_64",
	[95] = "Debian",
	[96] = "Debian_64",
	[97] = "Linux24",
	[98] = "Linux24_64",
	[99] = "Linux26",
	[100] = "Linux26_64",
	[101] = "Linux_64",
	[103] = "Windows2008_64",
	[105] = "Windows7",
	[106] = "RedHat",
	[107] = "RedHat_64",
	[108] = "Oracle",
	[109] = "Oracle_64",
	[110] = "OS2eCS",
	[111] = "Windows2008_64",
	[112] = "Windows2012_64",
	[113] = "Windows8",
	[114] = "Windows8_64",
	[115] = "Windows2012_64",
	[116] = "Windows81",
	[117] = "Windows81_64",
	[118] = "Windows2016_64",
	[119] = "Windows10",
	[120] = "Windows10_64",
};

static const char *ovf_os_of_vmware(const char *id)
{
	for (size_t i = 0; i < VBC_COUNT(vmware); i++) {
		size_t n = strlen(vmware[i].start);

		if (strncasecmp(id, vmware[i].start, n) == 0)
			return strstr(id + n, "64") ? vmware[i].id64 : vmware[i].id;
	}
	return "";
}

const char *vbc_ovf_os_type(const char *vmware_id, unsigned cim)
{
	if (vmware_id[0] && ovf_os_of_vmware(vmware_id)[0])
		return ovf_os_of_vmware(vmware_id);
	return cim < VBC_COUNT(cim_types) && cim_types[cim] ? cim_types[cim] : "";
}
