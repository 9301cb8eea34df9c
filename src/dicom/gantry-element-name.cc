/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcdicent.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dcvr.h>

#include <cstring>

#include "gantry-element-name.h"

/* The dictionary has keywords, "SOPInstanceUID"; people read words, "SOP Instance UID". */
static char *
split_keyword (const char *keyword)
{
  GString *words = g_string_new (NULL);

  for (const char *p = keyword; *p != '\0'; p++)
    {
      gboolean starts = g_ascii_isupper (*p)
                        && (g_ascii_islower (p[1]) || (p > keyword && g_ascii_islower (p[-1])));

      if (words->len > 0 && starts)
        g_string_append_c (words, ' ');
      g_string_append_c (words, *p);
    }
  return g_string_free (words, FALSE);
}

/* Private elements mean something else with each creator, whom nobody named. */
static char *
find_keyword (guint16 group, guint16 element)
{
  char *found = NULL;

  if (group % 2 != 0)
    return NULL;
  const DcmDataDictionary &dictionary = dcmDataDict.rdlock ();
  const DcmDictEntry *entry = dictionary.findEntry (DcmTagKey (group, element), NULL);

  if (entry != NULL && entry->getTagName () != NULL)
    {
      const char *keyword = entry->getTagName ();

      found = g_strdup (g_str_has_prefix (keyword, "RETIRED_") ? keyword + strlen ("RETIRED_")
                                                               : keyword);
    }
  dcmDataDict.rdunlock ();
  return found;
}

char *
gantry_element_name (guint32 tag)
{
  guint16 group = tag >> 16, element = tag & 0xFFFF;
  g_autofree char *keyword = find_keyword (group, element);
  g_autofree char *words = NULL;

  if (keyword == NULL)
    return g_strdup_printf ("(%04X,%04X)", (guint)group, (guint)element);
  words = split_keyword (keyword);
  return g_strdup_printf ("%s (%04X,%04X)", words, (guint)group, (guint)element);
}

void
gantry_element_vr (guint32 tag, const char *creator, char vr[3])
{
  guint16 group = tag >> 16;
  const char *name = "UN";

  /* PS3.5 7.8.1: private creators are LO, whoever they are. */
  if (group % 2 != 0 && (tag & 0xFFFF) >= 0x10 && (tag & 0xFFFF) <= 0xFF)
    name = "LO";
  else if (group % 2 == 0 || creator != NULL)
    {
      const DcmDataDictionary &dictionary = dcmDataDict.rdlock ();
      const DcmDictEntry *entry
          = dictionary.findEntry (DcmTagKey (group, tag & 0xFFFF), group % 2 != 0 ? creator : NULL);

      if (entry != NULL)
        switch (entry->getEVR ())
          {
          case EVR_xs:
            name = "xs";
            break;
          case EVR_ox:
          case EVR_px:
            name = "ox";
            break;
          case EVR_lt: /* US or OW; US cannot say how long the large ones are */
            name = "OW";
            break;
          case EVR_up:
            name = "UL";
            break;
          default:
            if (entry->getVR ().isStandard ())
              name = entry->getVR ().getVRName ();
            break;
          }
      dcmDataDict.rdunlock ();
    }
  g_strlcpy (vr, name, 3);
}
