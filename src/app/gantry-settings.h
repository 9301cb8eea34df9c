/* gantry-settings.h - the preferences of the profile, as one GSettings for the whole program
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "gantry-tls.h"

G_BEGIN_DECLS

/* Keys of data/io.github.gantry.Gantry.gschema.xml */
#define GANTRY_KEY_CALLING_AE_TITLE "calling-ae-title"
#define GANTRY_KEY_MAX_PDU "max-pdu"
#define GANTRY_KEY_ASSOCIATIONS "associations"
#define GANTRY_KEY_CONNECT_SECONDS "connect-seconds"
#define GANTRY_KEY_ACSE_SECONDS "acse-seconds"
#define GANTRY_KEY_DIMSE_SECONDS "dimse-seconds"
#define GANTRY_KEY_IDLE_SECONDS "idle-seconds"
#define GANTRY_KEY_TRANSCODING "transcoding" /* GantryTranscoding */
#define GANTRY_KEY_FALL_BACK "fall-back"
#define GANTRY_KEY_RETRY "retry"
#define GANTRY_KEY_RETRY_LIMIT "retry-limit"
#define GANTRY_KEY_RETRY_SECONDS "retry-seconds"
#define GANTRY_KEY_NOTIFY_STORED "notify-stored"
#define GANTRY_KEY_NOTIFY_PROBLEMS "notify-problems"
#define GANTRY_KEY_NOTIFY_PATIENTS "notify-patients"
#define GANTRY_KEY_RECEIVE_ON "receive-on"
#define GANTRY_KEY_RECEIVE_AE_TITLE "receive-ae-title"
#define GANTRY_KEY_RECEIVE_PORT "receive-port"
#define GANTRY_KEY_RECEIVE_CHECK_CALLED "receive-check-called"
#define GANTRY_KEY_RECEIVE_TLS "receive-tls"
#define GANTRY_KEY_RECEIVE_TLS_REQUIRE_CLIENT "receive-tls-require-client"
#define GANTRY_KEY_RECEIVE_CALLERS "receive-callers"
#define GANTRY_KEY_RECEIVE_NETWORKS "receive-networks"
#define GANTRY_KEY_RECEIVE_MAX_ASSOCIATIONS "receive-max-associations"
#define GANTRY_KEY_RECEIVE_MAX_UNASSOCIATED "receive-max-unassociated"
#define GANTRY_KEY_RECEIVE_MAX_PDU "receive-max-pdu"
#define GANTRY_KEY_RECEIVE_ACSE_SECONDS "receive-acse-seconds"
#define GANTRY_KEY_RECEIVE_DIMSE_SECONDS "receive-dimse-seconds"
#define GANTRY_KEY_RECEIVE_IDLE_SECONDS "receive-idle-seconds"
#define GANTRY_KEY_RECEIVE_CLASSES "receive-classes"
#define GANTRY_KEY_RECEIVE_SYNTAXES "receive-syntaxes"
#define GANTRY_KEY_RECEIVE_REFUSE_UNSAFE "receive-refuse-unsafe"
#define GANTRY_KEY_RECEIVE_DIRECTORY "receive-directory"
#define GANTRY_KEY_RECEIVE_LAYOUT "receive-layout"
#define GANTRY_KEY_RECEIVE_PATTERN "receive-pattern"
#define GANTRY_KEY_RECEIVE_RESERVE_MIB "receive-reserve-mib"
#define GANTRY_KEY_RECEIVE_RESERVE_PERCENT "receive-reserve-percent"
#define GANTRY_KEY_RECEIVE_KEEP_DAYS "receive-keep-days"
#define GANTRY_KEY_RECEIVE_KEEP_GIB "receive-keep-gib"
#define GANTRY_KEY_RECEIVE_COMPLETE_SECONDS "receive-complete-seconds"
#define GANTRY_KEY_RECEIVE_NOTIFY "receive-notify"
#define GANTRY_KEY_RECEIVE_NOTIFY_PATIENT "receive-notify-patient"
#define GANTRY_KEY_RECEIVE_COMPLETE_COMMAND "receive-complete-command"
#define GANTRY_KEY_LOG_LEVEL "log-level"
#define GANTRY_KEY_LOG_MIB "log-mib"
#define GANTRY_KEY_LOG_FILES "log-files"
#define GANTRY_KEY_SHOW_PEER_NAMES "show-peer-names"
#define GANTRY_KEY_TRACE_CALLERS "trace-callers"
#define GANTRY_KEY_RECEIVE_TEST "receive-test"
#define GANTRY_KEY_RECEIVE_TEST_BEHAVIOUR "receive-test-behaviour"
#define GANTRY_KEY_RECEIVE_SCENARIOS "receive-scenarios" /* see gantry-former-scenarios.h */
#define GANTRY_KEY_RECEIVE_IN_BACKGROUND "receive-in-background"
#define GANTRY_KEY_TLS_CERTIFICATE "tls-certificate"
#define GANTRY_KEY_TLS_KEY "tls-key"
#define GANTRY_KEY_TLS_AUTHORITIES "tls-authorities"
#define GANTRY_KEY_TLS_VERIFY "tls-verify"
#define GANTRY_KEY_WATCH_NODES "watch-nodes"
#define GANTRY_KEY_WATCH_SECONDS "watch-seconds"
#define GANTRY_KEY_PROBE_LIST "probe-list"
#define GANTRY_KEY_LAST_DESTINATION "last-destination"
#define GANTRY_KEY_COLOR_SCHEME "color-scheme"
#define GANTRY_KEY_WINDOW_WIDTH "window-width"
#define GANTRY_KEY_WINDOW_HEIGHT "window-height"
#define GANTRY_KEY_WINDOW_MAXIMIZED "window-maximized"

/**
 * gantry_settings_open:
 * @profile: (nullable): folder of the profile, as for gantry_profile_open()
 * @error: return location for %GANTRY_ERROR_STORAGE: the schema is not installed
 *
 * Makes the settings that gantry_settings_get() returns from now on: in the profile's own key file
 * when it has a folder, else the user's GSettings. Main thread, as everything here.
 */
gboolean gantry_settings_open (const char *profile, GError **error);

/* Returns: (transfer none): never %NULL after a successful gantry_settings_open() */
GSettings *gantry_settings_get (void);

/* What the settings say about encryption; to be freed with gantry_tls_clear(). For a sender it is
 * off: that is the nodes' own affair. */
void gantry_settings_read_tls (GantryTls *tls, gboolean receiver);

/* Writes what is pending and drops the settings. */
void gantry_settings_close (void);

G_END_DECLS
