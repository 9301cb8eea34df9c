/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-element-name.h"
#include "gantry-registry.h"

#define OK GANTRY_STATUS_SUCCESS
#define WARNING GANTRY_STATUS_WARNING
#define FAILURE GANTRY_STATUS_FAILURE
#define CANCEL GANTRY_STATUS_CANCEL
#define PENDING GANTRY_STATUS_PENDING

#define STORE GANTRY_SERVICE_C_STORE
#define ECHO GANTRY_SERVICE_C_ECHO
#define EVENT GANTRY_SERVICE_N_EVENT_REPORT
#define ACTION GANTRY_SERVICE_N_ACTION
#define OTHER GANTRY_SERVICE_OTHER
#define ALL (STORE | ECHO | EVENT | ACTION | OTHER)

/* The first row that fits is taken, so exact codes stand before their ranges and those before
 * their class. PS3.4 Table B.2-1 and PS3.7 Annex C. */
static const GantryStatus statuses[] = {
  { 0x0000, 0xFFFF, OK, N_ ("Success"), N_ ("The receiver says that it did what was asked."), FALSE,
    ALL },
  { 0xB000, 0xFFFF, WARNING, N_ ("Stored, with values changed"),
    N_ ("The receiver coerced data elements such as the patient ID or UIDs. Compare identifiers "
        "before you rely on references to this object."),
    FALSE, STORE },
  { 0xB006, 0xFFFF, WARNING, N_ ("Stored, with elements left out"),
    N_ ("The receiver keeps only a part of the object. Do not delete the original."), FALSE,
    STORE },
  { 0xB007, 0xFFFF, WARNING, N_ ("Stored, but the data set does not match its SOP class"),
    N_ ("The object breaks its definition. Tell the vendor of the device that made it."), FALSE,
    STORE },
  { 0xA700, 0xFF00, FAILURE, N_ ("Refused: out of resources"),
    N_ ("The receiver is full or busy: nothing is wrong with the object. Retry later, or ask the "
        "receiver's administrator about its disk space."),
    TRUE, STORE },
  { 0xA900, 0xFF00, FAILURE, N_ ("Error: the data set does not match its SOP class"),
    N_ ("The receiver rejects the object's content, and retrying will not help. Tell the vendor "
        "of the device that made the object."),
    FALSE, STORE },
  { 0xC000, 0xF000, FAILURE, N_ ("Error: cannot understand"),
    N_ ("The receiver could not process the object. Look for damaged data or an unusual transfer "
        "syntax, and ask the receiver's administrator for its log."),
    FALSE, STORE },
  { 0x0001, 0xFFFF, WARNING, N_ ("Requested optional attributes are not supported"),
    N_ ("The receiver did the rest of what was asked."), FALSE, OTHER },
  { 0x0105, 0xFFFF, FAILURE, N_ ("No such attribute"),
    N_ ("The receiver does not know an attribute of the request. Ask the receiver's administrator "
        "for its log."),
    FALSE, OTHER },
  { 0x0106, 0xFFFF, FAILURE, N_ ("Invalid attribute value"),
    N_ ("The receiver objects to a value of the object. Its log names the element; have it "
        "corrected where the object was made."),
    FALSE, OTHER },
  { 0x0107, 0xFFFF, WARNING, N_ ("Attribute list error"),
    N_ ("The receiver did what was asked, but ignored attributes that it does not know."), FALSE,
    OTHER },
  { 0x0110, 0xFFFF, FAILURE, N_ ("Processing failure"),
    N_ ("Something went wrong inside the receiver. Retry once; if it fails again, ask the "
        "receiver's administrator for its log."),
    TRUE, STORE | EVENT | ACTION | OTHER },
  { 0x0111, 0xFFFF, FAILURE, N_ ("Duplicate SOP instance"),
    N_ ("The receiver already has an instance with this UID and refuses a second one. Check there "
        "whether it is the same."),
    FALSE, STORE | OTHER },
  { 0x0112, 0xFFFF, FAILURE, N_ ("No such SOP instance"),
    N_ ("The receiver does not have the instance that the request is about. Send it first."), FALSE,
    EVENT | ACTION | OTHER },
  { 0x0113, 0xFFFF, FAILURE, N_ ("No such event type"),
    N_ ("The receiver does not know this kind of event. See the logs of both sides."), FALSE,
    EVENT },
  { 0x0114, 0xFFFF, FAILURE, N_ ("No such argument"),
    N_ ("The receiver does not know an argument of the request. See the logs of both sides."),
    FALSE, EVENT | ACTION },
  { 0x0115, 0xFFFF, FAILURE, N_ ("Invalid argument value"),
    N_ ("The receiver objects to an argument of the request. See the logs of both sides."), FALSE,
    EVENT | ACTION },
  { 0x0116, 0xFFFF, WARNING, N_ ("Attribute value out of range"),
    N_ ("The receiver did what was asked, but changed or ignored a value that it does not allow."),
    FALSE, OTHER },
  { 0x0117, 0xFFFF, FAILURE, N_ ("Invalid SOP instance"),
    N_ ("The SOP Instance UID breaks the rules for UIDs. The object must be corrected where it "
        "was made."),
    FALSE, STORE | EVENT | ACTION | OTHER },
  { 0x0118, 0xFFFF, FAILURE, N_ ("No such SOP class"),
    N_ ("The receiver does not know this SOP class. Ask its administrator to enable it."), FALSE,
    EVENT | ACTION | OTHER },
  { 0x0119, 0xFFFF, FAILURE, N_ ("Class and instance conflict"),
    N_ ("The receiver knows this instance under another SOP class. Compare the two objects."),
    FALSE, EVENT | ACTION | OTHER },
  { 0x0120, 0xFFFF, FAILURE, N_ ("Missing attribute"),
    N_ ("The receiver needs an attribute that is not there. Its log names the element; have it "
        "added where the object was made."),
    FALSE, OTHER },
  { 0x0121, 0xFFFF, FAILURE, N_ ("Missing attribute value"),
    N_ ("The receiver needs a value that is empty. Its log names the element; have it filled in "
        "where the object was made."),
    FALSE, OTHER },
  { 0x0122, 0xFFFF, FAILURE, N_ ("Refused: SOP class not supported"),
    N_ ("The receiver does not store this kind of object. Ask its administrator to enable the SOP "
        "class."),
    FALSE, STORE | ECHO | OTHER },
  { 0x0123, 0xFFFF, FAILURE, N_ ("No such action type"),
    N_ ("The receiver does not know this action. See the logs of both sides."), FALSE, ACTION },
  { 0x0124, 0xFFFF, FAILURE, N_ ("Refused: not authorized"),
    N_ ("The receiver does not let this AE title do that. Ask its administrator for the "
        "permission."),
    FALSE, STORE | ACTION | OTHER },
  { 0x0210, 0xFFFF, FAILURE, N_ ("Duplicate invocation"),
    N_ ("The receiver says that a message ID was used twice. Retry on a new association; if it "
        "happens again, see the logs of both sides."),
    TRUE, ALL },
  { 0x0211, 0xFFFF, FAILURE, N_ ("Unrecognized operation"),
    N_ ("The receiver does not offer this service on this association. Ask its administrator to "
        "enable it."),
    FALSE, ALL },
  { 0x0212, 0xFFFF, FAILURE, N_ ("Mistyped argument"),
    N_ ("The receiver objects to the form of the request. See the logs of both sides."), FALSE,
    ALL },
  { 0x0213, 0xFFFF, FAILURE, N_ ("Resource limitation"),
    N_ ("The receiver is short of resources at the moment. Retry later."), TRUE,
    EVENT | ACTION | OTHER },
  { 0xFE00, 0xFFFF, CANCEL, N_ ("Cancelled"), N_ ("The operation was stopped on request."), FALSE,
    OTHER },
  { 0xFF00, 0xFFFE, PENDING, N_ ("Pending"), N_ ("The operation goes on."), FALSE, OTHER },
  { 0xB000, 0xF000, WARNING, N_ ("Done, with a warning"),
    N_ ("The receiver did what was asked and has something to say that only its own log explains. "
        "Ask its administrator what this code means there."),
    FALSE, 0 },
  { 0x0000, 0x0000, FAILURE, N_ ("Failed with a status of the receiver's own"),
    N_ ("The standard does not define this code. Ask the receiver's administrator, or its "
        "conformance statement, what it means there."),
    FALSE, 0 },
};

const GantryStatus *
gantry_status_lookup (guint16 code)
{
  const GantryStatus *row = statuses;

  while ((code & row->mask) != row->code)
    row++; /* the last row fits every code */
  return row;
}

const GantryStatus *
gantry_status_table (gsize *n)
{
  *n = G_N_ELEMENTS (statuses);
  return statuses;
}

char *
gantry_services_to_text (GantryServices services)
{
  static const struct
  {
    GantryServices service;
    const char *name;
  } names[] = {
    { STORE, "C-STORE" },
    { ECHO, "C-ECHO" },
    { EVENT, "N-EVENT-REPORT" },
    { ACTION, "N-ACTION" },
    { OTHER, N_ ("other services") },
  };
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if ((services & names[i].service) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", _ (names[i].name));
  return g_string_free (text, FALSE);
}

GantryStatusClass
gantry_status_get_class (guint16 code)
{
  return gantry_status_lookup (code)->status_class;
}

/* A peer's text, fit to stand inside of a sentence: valid, on one line, of sane length. */
static char *
quote_peer (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new (NULL);

  for (const char *p = valid; *p != '\0' && out->len < 256; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (out, g_unichar_iscntrl (c) ? ' ' : c);
    }
  return g_strstrip (g_string_free (out, FALSE));
}

char *
gantry_status_describe (guint16 code, const char *comment)
{
  return gantry_status_describe_answer (code, comment, NULL, 0);
}

char *
gantry_status_describe_echo (guint16 code)
{
  if (code == 0x0122)
    return g_strdup (_ ("SOP class not supported (0122). The node accepted the Verification SOP "
                        "class and refuses the echo all the same: its settings contradict each "
                        "other. Sending to it may work."));
  /* Those of PS3.7 Annex C, whatever was asked; the rest belongs to single services. */
  if (code < 0x1000)
    return gantry_status_describe (code, NULL);
  return g_strdup_printf (_ ("The node answered the echo with %04X, a status that echoes do not "
                             "have. It can be reached; ask its administrator what it means by "
                             "that."),
                          (guint)code);
}

static char *
list_elements (const guint32 *elements, guint n)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = gantry_element_name (elements[i]);

      g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", name);
    }
  return g_string_free (list, FALSE);
}

char *
gantry_status_describe_comment (const char *comment)
{
  g_autofree char *said = quote_peer (comment != NULL ? comment : "");

  return *said != '\0' ? g_strdup_printf (_ ("The other side says: “%s”"), said) : NULL;
}

char *
gantry_status_describe_answer (guint16 code, const char *comment, const guint32 *elements, guint n)
{
  const GantryStatus *row = gantry_status_lookup (code);
  g_autofree char *said = gantry_status_describe_comment (comment);
  g_autofree char *list = list_elements (elements, n);
  GString *text = g_string_new (NULL);

  /* Translators: what happened, its DICOM status code, and advice as a sentence. */
  g_string_append_printf (text, _ ("%1$s (%2$04X). %3$s"), _ (row->meaning), (guint)code,
                          _ (row->advice));
  if (n > 0)
    {
      g_string_append_c (text, ' ');
      g_string_append_printf (
          text, ngettext ("It is about the element %s.", "It is about the elements %s.", n), list);
    }
  if (said != NULL)
    g_string_append_printf (text, " %s", said);
  return g_string_free (text, FALSE);
}

/* PS3.8 Table 9-21: what the association requestor is told, by source and reason. */
static char *
reject_by_reason (guint8 source, guint8 reason, const char *called, const char *calling)
{
  switch (source << 8 | reason)
    {
    case 0x0102:
      return g_strdup (
          _ ("Application context not supported: the peer answered but does not take DICOM's "
             "application context. Check that the port belongs to a DICOM service."));
    case 0x0103:
      return g_strdup_printf (
          _ ("Calling AE title not recognised: the peer answered but does not know %s. Ask its "
             "administrator to add this AE title, or choose one that it knows."),
          calling);
    case 0x0107:
      return g_strdup_printf (
          _ ("Called AE title not recognised: the peer answered but is not called %s. Check the "
             "AE title in the node, or ask its administrator what it is called."),
          called);
    case 0x0202:
      return g_strdup (_ ("Protocol version not supported: the peer does not speak our version of "
                          "the DICOM upper layer. Ask its administrator about the software."));
    case 0x0301:
      return g_strdup (_ ("Temporary congestion: the peer is too busy at the moment. Try again in "
                          "a minute."));
    case 0x0302:
      return g_strdup (_ ("Local limit exceeded: the peer has too many associations open. Try "
                          "again later, or ask its administrator to raise the limit."));
    case 0x0101:
      return g_strdup (_ ("The peer refused the association without saying why. Check both AE "
                          "titles, and ask its administrator for its log."));
    case 0x0201:
      return g_strdup (_ ("The peer's DICOM software refused the association without saying why. "
                          "Check both AE titles, and ask its administrator for its log."));
    default:
      return g_strdup (_ ("The peer refused the association for a reason that the standard does "
                          "not define. Check both AE titles, and ask its administrator for its "
                          "log."));
    }
}

char *
gantry_reject_describe (
    guint8 result, guint8 source, guint8 reason, const char *called, const char *calling)
{
  g_autofree char *why = reject_by_reason (source, reason, called, calling);

  if (result == 2)
    /* Translators: why an association was rejected, and the three numbers of the rejection. */
    return g_strdup_printf (_ ("%1$s (rejected for now, %2$u/%3$u/%4$u)"), why, result, source,
                            reason);
  return g_strdup_printf (_ ("%1$s (rejected, %2$u/%3$u/%4$u)"), why, result, source, reason);
}

/* PS3.8 Table 9-26. */
static const char *
abort_by_provider (guint8 reason)
{
  switch (reason)
    {
    case 1:
      return _ ("The peer received a message that it does not know and ended the association. See "
                "the logs of both sides, and try again.");
    case 2:
      return _ ("The peer received a message that it did not expect at that point and ended the "
                "association. See the logs of both sides, and try again.");
    case 4:
      return _ ("The peer does not know a parameter of our message and ended the association. See "
                "the logs of both sides.");
    case 5:
      return _ ("The peer did not expect a parameter of our message and ended the association. "
                "See the logs of both sides.");
    case 6:
      return _ ("The peer found an invalid value in our message and ended the association. Check "
                "the AE titles for unusual characters, and see the logs of both sides.");
    default:
      return _ ("The peer's DICOM software ended the association without saying why. Try again, "
                "and ask its administrator for its log.");
    }
}

char *
gantry_abort_describe (guint8 source, guint8 reason)
{
  const char *what = source == 2 ? abort_by_provider (reason)
                                 : _ ("The peer's application ended the association without "
                                      "saying why. Try again, and ask its administrator for its "
                                      "log.");

  /* Translators: why an association was aborted, and the two numbers of the abort. */
  return g_strdup_printf (_ ("%1$s (aborted, %2$u/%3$u)"), what, source, reason);
}

static gboolean
is_other (const char *sent, const char *own)
{
  return sent != NULL && *sent != '\0' && strcmp (sent, own) != 0;
}

char *
gantry_change_describe (const char *sop_class,
                        const char *sent_class,
                        const char *syntax,
                        const char *sent_syntax)
{
  gboolean other_class = is_other (sent_class, sop_class);
  gboolean other_syntax = is_other (sent_syntax, syntax);
  g_autofree char *class_name = other_class ? gantry_uid_describe (sent_class) : NULL;
  g_autofree char *from = other_syntax ? gantry_transfer_syntax_describe (syntax) : NULL;
  g_autofree char *to = other_syntax ? gantry_transfer_syntax_describe (sent_syntax) : NULL;

  if (other_class && other_syntax)
    /* Translators: a SOP class, the transfer syntax as sent, and that of the file */
    return g_strdup_printf (_ ("Sent as %1$s, in %2$s instead of %3$s."), class_name, to, from);
  if (other_class)
    return g_strdup_printf (_ ("Sent as %s."), class_name);
  if (other_syntax)
    return g_strdup_printf (_ ("Sent in %1$s instead of %2$s."), to, from);
  return g_strdup ("");
}

const char *
gantry_context_result_describe (guint8 result)
{
  switch (result)
    {
    case 0:
      return _ ("accepted");
    case 1:
      return _ ("refused by the application");
    case 2:
      return _ ("refused without a reason");
    case 3:
      return _ ("SOP class not supported");
    case 4:
      return _ ("transfer syntaxes not supported");
    default:
      return _ ("not answered");
    }
}

const char *
gantry_step_get_name (GantryStep step)
{
  static const char *const names[GANTRY_N_STEPS] = {
    [GANTRY_STEP_NAME] = N_ ("Name"),      [GANTRY_STEP_CONNECTION] = N_ ("Connection"),
    [GANTRY_STEP_TLS] = N_ ("Encryption"), [GANTRY_STEP_ASSOCIATION] = N_ ("Association"),
    [GANTRY_STEP_MESSAGE] = N_ ("Echo"),   [GANTRY_STEP_RELEASE] = N_ ("Release"),
  };

  g_return_val_if_fail ((guint)step < GANTRY_N_STEPS, "");
  return _ (names[step]);
}
