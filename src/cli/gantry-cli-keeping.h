/* gantry-cli-keeping.h - options of receive: where objects go, and for how long
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib/gi18n-lib.h>

#include "gantry-cli.h"

G_BEGIN_DECLS

typedef struct
{
  char *layout;
  char *pattern;
  char *reserve;
  char *keep_size;
  int keep_days;
  gboolean refuse_unsafe;
} GantryCliKeeping;

/* clang-format off: a list of GOptionEntry */
#define GANTRY_CLI_KEEPING_ENTRIES(keeping)                                                        \
  { "layout",                                                                                      \
    0,                                                                                             \
    0,                                                                                             \
    G_OPTION_ARG_STRING,                                                                           \
    &(keeping).layout,                                                                             \
    N_ ("Folders and names: uids, patient or flat"),                                               \
    "NAME" },                                                                                      \
      { "pattern",                                                                                 \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        &(keeping).pattern,                                                                        \
        N_ ("Folders and names of your own: {PatientID}/{StudyDate}/{SOPInstanceUID}"),            \
        "TEXT" },                                                                                  \
      { "reserve",                                                                                 \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        &(keeping).reserve,                                                                        \
        N_ ("Refuse objects when less than this is free on the disk: 10G, 5%, 0"),                 \
        "SIZE" },                                                                                  \
      { "keep-days",                                                                               \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_INT,                                                                          \
        &(keeping).keep_days,                                                                      \
        N_ ("Remove objects that came longer ago"),                                                \
        "N" },                                                                                     \
      { "keep-size",                                                                               \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        &(keeping).keep_size,                                                                      \
        N_ ("Remove the oldest objects above this size of all"),                                   \
        "SIZE" },                                                                                  \
  {                                                                                                \
    "refuse-unsafe", 0, 0, G_OPTION_ARG_NONE, &(keeping).refuse_unsafe,                            \
        N_ ("Refuse objects whose UIDs are no UIDs, instead of giving them safe names"), NULL      \
  }
/* clang-format on */

/* Puts the options into @settings, which borrows their text. @example: (out): a path that an object
 * could get. Complains and returns %FALSE when one of them makes no sense. */
gboolean gantry_cli_use_keeping (const GantryCliKeeping *self,
                                 GantryListenSettings *settings,
                                 char **example);
void gantry_cli_keeping_clear (GantryCliKeeping *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GantryCliKeeping, gantry_cli_keeping_clear)

G_END_DECLS
