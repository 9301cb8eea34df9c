/* gantry-path-figures.h - where the time of sending went, in figures that can be added up
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a wait for an answer is sorted into: so that the timer of delayed acknowledgements, 40 ms on
 * most systems, is a row of its own. */
#define GANTRY_PATH_WAITS 12
#define GANTRY_PATH_WAIT_40_MS 6
extern const guint gantry_path_wait_ends[GANTRY_PATH_WAITS]; /* milliseconds; the last: no end */

/* Times in microseconds. 0 is “not known” for what is the smallest or the largest of several. What
 * the kernel knows of a connection is there on Linux only. */
typedef struct
{
  gint64 stores;          /* C-STORE requests that were answered */
  gint64 octets;          /* sent, of DICOM */
  gint64 elapsed;         /* of these stores, from opening the file to the answer */
  gint64 converting;      /* of it: transcoding */
  gint64 blocked;         /* of it: the connection took no more */
  gint64 waited;          /* of it: from the last octet handed over to the answer */
  gint64 shortest_wait;   /* of one store */
  gint64 wall;            /* from the start of the workers to their end */
  gint64 converted;       /* objects that were transcoded */
  gint64 associations;    /* that were added up */
  gint64 side_by_side;    /* associations at a time, at the most */
  gint64 allowed;         /* how many there might have been */
  gint64 our_max_pdu;     /* the smallest; 0: none */
  gint64 peer_max_pdu;    /* the smallest; 0: none */
  gint64 association;     /* the fastest answer to an A-ASSOCIATE-RQ */
  gint64 round_trip;      /* of the connection, smoothed by the kernel: the shortest */
  gint64 least_trip;      /* the shortest that the kernel saw */
  gint64 on_wire;         /* something was not acknowledged yet */
  gint64 window_closed;   /* of it: the peer had no room to receive */
  gint64 segments;        /* with data, that were sent */
  gint64 retransmissions; /* of segments */
  gint64 delivery_rate;   /* octets a second, the highest at the end of an association */
  gint64 waits[GANTRY_PATH_WAITS];
} GantryPathFigures;

/* A store whose answer came @wait microseconds after its last octet. */
void gantry_path_figures_add_wait (GantryPathFigures *self, gint64 wait);

/* Adds up, or keeps the smaller or larger, as each figure is. */
void gantry_path_figures_add (GantryPathFigures *self, const GantryPathFigures *more);

/* "stores=12 octets=…", for the database; unknown names are left out when it is read. */
char *gantry_path_figures_to_text (const GantryPathFigures *self);
void gantry_path_figures_from_text (GantryPathFigures *self, const char *text);

/* Each figure by name, for programs; without the distribution of waits. */
typedef void (*GantryPathFigureFunc) (const char *name, gint64 value, gpointer user_data);
void gantry_path_figures_foreach (const GantryPathFigures *self,
                                  GantryPathFigureFunc func,
                                  gpointer user_data);

G_END_DECLS
