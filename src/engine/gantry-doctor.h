/* gantry-doctor.h - why sending was slow, from the figures of the path
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any thread: looks at nothing but the figures.
 */
#pragma once

#include "gantry-records.h"

G_BEGIN_DECLS

/**
 * gantry_doctor_diagnose:
 *
 * What can be found, in the order of the answer:
 *
 * - "transcoding": converting objects takes most of the time (changed on the receiver's side)
 * - "slow-disk": so does reading the files ("here")
 * - "delayed-ack": answers come 40 ms late, since one side waits for an acknowledgement and the
 *   other one keeps it back ("receiver")
 * - "bandwidth": so much is all that the connection carries, or the receiver reads ("network",
 *   "receiver")
 * - "round-trips": the way there and back takes most of the time ("here")
 * - "slow-receiver": so does what the receiver does with an object ("receiver")
 * - "loss": segments have to be sent again ("network")
 * - "small-pdu": the receiver takes small PDUs only ("receiver")
 *
 * Nothing is found unless sending took a second at least for that reason; "small-pdu" if it took
 * one for any, and "loss" if enough was sent to tell.
 *
 * Returns: (transfer full) (element-type GantryAdvice): empty when the path is fine
 */
GPtrArray *gantry_doctor_diagnose (const GantryPathFigures *figures);

/* Sets the job's advice from its figures. */
void gantry_doctor_advise (GantryJob *job);

G_END_DECLS
