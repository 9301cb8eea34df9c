/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-path-figures.h"

#include <string.h>

const guint gantry_path_wait_ends[GANTRY_PATH_WAITS]
    = { 1, 2, 5, 10, 20, 36, 52, 100, 200, 500, 1000, G_MAXUINT };

typedef enum
{
  SUM,
  LEAST,
  MOST,
} How;

#define FIGURE(name, how)                                                                          \
  {                                                                                                \
#name, G_STRUCT_OFFSET(GantryPathFigures, name), how                                           \
  }

static const struct
{
  const char *name;
  gsize offset;
  How how;
} figures[] = {
  FIGURE (stores, SUM),          FIGURE (octets, SUM),         FIGURE (elapsed, SUM),
  FIGURE (converting, SUM),      FIGURE (blocked, SUM),        FIGURE (waited, SUM),
  FIGURE (shortest_wait, LEAST), FIGURE (wall, SUM),           FIGURE (converted, SUM),
  FIGURE (associations, SUM),    FIGURE (side_by_side, MOST),  FIGURE (allowed, MOST),
  FIGURE (our_max_pdu, LEAST),   FIGURE (peer_max_pdu, LEAST), FIGURE (association, LEAST),
  FIGURE (round_trip, LEAST),    FIGURE (least_trip, LEAST),   FIGURE (on_wire, SUM),
  FIGURE (window_closed, SUM),   FIGURE (segments, SUM),       FIGURE (retransmissions, SUM),
  FIGURE (delivery_rate, MOST),
};

static gint64
get (const GantryPathFigures *self, guint i)
{
  return G_STRUCT_MEMBER (gint64, self, figures[i].offset);
}

void
gantry_path_figures_add_wait (GantryPathFigures *self, gint64 wait)
{
  guint i = 0;

  wait = MAX (wait, 1);
  while (i < GANTRY_PATH_WAITS - 1 && wait >= (gint64)gantry_path_wait_ends[i] * 1000)
    i++;
  self->waits[i]++;
  self->stores++;
  self->waited += wait;
  if (self->shortest_wait == 0 || wait < self->shortest_wait)
    self->shortest_wait = wait;
}

static gint64
combine (gint64 a, gint64 b, How how)
{
  switch (how)
    {
    case LEAST:
      return a == 0 || b == 0 ? MAX (a, b) : MIN (a, b);
    case MOST:
      return MAX (a, b);
    default:
      return a + b;
    }
}

void
gantry_path_figures_add (GantryPathFigures *self, const GantryPathFigures *more)
{
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    G_STRUCT_MEMBER (gint64, self, figures[i].offset)
        = combine (get (self, i), get (more, i), figures[i].how);
  for (guint i = 0; i < GANTRY_PATH_WAITS; i++)
    self->waits[i] += more->waits[i];
}

char *
gantry_path_figures_to_text (const GantryPathFigures *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    if (get (self, i) != 0)
      g_string_append_printf (text, "%s=%" G_GINT64_FORMAT " ", figures[i].name, get (self, i));
  for (guint i = 0; i < GANTRY_PATH_WAITS; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i == 0 ? "waits=" : ",", self->waits[i]);
  return g_string_free (text, FALSE);
}

static void
read_waits (GantryPathFigures *self, const char *text)
{
  for (guint i = 0; i < GANTRY_PATH_WAITS && text != NULL; i++)
    {
      char *end;

      self->waits[i] = MAX (g_ascii_strtoll (text, &end, 10), 0);
      text = *end == ',' ? end + 1 : NULL;
    }
}

void
gantry_path_figures_from_text (GantryPathFigures *self, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  memset (self, 0, sizeof *self);
  for (char **word = words; *word != NULL; word++)
    {
      char *value = strchr (*word, '=');

      if (value == NULL)
        continue;
      *value++ = '\0';
      if (strcmp (*word, "waits") == 0)
        read_waits (self, value);
      for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
        if (strcmp (*word, figures[i].name) == 0)
          G_STRUCT_MEMBER (gint64, self, figures[i].offset)
              = MAX (g_ascii_strtoll (value, NULL, 10), 0);
    }
}

void
gantry_path_figures_foreach (const GantryPathFigures *self,
                             GantryPathFigureFunc func,
                             gpointer user_data)
{
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    func (figures[i].name, get (self, i), user_data);
}
