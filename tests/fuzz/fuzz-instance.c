/* fuzz-instance.c - the walk, the header reading and text decoding over bytes of unknown origin
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdint.h>
#include <string.h>

#include "gantry-dataset.h"
#include "gantry-instance.h"
#include "gantry-registry.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const uint8_t *begin, *end;

/* What the walk reports lies in the bytes walked, except where they were inflated. */
static gboolean
check (const GantryElement *element, gpointer user_data)
{
  gboolean in_place = GPOINTER_TO_INT (user_data);

  g_assert (element->depth <= GANTRY_DATASET_MAX_DEPTH + 1);
  if (in_place)
    {
      g_assert (element->value >= begin && element->value <= end);
      g_assert (element->length == GANTRY_LENGTH_UNDEFINED
                || element->length <= (gsize)(end - element->value));
    }
  if (element->held > 0 && element->held < 256)
    {
      g_autofree char *text = gantry_text_decode ("ISO 2022 IR 13\\ISO 2022 IR 87\\ISO 2022 IR 149",
                                                  element->value, element->held);
      g_autofree char *name = gantry_person_name_format (text);

      g_assert (g_utf8_validate (text, -1, NULL));
      g_assert (g_utf8_validate (name, -1, NULL));
    }
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const syntaxes[] = { GANTRY_UID_EXPLICIT_LE, GANTRY_UID_IMPLICIT_LE,
                                          GANTRY_UID_EXPLICIT_BE, GANTRY_UID_DEFLATED_LE };
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryInstance) instance = gantry_instance_parse ("fuzz", data, size, TRUE, &error);

  g_assert ((instance == NULL) == (error != NULL));
  begin = data;
  end = data + size;
  for (gsize i = 0; i < G_N_ELEMENTS (syntaxes); i++)
    {
      g_autoptr (GError) failure = NULL;
      gboolean deflated = strcmp (syntaxes[i], GANTRY_UID_DEFLATED_LE) == 0;
      gboolean ok = gantry_dataset_walk (data, size, syntaxes[i], 0, check,
                                         GINT_TO_POINTER (!deflated), &failure);

      g_assert (ok == (failure == NULL));
    }
  return 0;
}
