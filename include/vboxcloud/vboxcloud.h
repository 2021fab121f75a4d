/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * libvboxcloud: a VirtualBox host as a cloud. Includes everything.
 *
 * Conventions of all functions: they return 0 or a negative enum vbc_code and then fill `err`,
 * which may be NULL. Outputs are named ret_x, are set on success only, and belong to the caller.
 * Other arguments may be NULL where that is said; VBC_E_ARG where it is not.
 * Strings are UTF-8. What a returned struct points to lives until that struct is freed; free
 * functions accept NULL. The library prints nothing, never exits, installs no signal handler.
 *
 * All that changes a host, copies or waits takes a `wait`, and can then also fail with
 * VBC_E_TIMEOUT and VBC_E_CANCELLED; what only reads takes none and ends after ten minutes.
 *
 * Arguments that mean the same in all functions, unless a function says otherwise. They come in one
 * order: the host, what on it is meant, what must be given, opts, wait, outputs, err.
 *   host        the host to work on, from vbc_host_open()
 *   fleet       the hosts to ask, from vbc_fleet_open()
 *   opts        what need not be said; start from its INIT macro
 *   wait        how long the call may take, who is told of its progress and can cancel it; NULL: no
 *               limit, and nobody
 *   err         what went wrong, filled if its code is 0 before; may be NULL
 *   id_or_name  an id, or a name that only one has, or else the beginning of an id, 4 characters or
 *               more, that only one has
 *   node        the node, named so
 *   volume      the volume, named so
 *   name        its name
 */
#ifndef VBOXCLOUD_VBOXCLOUD_H
#define VBOXCLOUD_VBOXCLOUD_H

#include <vboxcloud/address.h>
#include <vboxcloud/api.h>
#include <vboxcloud/display.h>
#include <vboxcloud/error.h>
#include <vboxcloud/first-boot.h>
#include <vboxcloud/fleet.h>
#include <vboxcloud/forward.h>
#include <vboxcloud/gc.h>
#include <vboxcloud/host.h>
#include <vboxcloud/image.h>
#include <vboxcloud/key.h>
#include <vboxcloud/location.h>
#include <vboxcloud/metrics.h>
#include <vboxcloud/network.h>
#include <vboxcloud/node.h>
#include <vboxcloud/placement.h>
#include <vboxcloud/size.h>
#include <vboxcloud/snapshot.h>
#include <vboxcloud/ssh.h>
#include <vboxcloud/volume.h>
#include <vboxcloud/wait.h>
#include <vboxcloud/watch.h>

#endif
