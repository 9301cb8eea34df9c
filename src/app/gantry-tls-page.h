/* gantry-tls-page.h - the page of the preferences about encrypted connections and certificates
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GANTRY_TYPE_TLS_PAGE (gantry_tls_page_get_type ())
G_DECLARE_FINAL_TYPE (GantryTlsPage, gantry_tls_page, GANTRY, TLS_PAGE, AdwPreferencesPage)

/* Reads and writes the settings; who connects or listens hears of it from them. */
AdwPreferencesPage *gantry_tls_page_new (void);

G_END_DECLS
