/* fuzz-pdu.c - A-ASSOCIATE PDUs of unknown origin, and what is put into one that is all right
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdint.h>
#include <string.h>

#include "gantry-extended.h"
#include "gantry-pdu.h"
#include "gantry-records.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_extended (GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    {
      const GantryExtended *extended = items->pdata[i];

      g_assert (g_utf8_validate (extended->sop_class_uid, -1, NULL));
      g_assert (g_utf8_validate (extended->service_class_uid, -1, NULL));
      for (guint j = 0; extended->related_classes[j] != NULL; j++)
        g_assert (g_utf8_validate (extended->related_classes[j], -1, NULL));
      g_assert (extended->level >= -1 && extended->level <= 3);
    }
}

/* With the answer to what it proposes it is still one that can be read, and holds all of it. */
static void
check_added (const GantryAssociatePdu *pdu, const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) items = gantry_extended_answer (pdu->contexts, pdu->extended);
  g_autoptr (GBytes) both = gantry_extended_add_items (data, size, items);
  g_auto (GantryAssociatePdu) again = { 0 };

  g_assert (gantry_associate_pdu_parse (&again, g_bytes_get_data (both, NULL),
                                        g_bytes_get_size (both), NULL));
  g_assert (again.contexts->len == pdu->contexts->len);
  g_assert (again.extended->len >= pdu->extended->len && again.extended->len <= 256);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (GantryAssociatePdu) pdu = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean good = gantry_associate_pdu_parse (&pdu, data, size, &error);

  g_assert (good == (error == NULL));
  if (!good)
    return 0;
  g_assert (pdu.contexts->len <= 128);
  check_extended (pdu.extended);
  /* An abstract syntax is what only a request has. */
  if (data[0] == GANTRY_PDU_ASSOCIATE_RQ)
    check_added (&pdu, data, size);
  return 0;
}
