/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-send-overrides.h"

#include "gantry-error.h"

#define NUMBER(name, member, unsaid)                                                               \
  {                                                                                                \
    name, G_STRUCT_OFFSET (GantrySendOverrides, member), unsaid                                    \
  }

static const struct
{
  const char *name;
  gsize offset; /* of a gint or guint */
  gint unsaid;
} numbers[] = {
  NUMBER ("max-pdu", node.max_pdu, 0),
  NUMBER ("associations", node.associations, 0),
  NUMBER ("connect-seconds", node.connect_seconds, 0),
  NUMBER ("acse-seconds", node.acse_seconds, 0),
  NUMBER ("dimse-seconds", node.dimse_seconds, 0),
  NUMBER ("idle-seconds", node.idle_seconds, 0),
  NUMBER ("transcoding", node.transcoding, -1),
  NUMBER ("fall-back", node.fall_back, -1),
  NUMBER ("retry-limit", retry_limit, -1),
  NUMBER ("retry-seconds", retry_seconds, -1),
  NUMBER ("tls", tls.enabled, FALSE),
  NUMBER ("tls-no-verify", tls.no_verify, FALSE),
};

#define TEXT(name, member)                                                                         \
  {                                                                                                \
    name, G_STRUCT_OFFSET (GantrySendOverrides, member)                                            \
  }

/* File names are octets. */
static const struct
{
  const char *name;
  gsize offset;
} texts[] = {
  TEXT ("calling", calling_ae_title),
  TEXT ("tls-authorities", tls.authorities),
  TEXT ("tls-certificate", tls.certificate),
  TEXT ("tls-key", tls.key),
};

#define NUMBER_OF(self, i) G_STRUCT_MEMBER (gint, self, numbers[i].offset)
#define TEXT_OF(self, i) G_STRUCT_MEMBER (char *, self, texts[i].offset)

void
gantry_node_options_override (GantryNodeOptions *options, const GantryNodeOptions *with)
{
  GantrySendOverrides all = GANTRY_SEND_OVERRIDES_NONE;
  GantrySendOverrides first = GANTRY_SEND_OVERRIDES_NONE;

  all.node = *options;
  first.node = *with;
  gantry_send_overrides_add (&all, &first);
  *options = all.node;
}

static void
set_text (const char **text, const char *value)
{
  g_free ((char *)*text);
  *text = g_strdup (value);
}

void
gantry_tls_override (GantryTls *tls, const GantryTls *with)
{
  tls->enabled |= with->enabled;
  if (with->no_verify || with->authorities != NULL)
    {
      tls->no_verify = with->no_verify;
      set_text (&tls->authorities, with->authorities);
    }
  if (with->certificate != NULL)
    {
      set_text (&tls->certificate, with->certificate);
      set_text (&tls->key, with->key);
    }
}

void
gantry_send_overrides_add (GantrySendOverrides *self, const GantrySendOverrides *with)
{
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (NUMBER_OF (with, i) != numbers[i].unsaid)
      NUMBER_OF (self, i) = NUMBER_OF (with, i);
  gantry_tls_override (&self->tls, &with->tls);
  if (with->calling_ae_title != NULL)
    {
      g_free (self->calling_ae_title);
      self->calling_ae_title = g_strdup (with->calling_ae_title);
    }
  if (with->priority >= 0)
    self->priority = with->priority;
}

void
gantry_send_overrides_clear (GantrySendOverrides *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (&TEXT_OF (self, i), g_free);
}

char *
gantry_send_overrides_to_text (const GantrySendOverrides *self)
{
  GVariantBuilder builder;
  g_autoptr (GVariant) said = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (NUMBER_OF (self, i) != numbers[i].unsaid)
      g_variant_builder_add (&builder, "{sv}", numbers[i].name,
                             g_variant_new_int32 (NUMBER_OF (self, i)));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (TEXT_OF (self, i) != NULL)
      g_variant_builder_add (&builder, "{sv}", texts[i].name,
                             g_variant_new_bytestring (TEXT_OF (self, i)));
  said = g_variant_ref_sink (g_variant_builder_end (&builder));
  return g_variant_n_children (said) > 0 ? g_variant_print (said, FALSE) : g_strdup ("");
}

gboolean
gantry_send_overrides_from_text (GantrySendOverrides *self, const char *text, GError **error)
{
  g_autoptr (GVariant) said = NULL;
  g_autoptr (GError) mistake = NULL;

  *self = GANTRY_SEND_OVERRIDES_NONE;
  if (*text == '\0')
    return TRUE;
  said = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &mistake);
  if (said == NULL)
    {
      g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE, mistake->message);
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_variant_lookup (said, numbers[i].name, "i", &NUMBER_OF (self, i));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_variant_lookup (said, texts[i].name, "^ay", &TEXT_OF (self, i));
  return TRUE;
}
