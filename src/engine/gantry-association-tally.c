/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-association-tally.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "gantry-command.h"

/* ---- Counting ------------------------------------------------------------------------------- */

static void
count_object (GantryAssociationRecord *record, const GantryReceived *received)
{
  gboolean warning = (received->status & 0xF000) == 0xB000;

  record->bytes += received->size;
  if (received->status != 0 && !warning)
    record->refused++;
  else if (*received->path == '\0')
    record->not_kept++;
  else if (warning)
    record->warnings++;
  else
    record->stored++;
}

void
gantry_association_tally (GantryAssociationRecord *record,
                          const GantryMessage *message,
                          const GantryReceived *received)
{
  if (message->command == GANTRY_COMMAND_C_STORE_RQ)
    {
      record->objects++;
      record->state = GANTRY_ASSOCIATION_RECEIVING;
      if (message->status >= 0)
        record->last_status = message->status;
    }
  else if (message->status > 0)
    record->not_served++;
  if (received != NULL)
    count_object (record, received);
  if (message->command == GANTRY_COMMAND_C_ECHO_RQ && message->status == 0)
    record->echoes++;
}

/* ---- In words ------------------------------------------------------------------------------- */

static guint64
count_unanswered (const GantryAssociationRecord *record)
{
  return record->objects - record->stored - record->warnings - record->refused - record->not_kept;
}

/* Puts "" or ", " before it. */
static void add_piece (GString *text, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
add_piece (GString *text, const char *format, ...)
{
  va_list args;

  if (text->len > 0)
    g_string_append (text, ", ");
  va_start (args, format);
  g_string_append_vprintf (text, format, args);
  va_end (args);
}

/* Of what has neither objects nor other requests. */
static void
summarise_nothing (const GantryAssociationRecord *record, GString *text)
{
  if (!gantry_association_record_is_useless (record))
    g_string_append (text, _ ("Nothing was sent"));
  else if (record->proposed == 1)
    g_string_append (text, _ ("The only presentation context was not accepted"));
  else
    g_string_append_printf (text, _ ("None of the %u presentation contexts was accepted"),
                            record->proposed);
}

char *
gantry_association_summarise (const GantryAssociationRecord *record)
{
  GString *text = g_string_new (NULL);
  guint64 unanswered = count_unanswered (record);

  if (record->objects > 0)
    add_piece (text, _ ("%" PRIu64 " stored"), record->stored + record->warnings);
  else if (record->echoes > 0)
    add_piece (text, "%s", _ ("Echo answered"));
  if (record->warnings > 0)
    add_piece (text, _ ("%" PRIu64 " of them with a warning"), record->warnings);
  if (record->refused > 0)
    add_piece (text, _ ("%" PRIu64 " refused"), record->refused);
  if (record->not_kept > 0)
    add_piece (text, _ ("%" PRIu64 " not kept"), record->not_kept);
  if (unanswered > 0)
    add_piece (text, _ ("%" PRIu64 " without an answer"), unanswered);
  if (record->not_served > 0)
    add_piece (text,
               ngettext ("%" PRIu64 " request of another kind not served",
                         "%" PRIu64 " requests of another kind not served", record->not_served),
               record->not_served);
  if (text->len == 0)
    summarise_nothing (record, text);
  return g_string_free (text, FALSE);
}

gboolean
gantry_association_has_summary (const GantryAssociationRecord *record)
{
  return record->objects > 0 || record->not_served > 0
         || gantry_association_record_is_useless (record);
}
