/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where a person's files are. Services and cron may start a program without HOME: then the system's
 * list of users tells it.
 */
#ifndef TOOL_HOME_H
#define TOOL_HOME_H

/* The caller's home directory, an absolute path of the caller's own; NULL if they have none. */
char *home_folder(void);

/* What `variable` (XDG_CONFIG_HOME, ...) names if that is an absolute path, else `usual` in the
   home directory. NULL if there is neither. */
char *home_subfolder(const char *variable, const char *usual);

/* A path in what this command remembers, $XDG_STATE_HOME/vboxcloud or ~/.local/state/vboxcloud, of
   the caller's own. NULL if there is no home. */
char *home_state_path(const char *name);

/* The folder of what can be had again, $XDG_CACHE_HOME/vboxcloud or ~/.cache/vboxcloud, of the
   caller's own. NULL if there is no home. */
char *home_cache_folder(void);

/* Makes each folder of a path that is missing, for its owner alone: all up to the last '/'. */
void home_make_folders(const char *path);

#endif
