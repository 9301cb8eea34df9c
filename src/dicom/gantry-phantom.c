/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-phantom.h"

#include <math.h>

/* Hounsfield units. */
#define AIR (-1000)
#define LUNG (-830)
#define FAT (-95)
#define MUSCLE 55
#define BLOOD 160 /* with contrast agent */
#define BONE 620
#define MARROW 260
#define FLUID 8

typedef struct
{
  double x, y, a, b; /* centre and half axes, in units of half the picture */
} Ellipse;

/* Less than 1 inside, 1 on the edge. */
static double
distance (Ellipse e, double x, double y)
{
  double dx = (x - e.x) / e.a, dy = (y - e.y) / e.b;

  return sqrt (dx * dx + dy * dy);
}

static gboolean
inside (Ellipse e, double x, double y)
{
  return distance (e, x, y) < 1;
}

/* Ribs run around the chest and cross a slice in pieces that wander from slice to slice. */
static gboolean
in_rib (double x, double y, double z)
{
  double d = distance ((Ellipse){ 0, 0, 0.70, 0.50 }, x, y);
  double angle = atan2 (y / 0.50, x / 0.70);

  return d > 0.955 && d < 1.03 && sin (9 * fabs (fabs (angle) - 1.57) + 5 * z) > 0.35
         && fabs (x) > 0.1;
}

static int
lung_value (double x, double y, double z)
{
  double swirl = sin (17 * x + 4 * sin (9 * y + 3 * z)) * sin (15 * y + 3 * sin (11 * x - 2 * z));

  return swirl > 0.88 ? MUSCLE : LUNG + (int)(40 * swirl);
}

static int
spine_value (double x, double y)
{
  if (inside ((Ellipse){ 0, 0.49, 0.055, 0.05 }, x, y))
    return FLUID;
  if (inside ((Ellipse){ 0, 0.355, 0.115, 0.095 }, x, y))
    return inside ((Ellipse){ 0, 0.355, 0.095, 0.078 }, x, y) ? MARROW : BONE;
  if (inside ((Ellipse){ 0, 0.49, 0.10, 0.085 }, x, y)
      || inside ((Ellipse){ 0, 0.60, 0.028, 0.075 }, x, y)
      || (fabs (x) < 0.2 && fabs (y - 0.47) < 0.025))
    return BONE;
  return AIR;
}

static int
organ_value (double x, double y, double z)
{
  double wide = 0.26 + 0.05 * z, heart = 0.14 + 0.12 * z;
  int spine = spine_value (x, y);

  if (spine != AIR)
    return spine;
  if (inside ((Ellipse){ 0.10, 0.27, 0.055, 0.055 }, x, y)
      || inside ((Ellipse){ -0.02, -0.12 + 0.1 * z, 0.06, 0.06 }, x, y))
    return BLOOD;
  if (inside ((Ellipse){ 0.01, 0.08, 0.045, 0.04 }, x, y))
    return z < 0.45 ? AIR : MUSCLE;
  if (inside ((Ellipse){ 0.10, -0.16, heart + 0.04, heart }, x, y))
    return inside ((Ellipse){ 0.13, -0.15, heart * 0.55, heart * 0.5 }, x, y) ? BLOOD : MUSCLE;
  if (inside ((Ellipse){ -0.36, 0.02, wide, 0.37 }, x, y)
      || inside ((Ellipse){ 0.36, 0.02, wide, 0.37 }, x, y))
    return lung_value (x, y, z);
  return fabs (y + 0.44) < 0.02 && fabs (x) < 0.07 ? BONE : MUSCLE;
}

static int
value (double x, double y, double z)
{
  double body = distance ((Ellipse){ 0, 0, 0.86, 0.64 }, x, y);
  double table = distance ((Ellipse){ 0, 0.2, 0.95, 0.55 }, x, y);

  if (body >= 1)
    return y > 0.35 && table > 0.985 && table < 1.01 ? -200 : AIR;
  if (body > 0.985)
    return MUSCLE;
  if (in_rib (x, y, z))
    return BONE;
  return distance ((Ellipse){ 0, 0, 0.74, 0.54 }, x, y) > 1 ? FAT : organ_value (x, y, z);
}

void
gantry_phantom_draw (guint slice, gint16 *pixels)
{
  double z = (double)slice / (GANTRY_PHANTOM_SLICES - 1);
  guint32 noise = 12345 + slice;

  for (guint row = 0; row < GANTRY_PHANTOM_SIZE; row++)
    for (guint column = 0; column < GANTRY_PHANTOM_SIZE; column++)
      {
        double sum = 0;

        /* Four samples a pixel soften the edges, as a scanner does. */
        for (guint s = 0; s < 4; s++)
          sum += value ((column + 0.25 + 0.5 * (s % 2)) / (GANTRY_PHANTOM_SIZE / 2.0) - 1,
                        (row + 0.25 + (s < 2 ? 0.0 : 0.5)) / (GANTRY_PHANTOM_SIZE / 2.0) - 1, z);
        noise = noise * 1664525 + 1013904223;
        pixels[row * GANTRY_PHANTOM_SIZE + column]
            = (gint16)(lround (sum / 4) + (int)(noise >> 27) - 16 - GANTRY_PHANTOM_INTERCEPT);
      }
}
