/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-trace.hh"

#include <dcmtk/dcmnet/cond.h>
#include <dcmtk/dcmnet/dimse.h>
#include <dcmtk/dcmnet/diutil.h>
#include <dcmtk/oflog/oflog.h>
#include <dcmtk/oflog/spi/logevent.h>
#include <dcmtk/oflog/spi/logimpl.h>

#include "gantry-trace.h"

namespace log4cplus = dcmtk::log4cplus;

namespace
{

struct Listener
{
  GantryTraceFunc func; /* NULL: nobody listens */
  gpointer user_data;
};

thread_local Listener listener;

GantryTraceLevel
level_of (log4cplus::LogLevel level)
{
  if (level >= log4cplus::ERROR_LOG_LEVEL)
    return GANTRY_TRACE_ERROR;
  if (level >= log4cplus::WARN_LOG_LEVEL)
    return GANTRY_TRACE_WARNING;
  return level >= log4cplus::INFO_LOG_LEVEL ? GANTRY_TRACE_INFO : GANTRY_TRACE_DEBUG;
}

/* In the place of dcmnet's own: that one asks the whole tree of loggers, and its appenders hold a
 * lock while each thread formats. */
class Logger : public log4cplus::spi::LoggerImpl
{
public:
  Logger () : log4cplus::spi::LoggerImpl ("dcmtk.dcmnet", log4cplus::Logger::getDefaultHierarchy ())
  {
  }

  bool
  isEnabledFor (log4cplus::LogLevel level) const override
  {
    return listener.func != nullptr && level >= log4cplus::DEBUG_LOG_LEVEL;
  }

  log4cplus::LogLevel
  getChainedLogLevel () const override
  {
    return listener.func != nullptr ? log4cplus::DEBUG_LOG_LEVEL : log4cplus::OFF_LOG_LEVEL;
  }

  void
  callAppenders (const log4cplus::spi::InternalLoggingEvent &event) override
  {
    const Listener to = listener;
    gint64 now = g_get_real_time ();

    if (to.func == nullptr)
      return;
    g_autofree char *text = g_utf8_make_valid (event.getMessage ().c_str (), -1);
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

    for (char **line = lines; *line != nullptr; line++)
      if (*g_strchomp (*line) != '\0')
        to.func (level_of (event.getLogLevel ()), now, *line, to.user_data);
  }
};

/* A handle to it, which nobody else can make. */
class Handle : public log4cplus::Logger
{
public:
  explicit Handle (log4cplus::spi::LoggerImpl *logger)
  {
    value = logger;
    value->addReference ();
  }
};

} // namespace

void
gantry_trace_install ()
{
  DCM_dcmnetLogger = OFLogger (Handle (new Logger));
}

void
gantry_trace_parameters (const char *title, T_ASC_Parameters *params, ASC_associateType type)
{
  OFString text;

  OFLOG_DEBUG (DCM_dcmnetLogger, title << OFendl << ASC_dumpParameters (text, params, type));
}

void
gantry_trace_failure (const OFCondition &cond)
{
  OFString text;

  OFLOG_ERROR (DCM_dcmnetLogger, DimseCondition::dump (text, cond));
}

void
gantry_trace_begin (GantryTraceFunc func, gpointer user_data)
{
  listener = { func, user_data };
}

gpointer
gantry_trace_get_data ()
{
  return listener.user_data;
}

void
gantry_trace_end ()
{
  listener = {};
}
