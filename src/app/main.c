/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>

#include "gantry-application.h"
#include "gantry-files.h"

int
main (int argc, char *argv[])
{
  g_autoptr (GantryApplication) application = NULL;

  gantry_files_raise_limit ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, GANTRY_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname (GANTRY_APP_ID);
  g_set_application_name (_ ("Gantry"));

  application = gantry_application_new (G_APPLICATION_DEFAULT_FLAGS);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
