/* gantry-receiver-settings.h - what the preferences say about receiving, as the engine takes it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-engine.h"

G_BEGIN_DECLS

/* Owns what its @listen points to. */
typedef struct
{
  GantryListenSettings listen;
  GantryTls tls;
  char *ae_title, *directory, *pattern, *test_behaviour;
  char **callers, **networks, **command;
} GantryReceiverSettings;

/* From gantry_settings_get(). Main thread. */
void gantry_receiver_settings_read (GantryReceiverSettings *self);
void gantry_receiver_settings_clear (GantryReceiverSettings *self);

/* Everything that the receiver depends on, as a text: another one, and it has to start anew. */
char *gantry_receiver_settings_sign (const GantryReceiverSettings *self);

/**
 * gantry_receiver_parse_callers:
 * @text: AE titles with * and ?, divided by commas; "": anybody
 * @error: %GANTRY_ERROR_ADDRESS with a sentence that names the one that is wrong
 *
 * Returns: (transfer full) (nullable): the titles, maybe none
 */
char **gantry_receiver_parse_callers (const char *text, GError **error);
/* The same for networks: 10.0.0.0/8, fd00::/8, or an address. */
char **gantry_receiver_parse_networks (const char *text, GError **error);
/* The same for a command: words divided by spaces, quoted as a shell does; nothing runs a shell. */
char **gantry_receiver_parse_command (const char *text, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GantryReceiverSettings, gantry_receiver_settings_clear)

G_END_DECLS
