/* gantry-error.h - the one error domain: a code for each thing the user could do next
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GantryError:
 * @GANTRY_ERROR_ADDRESS: the text does not name a peer; the user can correct it
 * @GANTRY_ERROR_UNREACHABLE: nothing answered at that address
 * @GANTRY_ERROR_REJECTED: the peer answered and refused the association
 * @GANTRY_ERROR_ABORTED: the peer, or the network, ended the association before its time
 * @GANTRY_ERROR_TIMED_OUT: the peer is connected and says nothing
 * @GANTRY_ERROR_NOT_ACCEPTED: the association stands, but no presentation context for this object
 * @GANTRY_ERROR_STATUS: an object is not kept as it came; the peer is told so by a status
 * @GANTRY_ERROR_PROTOCOL: the peer broke the protocol, or we did
 * @GANTRY_ERROR_FILE: a file cannot be read, or what it says does not hold together
 * @GANTRY_ERROR_STORAGE: our own disk or database refused
 * @GANTRY_ERROR_BUSY: something of ours is in the way (a port in use, a profile already open)
 * @GANTRY_ERROR_SETTING: a setting cannot be used as it is; the user can correct it
 * @GANTRY_ERROR_SECURITY: the two sides cannot agree on encryption, or on whom to trust
 * @GANTRY_ERROR_REJECTED_FOR_NOW: the peer answered and refused the association for the moment
 *   (rejected-transient, PS3.8 9.3.4): the same request may be taken later
 * @GANTRY_ERROR_NO_TRASH: the file system has no trash; what shall go can only go for good
 * @GANTRY_ERROR_NOT_DICOM: a file is something else, which nobody meant to send
 *
 * Cancellation is %G_IO_ERROR_CANCELLED, as everywhere in GLib.
 */
typedef enum
{
  GANTRY_ERROR_ADDRESS,
  GANTRY_ERROR_UNREACHABLE,
  GANTRY_ERROR_REJECTED,
  GANTRY_ERROR_ABORTED,
  GANTRY_ERROR_TIMED_OUT,
  GANTRY_ERROR_NOT_ACCEPTED,
  GANTRY_ERROR_STATUS,
  GANTRY_ERROR_PROTOCOL,
  GANTRY_ERROR_FILE,
  GANTRY_ERROR_STORAGE,
  GANTRY_ERROR_BUSY,
  GANTRY_ERROR_SETTING,
  GANTRY_ERROR_SECURITY,
  GANTRY_ERROR_REJECTED_FOR_NOW,
  GANTRY_ERROR_NO_TRASH,
  GANTRY_ERROR_NOT_DICOM,
} GantryError;

#define GANTRY_ERROR (gantry_error_quark ())

GQuark gantry_error_quark (void);

G_END_DECLS
