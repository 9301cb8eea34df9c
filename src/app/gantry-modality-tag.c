/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-modality-tag.h"

#include "gantry-format.h"
#include "gantry-registry.h"

/* A Modality is a CS of at most 16 characters (PS3.5 6.2); a longer one is not let to push the row
 * apart. */
#define MAX_CHARS 16

/* More tags than this in a box would push its neighbours away. */
#define MAX_TAGS 3

struct _GantryModalityTag
{
  AdwBin parent_instance;

  GtkLabel *label;
  const char *family_class; /* static */
  char *modality;
};

enum
{
  PROP_MODALITY = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (GantryModalityTag, gantry_modality_tag, ADW_TYPE_BIN)

static const char *
family_to_class (GantryFamily family)
{
  switch (family)
    {
    case GANTRY_FAMILY_XRAY:
      return "xray";
    case GANTRY_FAMILY_MR:
      return "mr";
    case GANTRY_FAMILY_US:
      return "us";
    case GANTRY_FAMILY_NUCLEAR:
      return "nuclear";
    case GANTRY_FAMILY_LIGHT:
      return "light-source";
    case GANTRY_FAMILY_WAVEFORM:
      return "waveform";
    case GANTRY_FAMILY_DOCUMENT:
      return "report";
    case GANTRY_FAMILY_RADIOTHERAPY:
      return "radiotherapy";
    case GANTRY_FAMILY_OTHER:
    default:
      return "other";
    }
}

static void
gantry_modality_tag_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GantryModalityTag *self = GANTRY_MODALITY_TAG (object);

  switch (id)
    {
    case PROP_MODALITY:
      g_value_set_string (value, self->modality);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
gantry_modality_tag_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GantryModalityTag *self = GANTRY_MODALITY_TAG (object);

  switch (id)
    {
    case PROP_MODALITY:
      gantry_modality_tag_set_modality (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
gantry_modality_tag_finalize (GObject *object)
{
  GantryModalityTag *self = GANTRY_MODALITY_TAG (object);

  g_free (self->modality);
  G_OBJECT_CLASS (gantry_modality_tag_parent_class)->finalize (object);
}

static void
gantry_modality_tag_class_init (GantryModalityTagClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gantry_modality_tag_get_property;
  object_class->set_property = gantry_modality_tag_set_property;
  object_class->finalize = gantry_modality_tag_finalize;

  properties[PROP_MODALITY]
      = g_param_spec_string ("modality", NULL, NULL, "",
                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "modality");
}

static void
gantry_modality_tag_init (GantryModalityTag *self)
{
  self->modality = g_strdup ("");
  self->label = GTK_LABEL (gtk_label_new (NULL));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->label));
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
gantry_modality_tag_new (const char *modality)
{
  return g_object_new (GANTRY_TYPE_MODALITY_TAG, "modality", modality, NULL);
}

void
gantry_modality_tag_set_modality (GantryModalityTag *self, const char *modality)
{
  const GantryModality *known;
  const char *family_class;
  g_autofree char *text = NULL;

  g_return_if_fail (GANTRY_IS_MODALITY_TAG (self));

  modality = modality != NULL ? modality : "";
  if (g_str_equal (modality, self->modality))
    return;

  g_free (self->modality);
  self->modality = g_strdup (modality);
  text = gantry_format_text (modality, MAX_CHARS);
  gtk_label_set_text (self->label, text);
  gtk_widget_set_visible (GTK_WIDGET (self), *modality != '\0');

  family_class = family_to_class (gantry_modality_get_family (modality));
  if (family_class != self->family_class)
    {
      if (self->family_class != NULL)
        gtk_widget_remove_css_class (GTK_WIDGET (self), self->family_class);
      gtk_widget_add_css_class (GTK_WIDGET (self), family_class);
      self->family_class = family_class;
    }

  known = gantry_modality_lookup (modality);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), known != NULL ? known->meaning : NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODALITY]);
}

const char *
gantry_modality_tag_get_modality (GantryModalityTag *self)
{
  g_return_val_if_fail (GANTRY_IS_MODALITY_TAG (self), "");

  return self->modality;
}

/* The last place says how many there are no places for. */
static void
count_rest (char **codes)
{
  guint n = g_strv_length (codes);

  if (n <= MAX_TAGS)
    return;
  for (guint i = MAX_TAGS - 1; i < n; i++)
    g_clear_pointer (&codes[i], g_free);
  codes[MAX_TAGS - 1] = g_strdup_printf ("+%u", n - (MAX_TAGS - 1));
}

void
gantry_modality_tag_fill_box (GtkBox *box, const char *modalities)
{
  g_auto (GStrv) codes = g_strsplit_set (modalities, ",\\", -1);
  GtkWidget *tag = gtk_widget_get_first_child (GTK_WIDGET (box));
  g_autofree char *all = gantry_format_text (modalities, 0);

  count_rest (codes);
  gtk_widget_set_tooltip_text (GTK_WIDGET (box), all);
  for (char **code = codes; *code != NULL; code++)
    {
      if (*g_strstrip (*code) == '\0')
        continue;
      if (tag == NULL)
        {
          tag = gantry_modality_tag_new (*code);
          gtk_box_append (box, tag);
        }
      else
        gantry_modality_tag_set_modality (GANTRY_MODALITY_TAG (tag), *code);
      tag = gtk_widget_get_next_sibling (tag);
    }

  while (tag != NULL)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (tag);

      gtk_box_remove (box, tag);
      tag = next;
    }
}
