/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-retry.h"

#include "gantry-engine.h"
#include "gantry-error.h"
#include "gantry-words.h"

#define SHORTEST_PAUSE (100 * G_TIME_SPAN_MILLISECOND)
#define LONGEST_PAUSE (GANTRY_RETRY_PAUSE_MAX * G_TIME_SPAN_SECOND)

gboolean
gantry_retry_helps_error (const GError *error)
{
  return g_error_matches (error, GANTRY_ERROR, GANTRY_ERROR_UNREACHABLE)
         || g_error_matches (error, GANTRY_ERROR, GANTRY_ERROR_ABORTED)
         || g_error_matches (error, GANTRY_ERROR, GANTRY_ERROR_TIMED_OUT)
         || g_error_matches (error, GANTRY_ERROR, GANTRY_ERROR_REJECTED_FOR_NOW);
}

gboolean
gantry_retry_helps_answer (GantryOutcome outcome, gint32 status, const GError *reason)
{
  switch (outcome)
    {
    case GANTRY_OUTCOME_REFUSED:
      return status >= 0 && gantry_status_lookup ((guint16)status)->retry_helps;
    case GANTRY_OUTCOME_FAILED:
      return gantry_retry_helps_error (reason);
    default:
      return FALSE;
    }
}

gint64
gantry_retry_get_pause (guint seconds, guint tries)
{
  gint64 pause = MAX ((gint64)seconds * G_TIME_SPAN_SECOND, SHORTEST_PAUSE);

  for (guint i = 0; i < tries && pause < LONGEST_PAUSE; i++)
    pause *= 2;
  return MIN (pause, LONGEST_PAUSE);
}
