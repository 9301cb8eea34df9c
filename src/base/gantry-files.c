/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-files.h"

#include <ftw.h>
#include <stdio.h>

#define MAX_OPEN 16

static int
remove_one (const char *path,
            const struct stat *st G_GNUC_UNUSED,
            int type G_GNUC_UNUSED,
            struct FTW *ftw G_GNUC_UNUSED)
{
  remove (path);
  return 0;
}

void
gantry_remove_tree (const char *path)
{
  nftw (path, remove_one, MAX_OPEN, FTW_DEPTH | FTW_PHYS);
}
